"""Placeholders in scripts: which there are, which a text uses, and how they are filled.

A text with a placeholder whose fact is unknown is not filled at all: a script never has a hole in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PRODUCT_FACTS = (
    "name",
    "code",
    "issuer",
    "category",
    "risk_grade",
    "term",
    "minimum",
    "management_fee",
    "custody_fee",
    "sales_service_fee",
    "subscription_fee",
    "redemption_fee",
    "performance_fee",
    "surrender_charge",
    "redemption_time",
    "cut_off",
    "benchmark",
    "return_basis",
)
CLIENT_FACTS = ("salutation", "risk_tier", "assessment_date", "assessment_valid_until")
KNOWN = frozenset({f"product.{name}" for name in PRODUCT_FACTS} | {f"client.{name}" for name in CLIENT_FACTS})

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def placeholders_in(text: str) -> list[str]:
    """Names between curly brackets, in order, known or not."""
    return _PLACEHOLDER.findall(text)


def stray_brackets(text: str) -> bool:
    """Whether a curly bracket is left once all placeholders are taken out."""
    rest = _PLACEHOLDER.sub("", text)
    return "{" in rest or "}" in rest


def fill(text: str, facts: Mapping[str, str]) -> str | None:
    """Fill a text.

    Args:
        text: with placeholders such as ``{product.management_fee}``.
        facts: values by placeholder name; an unknown fact is absent or empty.

    Returns:
        The filled text, or None when a fact is unknown.
    """
    if any(not facts.get(name) for name in placeholders_in(text)):
        return None
    return _PLACEHOLDER.sub(lambda match: facts[match.group(1)], text)

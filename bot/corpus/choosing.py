"""Chooses among scripts: what fits the product, the client and the words that were said, best first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.corpus.model import AppliesTo, Script, Topic
from bot.corpus.placeholders import fill, placeholders_in


@dataclass(frozen=True)
class Situation:
    """What is known of the talk.

    Attributes:
        day: today.
        categories: product categories in question; empty when none is known. A plain word such as 基金 may stand for
            several, and then a script must cover all of them.
        client_tier: C1 to C5, None when unknown.
        lifecycle: prospect, new, active or lapsed, None when unknown.
        channel: in_person, phone or message, None when unknown. A script made for one channel is then offered and
            says so: the manager knows how he talks with the client, and only he.
        facts: values of placeholders that are known.
    """

    day: dt.date
    categories: frozenset[str] = frozenset()
    client_tier: str | None = None
    lifecycle: str | None = None
    channel: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FilledScript:
    """A script ready to be shown: its steps hold no placeholder any more."""

    script: Script
    steps: Mapping[str, str]


def candidates(topic: Topic, situation: Situation, likeness: Mapping[str, float]) -> list[FilledScript]:
    """Scripts of a topic that may be shown, best first.

    A script is left out when it is not approved or not in force, when it is limited to something that the situation
    does not meet or does not tell, and when it needs a fact that is unknown. Of the rest, the one most like the words
    that were said comes first; a script made for this product category, tier or lifecycle gains over a general one.

    Args:
        topic: the objection or stage.
        situation: what is known.
        likeness: how like each script's cues are to the message, 0 to 1, by script id.

    Returns:
        The scripts, filled. The order is the same for the same input.
    """
    usable = [script for script in topic.scripts if _usable(script, situation)]
    usable.sort(key=lambda script: (-(_specificity(script) + likeness.get(script.id, 0.0)), script.id))
    return [filled for script in usable if (filled := _fill(script, situation)) is not None]


# A script written for exactly this kind of product outweighs a difference in likeness that is within the noise
# between two paraphrases; one that fits the words clearly better still wins.
_SPECIFICITY = {"product_categories": 0.15, "client_tiers": 0.05, "lifecycle": 0.05}


def _specificity(script: Script) -> float:
    applies = script.applies_to
    bonus = sum(value for name, value in _SPECIFICITY.items() if getattr(applies, name) is not None)
    uses_product = any(name.startswith("product.") for text in script.steps.values() for name in placeholders_in(text))
    return bonus + (0.1 if uses_product else 0.0)


def _usable(script: Script, situation: Situation) -> bool:
    return script.governance.usable_on(situation.day) and _applies(script.applies_to, situation)


def _applies(applies: AppliesTo, situation: Situation) -> bool:
    if applies.product_categories is not None and not (
        situation.categories and situation.categories <= applies.product_categories
    ):
        return False
    tier_fits = applies.client_tiers is None or situation.client_tier in applies.client_tiers
    lifecycle_fits = applies.lifecycle is None or situation.lifecycle in applies.lifecycle
    channel_fits = applies.channel is None or situation.channel is None or situation.channel in applies.channel
    return tier_fits and lifecycle_fits and channel_fits


def _fill(script: Script, situation: Situation) -> FilledScript | None:
    steps: dict[str, str] = {}
    for step, text in script.steps.items():
        filled = fill(text, situation.facts)
        if filled is None:
            return None
        steps[step] = filled
    return FilledScript(script, steps)

"""What an answer rests on, in short."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from bot.terminal import wording
from bot.terminal.cards import quiet_label
from bot.terminal.wrapping import OneLine, Prose, printable

# Document numbers and dates; "（试行）", "（征求意见稿）" and "（2015修正）" are part of what a rule is called.
_NUMBERS = re.compile(r"（(?=[^（）]*\d)[^（）]{9,}）$")
_ARTICLE = re.compile(r"(\d+)((?:[(（][^()（）]+[)）]).*)?")

Citation = dict[str, Any]


def short_rule(rule: str) -> str:
    """The name of a rule without document number and date."""
    return _NUMBERS.sub("", rule)


def article_name(article: str) -> str:
    """An article as it is quoted: 第2、3条, 第13条(二); whatever is no number stays as it is.

    Args:
        article: as the regulations file writes it.
    """
    if re.fullmatch(r"[\d、—]+", article):
        return f"第{article}条"
    parts = [_ARTICLE.fullmatch(part) for part in article.split("、")]
    if all(parts):
        return "、".join(f"第{part[1]}条{part[2] or ''}" for part in parts if part)
    return article


def citation_ids(citations: Sequence[Citation]) -> Text:
    """Ids only, unconfirmed ones marked."""
    ids = Text()
    for number, citation in enumerate(citations):
        ids.append(f"{'、' if number else ''}{printable(citation['id'])}", "dim")
        if not citation["confirmed"]:
            ids.append(f"（{wording.UNCONFIRMED}）", "yellow")
    return ids


def citation_row(citations: Sequence[Citation]) -> list[tuple[RenderableType, RenderableType]]:
    """The row of a card that tells what it rests on; none when it rests on nothing."""
    if not citations:
        return []
    return [(quiet_label(wording.BASIS), Group(*(part for each in citations for part in _parts(each))))]


def _parts(citation: Citation) -> list[RenderableType]:
    article = article_name(citation["article"] or "")
    name = Text(printable(" ".join(filter(None, (citation["id"], short_rule(citation["rule"]), article)))), "dim")
    if not citation["confirmed"]:
        name.append("  ").append(wording.UNCONFIRMED, "not dim bold yellow")
        return [Prose(name)]
    substance = citation["substance"]
    return [Prose(name), OneLine(f"  {substance}", "dim")] if substance else [Prose(name)]

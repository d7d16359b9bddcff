"""Greeting, thanks and farewell around a message: no part of what it says."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

COURTESIES_FILE = Path(__file__).resolve().parents[1] / "data" / "lookup" / "courtesies.yml"

_MARKS = r"[，。！？、；：…,.!?;:~～\s]"


def without_courtesy(text: str) -> str:
    """Take courtesy off both ends of a message.

    Args:
        text: cleaned message.

    Returns:
        What is left; the whole message when nothing else is in it.
    """
    everything, leading, trailing = _patterns()
    if everything.fullmatch(text):
        return text
    return trailing.sub("", leading.sub("", text))


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    lists = yaml.safe_load(COURTESIES_FILE.read_text(encoding="utf-8"))
    word, particle = ("|".join(map(re.escape, sorted(lists[key], key=len, reverse=True))) for key in lists)
    stretch = rf"(?:(?:{particle})?(?:{word})(?:{particle})*)+"
    return (
        re.compile(rf"{_MARKS}*(?:{stretch}{_MARKS}*)*", re.I),
        re.compile(rf"^{_MARKS}*(?:{stretch}{_MARKS}+)+", re.I),
        re.compile(rf"(?:{_MARKS}+{stretch})+{_MARKS}*$", re.I),
    )

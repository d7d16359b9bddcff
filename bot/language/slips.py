"""Puts right the slips of pinyin input and speech recognition that are common in the trade (手续非 for 手续费)."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

from bot.language.tokens import token_spans

SLIPS_FILE = Path(__file__).resolve().parents[1] / "data" / "lookup" / "slips.yml"


def without_slips(text: str) -> str:
    """Replace slips by what was meant.

    Args:
        text: simplified, lower case.

    Returns:
        The text, of the same length. A slip that shares a character with a longer word (家里财务) is left alone.
    """
    mended = _mended(text)
    while mended != text:  # what is put right may bare another slip: 大磐深购非
        text, mended = mended, _mended(mended)
    return mended


def _mended(text: str) -> str:
    meant, pattern = _slips()
    found = list(pattern.finditer(text))
    if not found:
        return text
    tokens = token_spans(text)
    mended = list(text)
    for match in found:
        start, end = match.span()
        if all(start <= a < b <= end for a, b in tokens if a < end and b > start):
            mended[start:end] = meant[match[0]]
    return "".join(mended)


@functools.cache
def _slips() -> tuple[dict[str, str], re.Pattern[str]]:
    lists: dict[str, list[str]] = yaml.safe_load(SLIPS_FILE.read_text(encoding="utf-8"))
    meant = {slip: right for right, slips in lists.items() for slip in slips}
    return meant, re.compile("|".join(sorted(meant, key=len, reverse=True)))

"""Greeting, thanks and farewell around a message: no part of what it says."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

COURTESIES_FILE = Path(__file__).resolve().parents[1] / "data" / "lookup" / "courtesies.yml"

MARKS = r"，。！？、；…,.!?;~～\s"
"""What stands between clauses, for use within square brackets."""

_CLAUSE = re.compile(rf"[^{MARKS}]+")
_LONGEST = 16  # characters of a clause that can be nothing but courtesy


def without_courtesy(text: str) -> tuple[int, int]:
    """Find what a message says between words of courtesy.

    Args:
        text: normalised message.

    Returns:
        Start and end of what is left; of the whole message when nothing else is in it. Linear in the text's length.
    """
    words = _words()
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    first, last = 0, len(clauses)
    while first < last and _is_courtesy(text[slice(*clauses[first])], words["leading"], words["particles"]):
        first += 1
    while last > first and _is_courtesy(text[slice(*clauses[last - 1])], words["trailing"], words["particles"]):
        last -= 1
    if first == last or last - first == len(clauses):
        return 0, len(text)
    start = clauses[first][0] if first else 0
    end = clauses[last - 1][1] if last < len(clauses) else len(text)
    return start, end


def _is_courtesy(clause: str, words: frozenset[str], particles: frozenset[str]) -> bool:
    """Whether a clause is put together from words of courtesy and particles, with at least one word."""
    if len(clause) > _LONGEST:
        return False
    reached = {(0, False)}  # (how far, whether a word was among it)
    for end in range(1, len(clause) + 1):
        for start in range(end):
            piece = clause[start:end]
            for has_word in (False, True):
                if (start, has_word) in reached:
                    if piece in words:
                        reached.add((end, True))
                    if piece in particles:
                        reached.add((end, has_word))
    return (len(clause), True) in reached


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    lists = yaml.safe_load(COURTESIES_FILE.read_text(encoding="utf-8"))
    return {key: frozenset(words) for key, words in lists.items()}

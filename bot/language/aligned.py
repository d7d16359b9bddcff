"""The normalised form of a text with the place in the original of every character."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.normalise import EMOJI, clean, normalise, simplify

Placed = tuple[str, int, int]
"""A character, and start and end of its source in the text as typed."""

_TO_SPACE = frozenset({"Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class AlignedText:
    """A normalised text that remembers where it came from.

    Attributes:
        placed: its characters with their places.
    """

    placed: tuple[Placed, ...]

    @functools.cached_property
    def text(self) -> str:
        """The normalised text."""
        return "".join(character for character, _, _ in self.placed)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as typed of a non-empty stretch of the normalised text."""
        return self.placed[start][1], self.placed[end - 1][2]


def align(text: str) -> AlignedText:
    """Normalise a text and keep the offsets.

    Args:
        text: as typed.

    Returns:
        `normalise` of the text, with its places.
    """
    return AlignedText(tuple(_normalised(text)))


def _normalised(text: str) -> list[Placed]:
    """`normalise` step by step with offsets; checked against the real one, so that the two can't drift apart."""
    target = normalise(text)
    unconverted = [(c, start, end) for character, start, end in _clusters(text) for c in character.lower()]
    placed = _shortened(_collapsed(unconverted))
    # Simplifying is slow and nearly always one character for one; then the result itself tells the characters.
    if len(placed) == len(target) and all(map(_may_become, placed, target)):
        return [(character, start, end) for character, (_, start, end) in zip(target, placed, strict=True)]
    placed = _shortened(_collapsed(_simplified(list(_clusters(text)))))
    if "".join(character for character, _, _ in placed) == target:
        return placed
    return _aligned(placed, target, len(text))


def _may_become(placed: Placed, character: str) -> bool:
    return placed[0] == character or bool(CHINESE.match(placed[0]) and CHINESE.match(character))


def _clusters(text: str) -> Iterator[Placed]:
    """Compatibility folding of each character with the combining marks behind it."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for character in _folded_cluster(text[start:end]):
            yield character, start, end
        start = end


@functools.lru_cache(maxsize=8192)
def _folded_cluster(cluster: str) -> str:
    if EMOJI.match(cluster):
        return ""
    if unicodedata.category(cluster[0]) in _TO_SPACE:
        return " "
    return clean(cluster)


def _simplified(placed: list[Placed]) -> list[Placed]:
    joined = "".join(character for character, _, _ in placed)
    simplified = simplify(joined)
    if len(simplified) != len(joined):  # a phrase of another length; the caller's check decides what then
        simplified = joined
    return [
        (lower, start, end)
        for character, (_, start, end) in zip(simplified, placed, strict=True)
        for lower in character.lower()
    ]


def _collapsed(placed: list[Placed]) -> list[Placed]:
    kept: list[Placed] = []
    for item in placed:
        if item[0].isspace():
            if kept and kept[-1][0] != " ":
                kept.append((" ", item[1], item[2]))
        else:
            kept.append(item)
    while kept and kept[-1][0] == " ":
        kept.pop()
    return kept


def _shortened(placed: list[Placed]) -> list[Placed]:
    """Runs of one mark to two, of one word character to three, as `normalise` does."""
    kept: list[Placed] = []
    for character, group in itertools.groupby(placed, key=lambda item: item[0]):
        run = list(group)
        is_word = character.isalnum() or character == "_"
        if is_word and not character.isdecimal() and len(run) > 3:
            run = [*run[:2], (character, run[2][1], run[-1][2])]
        elif not is_word and not character.isspace() and len(run) > 2:
            run = [run[0], (character, run[1][1], run[-1][2])]
        kept += run
    return kept


def _aligned(placed: list[Placed], target: str, length: int) -> list[Placed]:
    """Places for ``target`` when our own folding differs from it: exact at both ends, the middle as one stretch."""
    head = 0
    while head < min(len(placed), len(target)) and placed[head][0] == target[head]:
        head += 1
    tail = 0
    while tail < min(len(placed), len(target)) - head and placed[-1 - tail][0] == target[-1 - tail]:
        tail += 1
    start = placed[head - 1][2] if head else 0
    end = placed[len(placed) - tail][1] if tail else length
    middle = [(character, start, max(start, end)) for character in target[head : len(target) - tail]]
    return [*placed[:head], *middle, *(placed[len(placed) - tail :] if tail else [])]

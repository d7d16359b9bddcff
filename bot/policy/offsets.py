"""Brings a text into the form that patterns see, and remembers where every character came from."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from opencc import OpenCC

from bot.language.normalise import clean, normalise

# (character, start and end in the text as typed)
_Placed = tuple[str, int, int]

_TO_SPACE = frozenset({"Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
# Put between two Chinese characters they only break up a word: 保*本, 稳_赚.
_BREAK = re.compile(r"(?<=\S)(?: |[*_^|·•`'\\#@-]{1,2})(?=\S)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SHORTEST_CHUNK = 3


@dataclass(frozen=True)
class FoldedText:
    """A text as patterns see it.

    Attributes:
        text: normalised, without spaces and splitters between Chinese characters.
        starts: for each character, where its source begins in the text as typed.
        ends: for each character, where its source ends.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as typed of a non-empty stretch of the folded text."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> FoldedText:
    """Fold a text for matching.

    Args:
        text: as typed.

    Returns:
        `bot.language.normalise.normalise` of the text, then freed of spaces and splitters; with its offsets.
    """
    placed = _join_split_words(_normalised(text))
    return FoldedText(
        "".join(character for character, _, _ in placed),
        tuple(start for _, start, _ in placed),
        tuple(end for _, _, end in placed),
    )


def _normalised(text: str) -> list[_Placed]:
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


def _may_become(placed: _Placed, character: str) -> bool:
    return placed[0] == character or bool(_CHINESE.match(placed[0]) and _CHINESE.match(character))


def _clusters(text: str) -> Iterator[_Placed]:
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
    if unicodedata.category(cluster[0]) in _TO_SPACE:
        return " "
    return clean(cluster)


@functools.cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _simplified(placed: list[_Placed]) -> list[_Placed]:
    joined = "".join(character for character, _, _ in placed)
    simplified = str(_converter().convert(joined))
    if len(simplified) != len(joined):  # a phrase of another length; the caller's check decides what then
        simplified = joined
    return [
        (lower, start, end)
        for character, (_, start, end) in zip(simplified, placed, strict=True)
        for lower in character.lower()
    ]


def _collapsed(placed: list[_Placed]) -> list[_Placed]:
    kept: list[_Placed] = []
    for item in placed:
        if item[0].isspace():
            if kept and kept[-1][0] != " ":
                kept.append((" ", item[1], item[2]))
        else:
            kept.append(item)
    while kept and kept[-1][0] == " ":
        kept.pop()
    return kept


def _shortened(placed: list[_Placed]) -> list[_Placed]:
    """Runs of one mark to two, of one word character to three, as `normalise` does."""
    kept: list[_Placed] = []
    for character, group in itertools.groupby(placed, key=lambda item: item[0]):
        run = list(group)
        is_word = character.isalnum() or character == "_"
        if is_word and not character.isdecimal() and len(run) > 3:
            run = [*run[:2], (character, run[2][1], run[-1][2])]
        elif not is_word and not character.isspace() and len(run) > 2:
            run = [run[0], (character, run[1][1], run[-1][2])]
        kept += run
    return kept


def _aligned(placed: list[_Placed], target: str, length: int) -> list[_Placed]:
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


def _join_split_words(placed: list[_Placed]) -> list[_Placed]:
    """Drop what only breaks up words; a space between two longer chunks stands for a comma, as people type it."""
    text = "".join(character for character, _, _ in placed)
    chunks = _chunk_lengths(text)
    dropped: set[int] = set()
    commas: set[int] = set()
    for match in _BREAK.finditer(text):
        first, last = match.start(), match.end() - 1
        inside_chinese = bool(_CHINESE.match(text, first - 1)) and bool(_CHINESE.match(text, last + 1))
        is_space = match.group().isspace()
        if is_space and inside_chinese and min(chunks[first - 1], chunks[last + 1]) >= _SHORTEST_CHUNK:
            commas.add(first)
        elif inside_chinese or (is_space and not _between_ascii(text, first, last)):
            dropped.update(range(first, last + 1))
    return [
        ("," if index in commas else character, start, end)
        for index, (character, start, end) in enumerate(placed)
        if index not in dropped
    ]


def _between_ascii(text: str, first: int, last: int) -> bool:
    """Whether a space stands between two Latin words or numbers, where it does mean something."""
    return text[first - 1].isascii() and text[last + 1].isascii()


def _chunk_lengths(text: str) -> list[int]:
    """For each character, how many characters stand in its stretch without spaces."""
    lengths: list[int] = []
    for chunk in text.split(" "):
        lengths += [len(chunk)] * len(chunk) + [0]
    return lengths[:-1]

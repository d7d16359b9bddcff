"""Brings a text into the form that patterns see, and remembers where every character came from."""

from __future__ import annotations

import re

from bot.language.aligned import CHINESE, AlignedText, Placed, align

# Put between two Chinese characters they only break up a word: 保*本, 稳_赚.
_BREAK = re.compile(r"(?<=\S)(?: |[*_^|·•`'\\#@-]{1,2})(?=\S)")
_SHORTEST_CHUNK = 3


def fold(text: str) -> AlignedText:
    """Fold a text for matching.

    Args:
        text: as typed.

    Returns:
        The text normalised, then freed of spaces and splitters between Chinese characters; with its offsets.
    """
    return AlignedText(tuple(_join_split_words(list(align(text).placed))))


def _join_split_words(placed: list[Placed]) -> list[Placed]:
    """Drop what only breaks up words; a space between two longer chunks stands for a comma, as people type it."""
    text = "".join(character for character, _, _ in placed)
    chunks = _chunk_lengths(text)
    dropped: set[int] = set()
    commas: set[int] = set()
    for match in _BREAK.finditer(text):
        first, last = match.start(), match.end() - 1
        inside_chinese = bool(CHINESE.match(text, first - 1)) and bool(CHINESE.match(text, last + 1))
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

"""Cuts a folded text into sentences and shows a match with what stands around it."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

# A dot ends a sentence unless it stands in a number; a mark just inside a closing quotation mark ends nothing.
_SENTENCE_END = re.compile(r"(?:[。!?;]+|(?<!\d)\.(?![\d.])|(?<=\d)\.(?![\d.]))(?![”’」』\"])")
_CLAUSE_END = re.compile(r"[,:~。!?;]|—{1,2}|\.\.")


# What stands further away than this has no bearing on a match; it keeps the check linear on endless sentences.
_SIGHT = 150


@dataclass(frozen=True)
class Sentence:
    """One sentence of a folded text.

    Attributes:
        start: in the folded text.
        text: with its closing mark.
        following: the sentence behind it, empty for the last one.
    """

    start: int
    text: str
    following: str


@dataclass(frozen=True)
class Surroundings:
    """A match seen in its sentence.

    Attributes:
        sentence: the sentence, as far as it bears on the match.
        matched: the match.
        before: from the last turn of thought to the match.
        clause_before: from the beginning of the clause to the match.
        after: from the match to the next turn of thought or the end of the sentence.
        near_after: the rest of the clause and the two clauses behind it, within ``after``.
        behind_turn: what stands behind the next turn of thought, up to the end of the sentence.
        clause: the clause that holds the match, with its closing mark.
        following: the next sentence.
    """

    sentence: str
    matched: str
    before: str
    clause_before: str
    after: str
    near_after: str
    behind_turn: str
    clause: str
    following: str

    @property
    def stretch(self) -> str:
        """From the turn of thought before the match to the one behind it."""
        return self.before + self.matched + self.after


def sentences(text: str) -> list[Sentence]:
    """The sentences of a folded text, without gaps between them."""
    bounds = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    if bounds[-1] != len(text):
        bounds.append(len(text))
    pieces = [text[start:end] for start, end in itertools.pairwise(bounds)]
    return [
        Sentence(start, piece, following)
        for start, piece, following in zip(bounds, pieces, [*pieces[1:], ""], strict=False)
    ]


def clauses(text: str) -> list[tuple[int, int]]:
    """Start and end of each clause of a folded text, with its closing mark, without gaps; at least one."""
    bounds = [0, *(match.end() for match in _CLAUSE_END.finditer(text))]
    if bounds[-1] != len(text):
        bounds.append(len(text))
    return list(itertools.pairwise(bounds)) or [(0, len(text))]


def surroundings(sentence: Sentence, start: int, end: int, turns: re.Pattern[str]) -> Surroundings:
    """What stands around ``sentence.text[start:end]``.

    Args:
        sentence: the sentence.
        start: of the match, in the sentence.
        end: of the match, in the sentence.
        turns: what counts as a turn of thought.

    Returns:
        The match with its windows.
    """
    cut = max(0, start - _SIGHT)
    text = sentence.text[cut : end + _SIGHT]
    start, end = start - cut, end - cut
    segment_start = _last_end(turns, text, start)
    clause_start = max(segment_start, _last_end(_CLAUSE_END, text, start))
    turn = turns.search(text, end)
    segment_end = turn.start() if turn else len(text)
    clause_ends = [match.end() for match in _CLAUSE_END.finditer(text, end, segment_end)]
    return Surroundings(
        sentence=text,
        matched=text[start:end],
        before=text[segment_start:start],
        clause_before=text[clause_start:start],
        after=text[end:segment_end],
        near_after=text[end : clause_ends[2] if len(clause_ends) > 2 else segment_end],
        behind_turn=text[turn.end() :] if turn else "",
        clause=text[clause_start : clause_ends[0] if clause_ends else segment_end],
        following=sentence.following,
    )


def _last_end(pattern: re.Pattern[str], text: str, limit: int) -> int:
    """Where the last match that begins in front of `limit` ends; what stands behind the limit is seen, not cut off."""
    end = 0
    for match in pattern.finditer(text):
        if match.start() >= limit:
            break
        end = min(match.end(), limit)
    return end

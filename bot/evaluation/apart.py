"""Keeps the examination apart from the lessons: finds training lines that are, nearly, evaluation lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from bot.corpus.utterances import TrainingLine, comparable
from bot.language.normalise import normalise

ALIKE = 0.85
"""Share of equal characters (1 - edits / length of the longer) from which two lines are nearly the same."""

_AT_ONCE = 2000


@dataclass(frozen=True)
class NearLine:
    """A training line that gives an evaluation line away.

    Attributes:
        training: the training line.
        evaluated: the number of the evaluation line, from 0.
        likeness: from `ALIKE` to 1.
    """

    training: TrainingLine
    evaluated: int
    likeness: float


def near_lines(training: Sequence[TrainingLine], evaluated: Sequence[str]) -> Iterator[NearLine]:
    """Compare all training lines with all evaluation lines.

    Args:
        training: the lines learned from.
        evaluated: texts of the evaluation lines.

    Yields:
        For each training line that is too close to an evaluation line, the closest one.
    """
    if not evaluated:
        return
    texts = [comparable(normalise(text)) for text in evaluated]
    for start in range(0, len(training), _AT_ONCE):
        some = training[start : start + _AT_ONCE]
        own = [comparable(normalise(line.plain)) for line in some]
        likeness = cdist(own, texts, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
        for line, row in zip(some, likeness, strict=True):
            if row.max() >= ALIKE:
                yield NearLine(line, int(row.argmax()), float(row.max()))

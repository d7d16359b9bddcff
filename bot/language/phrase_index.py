"""Nearest known phrase: the policy answer, stage or script whose example lines are most like a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bot.language.features import FeatureSpace, prepare


@dataclass(frozen=True)
class Likeness:
    """How like a label is to a message.

    Attributes:
        label: such as an answer id.
        score: cosine of the nearest example line, 0 to 1.
    """

    label: str
    score: float


class PhraseIndex:
    """Example lines with labels, searchable by likeness of wording and meaning.

    Args:
        examples: (label, line) pairs.
    """

    # Wording (characters, words, pinyin) counts a little more than meaning; measured on held-out policy questions.
    ENCODER_WEIGHT = 1.2

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        pairs = list(examples)
        self._labels = [label for label, _ in pairs]
        prepared = prepare([line for _, line in pairs])
        self._features = FeatureSpace.learn(prepared, self.ENCODER_WEIGHT)
        self._matrix = self._rows(prepared)

    def _rows(self, prepared: Sequence[str]) -> sparse.csr_matrix:
        matrix = self._features.transform(prepared)
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        return sparse.diags(1 / np.maximum(lengths, 1e-12)) @ matrix

    def nearest(self, text: str, allowed: Iterable[str] | None = None) -> list[Likeness]:
        """Labels by likeness.

        Args:
            text: a message.
            allowed: labels to consider; all by default.

        Returns:
            One entry a label, most like first; labels of equal likeness in alphabetical order.
        """
        if not self._labels:
            return []
        scores = np.asarray((self._matrix @ self._rows(prepare([text])).T).todense()).ravel()
        wanted = None if allowed is None else set(allowed)
        best: dict[str, float] = {}
        for label, score in zip(self._labels, scores, strict=True):
            if wanted is None or label in wanted:
                best[label] = max(best.get(label, 0.0), float(score))
        return sorted((Likeness(label, score) for label, score in best.items()), key=lambda x: (-x.score, x.label))

"""Sparse features of a sentence: characters, words and pinyin. The sentence encoder stands beside them.

Characters carry most; jieba words add collocations; pinyin without tones survives homophone slips of pinyin input and
speech recognition (手续非 for 手续费); the encoder brings what is said in other words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin
from scipy import sparse

from bot.language.normalise import normalise
from bot.language.tokens import words

FEWEST_OCCURRENCES = 2  # terms seen once are noise: a third of the features, no accuracy lost

Analyser = Callable[[str], Iterator[str]]


def character_grams(text: str) -> Iterator[str]:
    """Runs of one to four characters, with the sentence's ends marked."""
    return _grams(f"^{text}$", (1, 2, 3, 4), "")


def word_grams(text: str) -> Iterator[str]:
    """Words and pairs of words."""
    return _grams(words(text), (1, 2), " ")


def pinyin_grams(text: str) -> Iterator[str]:
    """Runs of two and three syllables without tones."""
    return _grams(lazy_pinyin(text), (2, 3), " ")


def _grams(items: Sequence[str], sizes: Sequence[int], joint: str) -> Iterator[str]:
    for size in sizes:
        for start in range(len(items) - size + 1):
            yield joint.join(items[start : start + size])


ANALYSERS: dict[str, Analyser] = {"characters": character_grams, "words": word_grams, "pinyin": pinyin_grams}


@dataclass(frozen=True)
class Vocabulary:
    """The terms that one analyser keeps, with their weights.

    Attributes:
        analyser: key of `ANALYSERS`.
        terms: term to column.
        weights: inverse document frequencies, float64 of shape (terms,).
    """

    analyser: str
    terms: dict[str, int]
    weights: npt.NDArray[np.float64]

    @staticmethod
    def learn(analyser: str, texts: Sequence[str], fewest: int) -> Vocabulary:
        """Collect the terms that occur in at least `fewest` of the normalised texts."""
        counts = Counter(term for text in texts for term in set(ANALYSERS[analyser](text)))
        kept = sorted(term for term, count in counts.items() if count >= fewest)
        # Smoothed inverse document frequency, as in scikit-learn's TfidfTransformer.
        weights = [math.log((1 + len(texts)) / (1 + counts[term])) + 1 for term in kept]
        return Vocabulary(analyser, {term: column for column, term in enumerate(kept)}, np.array(weights))

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Unit-length rows of log term frequency times weight, float32 of shape (texts, terms)."""
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for text in texts:
            counts = Counter(c for term in ANALYSERS[self.analyser](text) if (c := self.terms.get(term)) is not None)
            row = np.array([1 + math.log(count) for count in counts.values()]) * self.weights[list(counts)]
            length = float(np.linalg.norm(row)) or 1.0
            data.extend(row / length)
            columns.extend(counts)
            starts.append(len(columns))
        return sparse.csr_matrix((data, columns, starts), shape=(len(texts), len(self.terms)), dtype=np.float32)


@dataclass(frozen=True)
class SparseFeatures:
    """The vocabularies of all analysers, side by side.

    Attributes:
        vocabularies: one an analyser.
    """

    vocabularies: tuple[Vocabulary, ...]

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(vocabulary.terms) for vocabulary in self.vocabularies)

    @staticmethod
    def learn(texts: Sequence[str], fewest: int = FEWEST_OCCURRENCES) -> SparseFeatures:
        """Learn the vocabularies from normalised training texts."""
        return SparseFeatures(tuple(Vocabulary.learn(name, texts, fewest) for name in ANALYSERS))

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Features of normalised texts, float32 of shape (texts, width)."""
        return sparse.hstack([vocabulary.transform(texts) for vocabulary in self.vocabularies], format="csr")

    def to_json(self) -> list[dict[str, Any]]:
        """Terms as plain data; the weights go to an array file."""
        return [{"analyser": v.analyser, "terms": list(v.terms)} for v in self.vocabularies]

    @staticmethod
    def from_json(data: list[dict[str, Any]], weights: Sequence[npt.NDArray[np.float64]]) -> SparseFeatures:
        """Rebuild from `to_json` and the weights in the order of the vocabularies."""
        return SparseFeatures(
            tuple(
                Vocabulary(item["analyser"], {term: column for column, term in enumerate(item["terms"])}, weight)
                for item, weight in zip(data, weights, strict=True)
            )
        )


def prepare(texts: Sequence[str]) -> list[str]:
    """Normalise raw texts for `SparseFeatures` and the encoder."""
    return [normalise(text) for text in texts]

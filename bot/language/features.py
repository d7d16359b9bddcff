"""Sparse features of a sentence: characters, words and pinyin. The sentence encoder stands beside them.

Characters carry most; jieba words add collocations; pinyin without tones survives homophone slips of pinyin input and
speech recognition (手续非 for 手续费); the encoder brings what is said in other words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pypinyin import lazy_pinyin
from scipy import sparse

from bot.language.normalise import normalise
from bot.language.tokens import words

TERMS_FILE, WEIGHTS_FILE = "terms.json", "terms.npz"
RUNS = (1, 2, 3, 4)  # lengths of the runs of characters
FEWEST_OCCURRENCES = 2  # terms seen once are noise: a third of the features, no accuracy lost

Analyser = Callable[[str], Iterator[str]]
_Counted = tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.integer[Any]]]
"""Columns of a text's terms, and how often each occurs."""


def character_grams(text: str) -> Iterator[str]:
    """Runs of one to four characters, with the sentence's ends marked."""
    return _grams(f"^{text}$", RUNS, "")


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
    def learn(analyser: str, texts: Sequence[str], fewest: int) -> tuple[Vocabulary, sparse.csr_matrix]:
        """Collect the terms that occur in at least `fewest` of the normalised texts; the texts' features come along."""
        numbers: dict[str, int] = {}
        counted = [_counted(ANALYSERS[analyser](text), numbers) for text in texts]
        occurrences = np.bincount(np.concatenate([columns for columns, _ in counted]), minlength=len(numbers))
        kept = sorted(term for term, number in numbers.items() if occurrences[number] >= fewest)
        old = np.array([numbers[term] for term in kept], dtype=np.int64)
        # Smoothed inverse document frequency, as in scikit-learn's TfidfTransformer.
        weights = np.log((1 + len(texts)) / (1 + occurrences[old])) + 1
        vocabulary = Vocabulary(analyser, {term: column for column, term in enumerate(kept)}, weights)
        new = np.full(len(numbers), -1)
        new[old] = np.arange(len(kept))
        return vocabulary, vocabulary._matrix([(new[columns], counts) for columns, counts in counted])

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Unit-length rows of log term frequency times weight, float32 of shape (texts, terms)."""
        return self._matrix([self._known(Counter(ANALYSERS[self.analyser](text))) for text in texts])

    def _known(self, terms: Counter[str]) -> _Counted:
        columns = [self.terms.get(term, -1) for term in terms]
        return np.array(columns, dtype=np.int64), np.array(list(terms.values()))

    def _matrix(self, counted: Sequence[_Counted]) -> sparse.csr_matrix:
        """Rows from columns (-1 for a term that is not kept) and counts."""
        rows: list[npt.NDArray[np.float32]] = []
        places: list[npt.NDArray[np.integer[Any]]] = []
        for columns, counts in counted:
            known = columns >= 0
            place = columns[known]
            row = (1 + np.log(counts[known])) * self.weights[place]
            rows.append((row / (np.linalg.norm(row) or 1.0)).astype(np.float32))
            places.append(place)
        starts = np.cumsum([0, *(len(place) for place in places)])
        if not counted:
            return sparse.csr_matrix((0, len(self.terms)), dtype=np.float32)
        shape = (len(counted), len(self.terms))
        return sparse.csr_matrix((np.concatenate(rows), np.concatenate(places), starts), shape=shape)


def _counted(terms: Iterator[str], numbers: dict[str, int]) -> _Counted:
    """Terms as numbers, new ones numbered on the way, and how often each occurs."""
    found = [numbers.setdefault(term, len(numbers)) for term in terms]
    columns, counts = np.unique(np.array(found, dtype=np.int32), return_counts=True)
    return columns, counts.astype(np.int32)


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
    def learn(texts: Sequence[str], fewest: int = FEWEST_OCCURRENCES) -> tuple[SparseFeatures, sparse.csr_matrix]:
        """Learn the vocabularies from normalised training texts; the texts' features come along."""
        learned = [Vocabulary.learn(name, texts, fewest) for name in ANALYSERS]
        features = SparseFeatures(tuple(vocabulary for vocabulary, _ in learned))
        return features, sparse.hstack([matrix for _, matrix in learned], format="csr")

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Features of normalised texts, float32 of shape (texts, width)."""
        return sparse.hstack([vocabulary.transform(texts) for vocabulary in self.vocabularies], format="csr")

    def save(self, directory: Path) -> None:
        """Write the vocabularies into an existing directory."""
        terms = [{"analyser": v.analyser, "terms": list(v.terms)} for v in self.vocabularies]
        (directory / TERMS_FILE).write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
        np.savez(directory / WEIGHTS_FILE, *(v.weights for v in self.vocabularies))

    @staticmethod
    def load(directory: Path) -> SparseFeatures:
        """Read what `save` has written.

        Raises:
            OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error: files are missing or damaged.
        """
        terms = json.loads((directory / TERMS_FILE).read_text(encoding="utf-8"))
        with np.load(directory / WEIGHTS_FILE, allow_pickle=False) as arrays:
            weights = [arrays[f"arr_{index}"] for index in range(len(terms))]
        vocabularies = []
        for item, weight in zip(terms, weights, strict=True):
            columns = {term: column for column, term in enumerate(item["terms"])}
            if len(columns) != len(weight):
                raise ValueError("terms and weights are of two models")
            vocabularies.append(Vocabulary(item["analyser"], columns, weight))
        if [vocabulary.analyser for vocabulary in vocabularies] != list(ANALYSERS):
            raise ValueError("vocabularies of other analysers")
        return SparseFeatures(tuple(vocabularies))


def prepare(texts: Sequence[str]) -> list[str]:
    """Normalise raw texts for `SparseFeatures` and the encoder."""
    return [normalise(text) for text in texts]

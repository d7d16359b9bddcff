"""What the learned half of the phrase check sees of a sentence, as numbers.

Four Chinese characters fit into one 64-bit number, so every run of up to four is a number of its own and is found in
the sorted vocabulary by bisection: all runs of a thousand characters in a millisecond. Besides runs it sees pairs of
characters some way apart, runs that a negation governs, and the words that tell how a sentence is meant (who says it,
whether it asks, forbids, assumes), alone and in pairs.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

FEWEST_OCCURRENCES = 2

Keys = npt.NDArray[np.uint64]

_BEGIN, _END = "\x02", "\x03"
_WIDTH = 16  # bits of a character
_GAPS = range(2, 7)
_NEGATION = re.compile(r"[不没无非别未莫甭勿]|拒绝|禁止")
_CLAUSE = re.compile(r"[^,。!?:;~、]+")
_FRAMES = (
    *("您说", "您问", "您想", "您觉得", "您怕", "您担心", "您要是", "您提", "客户", "有人", "谁说", "谁跟", "听说"),
    *("骗", "假", "如果", "要是", "不能", "不是", "不会", "不得", "必须", "规定", "别", "吗", "?", "!", "但", "其实"),
)
_FRAME = re.compile("|".join(map(re.escape, _FRAMES)))


def runs(text: str) -> Keys:
    """Runs of one to four characters, with the ends of the text marked."""
    return _runs(_characters(f"{_BEGIN}{text}{_END}"), 4)


def gaps(text: str) -> Keys:
    """Pairs of characters two to six places apart, whatever stands between them."""
    characters = _characters(text)
    return np.concatenate([characters[:-gap] | characters[gap:] << np.uint64(_WIDTH) for gap in _GAPS])


def negated(text: str) -> Keys:
    """Runs of one to three characters behind the first negation of each clause."""
    governed = [
        _runs(_characters(clause.group()[negation.end() :]), 3)
        for clause in _CLAUSE.finditer(text)
        if (negation := _NEGATION.search(clause.group()))
    ]
    return np.concatenate([*governed, np.empty(0, dtype=np.uint64)])


def frames(text: str) -> Keys:
    """Words that tell how a sentence is meant, alone and in pairs."""
    present = sorted({_FRAMES.index(word) + 1 for word in _FRAME.findall(text)})
    pairs = [first | second << _WIDTH for first, second in itertools.combinations(present, 2)]
    return np.array([*present, *pairs], dtype=np.uint64)


def _characters(text: str) -> Keys:
    """UTF-16 units."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2").astype(np.uint64)


def _runs(characters: Keys, longest: int) -> Keys:
    found, run = [characters], characters
    for size in range(1, min(longest, len(characters))):
        run = run[:-1] | characters[size:] << np.uint64(size * _WIDTH)
        found.append(run)
    return np.concatenate(found)


@dataclass(frozen=True)
class Kind:
    """One kind of trait.

    Attributes:
        keys: gives the traits of a folded text.
        share: length of the kind's part of a row.
    """

    keys: Callable[[str], Keys]
    share: float


KINDS = (Kind(runs, 1.0), Kind(gaps, 0.7), Kind(negated, 0.6), Kind(frames, 0.5))


@dataclass(frozen=True)
class Vocabulary:
    """The traits of one kind that are kept.

    Attributes:
        keys: ascending, uint64 of shape (traits,).
        weights: inverse document frequencies, float64 of shape (traits,).
    """

    keys: Keys
    weights: npt.NDArray[np.float64]

    @staticmethod
    def learn(kind: Kind, texts: Sequence[str]) -> Vocabulary:
        """Keep what occurs in at least `FEWEST_OCCURRENCES` texts."""
        keys, occurrences = np.unique(
            np.concatenate([np.unique(kind.keys(text)) for text in texts]), return_counts=True
        )
        kept = occurrences >= FEWEST_OCCURRENCES
        # Smoothed inverse document frequency, as in scikit-learn's TfidfTransformer.
        return Vocabulary(keys[kept], np.log((1 + len(texts)) / (1 + occurrences[kept])) + 1)

    def row(self, kind: Kind, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Columns and values of one text: log frequency times weight, as long as the kind's share."""
        keys, counts = np.unique(kind.keys(text), return_counts=True)
        places = np.searchsorted(self.keys, keys)
        known = places < len(self.keys)
        known[known] = self.keys[places[known]] == keys[known]
        columns = places[known]
        values = (1 + np.log(counts[known])) * self.weights[columns]
        return columns, values * (kind.share / (np.linalg.norm(values) or 1.0))


@dataclass(frozen=True)
class Traits:
    """The vocabularies of all kinds, side by side.

    Attributes:
        vocabularies: one for each of `KINDS`.
    """

    vocabularies: tuple[Vocabulary, ...]

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(vocabulary.keys) for vocabulary in self.vocabularies)

    @staticmethod
    def learn(texts: Sequence[str]) -> Traits:
        """Learn from folded texts."""
        return Traits(tuple(Vocabulary.learn(kind, texts) for kind in KINDS))

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Traits of folded texts, float32 of shape (texts, width)."""
        offsets = np.cumsum([0, *(len(vocabulary.keys) for vocabulary in self.vocabularies)])
        columns, values, starts = [], [], [0]
        for text in texts:
            length = 0
            for kind, vocabulary, offset in zip(KINDS, self.vocabularies, offsets, strict=False):
                places, numbers = vocabulary.row(kind, text)
                columns.append(places + offset)
                values.append(numbers)
                length += len(places)
            starts.append(starts[-1] + length)
        if not texts:
            return sparse.csr_matrix((0, self.width), dtype=np.float32)
        return sparse.csr_matrix(
            (np.concatenate(values).astype(np.float32), np.concatenate(columns), starts), shape=(len(texts), self.width)
        )

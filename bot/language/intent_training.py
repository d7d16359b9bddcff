"""Trains the intent model: linear machines, one intent against the rest, calibrated on held-out lines.

A support vector machine tells intents apart by what decides between them; complement naive Bayes (Rennie et al. 2003,
"Tackling the Poor Assumptions of Naive Bayes Text Classifiers") by how often each term occurs, which helps with rare
ones. Both are linear, so the blend is a sum of coefficients (compare Wang and Manning 2012, "Baselines and Bigrams").
The temperature of the softmax is fitted on the scores that a machine trained without them gives to a fifth of the lines
(Guo et al. 2017, "On Calibration of Modern Neural Networks"). `docs/understanding.md` tells what else was tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

from bot.errors import HuashuError
from bot.language.encoder import encode, release
from bot.language.features import SparseFeatures, prepare
from bot.language.intent_model import FEWEST_LINES, Floats, IntentModel, softmax

HELD_OUT = 0.2
KEPT_AXES = 96
PENALTY = 0.6
BAYES_SHARE, BAYES_SMOOTHING = 0.05, 0.3
TOLERANCE = 1e-3


def train(texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
    """Train a model.

    Args:
        texts: raw training lines.
        intents: the intent of each.

    Returns:
        The model, with its temperature fitted on held-out lines.

    Raises:
        HuashuError: E503 when there are fewer than two intents or one has too few lines.
    """
    _check_enough(intents)
    prepared = prepare(texts)
    axes = MainAxes.of(encode(prepared))
    release()  # first, so that what it took can be used again: the most memory is needed from here on
    features, terms = SparseFeatures.learn(prepared)
    # liblinear computes in float64; handed anything else it keeps a second copy.
    matrix = sparse.hstack([terms.astype(np.float64), _full_rows(axes.projected)], format="csr")
    names = tuple(sorted(set(intents)))
    labels = np.array([names.index(intent) for intent in intents])
    temperature = _fit_temperature(*_unseen_scores(matrix, labels, features.width))
    coefficients, intercepts = _fit(matrix, labels, np.ones(len(labels)), features.width)
    back, shift = axes.unprojected(coefficients[:, features.width :])
    weights = np.vstack([coefficients[:, : features.width].T, back]).astype(np.float32)
    return IntentModel(names, features, weights, intercepts + shift, temperature)


@dataclass(frozen=True)
class MainAxes:
    """Principal axes of the sentence vectors.

    A fifth of the 512 dimensions carries what the machine learns from, and it learns in half the time. What it has
    learned is turned back into the 512 dimensions afterwards, so the model knows nothing of the axes.

    Attributes:
        mean: float64 of shape (512,).
        axes: float64 of shape (512, kept), orthonormal columns.
        projected: the vectors along the axes, float64 of shape (sentences, kept).
    """

    mean: Floats
    axes: Floats
    projected: Floats

    @staticmethod
    def of(vectors: npt.NDArray[np.float32]) -> MainAxes:
        """The main axes of float32 vectors of shape (sentences, 512)."""
        mean = vectors.mean(axis=0, dtype=np.float64)
        spread = (vectors.T @ vectors).astype(np.float64) - len(vectors) * np.outer(mean, mean)
        _, axes = np.linalg.eigh(spread)  # ascending
        kept = axes[:, -KEPT_AXES:]
        return MainAxes(mean, kept, (vectors @ kept.astype(np.float32)).astype(np.float64) - mean @ kept)

    def unprojected(self, coefficients: Floats) -> tuple[Floats, Floats]:
        """Coefficients of shape (intents, kept) for vectors as the encoder gives them.

        Returns:
            Coefficients of shape (512, intents), and what to add to the intercepts, of shape (intents,).
        """
        back = self.axes @ coefficients.T
        return back, -self.mean @ back


def _full_rows(values: Floats) -> sparse.csr_matrix:
    """A sparse matrix of which every value is kept; scipy's own way there takes twice the memory of the result."""
    rows, width = values.shape
    columns = np.tile(np.arange(width, dtype=np.int32), rows)
    starts = np.arange(0, rows * width + 1, width, dtype=np.int32)
    return sparse.csr_matrix((values.ravel(), columns, starts), shape=values.shape)


def _check_enough(intents: Sequence[str]) -> None:
    counts = Counter(intents)
    if len(counts) < 2:
        raise HuashuError("E503", "训练数据里不到两个意图，无法训练。请检查 scripts_corpus/ 和 bot/data/nlu/。")
    scarce = sorted(name for name, count in counts.items() if count < FEWEST_LINES)
    if scarce:
        listing = "、".join(f"{name}（{counts[name]} 句）" for name in scarce)
        raise HuashuError("E503", f"这些意图的例句不到 {FEWEST_LINES} 句：{listing}。请补写后再训练。")


def _fit(matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_], weights: Floats, terms: int) -> tuple[Floats, Floats]:
    """Coefficients of shape (intents, features) and intercepts; a line of weight 0 is not looked at.

    Args:
        matrix: float64 of shape (lines, features); the first `terms` columns count terms.
        labels: of shape (lines,).
        weights: of shape (lines,), each 0 or 1.
        terms: number of columns that naive Bayes can read.
    """
    machine = LinearSVC(C=PENALTY, class_weight="balanced", dual=True, random_state=0, tol=TOLERANCE, max_iter=3000)
    machine.fit(matrix, labels, sample_weight=weights)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(coefficients) == 1:  # scikit-learn gives one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.concatenate([-intercepts, intercepts])
    seen = weights > 0
    coefficients[:, :terms] += _complement_bayes(matrix[seen, :terms], labels[seen])
    return coefficients, intercepts


def _complement_bayes(counts: sparse.csr_matrix, labels: npt.NDArray[np.int_]) -> npt.NDArray[np.float32]:
    """What naive Bayes adds to the coefficients: how rare each term is in the lines of all other intents.

    In place and in float32: scikit-learn's own keeps half a dozen copies, together more than all the rest of training.

    Args:
        counts: of shape (lines, terms).
        labels: of shape (lines,).

    Returns:
        float32 of shape (intents, terms).
    """
    chosen = sparse.csr_matrix((np.ones(len(labels), dtype=np.float32), (labels, np.arange(len(labels)))))
    of_others = (chosen @ counts.astype(np.float32)).toarray()
    np.subtract(of_others.sum(axis=0) + BAYES_SMOOTHING, of_others, out=of_others)
    of_others /= of_others.sum(axis=1, keepdims=True)
    rarity = np.log(of_others, out=of_others)
    rarity -= rarity.mean(axis=0)
    rarity *= -BAYES_SHARE
    return np.asarray(rarity)


def _unseen_scores(
    matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_], terms: int
) -> tuple[Floats, npt.NDArray[np.int_]]:
    """Scores of held-out lines by machines that have not seen them, and their labels."""
    split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=0)
    _, unseen = next(split.split(matrix, labels))
    weights = np.ones(len(labels))
    weights[unseen] = 0.0
    coefficients, intercepts = _fit(matrix, labels, weights, terms)
    return np.asarray(matrix[unseen] @ coefficients.T + intercepts), labels[unseen]


def _fit_temperature(scores: Floats, labels: npt.NDArray[np.int_]) -> float:
    rows = np.arange(len(labels))

    def negative_log_likelihood(log_temperature: float) -> float:
        confidences = softmax(scores / np.exp(log_temperature))[rows, labels]
        return float(-np.log(np.clip(confidences, 1e-12, None)).mean())

    found = optimize.minimize_scalar(negative_log_likelihood, bounds=(-4.0, 2.0), method="bounded")
    return float(np.exp(found.x))

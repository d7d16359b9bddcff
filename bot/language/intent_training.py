"""Trains the intent model: a linear support vector machine, one intent against the rest, calibrated on held-out lines.

The temperature of the softmax is fitted on the scores that a machine trained without them gives to a fifth of the lines
(Guo et al. 2017, "On Calibration of Modern Neural Networks"). `docs/understanding.md` tells what else was tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

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
PENALTY = 0.3


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
    features, matrix = _features(prepared)
    names = tuple(sorted(set(intents)))
    labels = np.array([names.index(intent) for intent in intents])
    temperature = _fit_temperature(*_unseen_scores(matrix, labels))
    coefficients, intercepts = _fit(matrix, labels, np.ones(len(labels)))
    weights = np.ascontiguousarray(coefficients.T, dtype=np.float32)
    return IntentModel(names, features, weights, intercepts, temperature)


def _features(prepared: list[str]) -> tuple[SparseFeatures, sparse.csr_matrix]:
    features, terms = SparseFeatures.learn(prepared)
    # liblinear computes in float64; handed anything else it keeps a second copy.
    parts = [terms.astype(np.float64), sparse.csr_matrix(encode(prepared), dtype=np.float64)]
    release()  # the most memory is needed from here on
    return features, sparse.hstack(parts, format="csr")


def _check_enough(intents: Sequence[str]) -> None:
    counts = Counter(intents)
    if len(counts) < 2:
        raise HuashuError("E503", "训练数据里不到两个意图，无法训练。请检查 scripts_corpus/ 和 bot/data/nlu/。")
    scarce = sorted(name for name, count in counts.items() if count < FEWEST_LINES)
    if scarce:
        listing = "、".join(f"{name}（{counts[name]} 句）" for name in scarce)
        raise HuashuError("E503", f"这些意图的例句不到 {FEWEST_LINES} 句：{listing}。请补写后再训练。")


def _fit(matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_], weights: Floats) -> tuple[Floats, Floats]:
    """Coefficients of shape (intents, features) and intercepts; a line of weight 0 is not looked at."""
    machine = LinearSVC(C=PENALTY, class_weight="balanced", dual=True, random_state=0, max_iter=3000)
    machine.fit(matrix, labels, sample_weight=weights)
    if machine.coef_.shape[0] == 1:  # scikit-learn gives one row for two classes
        return np.vstack([-machine.coef_, machine.coef_]), np.array([-machine.intercept_[0], machine.intercept_[0]])
    return machine.coef_, machine.intercept_


def _unseen_scores(matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_]) -> tuple[Floats, npt.NDArray[np.int_]]:
    """Scores of held-out lines by a machine that has not seen them, and their labels."""
    split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=0)
    _, unseen = next(split.split(matrix, labels))
    weights = np.ones(len(labels))
    weights[unseen] = 0.0
    coefficients, intercepts = _fit(matrix, labels, weights)
    return np.asarray(matrix[unseen] @ coefficients.T + intercepts), labels[unseen]


def _fit_temperature(scores: Floats, labels: npt.NDArray[np.int_]) -> float:
    rows = np.arange(len(labels))

    def negative_log_likelihood(log_temperature: float) -> float:
        confidences = softmax(scores / np.exp(log_temperature))[rows, labels]
        return float(-np.log(np.clip(confidences, 1e-12, None)).mean())

    found = optimize.minimize_scalar(negative_log_likelihood, bounds=(-4.0, 2.0), method="bounded")
    return float(np.exp(found.x))

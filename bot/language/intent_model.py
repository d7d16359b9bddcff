"""The intent model: a linear classifier over `features`, with confidences calibrated on lines it had not seen.

Trained with scikit-learn's linear support vector machine (one against the rest); scores become confidences by a softmax
whose temperature is fitted on out-of-fold scores (Guo et al. 2017, "On Calibration of Modern Neural Networks").
Persisted as JSON and npz, so both environments read it, and reading it runs no code.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from bot.errors import HuashuError
from bot.language.encoder import DIMENSIONS
from bot.language.features import FeatureSpace, prepare

FORMAT_VERSION = 1
FEWEST_LINES = 10
FOLDS = 3
PENALTY = 0.3
ENCODER_WEIGHT = 1.0
FEWEST_OCCURRENCES = 2  # terms seen once are noise: a third of the features, no accuracy lost
_JSON_FILE, _ARRAY_FILE = "intent_model.json", "intent_model.npz"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class IntentModel:
    """A trained model.

    Attributes:
        intents: names, in the order of the rows of `coefficients`.
        features: the feature space.
        coefficients: float32 of shape (intents, features).
        intercepts: float64 of shape (intents,).
        temperature: divides the scores before the softmax.
    """

    intents: tuple[str, ...]
    features: FeatureSpace
    coefficients: npt.NDArray[np.float32]
    intercepts: Floats
    temperature: float

    def confidences(self, texts: Sequence[str]) -> Floats:
        """Confidences of all intents.

        Args:
            texts: raw texts.

        Returns:
            float64 of shape (texts, intents); each row sums to one.
        """
        matrix = self.features.transform(prepare(texts))
        scores = np.asarray(matrix @ self.coefficients.T) + self.intercepts
        return _softmax(scores / self.temperature)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All intents of one text with their confidences, likeliest first."""
        row = self.confidences([text])[0]
        return [(self.intents[index], float(row[index])) for index in np.argsort(-row, kind="stable")]

    def save(self, directory: Path) -> None:
        """Write the model into an existing directory."""
        header = {
            "format": FORMAT_VERSION,
            "intents": self.intents,
            "temperature": self.temperature,
            "features": self.features.to_json(),
        }
        text = json.dumps(header, ensure_ascii=False)
        (directory / _JSON_FILE).write_text(text, encoding="utf-8")
        weights = {f"weights_{index}": v.weights for index, v in enumerate(self.features.vocabularies)}
        np.savez(directory / _ARRAY_FILE, coefficients=self.coefficients, intercepts=self.intercepts, **weights)  # type: ignore[arg-type]

    @staticmethod
    def load(directory: Path) -> IntentModel:
        """Read a model.

        Raises:
            HuashuError: E501 when files are missing or damaged, E502 when another version wrote them.
        """
        try:
            header = json.loads((directory / _JSON_FILE).read_text(encoding="utf-8"))
            with np.load(directory / _ARRAY_FILE, allow_pickle=False) as arrays:
                stored = {name: arrays[name] for name in arrays.files}
            written_by = header["format"]
        except _DAMAGE as error:
            raise _damaged() from error
        if written_by != FORMAT_VERSION:
            message = f"识别模型是第 {written_by} 版格式，现在用第 {FORMAT_VERSION} 版。请运行 make train。"
            raise HuashuError("E502", message)
        try:
            weights = [stored[f"weights_{index}"] for index in range(len(header["features"]["vocabularies"]))]
            width = sum(len(weight) for weight in weights) + DIMENSIONS
            if stored["coefficients"].shape != (len(header["intents"]), width):
                raise ValueError("header and arrays are of two models")
            return IntentModel(
                intents=tuple(header["intents"]),
                features=FeatureSpace.from_json(header["features"], weights),
                coefficients=stored["coefficients"],
                intercepts=stored["intercepts"],
                temperature=float(header["temperature"]),
            )
        except _DAMAGE as error:
            raise _damaged() from error


# What reading a truncated, swapped or edited file can raise.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def _damaged() -> HuashuError:
    return HuashuError("E501", "识别模型读不出来：文件缺失或损坏。请运行 make train 重新训练。")


def train(texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
    """Train a model.

    Args:
        texts: raw training lines.
        intents: the intent of each.

    Returns:
        The model, with its temperature fitted on lines that each fold's classifier had not seen.

    Raises:
        HuashuError: E503 when there are fewer than two intents or one has too few lines.
    """
    _check_enough(intents)
    prepared = prepare(texts)
    features = FeatureSpace.learn(prepared, ENCODER_WEIGHT, FEWEST_OCCURRENCES)
    matrix = features.transform(prepared)
    names = tuple(sorted(set(intents)))
    labels = np.array([names.index(intent) for intent in intents])
    coefficients, intercepts = _fit(matrix, labels)
    temperature = _fit_temperature(_out_of_fold_scores(matrix, labels, len(names)), labels)
    return IntentModel(names, features, coefficients.astype(np.float32), intercepts, temperature)


def _check_enough(intents: Sequence[str]) -> None:
    counts = Counter(intents)
    if len(counts) < 2:
        raise HuashuError("E503", "训练数据里不到两个意图，无法训练。请检查 scripts_corpus/ 和 bot/data/nlu/。")
    scarce = sorted(name for name, count in counts.items() if count < FEWEST_LINES)
    if scarce:
        listing = "、".join(f"{name}（{counts[name]} 句）" for name in scarce)
        raise HuashuError("E503", f"这些意图的例句不到 {FEWEST_LINES} 句：{listing}。请补写后再训练。")


def _fit(matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_]) -> tuple[Floats, Floats]:
    from sklearn.svm import LinearSVC  # only training needs it

    machine = LinearSVC(C=PENALTY, class_weight="balanced", dual=True, random_state=0, max_iter=3000)
    machine.fit(matrix, labels)
    if machine.coef_.shape[0] == 1:  # scikit-learn gives one row for two classes
        return np.vstack([-machine.coef_, machine.coef_]), np.array([-machine.intercept_[0], machine.intercept_[0]])
    return machine.coef_, machine.intercept_


def _out_of_fold_scores(matrix: sparse.csr_matrix, labels: npt.NDArray[np.int_], count: int) -> Floats:
    from sklearn.model_selection import StratifiedKFold

    scores = np.zeros((matrix.shape[0], count))
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(matrix, labels):
        coefficients, intercepts = _fit(matrix[seen], labels[seen])
        scores[unseen] = matrix[unseen] @ coefficients.T + intercepts
    return scores


def _fit_temperature(scores: Floats, labels: npt.NDArray[np.int_]) -> float:
    rows = np.arange(len(labels))

    def negative_log_likelihood(log_temperature: float) -> float:
        confidences = _softmax(scores / np.exp(log_temperature))[rows, labels]
        return float(-np.log(np.clip(confidences, 1e-12, None)).mean())

    found = optimize.minimize_scalar(negative_log_likelihood, bounds=(-4.0, 2.0), method="bounded")
    return float(np.exp(found.x))


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

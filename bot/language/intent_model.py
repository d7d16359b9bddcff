"""The intent model: a linear classifier over `features`, with confidences calibrated on lines it had not seen.

Scores become confidences by a softmax with a temperature; `intent_training` fits both. Persisted as JSON and npz, so
both environments read it, and reading it runs no code.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.errors import HuashuError
from bot.language.encoder import DIMENSIONS, encode
from bot.language.features import RUNS, SparseFeatures, prepare

FORMAT_VERSION = 3
FEWEST_LINES = 10  # an intent with fewer can't be learned
_JSON_FILE, _ARRAY_FILE = "intent_model.json", "intent_model.npz"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class IntentModel:
    """A trained model.

    Attributes:
        intents: names, in the order of the columns of `coefficients`.
        features: the sparse features; the encoder's 512 dimensions stand behind them.
        coefficients: float32 of shape (features.width + 512, intents), rows contiguous: a message has a few hundred
            features of a hundred thousand, so a score is a sum of so many rows.
        intercepts: float64 of shape (intents,).
        temperature: divides the scores before the softmax.
    """

    intents: tuple[str, ...]
    features: SparseFeatures
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
        return self.confidences_of_normalised(prepare(texts))

    def confidences_of_normalised(self, texts: Sequence[str]) -> Floats:
        """`confidences` of texts that are normalised already, or parts of such."""
        scores = self._scores_of_terms(texts)
        scores += encode(texts) @ self.coefficients[self.features.width :]
        return softmax((scores + self.intercepts) / self.temperature)

    def confidences_by_terms(self, texts: Sequence[str]) -> Floats:
        """`confidences_of_normalised` without the sentence encoder: a quarter of the time, nearly as good."""
        return softmax((self._scores_of_terms(texts) + self.intercepts) / self.temperature)

    def _scores_of_terms(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        # float32 throughout: another type would have the whole matrix converted for every message.
        return np.asarray(self.features.transform(texts) @ self.coefficients[: self.features.width])

    def rough_sides(self, text: str, cuts: Sequence[tuple[int, int]]) -> Floats:
        """Confidences of both sides of several cuts, by runs of characters alone, all in one pass.

        Good for choosing which cut to read in full. A run that occurs twice counts twice here.

        Args:
            text: normalised text.
            cuts: of each, where the left side ends and where the right side begins.

        Returns:
            float64 of shape (cuts, 2, intents).
        """
        characters = self.features.vocabularies[0]
        runs = [
            (start, start + size, column)
            for size in RUNS
            for start in range(len(text) - size + 1)
            if (column := characters.terms.get(text[start : start + size])) is not None
        ]
        starts, ends, columns = np.array(runs, dtype=np.int64).reshape(-1, 3).T
        weights = characters.weights[columns]
        rows = self.coefficients[columns] * weights[:, np.newaxis]
        by_end, by_start = np.argsort(ends, kind="stable"), np.argsort(-starts, kind="stable")
        left = np.searchsorted(ends[by_end], [end for end, _ in cuts], side="right")
        right = np.searchsorted(-starts[by_start], [-start for _, start in cuts], side="right")
        sums = [_sums_of_first(rows[by_end], left), _sums_of_first(rows[by_start], right)]
        squares = [_sums_of_first(weights[by_end] ** 2, left), _sums_of_first(weights[by_start] ** 2, right)]
        scores = np.stack(sums, axis=1) / np.sqrt(np.maximum(np.stack(squares, axis=1), 1.0))[..., np.newaxis]
        return softmax((scores + self.intercepts) / self.temperature)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All intents of one text with their confidences, likeliest first."""
        return self.ranking(self.confidences([text])[0])

    def ranking(self, confidences: Floats) -> list[tuple[str, float]]:
        """One row of `confidences` with the intents' names, likeliest first."""
        return [(self.intents[index], float(confidences[index])) for index in np.argsort(-confidences, kind="stable")]

    def save(self, directory: Path) -> None:
        """Write the model into an existing directory."""
        header = {
            "format": FORMAT_VERSION,
            "intents": self.intents,
            "temperature": self.temperature,
        }
        text = json.dumps(header, ensure_ascii=False)
        (directory / _JSON_FILE).write_text(text, encoding="utf-8")
        np.savez(directory / _ARRAY_FILE, coefficients=self.coefficients, intercepts=self.intercepts)
        self.features.save(directory)

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
            features = SparseFeatures.load(directory)
            count, temperature = len(header["intents"]), float(header["temperature"])
            shapes = stored["coefficients"].shape, stored["intercepts"].shape
            if shapes != ((features.width + DIMENSIONS, count), (count,)) or not temperature > 0:
                raise ValueError("header and arrays are of two models")
            return IntentModel(
                intents=tuple(header["intents"]),
                features=features,
                coefficients=np.ascontiguousarray(stored["coefficients"], dtype=np.float32),
                intercepts=stored["intercepts"],
                temperature=temperature,
            )
        except _DAMAGE as error:
            raise _damaged() from error


# What reading a truncated, swapped or edited file can raise.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def _damaged() -> HuashuError:
    return HuashuError("E501", "识别模型读不出来：文件缺失或损坏。请运行 make train 重新训练。")


def softmax(scores: Floats) -> Floats:
    """Scores to confidences along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def _sums_of_first(values: npt.NDArray[np.floating[Any]], counts: npt.NDArray[np.int_]) -> Floats:
    """Of an array along its first axis the sums of the first so many, one for each count."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0, dtype=np.float64)])
    return np.asarray(sums[counts])

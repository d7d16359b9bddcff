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

import numpy as np
import numpy.typing as npt

from bot.errors import HuashuError
from bot.language.encoder import DIMENSIONS, encode
from bot.language.features import SparseFeatures, prepare

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
        prepared = prepare(texts)
        width = self.features.width
        # float32 throughout: another type would have the whole matrix converted for every message.
        scores = self.features.transform(prepared) @ self.coefficients[:width]
        scores += encode(prepared) @ self.coefficients[width:]
        return softmax((scores + self.intercepts) / self.temperature)

    def rough_confidences(self, texts: Sequence[str]) -> Floats:
        """Confidences by characters alone: a tenth of the time, good for choosing what to read in full.

        Args:
            texts: raw texts.

        Returns:
            float64 of shape (texts, intents); each row sums to one.
        """
        characters = self.features.vocabularies[0]
        scores = characters.transform(prepare(texts)) @ self.coefficients[: len(characters.terms)]
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
    """Scores to confidences, row by row."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

"""Measures recognition on lines that the model has not learned from (``huashu evaluate nlu FILE``)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from bot.errors import HuashuError
from bot.evaluation.files import read_lines
from bot.evaluation.rates import precision_recall_f1
from bot.language.intent_model import IntentModel
from bot.language.messages import prepare_message
from bot.language.understanding import understand
from bot.settings import PROJECT_ROOT

_CONFUSIONS = 15
_BINS = 10


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1 of one intent, and how many lines it has."""

    precision: float
    recall: float
    f1: float
    lines: int


@dataclass(frozen=True)
class Bin:
    """Lines whose confidence lies within a tenth.

    Attributes:
        lower: where the tenth begins, from 0.
        lines: how many there are.
        confidence: their mean confidence.
        accuracy: share of them recognised rightly.
    """

    lower: float
    lines: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class NluReport:
    """What was measured.

    Attributes:
        accuracy: share of lines whose likeliest intent is right.
        macro_f1: mean F1 over the intents of the file.
        per_intent: by intent.
        confusions: (right, found, times), most frequent first.
        matrix: lines by right intent and found intent, both in the order of `names`.
        names: intents of the file and those found.
        reliability: the tenths of confidence that have lines.
        by: accuracy by value of the key asked for.
        fallbacks: share of lines that the assistant would ask about instead of answering.
        wrong_asked: share of the wrongly recognised lines among those that it would ask about.
        needless: share of all lines that it would ask about although they were recognised rightly.
        latency_ms: milliseconds a message at p50, p95 and p99.
    """

    accuracy: float
    macro_f1: float
    per_intent: dict[str, Scores]
    confusions: list[tuple[str, str, int]]
    matrix: npt.NDArray[np.int_]
    names: list[str]
    reliability: list[Bin]
    by: dict[str, float]
    fallbacks: float
    wrong_asked: float
    needless: float
    latency_ms: dict[str, float]

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: mean gap of confidence and accuracy over the tenths, weighted by lines."""
        gaps = sum(tenth.lines * abs(tenth.accuracy - tenth.confidence) for tenth in self.reliability)
        return gaps / sum(tenth.lines for tenth in self.reliability)

    def to_json(self) -> dict[str, Any]:
        """The keys of the evaluation contract that apply."""
        return {
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "per_intent": {name: vars(scores) for name, scores in self.per_intent.items()},
            "latency_ms": self.latency_ms,
        }


def evaluate(model_dir: Path, path: Path, by: str | None = None) -> NluReport:
    """Measure a model.

    Args:
        model_dir: directory of the intent model.
        path: lines with ``text`` and ``intent``; more keys are allowed.
        by: a key by whose values accuracy is told as well.

    Raises:
        HuashuError: E501 or E505.
    """
    lines = read_lines(path, ("text", "intent"))
    if by is not None and not any(by in line for line in lines):
        raise HuashuError("E505", f"{path} 里没有一行有 {by} 这个键。")
    model = IntentModel.load(model_dir)
    understand(model, lines[0]["text"])  # loads dictionaries and encoder
    ranked, milliseconds = [], []
    for line in lines:
        started = time.perf_counter()
        ranked.append(understand(model, prepare_message(line["text"]).text).ranking[:2])
        milliseconds.append((time.perf_counter() - started) * 1000)
    return _report(lines, ranked, milliseconds, by)


def _report(
    lines: Sequence[dict[str, Any]],
    ranked: Sequence[Sequence[tuple[str, float]]],
    milliseconds: Sequence[float],
    by: str | None,
) -> NluReport:
    right = [line["intent"] for line in lines]
    found = [ranking[0][0] for ranking in ranked]
    hits = np.array([a == b for a, b in zip(right, found, strict=True)])
    threshold, lead = _fallback_thresholds()
    asked = np.array([first < threshold or first - second < lead for (_, first), (_, second) in ranked])
    per_intent = scores_by_intent(right, found)
    names = sorted({*right, *found})
    confused = Counter((a, b) for a, b in zip(right, found, strict=True) if a != b)
    groups = np.array([str(line.get(by)) for line in lines]) if by else np.array([])
    return NluReport(
        accuracy=float(hits.mean()),
        macro_f1=macro_f1(per_intent),
        per_intent=per_intent,
        confusions=[(a, b, times) for (a, b), times in confused.most_common(_CONFUSIONS)],
        matrix=_matrix(right, found, names),
        names=names,
        reliability=_reliability(np.array([ranking[0][1] for ranking in ranked]), hits),
        by={value: float(hits[groups == value].mean()) for value in sorted(set(groups))},
        fallbacks=float(asked.mean()),
        wrong_asked=float(asked[~hits].mean()) if (~hits).any() else 1.0,
        needless=float((asked & hits).mean()),
        latency_ms={f"p{share}": float(np.percentile(milliseconds, share)) for share in (50, 95, 99)},
    )


def scores_by_intent(right: Sequence[str], found: Sequence[str]) -> dict[str, Scores]:
    """Scores of the intents that occur in `right`, by name."""
    return {name: _scores(right, found, name) for name in sorted(set(right))}


def macro_f1(per_intent: Mapping[str, Scores]) -> float:
    """Mean F1 over intents."""
    return float(np.mean([scores.f1 for scores in per_intent.values()]))


def _matrix(right: Sequence[str], found: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int_]:
    place = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)), dtype=int)
    for a, b in zip(right, found, strict=True):
        matrix[place[a], place[b]] += 1
    return matrix


def _reliability(confidences: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_]) -> list[Bin]:
    tenths = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    return [
        Bin(tenth / _BINS, int(own.sum()), float(confidences[own].mean()), float(hits[own].mean()))
        for tenth in range(_BINS)
        if (own := tenths == tenth).any()
    ]


def _fallback_thresholds() -> tuple[float, float]:
    """Confidence and lead below which Rasa's FallbackClassifier lets the assistant ask (``config.yml``)."""
    pipeline = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    settings = next(step for step in pipeline if step["name"] == "FallbackClassifier")
    return settings["threshold"], settings["ambiguity_threshold"]


def _scores(right: Sequence[str], found: Sequence[str], name: str) -> Scores:
    of_name = [intent == name for intent in right]
    return Scores(*precision_recall_f1(of_name, [intent == name for intent in found]), sum(of_name))

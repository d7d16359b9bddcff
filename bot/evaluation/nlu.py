"""Measures recognition on lines that the model has not learned from (``huashu evaluate nlu FILE``)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.errors import HuashuError
from bot.evaluation.files import read_lines
from bot.language.intent_model import IntentModel
from bot.language.understanding import understand
from bot.settings import PROJECT_ROOT

_CONFUSIONS = 15


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1 of one intent, and how many lines it has."""

    precision: float
    recall: float
    f1: float
    lines: int


@dataclass(frozen=True)
class NluReport:
    """What was measured.

    Attributes:
        accuracy: share of lines whose likeliest intent is right.
        macro_f1: mean F1 over the intents of the file.
        per_intent: by intent.
        confusions: (right, found, times), most frequent first.
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
    by: dict[str, float]
    fallbacks: float
    wrong_asked: float
    needless: float
    latency_ms: dict[str, float]

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
        ranked.append(understand(model, line["text"]).ranking[:2])
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
    per_intent = {name: _scores(right, found, name) for name in sorted(set(right))}
    confused = Counter((a, b) for a, b in zip(right, found, strict=True) if a != b)
    groups = np.array([str(line.get(by)) for line in lines]) if by else np.array([])
    return NluReport(
        accuracy=float(hits.mean()),
        macro_f1=float(np.mean([scores.f1 for scores in per_intent.values()])),
        per_intent=per_intent,
        confusions=[(a, b, times) for (a, b), times in confused.most_common(_CONFUSIONS)],
        by={value: float(hits[groups == value].mean()) for value in sorted(set(groups))},
        fallbacks=float(asked.mean()),
        wrong_asked=float(asked[~hits].mean()) if (~hits).any() else 1.0,
        needless=float((asked & hits).mean()),
        latency_ms={f"p{share}": float(np.percentile(milliseconds, share)) for share in (50, 95, 99)},
    )


def _fallback_thresholds() -> tuple[float, float]:
    """Confidence and lead below which Rasa's FallbackClassifier lets the assistant ask (``config.yml``)."""
    pipeline = yaml.safe_load((PROJECT_ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    settings = next(step for step in pipeline if step["name"] == "FallbackClassifier")
    return settings["threshold"], settings["ambiguity_threshold"]


def _scores(right: Sequence[str], found: Sequence[str], name: str) -> Scores:
    both = sum(a == b == name for a, b in zip(right, found, strict=True))
    precision = both / max(1, found.count(name))
    recall = both / max(1, right.count(name))
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return Scores(precision, recall, f1, right.count(name))

"""Measures the score of practice on replies that its authors have not seen (``huashu evaluate practice FILE``)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from bot.corpus.practice import CRITERIA
from bot.evaluation.files import read_lines
from bot.evaluation.rates import precision_recall_f1
from bot.practice.scorecard import Scorecard
from bot.practice.scoring import COMPLIANT, Scene, Scorer

_DISAGREEMENTS = 15
_TEXTS = ("objection_intent", "client_line", "reply")


@dataclass(frozen=True)
class Disagreement:
    """A reply that people and machine grade differently."""

    reply: str
    right: int
    found: int
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class PracticeReport:
    """What was measured.

    Attributes:
        criteria: by criterion precision, recall, F1 and agreement.
        spearman: rank correlation of the overall grades.
        kappa: quadratic-weighted agreement of the overall grades.
        disagreements: the largest, first.
        latency_ms: milliseconds a reply at p50, p95 and p99.
        lines: how many replies.
    """

    criteria: dict[str, dict[str, float]]
    spearman: float
    kappa: float
    disagreements: list[Disagreement]
    latency_ms: dict[str, float]
    lines: int

    def to_json(self) -> dict[str, Any]:
        """The keys of the evaluation contract that apply."""
        return {
            "criteria": self.criteria,
            "spearman": self.spearman,
            "kappa": self.kappa,
            "latency_ms": self.latency_ms,
        }


def evaluate(scorer: Scorer, path: Path, scene: Scene, objections: Sequence[str]) -> PracticeReport:
    """Measure a scorer.

    Args:
        scorer: of the corpus.
        path: lines as the evaluation contract has them.
        scene: in which the replies are scored.
        objections: the intents that there are.

    Raises:
        HuashuError: E505.
    """
    lines = read_lines(path, _TEXTS, lambda line: _wrong(line, objections))
    scorer.score(lines[0]["objection_intent"], lines[0]["client_line"], lines[0]["reply"], scene)  # loads what is lazy
    cards, milliseconds = [], []
    for line in lines:
        started = time.perf_counter()
        cards.append(scorer.score(line["objection_intent"], line["client_line"], line["reply"], scene))
        milliseconds.append((time.perf_counter() - started) * 1000)
    right, found = [line["overall"] for line in lines], [card.overall for card in cards]
    return PracticeReport(
        criteria={name: _agreement(name, lines, cards) for name in (*CRITERIA, COMPLIANT)},
        spearman=_rank_correlation(right, found),
        kappa=_kappa(right, found),
        disagreements=_disagreements(lines, cards),
        latency_ms={f"p{share}": float(np.percentile(milliseconds, share)) for share in (50, 95, 99)},
        lines=len(lines),
    )


def _wrong(line: dict[str, Any], objections: Sequence[str]) -> str | None:
    if line["objection_intent"] not in objections:
        return f"没有异议 {line['objection_intent']}"
    for name in (*CRITERIA, COMPLIANT):
        if not isinstance(line.get(name), bool):
            return f"{name} 应当是 true 或 false"
    if type(line.get("overall")) is not int or not 1 <= line["overall"] <= 5:
        return "overall 应当是 1 到 5 的整数"
    return None


def _rank_correlation(right: Sequence[int], found: Sequence[int]) -> float:
    """Spearman's rho; 0 where one side gives every reply the same grade, for then nothing has a rank."""
    return float(spearmanr(right, found).statistic) if min(len(set(right)), len(set(found))) > 1 else 0.0


def _kappa(right: Sequence[int], found: Sequence[int]) -> float:
    """Quadratic-weighted kappa; 0 where there is only one grade."""
    return float(cohen_kappa_score(right, found, weights="quadratic")) if len({*right, *found}) > 1 else 0.0


def _agreement(name: str, lines: Sequence[dict[str, Any]], cards: Sequence[Scorecard]) -> dict[str, float]:
    right, found = [line[name] for line in lines], [card.met(name) for card in cards]
    precision, recall, f1 = precision_recall_f1(right, found)
    agreement = sum(a == b for a, b in zip(right, found, strict=True)) / len(lines)
    return {"precision": precision, "recall": recall, "f1": f1, "agreement": agreement}


def _disagreements(lines: Sequence[dict[str, Any]], cards: Sequence[Scorecard]) -> list[Disagreement]:
    found = [
        Disagreement(
            line["reply"],
            line["overall"],
            card.overall,
            tuple(name for name in (*CRITERIA, COMPLIANT) if line[name] != card.met(name)),
        )
        for line, card in zip(lines, cards, strict=True)
    ]
    found.sort(key=lambda each: (-abs(each.right - each.found), -len(each.criteria), each.reply))
    return [each for each in found if each.right != each.found or each.criteria][:_DISAGREEMENTS]

"""Measures the phrase check on sentences it has not learned from (``huashu evaluate policy FILE``)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.evaluation.files import read_lines
from bot.evaluation.rates import precision_recall_f1
from bot.policy.checker import PhraseChecker
from bot.policy.model import CODES, Finding


@dataclass(frozen=True)
class Rates:
    """Precision, recall and F1, and in how many sentences there was something to find."""

    precision: float
    recall: float
    f1: float
    sentences: int


@dataclass(frozen=True)
class Mistake:
    """A sentence that was judged wrongly.

    Attributes:
        text: the sentence.
        right: codes it has.
        found: codes that were found.
    """

    text: str
    right: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class PolicyReport:
    """What was measured.

    Attributes:
        overall: of "has a violation".
        per_code: by code of the contract that occurs in the file or was found.
        false_alarms: compliant sentences with a finding.
        misses: violating sentences without one.
        latency_ms: milliseconds a sentence at p50, p95 and p99.
    """

    overall: Rates
    per_code: dict[str, Rates]
    false_alarms: list[Mistake]
    misses: list[Mistake]
    latency_ms: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """The keys of the evaluation contract that apply."""
        return {
            "precision": self.overall.precision,
            "recall": self.overall.recall,
            "f1": self.overall.f1,
            "per_code": {code: vars(rates) for code, rates in self.per_code.items()},
            "latency_ms": self.latency_ms,
        }


def evaluate_policy(checker: PhraseChecker, path: Path) -> PolicyReport:
    """Measure the phrase check.

    Args:
        checker: with its judge.
        path: lines with ``text`` and ``violations``, a list of codes; more keys are allowed.

    Raises:
        HuashuError: E505.
    """
    lines = read_lines(path, ("text",), _problem)
    checker.check(lines[0]["text"])  # loads dictionaries
    found, milliseconds = [], []
    for line in lines:
        started = time.perf_counter()
        findings = checker.check(line["text"])
        milliseconds.append((time.perf_counter() - started) * 1000)
        found.append(_codes(findings))
    right = [tuple(line["violations"]) for line in lines]
    mistakes = [
        Mistake(line["text"], a, b) for line, a, b in zip(lines, right, found, strict=True) if bool(a) != bool(b)
    ]
    present = [code for code in CODES if any(code in codes for codes in (*right, *found))]
    return PolicyReport(
        overall=_rates([bool(codes) for codes in right], [bool(codes) for codes in found]),
        per_code={code: _rates([code in own for own in right], [code in own for own in found]) for code in present},
        false_alarms=[mistake for mistake in mistakes if mistake.found],
        misses=[mistake for mistake in mistakes if mistake.right],
        latency_ms={f"p{q}": float(np.percentile(milliseconds, q)) for q in (50, 95, 99)},
    )


def _problem(line: dict[str, Any]) -> str | None:
    violations = line.get("violations")
    if not isinstance(violations, list):
        return "violations 应当是代码的列表，没有违规时写 []"
    unknown = [str(code) for code in violations if code not in CODES]
    return f"violations 里没有 {'、'.join(unknown)} 这样的代码，应当是 {'、'.join(CODES)} 之一" if unknown else None


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.code for finding in findings))


def _rates(right: Sequence[bool], found: Sequence[bool]) -> Rates:
    return Rates(*precision_recall_f1(right, found), sum(right))

"""Measures whether every objection of a message is found (``huashu evaluate objections FILE``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.evaluation.files import read_lines
from bot.language.intent_model import IntentModel
from bot.language.messages import prepare_message
from bot.language.understanding import understand


@dataclass(frozen=True)
class ObjectionsReport:
    """What was measured.

    Attributes:
        several: number of messages with more than one objection.
        exact: share of these in which all were found, and nothing else, in the order said.
        missed: share of these taken for one objection.
        single: number of messages with one objection.
        split: share of these taken for several.
    """

    several: int
    exact: float
    missed: float
    single: int
    split: float


def evaluate_objections(model_dir: Path, path: Path) -> ObjectionsReport:
    """Measure a model.

    Args:
        model_dir: directory of the intent model.
        path: lines with ``text`` and ``intents``, the objections in the order said.

    Raises:
        HuashuError: E501 or E505.
    """
    lines = read_lines(path, ("text",), _problem)
    model = IntentModel.load(model_dir)
    found = [_found(model, line["text"]) for line in lines]
    several = [(line["intents"], own) for line, own in zip(lines, found, strict=True) if len(line["intents"]) > 1]
    single = [own for line, own in zip(lines, found, strict=True) if len(line["intents"]) == 1]
    return ObjectionsReport(
        several=len(several),
        exact=sum(right == own for right, own in several) / max(1, len(several)),
        missed=sum(len(own) == 1 for _, own in several) / max(1, len(several)),
        single=len(single),
        split=sum(len(own) > 1 for own in single) / max(1, len(single)),
    )


def _problem(line: dict[str, Any]) -> str | None:
    intents = line.get("intents")
    fits = isinstance(intents, list) and intents and all(isinstance(intent, str) for intent in intents)
    return None if fits else "intents 应当是意图的列表"


def _found(model: IntentModel, text: str) -> list[str]:
    understood = understand(model, prepare_message(text).text)
    return [objection.intent for objection in understood.objections] or [understood.ranking[0][0]]

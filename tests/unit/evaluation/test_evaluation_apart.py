"""The examination stays apart from the lessons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.corpus.yaml_source import read_yaml
from bot.evaluation.apart import near_lines
from bot.evaluation.files import read_lines
from bot.policy.catalogue import load_catalogue
from bot.settings import PROJECT_ROOT, load_settings

TESTS = PROJECT_ROOT / "tests" / "evaluation"
EVALUATION = sorted(TESTS.glob("nlu_*.jsonl"))


def line(text: str) -> TrainingLine:
    return TrainingLine("objection_fees", text, Path("fees.yml"), 1)


@pytest.mark.parametrize(
    ("training", "evaluated", "near"),
    [
        ("客户嫌手续费太贵", "客户嫌手续费太贵", True),
        ("客户嫌手续费太贵", "客户嫌手续费太贵！！", True),
        ("客戶嫌手續費太貴", "客户嫌手续费太贵", True),
        ("客户嫌[90天](term)锁太久了点", "客户嫌90天锁得太久了点", True),
        ("客户嫌手续费太贵", "客户说管理费太高", False),
        ("谢谢", "谢了", False),
    ],
)
def test_what_is_near(training: str, evaluated: str, near: bool) -> None:
    assert bool(list(near_lines([line(training)], ["别的话", evaluated]))) is near


def test_no_training_line_is_or_nearly_is_an_evaluation_line() -> None:
    texts = [(path, item["text"]) for path in EVALUATION for item in read_lines(path, ("text",))]
    training = checked_training_lines(load_settings().corpus_dir)
    found = [
        f"{near.training.path}:{near.training.line} “{near.training.plain}” ~ {texts[near.evaluated][0].name}"
        for near in near_lines(training, [text for _, text in texts])
    ]
    assert not found, "take these training lines out:\n" + "\n".join(found)


def test_no_graded_reply_is_or_nearly_is_a_reply_of_the_evaluation() -> None:
    files = sorted((load_settings().corpus_dir / "objections" / "graded").glob("*.yml"))
    replies = [
        TrainingLine(
            document.data["intent"], item["reply"], document.path, document.line_of(("replies", index, "reply"))
        )
        for document, _ in map(read_yaml, files)
        if document is not None
        for index, item in enumerate(document.data["replies"])
    ]
    assert len(replies) > 1000
    evaluated = [item["reply"] for item in read_lines(TESTS / "practice_unseen.jsonl", ("reply",))]
    found = told(replies, evaluated)
    assert not found, "take these graded replies out:\n" + "\n".join(found)


def test_no_sentence_of_the_catalogue_is_or_nearly_is_a_sentence_of_the_evaluation() -> None:
    catalogue = load_catalogue()
    everyday = [TrainingLine("", sentence, Path("_everyday.yml"), 0) for sentence in catalogue.everyday]
    sentences = [
        TrainingLine(rule.code, sentence, rule.path, rule.lines[kind, index])
        for rule in catalogue.rules.values()
        for kind, group in (("caught", rule.caught), ("passes", rule.passes))
        for index, sentence in enumerate(group)
    ]
    assert len(sentences) > 10000
    evaluated = [item["text"] for item in read_lines(TESTS / "policy_unseen.jsonl", ("text",))]
    found = told([*sentences, *everyday], evaluated)
    assert not found, "take these sentences out:\n" + "\n".join(found)


def told(training: Sequence[TrainingLine], evaluated: Sequence[str]) -> list[str]:
    """Each line that is too near, with its place and the line that it gives away."""
    return [
        f"{near.training.path}:{near.training.line} “{near.training.plain}” ~ “{evaluated[near.evaluated]}”"
        for near in near_lines(training, evaluated)
    ]

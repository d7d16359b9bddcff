"""The examination stays apart from the lessons."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.evaluation.apart import near_lines
from bot.evaluation.files import read_lines
from bot.settings import PROJECT_ROOT, load_settings

EVALUATION = sorted((PROJECT_ROOT / "tests" / "evaluation").glob("nlu_*.jsonl"))


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

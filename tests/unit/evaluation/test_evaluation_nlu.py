"""``huashu evaluate nlu``: the figures are right, and a malformed file is told by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import HuashuError
from bot.evaluation.nlu import _report, evaluate
from bot.model_files import verified_intent_model
from bot.settings import PROJECT_ROOT, load_settings

PLAIN = PROJECT_ROOT / "tests" / "evaluation" / "nlu_plain.jsonl"


def test_figures_of_a_known_outcome() -> None:
    lines = [{"intent": "a", "style": "x"}, {"intent": "a", "style": "y"}, {"intent": "b", "style": "y"}]
    ranked = [[("a", 0.9), ("b", 0.1)], [("b", 0.55), ("a", 0.45)], [("b", 0.9), ("a", 0.1)]]
    report = _report(lines, ranked, [1.0, 2.0, 3.0], "style")
    assert report.accuracy == pytest.approx(2 / 3)
    assert (report.per_intent["a"].precision, report.per_intent["a"].recall) == (1.0, 0.5)
    assert (report.per_intent["b"].precision, report.per_intent["b"].recall) == (0.5, 1.0)
    assert report.macro_f1 == pytest.approx(2 / 3)
    assert report.confusions == [("a", "b", 1)]
    assert report.by == {"x": 1.0, "y": 0.5}
    assert (report.fallbacks, report.wrong_asked, report.needless) == (pytest.approx(1 / 3), 1.0, 0.0)
    assert report.latency_ms["p50"] == 2.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", ":1 不是有效的 JSON"),
        ('{"text": "a", "intent": "b"}\n[]', ":2 应当是一个 JSON 对象"),
        ('\n{"text": "a"}', ":2 缺少 intent"),
        ('{"text": 5, "intent": "b"}', ":1 缺少 text"),
        ("", "没有一行内容"),
    ],
)
def test_malformed_line_is_told_with_file_and_number(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(HuashuError) as caught:
        evaluate(verified_intent_model(load_settings()), path)
    assert caught.value.code == "E505"
    assert told in caught.value.message


def test_json_has_the_keys_of_the_contract_and_nothing_else_on_standard_output() -> None:
    result = CliRunner().invoke(app, ["evaluate", "nlu", str(PLAIN), "--json"])
    assert result.exit_code == 0
    assert set(json.loads(result.stdout)) == {"accuracy", "macro_f1", "per_intent", "latency_ms"}


def test_recognition_on_unseen_lines_has_not_fallen() -> None:
    """A floor, well below what was measured, that a change of corpus or model must not fall through."""
    report = evaluate(verified_intent_model(load_settings()), PLAIN)
    assert report.macro_f1 > 0.85

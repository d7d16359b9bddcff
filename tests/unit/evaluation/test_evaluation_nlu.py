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


def test_the_report_is_printed_and_drawn(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"text": "客户嫌手续费太贵", "intent": "objection_fees", "style": "relayed"}\n', "utf-8")
    picture = tmp_path / "matrix.png"
    result = CliRunner().invoke(app, ["evaluate", "nlu", str(lines), "--by", "style", "--plot", str(picture)])
    assert result.exit_code == 0, result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    for title in ("总体", "按意图", "把握是否可信", "按组"):
        assert title in result.output


def test_a_picture_of_unknown_form_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "nlu", str(tmp_path / "none.jsonl"), "--plot", "matrix.doc"])
    assert result.exit_code == 1
    assert "matrix.doc 的后缀不认识" in result.output


def test_reliability_of_a_known_outcome() -> None:
    lines = [{"intent": "a"}, {"intent": "b"}, {"intent": "b"}]
    ranked = [[("a", 0.92), ("b", 0.08)], [("a", 0.98), ("b", 0.02)], [("b", 0.55), ("a", 0.45)]]
    report = _report(lines, ranked, [1.0, 1.0, 1.0], None)
    assert [(tenth.lower, tenth.lines, tenth.accuracy) for tenth in report.reliability] == [
        (0.5, 1, 1.0),
        (0.9, 2, 0.5),
    ]
    assert report.calibration_error == pytest.approx((0.45 + 2 * 0.45) / 3)
    assert report.matrix.tolist() == [[1, 0], [1, 1]]


def test_recognition_on_unseen_lines_has_not_fallen() -> None:
    """A floor, well below what was measured, that a change of corpus or model must not fall through."""
    report = evaluate(verified_intent_model(load_settings()), PLAIN)
    assert report.macro_f1 > 0.85

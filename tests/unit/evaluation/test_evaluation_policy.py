"""``huashu evaluate policy`` and ``huashu policy``: the figures are right, and a malformed line is told by number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.evaluation.policy import evaluate_policy
from bot.policy.checker import PhraseChecker
from bot.policy.model import Finding

UNSEEN = Path(__file__).resolve().parents[2] / "evaluation" / "policy_unseen.jsonl"


class Known:
    """Stands for the check: finds the codes that are written into a sentence."""

    def check(self, text: str) -> list[Finding]:
        """The codes in brackets."""
        codes = text.partition("[")[2].removesuffix("]").split(",") if "[" in text else []
        return [Finding(code, "", "block", 0, 1, text[0], "", (), "", "") for code in codes]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def test_figures_of_a_known_outcome(tmp_path: Path) -> None:
    lines = [
        {"text": "甲[guarantee]", "violations": ["guarantee"]},
        {"text": "乙[pressure]", "violations": ["guarantee", "pressure"]},
        {"text": "丙", "violations": ["privacy"]},
        {"text": "丁[pressure]", "violations": []},
        {"text": "戊", "violations": []},
    ]
    checker: Any = Known()
    report = evaluate_policy(checker, written(tmp_path / "lines.jsonl", lines))
    assert (report.overall.precision, report.overall.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert report.per_code["guarantee"].recall == 0.5
    assert (report.per_code["pressure"].precision, report.per_code["pressure"].recall) == (0.5, 1.0)
    assert report.per_code["privacy"].f1 == 0.0
    assert [mistake.text for mistake in report.false_alarms] == ["丁[pressure]"]
    assert [mistake.text for mistake in report.misses] == ["丙"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"text": "a"}', ":1 violations 应当是代码的列表"),
        ('{"text": "a", "violations": []}\n{"text": "b", "violations": ["lies"]}', ":2 violations 里没有 lies"),
        ('{"violations": []}', ":1 缺少 text"),
        ("[", ":1 不是有效的 JSON"),
    ],
)
def test_a_malformed_line_is_told_by_number(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(content, "utf-8")
    result = CliRunner().invoke(app, ["evaluate", "policy", str(path)])
    assert result.exit_code == 1
    assert "E505" in result.output
    assert told in result.output


def test_json_has_the_keys_of_the_contract_and_nothing_else_on_standard_output() -> None:
    result = CliRunner().invoke(app, ["evaluate", "policy", str(UNSEEN), "--json"])
    assert result.exit_code == 0
    assert set(json.loads(result.stdout)) == {"precision", "recall", "f1", "per_code", "latency_ms"}


def test_the_report_lists_false_alarms_and_misses(tmp_path: Path) -> None:
    lines = [
        {"text": "保本保息，稳赚不赔。", "violations": []},
        {"text": "您请坐，喝口水。", "violations": ["pressure"]},
    ]
    result = CliRunner().invoke(app, ["evaluate", "policy", str(written(tmp_path / "lines.jsonl", lines))])
    assert result.exit_code == 0
    for text in ("误报", "保本保息", "漏报", "您请坐"):
        assert text in result.stdout


def test_the_catalogue_passes_its_own_sentences() -> None:
    result = CliRunner().invoke(app, ["policy", "test"])
    assert result.exit_code == 0, result.output
    assert "没有问题" in result.stdout


def test_what_a_pattern_catches_in_the_whole_corpus_is_shown() -> None:
    result = CliRunner().invoke(app, ["policy", "show", "deposit_equivalence", "is_a_deposit"])
    assert result.exit_code == 0
    assert "deposit_equivalence.yml:" in result.stdout


@pytest.mark.parametrize(("arguments", "told"), [(("lies",), "guarantee"), (("guarantee", "none"), "guarantee 里没有")])
def test_an_unknown_code_or_pattern_is_told(arguments: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(app, ["policy", "show", *arguments])
    assert result.exit_code == 1
    assert told in result.output


def test_patterns_alone_still_check() -> None:
    from bot.policy.catalogue import load_catalogue

    assert PhraseChecker(load_catalogue()).check("这款保本保息。")

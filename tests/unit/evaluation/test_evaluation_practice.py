"""``huashu evaluate practice``: the figures are right, and a malformed line is told by number."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.corpus.loading import load_corpus
from bot.errors import HuashuError
from bot.evaluation.practice import PracticeReport, evaluate
from bot.policy.corpus_check import checker_of
from bot.practice.learning import trained_model
from bot.practice.scorecard import Criterion, Manner, Scorecard
from bot.practice.scoring import Scene, Scorer
from bot.settings import PROJECT_ROOT, load_settings

UNSEEN = PROJECT_ROOT / "tests" / "evaluation" / "practice_unseen.jsonl"
SCENE = Scene(dt.date(2026, 11, 24))
CRITERIA = ("listen", "understand", "resolve", "compliant")
LINE: dict[str, Any] = {
    "objection_intent": "objection_fees",
    "client_line": "贵",
    "reply": "一年三块。",
    **dict.fromkeys(CRITERIA, True),
    "overall": 5,
}


class Known:
    """Stands for the scorer: gives the marks that are written into a reply, or their opposites."""

    def __init__(self, *, opposite: bool = False) -> None:
        self._opposite = opposite

    def score(self, objection: str, client_line: str, reply: str, scene: Scene) -> Scorecard:
        """Four noughts and ones and the grade, such as ``1101 3``."""
        marks, grade = reply.split()
        met = {name: (mark == "1") is not self._opposite for name, mark in zip(CRITERIA, marks, strict=True)}
        criteria = {name: Criterion(name, name, value, 1.0, (), "", "") for name, value in met.items()}
        overall = 6 - int(grade) if self._opposite else int(grade)
        return Scorecard(criteria, overall, float(overall), (), (), (), Manner.GOOD, "1")


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    """Write an evaluation file."""
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def graded(*replies: str) -> list[dict[str, Any]]:
    """Lines whose grades are written into their replies."""
    return [
        {
            **LINE,
            "reply": reply,
            **{name: mark == "1" for name, mark in zip(CRITERIA, reply, strict=False)},
            "overall": int(reply[-1]),
        }
        for reply in replies
    ]


def measured(path: Path, *, opposite: bool = False) -> PracticeReport:
    """Measure a scorer whose every answer is known."""
    known: Any = Known(opposite=opposite)
    return evaluate(known, path, SCENE, ["objection_fees"])


REPLIES = ("1111 5", "1011 4", "0011 3", "1001 2", "0110 1")


def test_a_perfect_scorer_agrees_in_everything(tmp_path: Path) -> None:
    report = measured(written(tmp_path / "lines.jsonl", graded(*REPLIES)))
    assert report.spearman == pytest.approx(1.0)
    assert report.kappa == pytest.approx(1.0)
    assert report.lines == 5
    assert report.disagreements == []
    for rates in report.criteria.values():
        assert rates == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "agreement": 1.0}


def test_an_opposite_scorer_agrees_in_nothing_and_its_gravest_mistakes_come_first(tmp_path: Path) -> None:
    report = measured(written(tmp_path / "lines.jsonl", graded(*REPLIES)), opposite=True)
    assert report.spearman == pytest.approx(-1.0)
    assert report.kappa == pytest.approx(-1.0)
    assert all(rates["f1"] == rates["agreement"] == 0.0 for rates in report.criteria.values())
    assert [abs(each.right - each.found) for each in report.disagreements] == [4, 4, 2, 2, 0]
    assert all(set(each.criteria) == set(CRITERIA) for each in report.disagreements)


def test_only_fifteen_disagreements_are_listed(tmp_path: Path) -> None:
    report = measured(written(tmp_path / "lines.jsonl", graded(*REPLIES * 5)), opposite=True)
    assert len(report.disagreements) == 15


@pytest.mark.parametrize("replies", [("1111 5",), ("1111 5", "0000 5")])
def test_where_nothing_can_be_ranked_the_figures_are_nought_and_valid_json(
    tmp_path: Path, replies: tuple[str, ...]
) -> None:
    report = measured(written(tmp_path / "lines.jsonl", graded(*replies)))
    assert (report.spearman, report.kappa) == (0.0, 0.0)
    json.dumps(report.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"overall": 0}, "overall 应当是 1 到 5 的整数"),
        ({"overall": 6}, "overall 应当是 1 到 5 的整数"),
        ({"overall": 4.0}, "overall 应当是 1 到 5 的整数"),
        ({"overall": True}, "overall 应当是 1 到 5 的整数"),
        ({"overall": "5"}, "overall 应当是 1 到 5 的整数"),
        ({"listen": 1}, "listen 应当是 true 或 false"),
        ({"understand": None}, "understand 应当是 true 或 false"),
        ({"resolve": "true"}, "resolve 应当是 true 或 false"),
        ({"compliant": []}, "compliant 应当是 true 或 false"),
        ({"objection_intent": "objection_sky"}, "没有异议 objection_sky"),
        ({"reply": ""}, "缺少 reply"),
        ({"client_line": 3}, "缺少 client_line"),
        ({"objection_intent": None}, "缺少 objection_intent"),
    ],
)
def test_a_malformed_line_is_told_with_its_number(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    path = written(tmp_path / "lines.jsonl", [*graded("1111 5"), {**LINE, **change}])
    with pytest.raises(HuashuError) as caught:
        measured(path)
    assert caught.value.code == "E505"
    assert f"{path}:2 {told}" in caught.value.message


@pytest.mark.parametrize("key", ["overall", *CRITERIA, "reply", "client_line", "objection_intent"])
def test_a_line_that_lacks_a_key_is_told_with_its_number(tmp_path: Path, key: str) -> None:
    lines = [*graded("1111 5"), {name: value for name, value in LINE.items() if name != key}]
    with pytest.raises(HuashuError, match=f":2 .*{key}"):
        measured(written(tmp_path / "lines.jsonl", lines))


@pytest.mark.parametrize(("content", "told"), [("{", ":1 不是有效的 JSON"), ("[]", ":1 应当是一个"), ("", "没有一行")])
def test_a_malformed_file_is_told(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(content, "utf-8")
    result = CliRunner().invoke(app, ["evaluate", "practice", str(path)])
    assert result.exit_code == 1
    assert "E505" in result.output
    assert told in result.output.replace("\n", "")


def test_json_has_the_keys_of_the_contract_and_nothing_else_on_standard_output() -> None:
    result = CliRunner().invoke(app, ["evaluate", "practice", str(UNSEEN), "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert set(data) == {"criteria", "spearman", "kappa", "latency_ms"}
    assert set(data["criteria"]) == set(CRITERIA)
    assert all(set(rates) == {"precision", "recall", "f1", "agreement"} for rates in data["criteria"].values())
    assert set(data["latency_ms"]) == {"p50", "p95", "p99"}


def test_the_report_is_printed_with_its_disagreements() -> None:
    result = CliRunner().invoke(app, ["evaluate", "practice", str(UNSEEN)])
    assert result.exit_code == 0, result.output
    for text in ("对练打分", "Spearman", "kappa", "分歧最大的"):
        assert text in result.stdout


def test_scores_on_unseen_replies_have_not_fallen() -> None:
    """Floors, well below what was measured, that a change of corpus or model must not fall through."""
    config = load_settings()
    corpus = load_corpus(config.corpus_dir)
    assert corpus.practice is not None
    checker = checker_of(config.corpus_dir, corpus, config.models_dir)
    scorer = Scorer(corpus, corpus.practice, trained_model(corpus, corpus.practice, config.models_dir), checker)
    report = evaluate(scorer, UNSEEN, SCENE, list(corpus.objections))
    assert report.spearman > 0.7
    assert report.kappa > 0.7
    assert all(rates["f1"] > 0.7 for rates in report.criteria.values())

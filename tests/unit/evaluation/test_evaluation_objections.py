"""``huashu evaluate objections``: several objections in one message."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import HuashuError
from bot.evaluation.objections import evaluate_objections
from bot.model_files import verified_intent_model
from bot.settings import PROJECT_ROOT, load_settings

DOUBLE = PROJECT_ROOT / "tests" / "evaluation" / "nlu_double.jsonl"


def test_finding_all_objections_has_not_fallen() -> None:
    """Floors well below what was measured."""
    report = evaluate_objections(verified_intent_model(load_settings()), DOUBLE)
    assert (report.several, report.single) == (80, 40)
    assert report.exact > 0.55
    assert report.split < 0.15
    assert report.missed <= 1 - report.exact


@pytest.mark.parametrize("intents", ["null", "[]", '"objection_fees"', "[1]"])
def test_a_line_without_its_objections_is_refused(tmp_path: Path, intents: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "贵", "intents": ["a"]}\n{"text": "贵", "intents": ' + intents + "}", "utf-8")
    with pytest.raises(HuashuError, match=":2 intents"):
        evaluate_objections(verified_intent_model(load_settings()), path)


def test_the_table_is_printed() -> None:
    result = CliRunner().invoke(app, ["evaluate", "objections", str(DOUBLE)])
    assert result.exit_code == 0
    assert "误拆成几层" in result.output

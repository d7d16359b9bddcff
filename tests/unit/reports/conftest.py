"""An installation of its own: settings in the environment, as the command reads them, and a real SQLite file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app

Command = Callable[..., Result]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the installation's database is, or will be."""
    return tmp_path / "var" / "huashu.db"


@pytest.fixture
def huashu(database: Path) -> Command:
    """Runs the command with this installation's settings, wide enough that no line is folded."""
    environment = {
        "HUASHU_VAR_DIR": str(database.parent),
        "HUASHU_DATABASE_URL": "",
        "HUASHU_CORPUS_DIR": "",
        "HUASHU_TODAY": "2026-11-24",
        "COLUMNS": "400",
    }

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], env=environment)

    return run

"""The audit log can only grow, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from bot.store.database import migration_config
from bot.store.migrations.append_only import statements_to_drop, statements_to_make

COLUMNS = "at, conversation_id, manager_id, kind, payload, previous_hash, entry_hash"
ENTRY = f"INSERT INTO audit_entry ({COLUMNS}) VALUES ('t', 'c', 'm', 'reply', '{{}}', '{{}}', '{{}}')"
FIRST = ENTRY.replace("'{}', '{}', '{}'", "'{}', 'h0', 'h1'")
SECOND = ENTRY.replace("'{}', '{}', '{}'", "'{}', 'h1', 'h2'")
FORKED = ENTRY.replace("'{}', '{}', '{}'", "'{}', 'h0', 'hx'")
OTHER = "'t', 'c', 'm', 'changed', '{}'"
CHANGES = [
    "UPDATE audit_entry SET kind = 'changed'",
    "UPDATE audit_entry SET seq = seq + 10",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE seq = 2",
]
SQLITE_CHANGES = [
    f"INSERT OR REPLACE INTO audit_entry VALUES (1, {OTHER}, 'x', 'y')",
    f"INSERT OR REPLACE INTO audit_entry ({COLUMNS}) VALUES ({OTHER}, 'x', 'h1')",
    f"REPLACE INTO audit_entry ({COLUMNS}) VALUES ({OTHER}, 'h0', 'y')",
    "UPDATE OR REPLACE audit_entry SET seq = 1 WHERE seq = 2",
    f"INSERT INTO audit_entry VALUES (1, {OTHER}, 'x', 'y') ON CONFLICT DO UPDATE SET kind = 'changed'",
]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.execute(text(FIRST))
        connection.execute(text(SECOND))
    return engine


def entries(engine: Engine) -> list[tuple[int, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT seq, kind, entry_hash FROM audit_entry ORDER BY seq"))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("statement", CHANGES + SQLITE_CHANGES)
def test_sqlite_refuses_every_change(filled: Engine, statement: str) -> None:
    with filled.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(statement))
    assert entries(filled) == [(1, "reply", "h1"), (2, "reply", "h2")]


def test_sqlite_refuses_a_fork_of_the_chain(filled: Engine) -> None:
    with filled.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(FORKED))


def test_triggers_for_another_database_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="mysql"):
        statements_to_make("mysql")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_trigger_that_is_made_can_be_dropped(dialect: str) -> None:
    made = [each.split()[2] for each in statements_to_make(dialect) if each.startswith("CREATE TRIGGER")]
    dropped = [each.split()[2] for each in statements_to_drop(dialect) if each.startswith("DROP TRIGGER")]
    assert made == dropped


@pytest.fixture(scope="module")
def psql() -> Iterator[Callable[[str], subprocess.CompletedProcess[str]]]:
    """Runs SQL in a PostgreSQL cluster of its own, reached by a socket file only."""
    if not all(map(shutil.which, ("initdb", "pg_ctl", "psql"))):
        pytest.skip("no PostgreSQL server on this machine")
    # Not tmp_path: a socket's path may have about 100 characters.
    home = Path(tempfile.mkdtemp(prefix="pg"))
    user: str | None = None
    if os.geteuid() == 0:
        # The server refuses to run as root.
        shutil.chown(home, "nobody")
        user = "nobody"

    def run(*arguments: str, sql: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments, input=sql, text=True, cwd=home, timeout=60, check=False, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, user=user,
        )  # fmt: skip

    data = str(home / "data")
    try:
        made = run("initdb", "-D", data, "-U", "huashu", "-A", "trust", "-E", "UTF8", "--no-sync")
        assert made.returncode == 0, made.stdout
        started = subprocess.run(
            ["pg_ctl", "-D", data, "-w", "-l", str(home / "log"), "-o", f"-c listen_addresses='' -k {home}", "start"],
            cwd=home, timeout=60, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=user,
        )  # fmt: skip
        assert started.returncode == 0
        yield lambda sql: run(
            "psql", "-h", str(home), "-U", "huashu", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-tA", sql=sql
        )
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)


def test_postgresql_takes_the_migration_and_refuses_every_change(
    psql: Callable[[str], subprocess.CompletedProcess[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    config = migration_config("postgresql+psycopg2://")
    command.upgrade(config, "head", sql=True)
    up = capsys.readouterr().out
    command.downgrade(config, "head:base", sql=True)
    down = capsys.readouterr().out

    made = psql(up)
    assert made.returncode == 0, made.stdout
    assert psql(f"{FIRST}; {SECOND};").returncode == 0
    for statement in [*CHANGES, "TRUNCATE audit_entry"]:
        refused = psql(statement)
        assert refused.returncode != 0
        assert "audit_entry is append-only" in refused.stdout
    assert psql(FORKED).returncode != 0
    assert psql("SELECT count(*) FROM audit_entry").stdout.strip() == "2"
    undone = psql(down)
    assert undone.returncode == 0, undone.stdout

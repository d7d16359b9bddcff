"""Audit logs on a real SQLite file, and ways around what protects it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.audit.log import AuditLog, Record
from bot.store.database import engine_for, upgrade


def database_in(directory: Path) -> Path:
    """A migrated, empty database."""
    path = directory / "huashu.db"
    upgrade(f"sqlite:///{path}")
    return path


@contextmanager
def log_on(path: Path, options: str = "") -> Iterator[AuditLog]:
    """An audit log on a database file; `options` make the address an SQLite URI."""
    engine = engine_for(f"sqlite:///file:{path}?{options}&uri=true" if options else f"sqlite:///{path}")
    try:
        yield AuditLog(engine)
    finally:
        engine.dispose()


def record(number: int) -> Record:
    """An entry that differs from others by its number."""
    return Record("web:1", "RM001", "answer", {"script": f"fees.{number}", "version": number, "原因": ["S03"]})


def tamper(path: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Edit the file as somebody with access to it can: with the triggers dropped."""
    with closing(sqlite3.connect(path)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        assert triggers
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)


def rows(path: Path) -> list[tuple[object, ...]]:
    """Sequence number, previous hash and hash of all entries."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT seq, previous_hash, entry_hash FROM audit_entry ORDER BY seq").fetchall()

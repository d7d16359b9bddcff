"""Engines, sessions and the schema's upgrade. The address is always an argument; settings are read elsewhere."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.errors import HuashuError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 250
IMMEDIATE = "huashu_immediate"
"""Execution option: take SQLite's write lock when the transaction begins.

A transaction that reads first and writes later can find its snapshot outdated; one that locks first cannot.
"""


def engine_for(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Engine:
    """Make an engine.

    Args:
        url: SQLAlchemy address. The directory of an SQLite file is made if it is missing.
        busy_timeout_ms: how long SQLite waits for others who write.

    Returns:
        An engine; for SQLite with write-ahead log, full synchronisation and foreign keys.

    Raises:
        HuashuError: E401, the address cannot be used.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() != "sqlite":
            return create_engine(address, pool_pre_ping=True)
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address)
    except (ArgumentError, ImportError, OSError) as error:
        raise _unusable(error) from error
    event.listen(engine, "connect", partial(_prepare_sqlite, busy_timeout_ms))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Make sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def migration_config(url: str) -> Config:
    """Alembic's configuration for an address, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    # Not a main option: a password may hold a per cent sign, which ini files interpolate.
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, the newest by default; nothing happens if it is there already.

    Raises:
        HuashuError: E401, the database cannot be reached or changed.
    """
    try:
        command.upgrade(migration_config(url), revision)
    except SQLAlchemyError as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> HuashuError:
    # Only the kind of error is named: the text of a driver's error may hold an address with its password.
    return HuashuError(
        "E401",
        f"数据库连不上或出错（{type(error).__name__}）。请检查 HUASHU_DATABASE_URL 的地址、驱动和目录权限，再重试。",
    )


def _prepare_sqlite(busy_timeout_ms: int, connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transactions begin late and let DDL commit; SQLAlchemy's begin event does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {busy_timeout_ms}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

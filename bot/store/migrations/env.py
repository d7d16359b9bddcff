"""Runs the migrations; Alembic executes this file with the address that `bot.store.database` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from bot.store.database import IMMEDIATE, engine_for
from bot.store.models import Base

# Any number; it only has to be the same for everybody who migrates one PostgreSQL database.
LOCK = 4_830_114


def run_offline(url: str) -> None:
    """Print the SQL instead of running it."""
    context.configure(url=url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online(url: str) -> None:
    """Run all steps in one transaction, so that a failed upgrade leaves the database as it was."""
    engine = engine_for(url)
    try:
        with engine.connect().execution_options(**{IMMEDIATE: True}) as connection:
            context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
            with context.begin_transaction():
                lock_others_out(connection)
                context.run_migrations()
    finally:
        engine.dispose()


def lock_others_out(connection: Connection) -> None:
    """Let only one process migrate; SQLite's immediate transaction does so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


address: str = context.config.attributes["url"]
if context.is_offline_mode():
    run_offline(address)
else:
    run_online(address)

"""The audit log: what was said and decided, append-only and chained by hash.

An entry is written on a connection of its own before the answer leaves; if it can't be written, the answer is withheld
(ASVS 16.5.3: fail closed). Database triggers refuse every change and removal; the chain shows what got around them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.errors import HuashuError
from bot.store.database import IMMEDIATE
from bot.store.models import AuditEntry

Made = TypeVar("Made")

GENESIS = "0" * 64
_TRIES = 5


@dataclass(frozen=True)
class Record:
    """What is to be remembered of one answer.

    Attributes:
        conversation_id: the conversation.
        manager_id: who asked.
        kind: what happened, such as ``answer``.
        payload: plain values; ids, versions, decisions and revisions, no text typed by anybody.
    """

    conversation_id: str
    manager_id: str
    kind: str
    payload: Mapping[str, Any]


class AuditLog:
    """Writes and verifies the log.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{IMMEDIATE: True})

    def append(self, record: Record) -> str:
        """Write one entry.

        Args:
            record: what to remember.

        Returns:
            The entry's hash.

        Raises:
            HuashuError: E402, it could not be written; the answer must not leave.
        """
        try:
            return self.change(lambda session: self.add(session, record))
        except SQLAlchemyError as error:
            raise _unwritten() from error

    def change(self, work: Callable[[Session], Made]) -> Made:
        """Run work in one transaction that holds its audit entries too: all of it stays, or nothing.

        Args:
            work: changes the database and calls `add`; it may run several times, each time from the start.

        Returns:
            What the work gives.

        Raises:
            SQLAlchemyError: the database could not be changed; nothing stays.
        """
        for remaining in reversed(range(_TRIES)):
            try:
                with Session(self._engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except IntegrityError:
                # Another process continued the chain from the same entry (PostgreSQL; SQLite locks first).
                if not remaining:
                    raise
        raise AssertionError("unreachable")

    def add(self, session: Session, record: Record) -> str:
        """Write one entry within a transaction of `change`.

        Args:
            session: of the transaction.
            record: what to remember.

        Returns:
            The entry's hash.
        """
        last = session.scalar(select(AuditEntry.entry_hash).order_by(AuditEntry.seq.desc()).limit(1))
        entry = _entry(record, last or GENESIS)
        session.add(entry)
        session.flush()
        return entry.entry_hash

    def rehearse(self) -> str | None:
        """Write an entry and take it back, for readiness.

        Returns:
            None when it works, the error's code when not.
        """
        try:
            with Session(self._engine) as session, session.begin() as transaction:
                session.add(_entry(Record("", "", "rehearsal", {}), GENESIS[:-1] + "-"))
                session.flush()
                transaction.rollback()
        except SQLAlchemyError:
            return "E402"
        return None

    def between(self, since: dt.date, until: dt.date) -> Iterator[AuditEntry]:
        """Entries of a span of days, both included (UTC), in order."""
        wanted = (
            select(AuditEntry)
            .where(AuditEntry.at >= since.isoformat(), AuditEntry.at < f"{until}T24")
            .order_by(AuditEntry.seq)
            .execution_options(yield_per=500)
        )
        with Session(self._engine) as session:
            yield from session.scalars(wanted)

    def problems(self) -> Iterator[HuashuError]:
        """Walk the whole chain.

        Yields:
            E403 for every entry that was changed, or that does not follow the one before it.
        """
        previous = GENESIS
        with Session(self._engine) as session:
            for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=500)):
                if entry.previous_hash != previous:
                    yield HuashuError(
                        "E403", f"第 {entry.seq} 条接不上前一条：中间有记录缺失或乱序。请保留现场并报告合规。"
                    )
                if entry.entry_hash != _hash(entry):
                    yield HuashuError("E403", f"第 {entry.seq} 条的内容被改动过。请保留现场并报告合规。")
                previous = entry.entry_hash


def _entry(record: Record, previous_hash: str) -> AuditEntry:
    entry = AuditEntry(
        at=dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"),
        conversation_id=record.conversation_id,
        manager_id=record.manager_id,
        kind=record.kind,
        payload=json.dumps(record.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        previous_hash=previous_hash,
    )
    entry.entry_hash = _hash(entry)
    return entry


def _hash(entry: AuditEntry) -> str:
    content = [
        entry.previous_hash,
        entry.at,
        entry.conversation_id,
        entry.manager_id,
        entry.kind,
        entry.payload,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _unwritten() -> HuashuError:
    return HuashuError("E402", "审计记录写不进去，答复已扣下。请稍后再试；若一直如此，请联系管理员检查数据库和磁盘。")

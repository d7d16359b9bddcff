"""Keeps sessions in the database, after every reply, and takes them up again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from bot.practice.client import ClientState
from bot.practice.scenario import Scenario
from bot.practice.session import Exchange, Result, Session
from bot.store.models import PracticeSession

_EXCHANGES = TypeAdapter(list[Exchange])


def open_practice(database: Database, manager_id: str, conversation_id: str | None = None) -> PracticeSession | None:
    """A manager's newest session that is not over.

    Args:
        database: to read with.
        manager_id: whose; nobody takes up another's.
        conversation_id: in which conversation, None for any.
    """
    wanted = (
        select(PracticeSession)
        .where(PracticeSession.manager_id == manager_id, PracticeSession.ended_at.is_(None))
        .order_by(PracticeSession.started_at.desc())
        .limit(1)
    )
    if conversation_id is not None:
        wanted = wanted.where(PracticeSession.conversation_id == conversation_id)
    return database.scalar(wanted)


def past_practice(database: Database, manager_id: str, limit: int) -> list[PracticeSession]:
    """A manager's sessions that are over, newest first."""
    ended = (
        select(PracticeSession)
        .where(PracticeSession.manager_id == manager_id, PracticeSession.ended_at.is_not(None))
        .order_by(PracticeSession.ended_at.desc())
        .limit(limit)
    )
    return list(database.scalars(ended))


def begin_record(
    database: Database,
    session: Session,
    *,
    manager_id: str,
    conversation_id: str,
    rubric: str,
    corpus: str,
    now: dt.datetime,
) -> PracticeSession:
    """Keep a session that begins.

    Args:
        database: of a writing transaction.
        session: freshly started.
        manager_id: whose.
        conversation_id: in which it is held.
        rubric: version of the rubric, pinned to the session.
        corpus: revision of the corpus, pinned as well.
        now: the moment.
    """
    record = PracticeSession(
        id=uuid.uuid4().hex,
        manager_id=manager_id,
        conversation_id=conversation_id,
        rubric=rubric,
        corpus=corpus,
        started_at=now,
        content=session_data(session),
    )
    database.add(record)
    database.flush()
    return record


def keep_record(record: PracticeSession, session: Session, result: Result | None, now: dt.datetime) -> None:
    """Keep what has changed.

    Args:
        record: of a writing transaction.
        session: as it stands.
        result: of a session that is over, else None.
        now: the moment.
    """
    record.content = session_data(session)
    if result is not None:
        record.ended_at, record.score, record.passed = now, result.score, result.passed


def session_data(session: Session) -> dict[str, Any]:
    """A session as JSON values."""
    return {
        "scenario": session.scenario.to_data(),
        "state": session.state.to_data(),
        "line": session.line,
        "hints": session.hints,
        "exchanges": _EXCHANGES.dump_python(session.exchanges, mode="json"),
    }


def session_of(content: dict[str, Any]) -> Session:
    """From `session_data`."""
    return Session(
        Scenario.from_data(content["scenario"]),
        ClientState.from_data(content["state"]),
        content["line"],
        _EXCHANGES.validate_python(content["exchanges"]),
        content["hints"],
    )

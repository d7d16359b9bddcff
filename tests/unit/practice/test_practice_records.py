"""Sessions are kept after every reply, in both databases, and taken up again by their own manager only."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from alembic import command
from practice_tools import (
    FEES,
    GREETING,
    GUARANTEE,
    INTRODUCTION,
    QUESTIONS,
    SCENE,
    SHEET,
    drill,
    play,
    play_well,
    trainer,
    visit,
)
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Database

from bot.practice.records import begin_record, keep_record, open_practice, past_practice, session_data, session_of
from bot.practice.scoring import Scene
from bot.practice.session import Session
from bot.store.database import engine_for, migration_config, upgrade
from bot.store.models import PracticeSession

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def database(any_database: str) -> Iterator[Database]:
    """A database of either kind with the newest schema."""
    upgrade(any_database)
    engine = engine_for(any_database)
    with Database(engine) as session:
        yield session
    engine.dispose()


def going_on() -> Session:
    """A visit with questions, an offer above the tier, violations and scores."""
    session = visit("busy_doctor", "hard")
    list(play(session, [GREETING, QUESTIONS, INTRODUCTION, FEES.good, GUARANTEE, "ok"], Scene(SCENE.day, SHEET, "C3")))
    return session


def drilled() -> Session:
    """A drill that is over."""
    session = drill()
    list(play(session, [FEES.good, FEES.cold, GUARANTEE]))
    return session


def begun(database: Database, session: Session, manager: str = "RM001", talk: str = "c1", minutes: int = 0) -> str:
    """Keep a session and give its id."""
    now = NOW + dt.timedelta(minutes=minutes)
    record = begin_record(
        database, session, manager_id=manager, conversation_id=talk, rubric="1", corpus="0123456789abcdef", now=now
    )
    database.commit()
    return record.id


@pytest.mark.parametrize(
    "session",
    [drill(), drilled(), visit("busy_doctor"), going_on(), play_well(visit("young_mother", "hard"))],
    ids=["begun drill", "drill over", "begun visit", "visit going on", "visit over"],
)
def test_a_session_comes_back_from_json_as_it_was(session: Session) -> None:
    back = session_of(json.loads(json.dumps(session_data(session))))
    assert back == session
    assert trainer().result(back) == trainer().result(session)


def test_a_session_that_comes_back_goes_on_as_it_would_have() -> None:
    session = going_on()
    back = session_of(json.loads(json.dumps(session_data(session))))
    assert list(play(back, [FEES.cold] * 5)) == list(play(session, [FEES.cold] * 5))
    assert back == session


def test_a_session_is_kept_after_every_reply_and_taken_up_again(database: Database) -> None:
    session = drill()
    identifier = begun(database, session)
    for reply in (FEES.good, FEES.cold):
        trainer().reply(session, reply, SCENE)
        keep_record(database.get_one(PracticeSession, identifier), session, None, NOW)
        database.commit()
        database.expire_all()
        record = open_practice(database, "RM001")
        assert record is not None
        assert session_of(record.content) == session
        assert (record.id, record.started_at, record.ended_at, record.score) == (identifier, NOW, None, None)


def test_a_session_that_is_over_has_its_result_and_is_no_longer_open(database: Database) -> None:
    session = drill()
    identifier = begun(database, session)
    list(play(session, [FEES.good] * 3))
    result = trainer().result(session)
    keep_record(database.get_one(PracticeSession, identifier), session, result, NOW + dt.timedelta(minutes=5))
    database.commit()
    database.expire_all()
    assert open_practice(database, "RM001") is None
    (past,) = past_practice(database, "RM001", 10)
    assert (past.score, past.passed) == (result.score, result.passed)
    assert past.ended_at == NOW + dt.timedelta(minutes=5)
    assert session_of(past.content) == session


def test_nobody_takes_up_another_managers_session_nor_sees_his_results(database: Database) -> None:
    own, other = drill(seed=1), drill(seed=2)
    mine, theirs = begun(database, own), begun(database, other, "RM002")
    for manager, identifier in (("RM001", mine), ("RM002", theirs)):
        found = open_practice(database, manager)
        assert found is not None
        assert found.id == identifier
    assert open_practice(database, "RM003") is None
    assert open_practice(database, "RM002", "c2") is None
    trainer().stop(other)
    keep_record(database.get_one(PracticeSession, theirs), other, trainer().result(other), NOW)
    database.commit()
    assert past_practice(database, "RM001", 10) == []
    assert [each.id for each in past_practice(database, "RM002", 10)] == [theirs]


def test_the_newest_session_is_taken_up_and_only_in_its_conversation_when_one_is_asked_for(database: Database) -> None:
    first, second = begun(database, drill(), talk="c1"), begun(database, drill(), talk="c2", minutes=1)
    for talk, identifier in ((None, second), ("c1", first), ("c2", second)):
        found = open_practice(database, "RM001", talk)
        assert found is not None
        assert found.id == identifier
    assert open_practice(database, "RM001", "c3") is None


def test_past_sessions_come_newest_first_and_no_more_than_asked_for(database: Database) -> None:
    ended = []
    for minutes in range(4):
        session = drill()
        ended.append(begun(database, session, minutes=minutes))
        trainer().stop(session)
        record = database.get_one(PracticeSession, ended[-1])
        keep_record(record, session, trainer().result(session), NOW + dt.timedelta(minutes=minutes + 1))
    database.commit()
    assert [each.id for each in past_practice(database, "RM001", 3)] == ended[:0:-1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 101, "ended_at": NOW, "passed": True},
        {"score": -1, "ended_at": NOW, "passed": False},
        {"score": 80},
        {"ended_at": NOW},
        {"passed": True},
        {"ended_at": NOW, "score": 80},
        {"manager_id": None},
    ],
)
def test_the_database_refuses_half_a_result(database: Database, wrong: dict[str, object]) -> None:
    values: dict[str, object] = {
        "id": "a",
        "manager_id": "RM001",
        "conversation_id": "c1",
        "rubric": "1",
        "corpus": "0",
        "started_at": NOW,
        "content": {},
    }
    database.add(PracticeSession(**{**values, **wrong}))
    with pytest.raises(IntegrityError):
        database.flush()


def test_the_schema_of_before_is_upgraded_and_can_be_taken_back(any_database: str) -> None:
    upgrade(any_database, "0003")
    engine = engine_for(any_database)
    before = set(inspect(engine).get_table_names())
    assert "practice_session" not in before
    upgrade(any_database, "0004")
    assert set(inspect(engine).get_table_names()) - before == {"practice_session"}
    indexes = {index["name"] for index in inspect(engine).get_indexes("practice_session")}
    assert indexes == {"ix_practice_session_manager_id_started_at", "ix_practice_session_conversation_id"}
    command.downgrade(migration_config(any_database), "0003")
    assert set(inspect(engine).get_table_names()) == before
    engine.dispose()

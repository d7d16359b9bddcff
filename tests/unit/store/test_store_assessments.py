"""Links, sheets and kept versions, and the schema on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from bot.store.assessments import (
    LONGEST,
    VALID_FOR,
    assessment_days,
    begin_sheet,
    digest,
    give_link,
    keep_alive,
    keep_version,
    link_by_session,
    link_by_token,
    open_session,
    record_assessment,
    save_answer,
)
from bot.store.database import engine_for, migration_config, upgrade
from bot.store.models import AnswerSheet, AssessmentLink, Base, Client, RiskAssessment
from bot.store.queries import assessments_in_force

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 24)


@pytest.fixture
def any_engine(any_database: str) -> Iterator[Engine]:
    upgrade(any_database)
    engine = engine_for(any_database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(any_engine: Engine) -> Iterator[Session]:
    with Session(any_engine) as session:
        client = Client(client_id="KH1", name="王芳", gender="female", lifecycle="new", manager_id="RM1")
        session.add(client)
        session.commit()
        yield session


def the_client(session: Session) -> Client:
    return session.get_one(Client, 1)


def begun(session: Session) -> AnswerSheet:
    link = link_by_token(session, give_link(session, 1, "RM1", NOW)[1])
    assert link is not None
    version = keep_version(session, {"version": "1"})
    return begin_sheet(session, link, version, NOW)


def handed_in(session: Session) -> AnswerSheet:
    sheet = begun(session)
    sheet.handed_in_at, sheet.handed_in_on, sheet.score, sheet.risk_tier = NOW, DAY, 20, "C2"
    session.flush()
    return sheet


def test_the_schema_is_that_of_the_models(any_engine: Engine) -> None:
    with any_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    for table in Base.metadata.sorted_tables:
        in_database = {check["name"] for check in inspect(any_engine).get_check_constraints(table.name)}
        assert in_database == {each.name for each in table.constraints if str(each.name).startswith("ck_")}


def test_the_schema_of_before_is_upgraded_with_its_assessments(any_database: str) -> None:
    upgrade(any_database, "0001")
    engine = engine_for(any_database)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO client (id, client_id, name, gender, lifecycle, manager_id) "
                "VALUES (1, 'KH1', '王芳', 'female', 'new', 'RM1')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO risk_assessment (id, client_pk, assessed_on, risk_tier, is_lowest_category) "
                "VALUES (1, 1, '2026-01-05', 'C2', false)"
            )
        )
    upgrade(any_database)
    with Session(engine) as session:
        assert [each.is_change_confirmed for each in the_client(session).assessments] == [False]
    command.downgrade(migration_config(any_database), "0001")
    upgrade(any_database)
    engine.dispose()


def test_a_downgrade_never_loses_what_a_client_handed_in(session: Session, any_database: str) -> None:
    handed_in(session)
    session.commit()
    with pytest.raises(RuntimeError, match="有客户提交过的问卷"):
        command.downgrade(migration_config(any_database), "0001")


def test_a_link_keeps_digests_only_and_is_found_by_its_secrets(session: Session) -> None:
    link_id, token = give_link(session, 1, "RM1", NOW)
    link = link_by_token(session, token)
    assert link is not None
    assert (link.id, link.token_hash, link.expires_at) == (link_id, digest(token), NOW + VALID_FOR)
    secret = open_session(link, NOW)
    session.flush()
    found = link_by_session(session, secret, lock=True)
    assert found is link
    assert link_by_token(session, secret) is None
    assert link_by_session(session, token, lock=False) is None


def test_secrets_are_long_and_never_the_same(session: Session) -> None:
    tokens = {give_link(session, 1, "RM1", NOW)[1] for _ in range(50)}
    assert len(tokens) == 50
    assert all(len(token) >= 22 for token in tokens)


def test_a_busy_client_gets_time_but_not_for_ever(session: Session) -> None:
    link = begun(session).link
    for minutes in range(0, 400, 25):
        keep_alive(link, NOW + dt.timedelta(minutes=minutes))
    assert link.expires_at == NOW + LONGEST
    assert link.seen_at == NOW + dt.timedelta(minutes=375)


def test_moments_come_back_in_utc(session: Session) -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    give_link(session, 1, "RM1", dt.datetime(2026, 11, 24, 17, 30, tzinfo=china))
    session.commit()
    session.expire_all()
    assert session.get_one(AssessmentLink, 1).created_at == NOW
    with pytest.raises(StatementError, match="time zone"):
        give_link(session, 1, "RM1", dt.datetime(2026, 11, 24))


def test_a_later_answer_takes_the_place_of_an_earlier_one(session: Session) -> None:
    sheet = begun(session)
    for option in ("a", "b"):
        save_answer(sheet, "age", option)
        session.commit()
    session.expire_all()
    assert session.get_one(AnswerSheet, sheet.id).answers == {"age": "b"}


def test_a_sheet_becomes_an_assessment_once(session: Session) -> None:
    sheet = handed_in(session)
    assessment = record_assessment(session, sheet, change_confirmed=True)
    assert (assessment.assessed_on, assessment.risk_tier, assessment.questionnaire_version) == (DAY, "C2", "1")
    with pytest.raises(ValueError, match="not recorded yet"):
        record_assessment(session, sheet, change_confirmed=True)


def test_a_sheet_that_is_not_handed_in_becomes_none(session: Session) -> None:
    with pytest.raises(ValueError, match="handed in"):
        record_assessment(session, begun(session), change_confirmed=False)


def test_days_count_what_is_on_record_and_what_waits_but_nothing_twice(session: Session) -> None:
    the_client(session).assessments.append(RiskAssessment(assessed_on=dt.date(2026, 1, 1), risk_tier="C3"))
    begun(session)
    waiting, recorded = handed_in(session), handed_in(session)
    record_assessment(session, recorded, change_confirmed=False)
    assert waiting.assessment_pk is None
    assert sorted(assessment_days(session, 1)) == [dt.date(2026, 1, 1), DAY, DAY]


@pytest.mark.parametrize(
    "changed",
    [
        {"risk_tier": "C6"},
        {"risk_tier": None},
        {"score": None},
        {"handed_in_on": None},
        {"handed_in_at": None},
        {"is_lowest_category": True},
        {"assessment_pk": 99},
    ],
)
def test_half_a_result_is_refused(session: Session, changed: dict[str, object]) -> None:
    sheet = handed_in(session)
    for name, value in changed.items():
        setattr(sheet, name, value)
    with pytest.raises(IntegrityError):
        session.flush()


@pytest.mark.parametrize(
    ("rows", "in_force"),
    [
        ([("C2", False)], ["C2"]),
        ([("C2", False), ("C3", False)], ["C2", "C3"]),
        ([("C2", False), ("C3", True)], ["C3"]),
        ([("C2", False), ("C3", True), ("C4", False)], ["C3", "C4"]),
        ([("C2", True), ("C3", True), ("C4", True)], ["C4"]),
        ([], []),
    ],
)
def test_what_a_client_confirmed_takes_the_place_of_what_was_before(
    rows: list[tuple[str, bool]], in_force: list[str]
) -> None:
    client = Client(client_id="KH2", name="李强", gender="male", lifecycle="new", manager_id="RM1")
    old = RiskAssessment(assessed_on=DAY - dt.timedelta(days=1), risk_tier="C5", is_change_confirmed=True)
    new = [RiskAssessment(assessed_on=DAY, risk_tier=tier, is_change_confirmed=done) for tier, done in rows]
    client.assessments = [old, *new]
    assert [each.risk_tier for each in assessments_in_force(client)] == (in_force or ["C5"])

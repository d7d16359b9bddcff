"""The schema: migrations, constraints and SQLite's settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from bot.errors import HuashuError
from bot.store.database import BUSY_TIMEOUT_MS, engine_for, migration_config, upgrade
from bot.store.models import AuditEntry, Base, Client, Holding, Product, ProductFee, RiskAssessment

TABLES = {
    *("client", "risk_assessment", "product", "product_fee", "holding", "audit_entry"),
    *("questionnaire_version", "assessment_link", "answer_sheet", "practice_session"),
}
CLIENT = {"client_id": "KH100001", "name": "王芳", "gender": "female", "lifecycle": "new", "manager_id": "RM1"}
PRODUCT = {
    "code": "AH1",
    "name": "安和一号",
    "short_names": [],
    "category": "deposit",
    "regime": "deposit",
    "issuer_name": "安和银行",
    "term_text": "1年",
    "minimum_amount": 50,
    "return_basis": "固定",
    "redemption": "到期",
    "underlying": "存款",
    "is_sold": True,
}


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_upgrade_makes_the_tables_of_the_models(engine: Engine) -> None:
    assert tables(engine) == TABLES
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_constraints_are_those_of_the_models(engine: Engine) -> None:
    # Alembic does not compare CHECK constraints.
    for table in Base.metadata.sorted_tables:
        in_database = {check["name"] for check in inspect(engine).get_check_constraints(table.name)}
        in_models = {each.name for each in table.constraints if str(each.name).startswith("ck_")}
        assert in_database == in_models


def test_upgrade_twice_changes_nothing(engine: Engine, url: str) -> None:
    upgrade(url)
    assert tables(engine) == TABLES


def test_downgrade_removes_everything_and_upgrade_brings_it_back(engine: Engine, url: str) -> None:
    command.downgrade(migration_config(url), "base")
    assert tables(engine) == set()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")) == 0
    upgrade(url)
    assert tables(engine) == TABLES


def test_downgrade_refuses_to_lose_audit_entries(factory: sessionmaker[Session], url: str) -> None:
    with factory.begin() as session:
        session.add(
            AuditEntry(
                at="2026-11-24T00:00:00Z",
                conversation_id="c",
                manager_id="RM001",
                kind="reply",
                payload="{}",
                previous_hash="0",
                entry_hash="1",
            )
        )
    with pytest.raises(RuntimeError, match="审计记录不是空的"):
        command.downgrade(migration_config(url), "base")
    with factory() as session:
        assert session.query(AuditEntry).count() == 1


def test_sqlite_connections_are_durable_and_checked(engine: Engine) -> None:
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        }
    assert values == {
        "journal_mode": "wal",
        "busy_timeout": BUSY_TIMEOUT_MS,
        "synchronous": 2,
        "foreign_keys": 1,
    }


def test_engine_for_makes_the_directory(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'a' / 'b' / 'huashu.db'}")
    with engine.connect():
        pass
    engine.dispose()
    assert (tmp_path / "a" / "b" / "huashu.db").exists()


@pytest.mark.parametrize(
    "address",
    ["not an address", "nosuchdatabase://bank:s3cret@host/db", "sqlite:////proc/none/huashu.db"],
)
def test_engine_for_unusable_address_says_e401_without_the_password(address: str) -> None:
    with pytest.raises(HuashuError, match="HUASHU_DATABASE_URL") as caught:
        upgrade(address)
    assert caught.value.code == "E401"
    assert "s3cret" not in str(caught.value)


def test_upgrade_of_a_file_that_is_no_database_says_e401(tmp_path: Path) -> None:
    path = tmp_path / "huashu.db"
    path.write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(HuashuError) as caught:
        upgrade(f"sqlite:///{path}")
    assert caught.value.code == "E401"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gender", "女"),
        ("lifecycle", "sleeping"),
        ("legal_capacity", "partly"),
        ("annual_income", -1),
        ("financial_assets", -1),
    ],
)
def test_client_checks(factory: sessionmaker[Session], field: str, value: object) -> None:
    with factory() as session:
        session.add(Client(**(CLIENT | {field: value})))
        with pytest.raises(IntegrityError):
            session.flush()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "gold"),
        ("regime", "none"),
        ("issuer_grade", "R6"),
        ("seller_grade", "C1"),
        ("term_days", -1),
        ("minimum_amount", -1),
    ],
)
def test_product_checks(factory: sessionmaker[Session], field: str, value: object) -> None:
    with factory() as session:
        session.add(Product(**(PRODUCT | {field: value})))
        with pytest.raises(IntegrityError):
            session.flush()


def test_amounts_with_more_than_two_places_are_refused_not_rounded(factory: sessionmaker[Session]) -> None:
    with factory() as session:
        session.add(Product(**(PRODUCT | {"minimum_amount": "0.001"})))
        with pytest.raises(StatementError, match="decimal places"):
            session.flush()


def test_child_row_checks(factory: sessionmaker[Session]) -> None:
    day = date(2026, 1, 5)
    children = [
        RiskAssessment(client_pk=1, assessed_on=day, risk_tier="C6"),
        RiskAssessment(client_pk=1, assessed_on=day, risk_tier="C2", is_lowest_category=True),
        RiskAssessment(client_pk=9, assessed_on=day, risk_tier="C2"),
        Holding(client_pk=1, product_pk=1, amount=0, since=day),
        Holding(client_pk=1, product_pk=9, amount=1, since=day),
        ProductFee(product_pk=1, kind="gift", base="无", text="无"),
        ProductFee(product_pk=1, kind="custody", rate=101, base="无", text="无"),
    ]
    with factory.begin() as session:
        session.add_all([Client(**CLIENT), Product(**PRODUCT)])
    for child in children:
        with factory() as session:
            session.add(child)
            with pytest.raises(IntegrityError):
                session.flush()


@pytest.mark.parametrize(
    ("issuer", "seller", "grade"),
    [("R2", "R3", "R3"), ("R4", "R3", "R4"), ("R1", "R1", "R1"), (None, "R2", None), ("R2", None, None)],
)
def test_risk_grade_is_the_higher_and_unknown_if_either_is(
    issuer: str | None, seller: str | None, grade: str | None
) -> None:
    assert Product(issuer_grade=issuer, seller_grade=seller).risk_grade == grade

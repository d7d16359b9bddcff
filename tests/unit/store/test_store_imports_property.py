"""Properties of the import: valid rows survive unchanged, one corrupted cell stops everything."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session
from store_files import (
    FIRST,
    HEADERS,
    OTHER_CLIENT,
    PRODUCT,
    SECOND,
    import_file,
    lines_of,
    write_csv,
    write_xlsx,
)

from bot.store.imports import ImportRefusedError
from bot.store.models import Base, Client, Product

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
GENDERS = {"male": "男", "female": "女"}
STAGES = {"prospect": "潜在", "new": "新客", "active": "活跃", "lapsed": "流失"}
CAPACITIES = {"full": "完全", "limited": "限制", "none": "无", None: ""}
DAYS = st.dates(date(1900, 1, 1), date(2026, 11, 24))
AMOUNTS = st.decimals(0, Decimal("9999999999999.99"), places=2)


@contextmanager
def fresh_session(directory: str) -> Iterator[Session]:
    """An empty database; the tables are made from the models, as migrations would take most of the time."""
    engine = create_engine(f"sqlite:///{directory}/huashu.db")
    Base.metadata.create_all(engine)
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    finally:
        engine.dispose()


@st.composite
def clients(draw: st.DrawFn) -> dict[str, Any]:
    """What a client may be, as values."""
    assessments = draw(st.lists(st.tuples(DAYS, st.sampled_from(["C1", "C2", "C3", "C4", "C5", "C1最低"])), max_size=4))
    held = draw(st.lists(DAYS, unique=True, max_size=3))
    return {
        "client_id": f"KH{draw(st.integers(100000, 999999))}",
        "name": draw(st.text(HAN, min_size=2, max_size=40)),
        "gender": draw(st.sampled_from(sorted(GENDERS))),
        "birth_date": draw(st.none() | DAYS),
        "annual_income": draw(st.none() | AMOUNTS),
        "legal_capacity": draw(st.sampled_from(list(CAPACITIES))),
        "lifecycle": draw(st.sampled_from(sorted(STAGES))),
        "assessments": sorted(assessments),
        "holdings": sorted((day, draw(AMOUNTS.filter(bool))) for day in held),
    }


def as_row(client: dict[str, Any]) -> dict[str, str]:
    """A client as the line of an export."""
    birth, income = client["birth_date"], client["annual_income"]
    return OTHER_CLIENT | {
        "客户编号": str(client["client_id"]),
        "姓名": str(client["name"]),
        "性别": GENDERS[client["gender"]],
        "出生日期": birth.isoformat() if isinstance(birth, date) else "",
        "年收入(元)": "" if income is None else str(income),
        "民事行为能力": CAPACITIES[client["legal_capacity"]],
        "客户阶段": STAGES[client["lifecycle"]],
        "评估记录": "; ".join(f"{day}:{tier}" for day, tier in client["assessments"]),
        "持有": "; ".join(f"{PRODUCT['产品代码']}:{amount}:{day}" for day, amount in client["holdings"]),
    }


def as_values(client: Client) -> dict[str, Any]:
    """A stored client in the form of the strategy."""
    fields = ("client_id", "name", "gender", "birth_date", "annual_income", "legal_capacity", "lifecycle")
    return {field: getattr(client, field) for field in fields} | {
        "assessments": sorted(
            (each.assessed_on, each.risk_tier + "最低" * each.is_lowest_category) for each in client.assessments
        ),
        "holdings": sorted((each.since, each.amount) for each in client.holdings),
    }


@QUICK
@given(
    st.lists(clients(), min_size=1, max_size=5, unique_by=lambda client: client["client_id"]),
    st.sampled_from([write_csv, write_xlsx]),
)
def test_valid_clients_come_back_as_they_were(rows: list[dict[str, Any]], writer: Callable[..., Path]) -> None:
    with tempfile.TemporaryDirectory() as directory, fresh_session(directory) as session:
        products = write_csv(Path(directory, "p.csv"), lines_of([PRODUCT], HEADERS["products"]))
        import_file(session, "products", products)
        name = "c.csv" if writer is write_csv else "c.xlsx"
        path = writer(Path(directory, name), lines_of(list(map(as_row, rows)), HEADERS["clients"]))
        for _ in range(2):
            import_file(session, "clients", path)
            session.commit()
            session.expire_all()
            stored = session.scalars(select(Client).order_by(Client.client_id))
            assert list(map(as_values, stored)) == sorted(rows, key=lambda row: str(row["client_id"]))


def formula(cell: str) -> str:
    return f"={cell}"


def markup(cell: str) -> str:
    return f"{cell}<b>"


def placeholder(cell: str) -> str:
    return f"{cell}{{product.name}}"


def invisible(cell: str) -> str:
    return f"x\u200b{cell}"


def second_line(cell: str) -> str:
    return f"x\n{cell}"


def endless(cell: str) -> str:
    return cell + "长" * 3000


@pytest.mark.parametrize("kind", ["clients", "products"])
@QUICK
@given(data=st.data())
def test_any_single_corrupted_cell_stops_the_import(kind: str, data: st.DataObject) -> None:
    header = data.draw(st.sampled_from(HEADERS[kind]))
    row = data.draw(st.integers(0, 1))
    corrupt = data.draw(st.sampled_from([formula, markup, placeholder, invisible, second_line, endless]))
    rows = [dict(FIRST[kind]), dict(SECOND[kind])]
    rows[row][header] = corrupt(rows[row][header])
    with tempfile.TemporaryDirectory() as directory, fresh_session(directory) as session:
        if kind == "clients":
            products = write_csv(Path(directory, "p.csv"), lines_of([PRODUCT], HEADERS["products"]))
            import_file(session, "products", products)
        path = write_csv(Path(directory, "bad.csv"), lines_of(rows, HEADERS[kind]))
        with pytest.raises(ImportRefusedError) as caught:
            import_file(session, kind, path)
        assert {each.header for each in caught.value.problems} == {header}
        table = Client if kind == "clients" else Product
        assert session.scalar(select(func.count()).select_from(table)) == 0

"""The reads that the assistant uses."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker
from store_files import CLIENT, HEADERS, OTHER_PRODUCT, PRODUCT, import_file, lines_of, write_csv

from bot.store.models import Client, Product, RiskAssessment
from bot.store.queries import (
    all_client_names,
    all_product_names,
    find_client_by_id,
    find_clients_by_name,
    find_product,
    latest_assessment,
    products_on_sale,
)


@pytest.fixture
def session(factory: sessionmaker[Session], tmp_path: Path) -> Session:
    """Two products and three clients, two of them of one name."""
    clients = [
        CLIENT | {"客户编号": "KH100003"},
        CLIENT | {"客户编号": "KH100001"},
        CLIENT | {"客户编号": "KH100002", "姓名": "欧阳文轩"},
    ]
    session = factory()
    for kind, rows in (("products", [PRODUCT, OTHER_PRODUCT]), ("clients", clients)):
        import_file(session, kind, write_csv(tmp_path / f"{kind}.csv", lines_of(rows, HEADERS[kind])))
    session.commit()
    return session


@pytest.mark.parametrize("typed", ["KH100002", " kh100002 ", "ＫＨ100002"])
def test_find_client_by_id(session: Session, typed: str) -> None:
    client = find_client_by_id(session, typed)
    assert client is not None
    assert client.name == "欧阳文轩"


def test_find_client_by_id_unknown(session: Session) -> None:
    assert find_client_by_id(session, "KH999999") is None


def test_find_clients_by_name_gives_all_of_that_name(session: Session) -> None:
    assert [client.client_id for client in find_clients_by_name(session, "王芳")] == ["KH100001", "KH100003"]
    assert find_clients_by_name(session, "王") == []


@pytest.mark.parametrize("typed", ["AH90D01", "ah90d01", "安和稳盈90天", "稳盈", " 稳盈 90天", "稳盈９０天"])
def test_find_product(session: Session, typed: str) -> None:
    product = find_product(session, typed)
    assert product is not None
    assert product.code == "AH90D01"


@pytest.mark.parametrize("typed", ["", "安和", "%", "稳盈' OR '1'='1"])
def test_find_product_unknown(session: Session, typed: str) -> None:
    assert find_product(session, typed) is None


def test_find_product_with_a_short_name_of_two_products_finds_neither(session: Session) -> None:
    other = find_product(session, "AHRRX1")
    assert other is not None
    # The import refuses this; another writer might not.
    other.short_names = ["稳盈"]
    session.flush()
    assert find_product(session, "稳盈") is None


def test_all_names(session: Session) -> None:
    assert all_client_names(session) == ["欧阳文轩", "王芳"]
    assert all_product_names(session) == [
        ("AH90D01", "安和稳盈90天", ["稳盈90天", "稳盈"]),
        ("AHRRX1", "安和日日享", ["日日享"]),
    ]


@pytest.mark.parametrize(
    ("sale_from", "sale_until", "is_sold", "expected"),
    [
        (None, None, True, True),
        (date(2026, 11, 24), date(2026, 11, 24), True, True),
        (date(2026, 11, 25), None, True, False),
        (None, date(2026, 11, 23), True, False),
        (None, None, False, False),
    ],
)
def test_products_on_sale(
    session: Session, sale_from: date | None, sale_until: date | None, is_sold: bool, expected: bool
) -> None:
    product = find_product(session, "AHRRX1")
    assert product is not None
    product.sale_from, product.sale_until, product.is_sold = sale_from, sale_until, is_sold
    session.flush()
    codes = [each.code for each in products_on_sale(session, date(2026, 11, 24))]
    assert codes == ["AH90D01", *(["AHRRX1"] if expected else [])]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        ([(1, "C3", False), (2, "C2", False)], ("C2", False)),
        ([(2, "C2", False), (1, "C3", False)], ("C2", False)),
        ([(2, "C4", False), (2, "C3", False)], ("C3", False)),
        ([(2, "C1", False), (2, "C1", True)], ("C1", True)),
    ],
)
def test_latest_assessment_is_the_newest_and_on_one_day_the_most_cautious(
    results: list[tuple[int, str, bool]], expected: tuple[str, bool] | None
) -> None:
    client = Client(
        assessments=[
            RiskAssessment(assessed_on=date(2026, 3, day), risk_tier=tier, is_lowest_category=lowest)
            for day, tier, lowest in results
        ]
    )
    latest = latest_assessment(client)
    assert (latest and (latest.risk_tier, latest.is_lowest_category)) == expected


def test_objects_stay_readable_after_the_session(session: Session) -> None:
    client = find_client_by_id(session, "KH100001")
    session.close()
    assert client is not None
    assert len(client.assessments) == 2
    product: Product = client.holdings[0].product
    assert len(product.fees) == 5

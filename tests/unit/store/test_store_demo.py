"""The demo data: imports clean and holds the cases that demonstrations and conversation tests rely on."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker
from store_files import TODAY

from bot.store.database import engine_for, session_factory, upgrade
from bot.store.imports import import_clients, import_products
from bot.store.models import CATEGORIES, LIFECYCLES, RISK_GRADES, RISK_TIERS, Client, Product
from bot.store.queries import find_clients_by_name, find_product, latest_assessment, products_on_sale

DEMO = Path(__file__).parents[3] / "scripts_corpus" / "demo"
NAMED = {
    "安和稳盈90天": ("wealth_management", "R2"),
    "安和日日享": ("wealth_management", "R1"),
    "安和进取增强一年": ("wealth_management", "R4"),
    "远帆纯债A": ("bond_fund", "R2"),
    "远帆双利平衡混合": ("mixed_fund", "R3"),
    "澜石先锋股票": ("equity_fund", "R4"),
    "澜石科创成长股票": ("equity_fund", "R5"),
    "安和现金宝": ("money_market_fund", "R1"),
    "福满年年年金保险（分红型）": ("insurance", "R2"),
    "穗禾终身寿险（万能型）": ("insurance", "R2"),
    "穗禾慧选年金保险（投资连结型）": ("insurance", "R4"),
    "安和挂钩黄金结构性存款": ("structured_deposit", "R2"),
    "聚远一号私募基金": ("private_fund", "R5"),
    "恒泽城更3号信托": ("trust", "R4"),
    "安和积存金": ("precious_metal", "R3"),
    "储蓄国债三年": ("bond", "R1"),
}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> sessionmaker[Session]:
    """The demo data in a database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'huashu.db'}"
    upgrade(url)
    engine: Engine = engine_for(url)
    factory = session_factory(engine)
    with factory.begin() as session:
        assert import_products(session, DEMO / "products.csv").added >= 44
        assert import_clients(session, DEMO / "clients.csv", today=TODAY).added >= 64
    return factory


@pytest.fixture
def products(factory: sessionmaker[Session]) -> list[Product]:
    with factory() as session:
        return list(session.scalars(select(Product)))


@pytest.fixture
def clients(factory: sessionmaker[Session]) -> list[Client]:
    with factory() as session:
        return list(session.scalars(select(Client)))


@pytest.mark.parametrize(("name", "expected"), NAMED.items())
def test_demo_has_the_named_products(factory: sessionmaker[Session], name: str, expected: tuple[str, str]) -> None:
    with factory() as session:
        product = find_product(session, name)
    assert product is not None
    assert product.name == name
    assert (product.category, product.risk_grade) == expected


@pytest.mark.parametrize(
    ("short", "code"), [("稳盈", "AH90D01"), ("稳盈90天", "AH90D01"), ("科创成长", "LS0002"), ("远帆双利", "YF0002")]
)
def test_demo_short_names(factory: sessionmaker[Session], short: str, code: str) -> None:
    with factory() as session:
        product = find_product(session, short)
    assert product is not None
    assert product.code == code


@pytest.mark.parametrize("day", [TODAY, date(2027, 12, 31)])
def test_demo_products_on_sale_cover_all_categories_and_grades(factory: sessionmaker[Session], day: date) -> None:
    with factory() as session:
        on_sale = products_on_sale(session, day)
    assert len(on_sale) >= 44
    assert {product.category for product in on_sale} == set(CATEGORIES)
    assert {product.risk_grade for product in on_sale} == {*RISK_GRADES, None}


def test_demo_products_hold_the_awkward_cases(products: list[Product]) -> None:
    graded = [(each.issuer_grade, each.seller_grade) for each in products if each.risk_grade]
    assert any(issuer < seller for issuer, seller in graded if issuer and seller)
    assert any(issuer > seller for issuer, seller in graded if issuer and seller)
    assert sum(each.risk_grade is None for each in products) == 1
    assert sum(each.sale_until is not None and each.sale_until < TODAY for each in products) == 1
    assert sum(each.sale_from is not None and each.sale_from > TODAY for each in products) == 1
    assert sum(not each.is_sold for each in products) == 1
    funds = [each for each in products if each.category.endswith("_fund")]
    assert sum("management" not in {fee.kind for fee in each.fees} for each in funds) == 1
    assert {each.category for each in products if each.benchmark} == {"wealth_management"}


def test_demo_clients_hold_the_awkward_cases(clients: list[Client]) -> None:
    latest = [latest_assessment(client) for client in clients]
    assert {each.risk_tier for each in latest if each} == set(RISK_TIERS)
    assert any(each and each.is_lowest_category for each in latest)
    assert None in latest
    days = {each.assessed_on for each in latest if each}
    assert {date(2025, 11, 23), date(2025, 11, 24), date(2025, 11, 25)} <= days
    assert any(
        max(Counter(each.assessed_on for each in client.assessments).values(), default=0) == 2 for client in clients
    )
    assert {client.lifecycle for client in clients} == set(LIFECYCLES)
    assert {client.legal_capacity for client in clients} == {"full", "limited", "none", None}
    assert None in {client.birth_date for client in clients}
    assert len({client.manager_id for client in clients}) >= 4


def test_demo_ages_reach_from_16_to_88_with_the_borders(clients: list[Client]) -> None:
    def age(birth: date) -> int:
        return TODAY.year - birth.year - ((TODAY.month, TODAY.day) < (birth.month, birth.day))

    ages = {age(client.birth_date) for client in clients if client.birth_date}
    assert (min(ages), max(ages)) == (16, 88)
    assert {17, 18, 64, 65, 79, 80} <= ages


@pytest.mark.parametrize(("name", "count"), [("王芳", 2), ("李建国", 2), ("欧阳文轩", 1)])
def test_demo_namesakes(factory: sessionmaker[Session], name: str, count: int) -> None:
    with factory() as session:
        assert len(find_clients_by_name(session, name)) == count

"""Imports that go well: what a row becomes and what an update changes."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from store_files import (
    CLIENT,
    HEADERS,
    OTHER_PRODUCT,
    PRODUCT,
    Factory,
    counts,
    lines_of,
    load,
    problems_of,
    write_csv,
    write_xlsx,
)

from bot.errors import HuashuError
from bot.store.import_products import parse_fee
from bot.store.imports import import_products
from bot.store.queries import find_client_by_id, find_product


def test_product_row_becomes_a_product_with_its_fees(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT)
    with factory() as session:
        product = find_product(session, "AH90D01")
    assert product is not None
    assert product.short_names == ["稳盈90天", "稳盈"]
    assert (product.category, product.regime, product.risk_grade) == ("wealth_management", "wealth", "R2")
    assert (product.term_days, product.minimum_amount, product.cut_off) == (90, Decimal(10000), "17:00")
    assert (product.qualified_only, product.recording_needed, product.is_sold) == (False, True, True)
    assert {fee.kind: fee.rate for fee in product.fees} == {
        "management": Decimal("0.30"),
        "custody": Decimal("0.02"),
        "sales_service": Decimal("0.20"),
        "subscription": Decimal(0),
        "redemption": None,
    }
    assert (product.fees[0].text, product.fees[0].base) == ("0.30%/年", "产品资产净值")


def test_client_row_becomes_a_client_with_assessments_and_holdings(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT)
    load(factory, tmp_path, "clients", CLIENT)
    with factory() as session:
        client = find_client_by_id(session, "KH100023")
    assert client is not None
    assert (client.gender, client.legal_capacity, client.lifecycle) == ("female", "full", "active")
    assert (client.birth_date, client.qualified_investor_until) == (date(1985, 4, 12), date(2027, 6, 30))
    assert (client.annual_income, client.financial_assets) == (Decimal(180000), Decimal("350000.50"))
    assert [(each.assessed_on, each.risk_tier, each.questionnaire_version) for each in client.assessments] == [
        (date(2025, 2, 1), "C2", None),
        (date(2026, 3, 2), "C3", "Q2026"),
    ]
    assert [(each.product.code, each.amount, each.since) for each in client.holdings] == [
        ("AH90D01", Decimal(200000), date(2026, 1, 5))
    ]


def test_empty_cells_mean_unknown(factory: Factory, tmp_path: Path) -> None:
    needed = ("客户编号", "姓名", "性别", "客户阶段", "客户经理工号")
    load(factory, tmp_path, "clients", {header: CLIENT[header] if header in needed else "" for header in CLIENT})
    with factory() as session:
        client = find_client_by_id(session, "KH100023")
    assert client is not None
    assert (client.birth_date, client.phone, client.annual_income, client.legal_capacity) == (None,) * 4
    assert (client.assessments, client.holdings) == ([], [])


def test_lowest_category_is_kept(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "clients", CLIENT | {"评估记录": "2026-03-02：C1最低；2026-03-02:C1", "持有": ""})
    with factory() as session:
        client = find_client_by_id(session, "KH100023")
    assert client is not None
    assert [(each.risk_tier, each.is_lowest_category) for each in client.assessments] == [
        ("C1", True),
        ("C1", False),
    ]


def test_columns_may_stand_in_any_order_with_full_width_brackets_and_bom(factory: Factory, tmp_path: Path) -> None:
    headers = list(reversed(PRODUCT))
    lines = lines_of([PRODUCT], headers)
    lines[0] = [header.replace("(", "（").replace(")", "）") for header in headers]
    path = write_csv(tmp_path / "products.csv", lines, encoding="utf-8-sig")
    with factory.begin() as session:
        assert import_products(session, path).added == 1


def test_blank_lines_are_passed_over(factory: Factory, tmp_path: Path) -> None:
    lines = lines_of([PRODUCT, OTHER_PRODUCT], HEADERS["products"])
    path = write_csv(tmp_path / "products.csv", [lines[0], [], lines[1], ["", " "], lines[2], []])
    with factory.begin() as session:
        assert import_products(session, path).added == 2


def test_xlsx_with_real_dates_numbers_times_and_booleans(factory: Factory, tmp_path: Path) -> None:
    product: dict[str, object] = PRODUCT | {
        "期限(天)": 90,
        "起点金额(元)": 10000.0,
        "截止时间": time(17, 0),
        "开售日期": datetime(2024, 3, 1),
        "停售日期": date(2028, 12, 31),
        "在售": True,
        "业绩报酬": None,
    }
    lines: list[list[object]] = [list(product), list(product.values()), [None] * 5]  # as Excel leaves a cleared line
    path = write_xlsx(tmp_path / "products.xlsx", lines)
    with factory.begin() as session:
        assert import_products(session, path).added == 1
    with factory() as session:
        found = find_product(session, "AH90D01")
    assert found is not None
    assert (found.term_days, found.minimum_amount, found.cut_off) == (90, Decimal(10000), "17:00")
    assert (found.sale_from, found.is_sold) == (date(2024, 3, 1), True)


def test_existing_product_becomes_what_the_file_says(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT)
    changed = PRODUCT | {"管理费": "0.10%/年:产品资产净值", "托管费": "", "简称": "", "在售": "否"}
    report = load(factory, tmp_path, "products", changed, OTHER_PRODUCT)
    assert (report.added, report.updated) == (1, 1)
    with factory() as session:
        product = find_product(session, "AH90D01")
        assert product is not None
        assert {fee.kind for fee in product.fees} == {
            "management",
            "sales_service",
            "subscription",
            "redemption",
        }
        assert (product.fees[0].rate, product.short_names, product.is_sold) == (Decimal("0.10"), [], False)
        assert session.scalar(text("SELECT count(*) FROM product_fee WHERE kind = 'custody'")) == 1


def test_existing_client_is_updated_and_assessments_only_added(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT, OTHER_PRODUCT)
    load(factory, tmp_path, "clients", CLIENT)
    changed = CLIENT | {
        "客户经理工号": "RM002",
        "评估记录": "2026-03-02:C3; 2026-11-01:C2; 2026-11-01:C2",
        "持有": "AH90D01:50000:2026-01-05; AHRRX1:1:2026-11-01",
    }
    report = load(factory, tmp_path, "clients", changed)
    assert (report.added, report.updated, report.assessments_added) == (0, 1, 2)
    with factory() as session:
        client = find_client_by_id(session, "KH100023")
    assert client is not None
    assert client.manager_id == "RM002"
    assert [(each.assessed_on.isoformat(), each.risk_tier) for each in client.assessments] == [
        ("2025-02-01", "C2"),
        ("2026-03-02", "C3"),
        ("2026-11-01", "C2"),
        ("2026-11-01", "C2"),
    ]
    assert [(each.product.code, each.amount) for each in client.holdings] == [
        ("AH90D01", Decimal(50000)),
        ("AHRRX1", Decimal(1)),
    ]


def test_importing_the_same_file_again_adds_nothing(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT)
    load(factory, tmp_path, "clients", CLIENT)
    before = counts(factory)
    load(factory, tmp_path, "products", PRODUCT)
    load(factory, tmp_path, "clients", CLIENT)
    assert counts(factory) == before


def test_two_products_may_swap_names(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT, OTHER_PRODUCT)
    first = PRODUCT | {"产品名称": OTHER_PRODUCT["产品名称"]}
    second = OTHER_PRODUCT | {"产品名称": PRODUCT["产品名称"]}
    load(factory, tmp_path, "products", first, second)
    with factory() as session:
        product = find_product(session, "安和日日享")
    assert product is not None
    assert product.code == "AH90D01"


def test_name_of_another_product_in_the_database_is_refused(factory: Factory, tmp_path: Path) -> None:
    load(factory, tmp_path, "products", PRODUCT)
    clash = OTHER_PRODUCT | {"产品名称": "稳盈90天", "简称": "日日享;AH90D01"}
    path = write_csv(tmp_path / "more.csv", lines_of([clash], HEADERS["products"]))
    assert problems_of(factory, "products", path) == [(2, "产品名称"), (2, "简称")]


def test_database_failure_says_e401_and_changes_nothing(factory: Factory, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "products.csv", lines_of([PRODUCT], HEADERS["products"]))
    with factory.begin() as session:
        session.execute(text("DROP TABLE product_fee"))
    with factory.begin() as session, pytest.raises(HuashuError) as caught:
        import_products(session, path)
    assert caught.value.code == "E401"
    with factory() as session:
        assert session.scalar(text("SELECT count(*) FROM product")) == 0


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        ("0.30%/年:产品资产净值", "0.30"),
        ("0.50%/次（按买入金额）：买入金额", "0.50"),
        ("1.20%（按申购金额）:申购金额", "1.20"),
        ("不收取:无", "0"),
        ("1.20%（满1年0.60%）:赎回金额", None),
        ("每笔1000元:每笔", None),
    ],
)
def test_rate_is_read_only_where_there_is_exactly_one(cell: str, rate: str | None) -> None:
    assert parse_fee(cell).rate == (None if rate is None else Decimal(rate))

"""``huashu suitability``: one decision rule by rule, and the table that compliance signs."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from conftest import Command

from bot.settings import PROJECT_ROOT
from bot.store.database import engine_for, session_factory, upgrade
from bot.store.imports import import_clients, import_products
from bot.store.models import Client, Product, RiskAssessment

DEMO = PROJECT_ROOT / "scripts_corpus" / "demo"
MAY, OWN, REFUSED = "可以推荐", "仅限客户主动要求", "不得推荐、不得销售"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data, and one client and one product more with nothing left to chance."""
    path = tmp_path_factory.mktemp("demo") / "huashu.db"
    url = f"sqlite:///{path}"
    upgrade(url)
    engine = engine_for(url)
    with session_factory(engine).begin() as session:
        import_products(session, DEMO / "products.csv")
        import_clients(session, DEMO / "clients.csv", today=date(2026, 11, 24))
        session.add(
            Client(
                client_id="KH900001",
                name="测试甲",
                gender="male",
                birth_date=date(1986, 5, 1),
                legal_capacity="full",
                lifecycle="active",
                financial_assets=Decimal(1_000_000),
                manager_id="RM001",
                assessments=[RiskAssessment(risk_tier="C3", assessed_on=date(2026, 6, 1))],
            )
        )
        session.add(
            Product(
                code="TEST01",
                name="测试理财",
                short_names=["测试短名"],
                category="wealth_management",
                regime="wealth",
                issuer_name="安和理财",
                issuer_grade="R3",
                seller_grade="R2",
                term_days=90,
                term_text="90天",
                minimum_amount=Decimal(10_000),
                return_basis="净值型",
                redemption="到期",
                sale_from=date(2024, 1, 1),
                qualified_only=False,
                recording_needed=True,
                underlying="债券",
                is_sold=True,
            )
        )
    engine.dispose()
    return path


@pytest.fixture
def demo(prepared: Path, database: Path) -> Path:
    """A copy of its own."""
    database.parent.mkdir()
    return Path(shutil.copy(prepared, database))


@pytest.mark.parametrize("product", ["TEST01", "test01", "测试理财", "测试短名"])
def test_explain_tells_every_rule_with_its_facts_and_their_marks(demo: Path, huashu: Command, product: str) -> None:
    result = huashu("suitability", "explain", "kh900001", product, "--amount", "50000")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "KH900001 × TEST01 测试理财" in result.stdout
    codes = ["sale_window", "legal_capacity", "product_grade", "assessment_exists", "assessment_valid",
             "tier_covers_grade", "age", "amount_reasonable", "recording"]  # fmt: skip
    places = [result.stdout.index(code) for code in codes]
    assert places == sorted(places)
    assert (result.stdout.count("✓"), result.stdout.count("✗")) == (len(codes), 0)
    assert "T10（SEEN-FULL）" in result.stdout
    assert "R02（UNSEEN）" in result.stdout
    for heading in ("规则", "结论", "依据", "怎样改变", "结果", MAY, "必须做", "录音录像"):
        assert heading in result.stdout
    assert (OWN in result.stdout, REFUSED in result.stdout) == (False, False)


def test_explain_tells_what_speaks_against_it_and_what_would_change_it(demo: Path, huashu: Command) -> None:
    result = huashu("suitability", "explain", "KH900001", "安和进取增强一年")
    assert result.exit_code == 0
    assert REFUSED in result.stdout
    assert "✗" in result.stdout
    assert "改看R1至R3的产品" in result.stdout
    assert "必须做" not in result.stdout


def test_explain_tells_the_steps_of_own_demand_for_a_fund(demo: Path, huashu: Command) -> None:
    result = huashu("suitability", "explain", "KH900001", "澜石先锋股票")
    assert OWN in result.stdout
    assert "五步" in result.stdout


@pytest.mark.parametrize(
    ("amount", "outcome"), [("800000", MAY), ("800000.01", REFUSED), ("9999.99", REFUSED), ("10000", MAY)]
)
def test_explain_decides_for_the_very_amount(demo: Path, huashu: Command, amount: str, outcome: str) -> None:
    result = huashu("suitability", "explain", "KH900001", "TEST01", "--amount", amount)
    assert result.exit_code == 0
    assert outcome in result.stdout


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "0", "十万", "1,000", ""])
def test_explain_refuses_what_is_no_amount(demo: Path, huashu: Command, amount: str) -> None:
    result = huashu("suitability", "explain", "KH900001", "TEST01", f"--amount={amount}")
    assert result.exit_code == 2
    assert "--amount" in result.stderr
    assert "金额" in result.stderr


@pytest.mark.parametrize(
    ("client", "product", "told"),
    [
        ("KH999999", "TEST01", "没有编号为 KH999999 的客户"),
        ("测试甲", "TEST01", "没有编号为 测试甲 的客户"),
        ("KH900001", "NOSUCH", "没有叫“NOSUCH”的产品"),
        ("KH999999", "NOSUCH", "没有编号为 KH999999 的客户"),
    ],
)
def test_explain_names_the_client_or_product_that_does_not_exist(
    demo: Path, huashu: Command, client: str, product: str, told: str
) -> None:
    result = huashu("suitability", "explain", client, product)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("[E203]")
    assert told in result.stderr


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path) -> list[list[str]]:
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [[str(cell) for cell in row] for row in rows]


@pytest.mark.parametrize(("ending", "read"), [("csv", read_csv), ("xlsx", read_xlsx)])
def test_the_matrix_is_saved_for_signing(huashu: Command, tmp_path: Path, ending: str, read: object) -> None:
    file = tmp_path / f"matrix.{ending}"
    result = huashu("suitability", "matrix", "--output", file)
    assert result.exit_code == 0
    assert f"已存到 {file}" in result.stdout
    headings, *rows = read(file)  # type: ignore[operator]
    assert headings == ["规则", "年龄", "客户", "R1", "R2", "R3", "R4", "R5"]
    assert len(rows) == 9 * 2 * 6
    told = {tuple(row[:3]): row[3:] for row in rows}
    assert len(told) == len(rows)
    assert told["理财", "<65", "C3"] == ["可推荐", "可推荐", "可推荐", "不得", "不得"]
    assert told["理财", "≥65", "C5"] == ["可推荐", "可推荐", "可推荐", "不得", "不得"]
    assert told["基金证券", "<65", "C2"] == ["可推荐", "可推荐", "仅主动", "仅主动", "仅主动"]
    assert told["基金证券", "≥65", "C2"] == ["可推荐", "可推荐", "仅主动", "不得", "不得"]
    assert told["基金证券", "<65", "C1最低"] == ["可推荐", "不得", "不得", "不得", "不得"]
    assert told["基金证券", "<65", "C1"] == ["可推荐", "仅主动", "仅主动", "仅主动", "仅主动"]
    assert told["保险", "<65", "C4"] == ["可推荐"] * 4 + ["不得"]
    assert told["存款", "≥65", "C1最低"] == ["可推荐"] * 5
    assert told["衍生品", "<65", "C5"] == ["不得"] * 5


def test_the_matrix_is_shown_when_no_file_is_named(huashu: Command) -> None:
    result = huashu("suitability", "matrix")
    assert result.exit_code == 0
    assert "适当性总表" in result.stdout
    for word in ("规则", "年龄", "客户", "R5", "结构性存款", "贵金属", "C1最低", "仅主动"):
        assert word in result.stdout
    assert sum("可推荐" in line or "不得" in line for line in result.stdout.splitlines()) == 9 * 2 * 6


def test_the_matrix_replaces_a_file_and_refuses_what_it_cannot_write(huashu: Command, tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    file.write_text("x\n" * 10_000, encoding="utf-8")
    assert huashu("suitability", "matrix", "--output", file).exit_code == 0
    assert len(read_csv(file)) == 1 + 9 * 2 * 6
    for bad in (tmp_path / "no" / "matrix.csv", tmp_path / "matrix.doc"):
        result = huashu("suitability", "matrix", "--output", bad)
        assert (result.exit_code, bad.exists()) == (1, False)
        assert result.stderr.startswith("[E506]")
        assert str(bad) in result.stderr

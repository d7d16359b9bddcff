"""Valid rows of both import files and ways to write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.store.imports import (
    CLIENT_HEADERS,
    PRODUCT_HEADERS,
    ImportRefusedError,
    ImportReport,
    import_clients,
    import_products,
)
from bot.store.models import Base, Client, Product, RiskAssessment

TODAY = date(2026, 11, 24)
HEADERS = {"clients": CLIENT_HEADERS, "products": PRODUCT_HEADERS}
CLIENT = {
    "客户编号": "KH100023",
    "姓名": "王芳",
    "性别": "女",
    "出生日期": "1985-04-12",
    "手机号": "19900001001",
    "年收入(元)": "180000",
    "金融资产(元)": "350000.50",
    "民事行为能力": "完全",
    "客户阶段": "活跃",
    "合格投资者有效期至": "2027-06-30",
    "告知变化日期": "",
    "客户经理工号": "RM001",
    "评估记录": "2026-03-02:C3:Q2026; 2025-02-01:C2",
    "持有": "AH90D01:200000:2026-01-05",
}
PRODUCT = {
    "产品代码": "AH90D01",
    "产品名称": "安和稳盈90天",
    "简称": "稳盈90天;稳盈",
    "类别": "理财产品",
    "适用规则": "理财",
    "发行机构": "安和理财",
    "发行机构评级": "R2",
    "销售机构评级": "R2",
    "期限(天)": "90",
    "期限说明": "90天",
    "起点金额(元)": "10000",
    "收益方式": "净值型，收益随净值波动",
    "业绩比较基准": "2.10%—2.60%",
    "赎回规则": "到期后2个工作日内到账",
    "截止时间": "17:00",
    "开售日期": "2024-03-01",
    "停售日期": "2028-12-31",
    "仅限合格投资者": "否",
    "是否双录": "是",
    "保险类型": "",
    "投资方向": "债券和货币市场工具",
    "在售": "是",
    "管理费": "0.30%/年:产品资产净值",
    "托管费": "0.02%/年:产品资产净值",
    "销售服务费": "0.20%/年:产品资产净值",
    "申购费": "不收取:无",
    "赎回费": "持有不足7天1.50%，7天以上不收取:赎回金额",
    "业绩报酬": "",
    "退保费用": "",
}
OTHER_CLIENT = CLIENT | {"客户编号": "KH100024", "姓名": "李建国", "性别": "男"}
OTHER_PRODUCT = PRODUCT | {"产品代码": "AHRRX1", "产品名称": "安和日日享", "简称": "日日享"}
FIRST = {"clients": CLIENT, "products": PRODUCT}
SECOND = {"clients": OTHER_CLIENT, "products": OTHER_PRODUCT}

Factory = sessionmaker[Session]
Lines = Sequence[Sequence[str]]


def lines_of(rows: Sequence[dict[str, str]], headers: Sequence[str]) -> list[list[str]]:
    """Header line and rows in the order of the headers."""
    return [list(headers), *([row[header] for header in headers] for row in rows)]


def write_csv(path: Path, lines: Lines, encoding: str = "utf-8") -> Path:
    """Write a CSV file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(lines)
    return path


def write_xlsx(path: Path, lines: Sequence[Sequence[object]]) -> Path:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in lines:
        sheet.append(list(line))
    book.save(path)
    return path


def import_file(session: Session, kind: str, path: Path) -> ImportReport:
    """Import a file of either kind."""
    if kind == "clients":
        return import_clients(session, path, today=TODAY)
    return import_products(session, path)


def load(factory: Factory, tmp_path: Path, kind: str, *rows: dict[str, str]) -> ImportReport:
    """Import rows of one kind from a CSV file and commit."""
    path = write_csv(tmp_path / f"{kind}.csv", lines_of(rows, HEADERS[kind]))
    with factory.begin() as session:
        return import_file(session, kind, path)


def counts(factory: Factory) -> list[int]:
    """How many products, clients and assessments there are."""
    tables: tuple[type[Base], ...] = (Product, Client, RiskAssessment)
    with factory() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def problems_of(factory: Factory, kind: str, path: Path) -> list[tuple[int, str]]:
    """Line and header of every problem of a file that must be refused and change nothing."""
    before = counts(factory)
    with factory.begin() as session, pytest.raises(ImportRefusedError) as caught:
        import_file(session, kind, path)
    assert counts(factory) == before
    assert caught.value.code == "E404"
    return [(problem.line, problem.header) for problem in caught.value.problems]

"""The client file: its columns, the checks across rows and the writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.import_cells import (
    CellError,
    Column,
    Row,
    choice,
    code_like,
    date_between,
    doubled,
    name_of,
    parse_yuan,
    split_list,
)
from bot.store.import_products import parse_code
from bot.store.import_tables import Problem
from bot.store.models import RISK_TIERS, Client, Holding, Product, RiskAssessment

T = TypeVar("T")

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
LOWEST = "C1最低"
FIELDS = (
    "client_id",
    "name",
    "gender",
    "birth_date",
    "phone",
    "annual_income",
    "financial_assets",
    "legal_capacity",
    "lifecycle",
    "qualified_investor_until",
    "reported_change_on",
    "manager_id",
)
ASSESSMENTS_HELP = "应为“日期:等级”，多条用分号隔开，如 2026-03-02:C3; 2025-02-01:C2；最低类别写 C1最低"
HOLDINGS_HELP = "应为“产品代码:金额:起始日期”，多条用分号隔开，如 AH90D01:200000:2026-01-05"


@dataclass(frozen=True)
class AssessmentCell:
    """One assessment of the file."""

    assessed_on: date
    risk_tier: str
    is_lowest_category: bool
    questionnaire_version: str | None


@dataclass(frozen=True)
class HoldingCell:
    """One holding of the file."""

    code: str
    amount: Decimal
    since: date


@dataclass
class Written:
    """How much was written."""

    added: int = 0
    updated: int = 0
    assessments_added: int = 0


def _assessments_until(today: date) -> Callable[[str], list[AssessmentCell]]:
    tiers: dict[str, tuple[str, bool]] = {tier: (tier, False) for tier in RISK_TIERS}
    tiers[LOWEST] = ("C1", True)
    parse_day = date_between(FIRST_DAY, today)
    parse_version = code_like(r"[A-Za-z0-9.]{1,20}", "Q2026")

    def parse_one(parts: list[str]) -> AssessmentCell:
        tier, lowest = choice(tiers)(parts[1])
        version = parse_version(parts[2]) if len(parts) == 3 else None
        return AssessmentCell(parse_day(parts[0]), tier, lowest, version)

    return _listed(parse_one, (2, 3), ASSESSMENTS_HELP)


def _holdings_until(today: date) -> Callable[[str], list[HoldingCell]]:
    parse_day = date_between(FIRST_DAY, today)

    def parse_one(parts: list[str]) -> HoldingCell:
        amount = parse_yuan(parts[1])
        if not amount:
            raise CellError("持有金额是零", "请删去这一条")
        return HoldingCell(parse_code(parts[0]), amount, parse_day(parts[2]))

    parse_list = _listed(parse_one, (3,), HOLDINGS_HELP)

    def parse(text: str) -> list[HoldingCell]:
        holdings = parse_list(text)
        if len({(each.code, each.since) for each in holdings}) < len(holdings):
            raise CellError("同一产品同一天写了两次", "请合成一条")
        return holdings

    return parse


def _listed(parse_one: Callable[[list[str]], T], lengths: tuple[int, ...], right: str) -> Callable[[str], list[T]]:
    def parse(text: str) -> list[T]:
        values = []
        for number, part in enumerate(split_list(text), start=1):
            pieces = [piece.strip() for piece in part.replace("：", ":").split(":")]
            if len(pieces) not in lengths:
                raise CellError(f"第{number}条格式不对", right)
            try:
                values.append(parse_one(pieces))
            except CellError as error:
                raise CellError(f"第{number}条{error.wrong}", f"{error.right}。{right}") from error
        return values

    return parse


def columns(today: date) -> tuple[Column, ...]:
    """The columns, in the order of the template; nothing that has happened may lie after today."""
    return (
        Column("客户编号", "client_id", code_like(r"KH\d{6,10}", "KH100023")),
        Column("姓名", "name", name_of(2, 40)),
        Column("性别", "gender", choice({"男": "male", "女": "female"})),
        Column("出生日期", "birth_date", date_between(FIRST_DAY, today), required=False),
        Column("手机号", "phone", code_like(r"1[3-9]\d{9}", "13800000000（11位数字）"), required=False),
        Column("年收入(元)", "annual_income", parse_yuan, required=False),
        Column("金融资产(元)", "financial_assets", parse_yuan, required=False),
        Column(
            "民事行为能力",
            "legal_capacity",
            choice({"完全": "full", "限制": "limited", "无": "none"}),
            required=False,
        ),
        Column(
            "客户阶段",
            "lifecycle",
            choice({"潜在": "prospect", "新客": "new", "活跃": "active", "流失": "lapsed"}),
        ),
        Column(
            "合格投资者有效期至",
            "qualified_investor_until",
            date_between(FIRST_DAY, LAST_DAY),
            required=False,
        ),
        Column("告知变化日期", "reported_change_on", date_between(FIRST_DAY, today), required=False),
        Column("客户经理工号", "manager_id", code_like(r"RM\d{3,8}", "RM001")),
        Column("评估记录", "assessments", _assessments_until(today), required=False),
        Column("持有", "holdings", _holdings_until(today), required=False),
    )


HEADERS = tuple(column.header for column in columns(LAST_DAY))
_BY_FIELD = {column.field: column for column in columns(LAST_DAY)}


def known_products(session: Session) -> dict[str, int]:
    """Primary keys of all products by code."""
    return {product.code: product.id for product in session.scalars(select(Product))}


def problems_across(rows: Sequence[Row], known: dict[str, int]) -> list[Problem]:
    """Doubled client numbers and holdings of products that do not exist."""
    problems = doubled(rows, _BY_FIELD["client_id"])
    header = _BY_FIELD["holdings"].header
    for row in rows:
        unknown = {holding.code for holding in row.values.get("holdings") or ()} - known.keys()
        for code in sorted(unknown):
            problems.append(Problem(row.line, header, f"没有产品 {code}", "请改正代码，或先导入这个产品"))
    return problems


def write(session: Session, rows: Sequence[Row], known: dict[str, int]) -> Written:
    """Add or update the clients of rows that have no problems."""
    existing = {client.client_id: client for client in session.scalars(select(Client))}
    written = Written()
    for row in rows:
        client = existing.get(row.values["client_id"])
        if client is None:
            client = Client()
            written.added += 1
        else:
            written.updated += 1
        for field in FIELDS:
            setattr(client, field, row.values[field])
        written.assessments_added += _add_assessments(client, row.values["assessments"] or ())
        _set_holdings(client, row.values["holdings"] or (), known)
        session.add(client)
    session.flush()
    return written


def _add_assessments(client: Client, cells: Sequence[AssessmentCell]) -> int:
    # The same result twice on one day is possible, so occurrences are counted and not just looked up.
    missing = Counter(_identity(cell) for cell in cells)
    missing.subtract(_identity(assessment) for assessment in client.assessments)
    added = 0
    for cell in sorted(cells, key=lambda cell: cell.assessed_on):
        if missing[_identity(cell)] > 0:
            missing[_identity(cell)] -= 1
            client.assessments.append(RiskAssessment(**vars(cell)))
            added += 1
    return added


def _identity(assessment: AssessmentCell | RiskAssessment) -> tuple[date, str, bool]:
    return assessment.assessed_on, assessment.risk_tier, assessment.is_lowest_category


def _set_holdings(client: Client, cells: Sequence[HoldingCell], known: dict[str, int]) -> None:
    kept = {(holding.product_pk, holding.since): holding for holding in client.holdings}
    holdings = []
    for cell in cells:
        key = (known[cell.code], cell.since)
        holding = kept.get(key) or Holding(product_pk=key[0], since=key[1])
        holding.amount = cell.amount
        holdings.append(holding)
    client.holdings = holdings

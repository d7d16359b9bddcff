"""The product file: its columns (one for each fee), the checks across rows and the writing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.import_cells import (
    CellError,
    Column,
    Row,
    choice,
    code_like,
    doubled,
    name_of,
    parse_date,
    parse_yuan,
    split_list,
    text_up_to,
    yes_no,
)
from bot.store.import_tables import Problem
from bot.store.models import RISK_GRADES, Product, ProductFee

CATEGORY_NAMES = {
    "存款": "deposit",
    "债券": "bond",
    "货币基金": "money_market_fund",
    "债券基金": "bond_fund",
    "混合基金": "mixed_fund",
    "股票基金": "equity_fund",
    "理财产品": "wealth_management",
    "结构性存款": "structured_deposit",
    "保险": "insurance",
    "信托": "trust",
    "私募基金": "private_fund",
    "衍生品": "derivative",
    "贵金属": "precious_metal",
}
REGIME_NAMES = {
    "理财": "wealth",
    "信托": "trust",
    "基金证券": "fund_security",
    "私募": "private",
    "保险": "insurance",
    "存款": "deposit",
    "结构性存款": "structured_deposit",
    "贵金属": "precious_metal",
    "衍生品": "derivative",
}
# A product under the wrong rules could be offered to the wrong client, so the pair is checked.
REGIMES_OF = {
    "deposit": {"deposit"},
    "bond": {"fund_security", "wealth", "deposit"},
    "money_market_fund": {"fund_security"},
    "bond_fund": {"fund_security"},
    "mixed_fund": {"fund_security"},
    "equity_fund": {"fund_security"},
    "wealth_management": {"wealth", "private"},
    "structured_deposit": {"structured_deposit"},
    "insurance": {"insurance"},
    "trust": {"trust", "private"},
    "private_fund": {"private"},
    "derivative": {"derivative"},
    "precious_metal": {"precious_metal"},
}
INSURANCE_KIND_NAMES = {
    "利益确定": "certain",
    "分红": "participating",
    "万能": "universal",
    "投连": "unit_linked",
    "短期": "short",
}
FEE_HEADERS = {
    "management": "管理费",
    "custody": "托管费",
    "sales_service": "销售服务费",
    "subscription": "申购费",
    "redemption": "赎回费",
    "performance": "业绩报酬",
    "surrender": "退保费用",
}
# 0.30%/年, 1.20%（按申购金额）; a fee in steps has no single rate.
SIMPLE_RATE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)%(?:/年|/次)?(?:（按[^（）%]+）)?", re.ASCII)
NO_FEE = "不收取"
FEE_HELP = (
    "应为“费用:计费基数”，如 0.30%/年:产品资产净值 或 1.20%（按申购金额）:申购金额；不收费写 不收取:无；不清楚请留空"
)

parse_code = code_like(r"[A-Z]{2}[A-Z0-9]{2,14}", "AH90D01（大写字母和数字）")


@dataclass(frozen=True)
class FeeCell:
    """One fee of the file."""

    rate: Decimal | None
    base: str
    text: str


def parse_fee(text: str) -> FeeCell:
    """A fee and what it is charged on; the rate is read only where there is exactly one."""
    parts = [part.strip() for part in text.replace("：", ":").split(":")]
    if len(parts) != 2 or not all(parts):
        raise CellError("格式不对", FEE_HELP)
    words, base = text_up_to(200)(parts[0]), text_up_to(60)(parts[1])
    if words == NO_FEE:
        return FeeCell(Decimal(0), base, words)
    match = SIMPLE_RATE.fullmatch(words)
    rate = Decimal(match[1]) if match else None
    if rate is not None and rate > 100:
        raise CellError("费率超过 100%", FEE_HELP)
    return FeeCell(rate, base, words)


def parse_short_names(text: str) -> list[str]:
    """Short names, no two alike."""
    names = [name_of(2, 30)(part) for part in split_list(text)]
    if len(set(names)) < len(names):
        raise CellError("简称写了两次", "请删去一个")
    return names


def parse_days(text: str) -> int:
    """A term in days; 0 for none fixed."""
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII):
        raise CellError("不是天数", "应为整数，如 90；没有固定期限填 0")
    return int(text)


_GRADE = choice({grade: grade for grade in RISK_GRADES})
_TIME = code_like(r"([01]\d|2[0-3]):[0-5]\d", "15:00")

COLUMNS: tuple[Column, ...] = (
    Column("产品代码", "code", parse_code),
    Column("产品名称", "name", name_of(3, 60)),
    Column("简称", "short_names", parse_short_names, required=False),
    Column("类别", "category", choice(CATEGORY_NAMES)),
    Column("适用规则", "regime", choice(REGIME_NAMES)),
    Column("发行机构", "issuer_name", name_of(2, 60)),
    Column("发行机构评级", "issuer_grade", _GRADE, required=False),
    Column("销售机构评级", "seller_grade", _GRADE, required=False),
    Column("期限(天)", "term_days", parse_days, required=False),
    Column("期限说明", "term_text", text_up_to(200)),
    Column("起点金额(元)", "minimum_amount", parse_yuan),
    Column("收益方式", "return_basis", text_up_to(200)),
    Column("业绩比较基准", "benchmark", text_up_to(200), required=False),
    Column("赎回规则", "redemption", text_up_to(200)),
    Column("截止时间", "cut_off", _TIME, required=False),
    Column("开售日期", "sale_from", parse_date, required=False),
    Column("停售日期", "sale_until", parse_date, required=False),
    Column("仅限合格投资者", "qualified_only", yes_no, required=False),
    Column("是否双录", "recording_needed", yes_no, required=False),
    Column("保险类型", "insurance_kind", choice(INSURANCE_KIND_NAMES), required=False),
    Column("投资方向", "underlying", text_up_to(200)),
    Column("在售", "is_sold", yes_no),
    *(Column(header, f"fee_{kind}", parse_fee, required=False) for kind, header in FEE_HEADERS.items()),
)
HEADERS = tuple(column.header for column in COLUMNS)
FIELDS = tuple(column.field for column in COLUMNS if not column.field.startswith("fee_"))
_BY_FIELD = {column.field: column for column in COLUMNS}


def problems_across(session: Session, rows: Sequence[Row]) -> list[Problem]:
    """What is wrong between cells, between rows and against the products that stay as they are."""
    problems = doubled(rows, _BY_FIELD["code"])
    for row in rows:
        problems.extend(_problems_within(row))
    return problems + _clashing_names(session, rows)


def write(session: Session, rows: Sequence[Row]) -> int:
    """Add or update the products of rows that have no problems; returns how many were new."""
    existing = {product.code: product for product in session.scalars(select(Product))}
    _free_names(session, rows, existing)
    added = 0
    for row in rows:
        product = existing.get(row.values["code"])
        if product is None:
            product = Product()
            added += 1
        for field in FIELDS:
            setattr(product, field, row.values[field])
        product.short_names = row.values["short_names"] or []
        _set_fees(product, row)
        session.add(product)
    session.flush()
    return added


def _problems_within(row: Row) -> list[Problem]:
    values = row.values
    problems = []
    category, regime = values.get("category"), values.get("regime")
    if category and regime and regime not in REGIMES_OF[category]:
        names = [name for name, value in REGIME_NAMES.items() if value in REGIMES_OF[category]]
        problems.append(
            Problem(row.line, _BY_FIELD["regime"].header, "与类别不符", f"这个类别应填：{'、'.join(names)}")
        )
    if regime in ("private", "trust") and values.get("qualified_only") is False:
        header = _BY_FIELD["qualified_only"].header
        problems.append(Problem(row.line, header, "私募和信托只能卖给合格投资者", "应为 是"))
    if values.get("insurance_kind") and category and category != "insurance":
        problems.append(Problem(row.line, _BY_FIELD["insurance_kind"].header, "只有保险才有类型", "请留空"))
    start: date | None = values.get("sale_from")
    end: date | None = values.get("sale_until")
    if start and end and start > end:
        header = _BY_FIELD["sale_until"].header
        problems.append(Problem(row.line, header, "早于开售日期", "停售日期应不早于开售日期"))
    return problems


def _clashing_names(session: Session, rows: Sequence[Row]) -> list[Problem]:
    """A name or short name must mean one product only, in the file and in the database."""
    taken = _names_outside(session, {row.values.get("code") for row in rows})
    problems = []
    for row in rows:
        words = _words_of(row)
        for field, word in words:
            # A doubled code is reported by itself.
            if word in taken and field != "code":
                header = _BY_FIELD[field].header
                problems.append(Problem(row.line, header, f"与{taken[word]}的名称、简称或代码相同", "请换一个"))
        for _, word in words:
            taken.setdefault(word, f"第{row.line}行")
    return problems


def _names_outside(session: Session, codes: set[str | None]) -> dict[str, str]:
    """Whose each name is, of the products that the file leaves alone."""
    taken = {}
    for product in session.scalars(select(Product)):
        if product.code not in codes:
            for word in (product.code, product.name, *product.short_names):
                taken[_folded(word)] = f"已有产品 {product.code} "
    return taken


def _words_of(row: Row) -> list[tuple[str, str]]:
    words: list[tuple[str, str]] = [(field, row.values[field]) for field in ("code", "name") if field in row.values]
    words += [("short_names", word) for word in row.values.get("short_names") or ()]
    return [(field, _folded(word)) for field, word in words]


def _folded(word: str) -> str:
    # As `queries.find_product` compares.
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def _free_names(session: Session, rows: Sequence[Row], existing: dict[str, Product]) -> None:
    """Let two products swap names: a name that changes first becomes one that no file may hold."""
    for row in rows:
        product = existing.get(row.values["code"])
        if product is not None and product.name != row.values["name"]:
            product.name = f"?{product.code}"
    session.flush()


def _set_fees(product: Product, row: Row) -> None:
    kept = {fee.kind: fee for fee in product.fees}
    fees = []
    for kind in FEE_HEADERS:
        cell: FeeCell | None = row.values[f"fee_{kind}"]
        if cell is not None:
            fee = kept.get(kind) or ProductFee(kind=kind)
            fee.rate, fee.base, fee.text = cell.rate, cell.base, cell.text
            fees.append(fee)
    product.fees = fees

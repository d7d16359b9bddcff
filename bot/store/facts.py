"""Facts of clients and products as people read them: for fact sheets, comparisons and placeholders of scripts.

A fact that is not recorded is absent, never a default.
"""

from __future__ import annotations

from decimal import Decimal

from bot.language.surnames import COMPOUND_SURNAMES
from bot.store.models import Client, Product

CATEGORY_NAMES = {
    "deposit": "存款",
    "bond": "国债",
    "money_market_fund": "货币市场基金",
    "bond_fund": "债券型基金",
    "mixed_fund": "混合型基金",
    "equity_fund": "股票型基金",
    "wealth_management": "理财产品",
    "structured_deposit": "结构性存款",
    "insurance": "保险",
    "trust": "信托",
    "private_fund": "私募基金",
    "derivative": "衍生品",
    "precious_metal": "贵金属",
}
LIFECYCLE_NAMES = {"prospect": "潜在客户", "new": "新客户", "active": "活跃客户", "lapsed": "流失客户"}
# kind of fee: (placeholder, label)
_FEES = {
    "management": ("management_fee", "管理费"),
    "custody": ("custody_fee", "托管费"),
    "sales_service": ("sales_service_fee", "销售服务费"),
    "subscription": ("subscription_fee", "申购（认购）费"),
    "redemption": ("redemption_fee", "赎回费"),
    "performance": ("performance_fee", "业绩报酬"),
    "surrender": ("surrender_charge", "退保费用"),
}
SHEET_LABELS = {
    "code": "产品代码",
    "category": "类别",
    "issuer": "发行机构",
    "risk_grade": "风险等级",
    "term": "期限",
    "minimum": "起购金额",
    "return_basis": "收益方式",
    "benchmark": "业绩比较基准",
    **dict(_FEES.values()),
    "redemption_time": "赎回到账",
    "cut_off": "交易截止时间",
    "underlying": "投资范围",
    "sale_window": "销售期",
}


def product_facts(product: Product) -> dict[str, str]:
    """Facts of a product by name, without those that are not recorded.

    Args:
        product: from the database.

    Returns:
        Chinese text by the names of `bot.corpus.placeholders.PRODUCT_FACTS`, and ``underlying`` and ``sale_window``.
    """
    facts = {
        "name": product.name,
        "code": product.code,
        "issuer": product.issuer_name,
        "category": CATEGORY_NAMES[product.category],
        "risk_grade": product.risk_grade or "",
        "term": product.term_text,
        "minimum": money(product.minimum_amount),
        "redemption_time": product.redemption,
        "cut_off": product.cut_off or "",
        "benchmark": product.benchmark or "",
        "return_basis": product.return_basis,
        "underlying": product.underlying,
        "sale_window": _sale_window(product),
    }
    facts |= {_FEES[fee.kind][0]: fee.text for fee in product.fees}
    return {name: text for name, text in facts.items() if text}


def _sale_window(product: Product) -> str:
    if not product.is_sold:
        return "不在售"
    if product.sale_from is None:
        return ""
    return f"{product.sale_from}起" + (f"至{product.sale_until}" if product.sale_until else "，未定结束日")


def product_sheet(product: Product) -> list[tuple[str, str, str]]:
    """The fact sheet of a product.

    Returns:
        (name, label, text) rows in reading order; the text is empty where nothing is recorded. Fees and the benchmark
        that do not belong to the kind of product are left out.
    """
    facts = product_facts(product)
    optional = {"benchmark", *(placeholder for placeholder, _ in _FEES.values())}
    return [
        (name, label, facts.get(name, ""))
        for name, label in SHEET_LABELS.items()
        if name not in optional or name in facts or name in _expected(product)
    ]


def _expected(product: Product) -> set[str]:
    """Facts whose absence has to be told, because a product of this kind has them."""
    if product.regime in ("fund_security", "private", "wealth", "trust"):
        expected = {"management_fee", "custody_fee"}
        return expected | ({"benchmark"} if product.regime == "wealth" else {"subscription_fee", "redemption_fee"})
    return {"surrender_charge"} if product.regime == "insurance" else set()


def money(amount: Decimal | None) -> str:
    """An amount in yuan as people say it: 1万元, 50万元, 1,234元; empty when unknown."""
    if amount is None:
        return ""
    if amount >= 10000 and amount % 1000 == 0:
        return f"{(amount / 10000).normalize():f}万元"
    return f"{amount:,.2f}".removesuffix(".00") + "元"


def salutation(client: Client) -> str:
    """How a client is addressed: 王女士, 欧阳先生."""
    surname = client.name[:2] if client.name.startswith(COMPOUND_SURNAMES) else client.name[:1]
    return surname + ("女士" if client.gender == "female" else "先生")


def masked_name(client: Client) -> str:
    """The client's name with its middle hidden, and the number: 王*（KH100003）."""
    return f"{hidden_name(client)}（{client.client_id}）"


def hidden_name(client: Client) -> str:
    """The client's name with its middle hidden: 王*."""
    return client.name[0] + "*" * max(1, len(client.name) - 2) + (client.name[-1] if len(client.name) > 2 else "")


def masked_phone(client: Client) -> str:
    """The phone number with its middle hidden; empty when unknown."""
    return f"{client.phone[:3]}****{client.phone[-4:]}" if client.phone and len(client.phone) >= 8 else ""

"""The rules of insurance: needs and means first, then the thresholds of policies with uncertain benefits."""

from __future__ import annotations

from decimal import Decimal

from bot.suitability.model import Case, InsuranceApplication, Reason

REGIME = "insurance"
# Benefits of these are uncertain (T19); unit-linked ones are not for sale here at all.
_UNCERTAIN = frozenset({"participating", "universal"})
_KNOWN = _UNCERTAIN | {"certain", "short"}
# T19: single premium in yearly incomes of the household, yearly premium in per cent of it, paying years plus age,
# premium in per cent of the budget.
_SINGLE_PREMIUM_INCOMES = 4
_YEARLY_PREMIUM_PER_CENT = 20
_YEARS_AND_AGE = 75
_BUDGET_PER_CENT = 150


def insurance_kind(case: Case) -> Reason | None:
    """The kind is known, and it is not unit-linked: whether those may be signed for is an open point (T17, T18)."""
    if case.product.regime != REGIME:
        return None
    kind, code = case.product.insurance_kind, "insurance_kind"
    if kind == "unit_linked":
        text = "投连险可能损失本金，不匹配时能否书面确认后销售尚待合规裁定，本行设置为不销售。"
        return Reason(code, False, text, ("T10", "T17", "T18"), "请转交合规部门确认后再办。")
    if kind not in _KNOWN:
        return Reason(code, False, "没有登记保险的类型，不能判断适用哪些规则。", ("T16",), "请产品部门补录。")
    return Reason(code, True, "保险类型已登记。", ("T16",))


def insurance_needs(case: Case) -> Reason | None:
    """Needs and means have been analysed and fit (T17, T39); short-term insurance needs neither (T20)."""
    if case.product.regime != REGIME or case.product.insurance_kind == "unit_linked":
        return None
    code, facts = "insurance_needs", ("T17", "T38")
    if case.product.insurance_kind == "short":
        return Reason(code, True, "一年期以下人身险或财产险，可以不做需求分析和支付水平评估。", ("T20",))
    application = case.application
    if application is None or application.needs_analysed_on is None:
        text = "保险以需求分析和财务支付水平评估为主，这里还没有该客户的需求分析记录。"
        return Reason(code, False, text, facts, "先按保险流程做需求分析和支付水平评估，再谈具体产品。")
    if application.needs_analysed_on > case.today:
        return Reason(code, False, "需求分析的日期晚于今天，记录有误。", facts, "请核实需求分析记录。")
    if application.fits_needs is None or application.fits_means is None:
        return Reason(code, False, "需求分析没有写明是否相符。", facts, "请补全需求分析和支付水平评估的结论。")
    if application.fits_needs and application.fits_means:
        return Reason(code, True, "需求和支付水平相符。", facts)
    what = "需求" if not application.fits_needs else "缴费能力"
    return Reason(
        code,
        False,
        f"{what}不相符，应建议客户终止投保。",
        ("T18", "T39"),
        "客户坚持投保的，说明风险，由客户书面确认是自主选择。",
        own_demand=True,
    )


def premium_thresholds(case: Case) -> Reason | None:
    """With uncertain benefits, a premium beyond any of four thresholds needs a signed declaration first (T19)."""
    if case.product.regime != REGIME or case.product.insurance_kind not in _UNCERTAIN:
        return None
    if case.application is None:
        return None  # refused for want of the analysis of needs
    code, facts = "premium_thresholds", ("T19",)
    age = case.client.age_on(case.today)
    crossed = None if age is None else _crossed(case.application, age)
    if crossed is None:
        text = "年龄、保费、收入、预算或交费年限不全，无法判断四项阈值。"
        return Reason(code, False, text, facts, "请补全投保信息。")
    if not crossed:
        return Reason(code, True, "保费没有超过四项阈值。", facts)
    return Reason(code, True, f"{'、'.join(crossed)}。", facts, duty="销售前先取得客户签名的投保声明。")


def _crossed(application: InsuranceApplication, age: int) -> list[str] | None:
    """What is beyond its threshold; None when that can't be told."""
    income, budget, years = application.household_income, application.budget, application.paying_years
    single, yearly = application.single_premium, application.yearly_premium
    if income is None or budget is None or years is None or (single is None) == (yearly is None):
        return None
    premium = single if single is not None else yearly
    assert premium is not None
    found = []
    if single is not None and single > _SINGLE_PREMIUM_INCOMES * income:
        found.append("趸交保费超过家庭年收入的4倍")
    if yearly is not None and yearly * 100 > _YEARLY_PREMIUM_PER_CENT * income:
        found.append("年交保费超过家庭年收入的20%")
    if years + age >= _YEARS_AND_AGE:
        found.append("交费年限与年龄之和达到75")
    if premium * 100 >= Decimal(_BUDGET_PER_CENT) * budget:
        found.append("保费达到预算的150%")
    return found

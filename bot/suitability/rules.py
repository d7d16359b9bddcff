"""The rules of suitability, one function each.

A rule returns None when it does not apply, else a `Reason`. Whatever is unknown fails. Fact ids are those of
``scripts_corpus/regulations.yml``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from dateutil.relativedelta import relativedelta

from bot.suitability.insurance import insurance_kind, insurance_needs, premium_thresholds
from bot.suitability.model import QUALIFIED_REGIMES, BankPolicy, Case, ClientProfile, ProductProfile, Reason


def sale_window(case: Case) -> Reason:
    """The product is on the list and on sale today."""
    product, code, facts = case.product, "sale_window", ("T05", "T40")
    if not product.is_sold:
        return Reason(code, False, "这只产品不在本行在售清单里。", facts)
    if product.sale_from is None:
        return Reason(code, False, "没有登记开始销售的日期，无法确认在售。", facts, "请产品部门补录销售日期。")
    if case.today < product.sale_from:
        return Reason(code, False, f"这只产品要到{product.sale_from}才开始销售。", facts, "到开售日再看。")
    if product.sale_until is not None and case.today > product.sale_until:
        return Reason(code, False, f"这只产品的销售已在{product.sale_until}结束。", facts)
    return Reason(code, True, "产品在售。", facts)


def derivative_scope(case: Case) -> Reason | None:
    """Derivatives are outside what the assistant proposes."""
    if case.product.regime != "derivative":
        return None
    return Reason(
        "derivative_scope", False, "衍生品不在本助手可推荐的范围内。", ("T22", "T23"), "请转交有资格的专业团队。"
    )


def legal_capacity(case: Case) -> Reason:
    """Nobody without full legal capacity is offered anything (T13)."""
    capacity, code, facts = case.client.legal_capacity, "legal_capacity", ("T13",)
    if capacity == "full":
        return Reason(code, True, "具有完全民事行为能力。", facts)
    if capacity == "limited":
        return Reason(
            code,
            False,
            "客户为限制民事行为能力人，须经法定代理人同意且只能买低风险产品。",
            facts,
            "请转网点按专门程序办理。",
        )
    if capacity == "none":
        return Reason(code, False, "客户无民事行为能力，不得向其销售。", facts)
    return Reason(code, False, "没有登记民事行为能力。", facts, "请先核实并补录客户资料。")


def age(case: Case) -> Reason | None:
    """Clients of 65 and more need a procedure of their own for high-risk products (T12)."""
    if not case.invests:
        return None
    years, code, facts = case.client.age_on(case.today), "age", ("T12",)
    if years is None:
        return Reason(
            code, False, "没有有效的出生日期，无法判断是否适用老年客户的特别规定。", facts, "请先核实并补录出生日期。"
        )
    if years < case.policy.elderly_age:
        return Reason(code, True, f"客户未满{case.policy.elderly_age}周岁。", facts)
    if case.product.risk_grade is None or case.product.risk_grade in case.policy.high_risk_grades:
        return Reason(
            code,
            False,
            f"客户已满{case.policy.elderly_age}周岁，高风险产品须走专门程序，本行设置为不推荐。",
            facts,
            "改看等级较低的产品；客户坚持时请转网点按专门程序办理。",
        )
    return Reason(
        code, True, f"客户已满{case.policy.elderly_age}周岁，本产品不属高风险；请多留考虑时间并加强提示。", facts
    )


def assessment_exists(case: Case) -> Reason | None:
    """There is an assessment, and it is one (T01)."""
    if not case.invests:
        return None
    code, facts, cure = "assessment_exists", ("T01", "T11"), "请客户本人先完成风险承受能力评估，您不能代答或提示。"
    if case.client.conflicting_assessments:
        return Reason(
            code, False, "同一天有两份结果不同的评估，无法确定以哪份为准。", ("T04",), "请客户确认等级变动或重新评估。"
        )
    if case.client.assessment is None:
        return Reason(code, False, "客户还没有做过风险承受能力评估。", facts, cure)
    return Reason(code, True, f"已有评估，等级{case.client.assessment.risk_tier}。", facts)


def assessment_valid(case: Case) -> Reason | None:
    """The assessment is at most twelve months old and not of a later day (T03)."""
    assessment, code, facts = case.client.assessment, "assessment_valid", ("T03",)
    if not case.invests or assessment is None:
        return None
    if assessment.assessed_on > case.today:
        return Reason(code, False, f"评估日期{assessment.assessed_on}晚于今天，记录有误。", facts, "请核实评估记录。")
    changed = case.client.reported_change_on
    if changed is not None and changed >= assessment.assessed_on:
        text = f"客户在{changed}告知情况有变化，可能影响承受能力，原来的评估不能再用。"
        return Reason(code, False, text, facts, "请客户本人重新评估后再谈产品。")
    until = valid_until(assessment.assessed_on, case.policy)
    if case.today > until:
        return Reason(
            code, False, f"评估做于{assessment.assessed_on}，已在{until}到期。", facts, "请客户本人重新评估后再谈产品。"
        )
    return Reason(code, True, f"评估做于{assessment.assessed_on}，有效至{until}。", facts)


def valid_until(assessed_on: dt.date, policy: BankPolicy) -> dt.date:
    """Last day on which an assessment holds (T03)."""
    last: dt.date = assessed_on + relativedelta(months=policy.assessment_valid_months)
    return last


def product_grade(case: Case) -> Reason | None:
    """The product has a grade from issuer and seller; the higher applies (T05)."""
    if not case.invests:
        return None
    if case.product.risk_grade is None:
        return Reason(
            "product_grade",
            False,
            "产品的风险等级登记不全，不能判断是否匹配。",
            ("T05",),
            "请产品部门补录发行方和本行的评级。",
        )
    return Reason("product_grade", True, f"产品风险等级{case.product.risk_grade}（发行方与本行孰高）。", ("T05",))


def tier_covers_grade(case: Case) -> Reason | None:
    """The client's tier is at least the product's grade (T10; for funds T45, T46)."""
    assessment, grade, fund = case.client.assessment, case.product.risk_grade, case.product.regime == "fund_security"
    if not case.invests or assessment is None or grade is None:
        return None
    facts = ("T24", "T25", "T45", "T46") if fund else ("S02", "T10")
    code, tier = "tier_covers_grade", assessment.risk_tier
    if int(tier[1]) >= int(grade[1]):
        return Reason(code, True, f"客户{tier}，产品{grade}，等级匹配。", facts)
    text = f"客户{tier}，产品{grade}，产品等级高于客户承受能力，不得推介。"
    if case.product.regime == "insurance":
        # Insurance goes by needs and means; whether a unit-linked policy may be signed for is an open point (T17, T18).
        return Reason(code, False, text, ("S02", "T17"), f"改看{_grades_up_to(tier)}的产品。")
    if not fund:
        return Reason(code, False, text + "客户签字也不能购买。", facts, f"改看{_grades_up_to(tier)}的产品。")
    if assessment.is_lowest_category:
        return Reason(code, False, text + "客户属最低类别，绝不能购买。", facts, "改看R1的产品。")
    return Reason(
        code,
        False,
        text,
        facts,
        f"改看{_grades_up_to(tier)}的产品；除非客户自己主动提出，不要再谈这一只。",
        own_demand=True,
        duty=_OWN_DEMAND,
    )


# T46, the five steps.
_OWN_DEMAND = (
    "客户主动要求时的五步：一、客户主动申请并声明没有被推介；二、审核确认不属最低类别且符合准入；"
    "三、书面或电子特别警示；四、客户确认并自担风险；五、客户仍坚持，方可办理。行内规定更严的，按行内规定。"
)


def _grades_up_to(tier: str) -> str:
    return "R1" if tier == "C1" else f"R1至R{tier[1]}"


def qualified_investor(case: Case) -> Reason | None:
    """Private products and trusts are only for confirmed qualified investors, else not even presented (T15, S19)."""
    if case.product.regime not in QUALIFIED_REGIMES and case.product.qualified_only is False:
        return None
    until, code, facts = case.client.qualified_investor_until, "qualified_investor", ("T15", "S19", "T35")
    if case.product.regime not in QUALIFIED_REGIMES and case.product.qualified_only is None:
        return Reason(code, False, "没有登记是否仅限合格投资者。", facts, "请产品部门补录。")
    if until is None or until < case.today:
        return Reason(
            code, False, "客户没有有效的合格投资者认定，连具体产品也不得介绍。", facts, "先按标准完成合格投资者认定。"
        )
    return Reason(code, True, f"合格投资者认定有效至{until}。", facts)


def may_be_presented(client: ClientProfile | None, product: ProductProfile, today: dt.date) -> bool:
    """Whether a product may be named to a client at all: to qualified investors only, if it is for them (T15, S19).

    Args:
        client: None when the client is not known; then a product for qualified investors may not be named.
        product: the product.
        today: the day of the question.
    """
    if not product.for_qualified_investors:
        return True
    until = client.qualified_investor_until if client else None
    return until is not None and until >= today


def amount_reasonable(case: Case) -> Reason | None:
    """The amount reaches the product's minimum and does not exceed what the client has (T10).

    With no amount said, the least that can be bought is what the client would need.
    """
    minimum, assets, code = case.product.minimum_amount, case.client.financial_assets, "amount_reasonable"
    if case.amount is None and not case.invests:
        return None
    if minimum is None:
        return Reason(code, False, "没有登记起购金额。", ("T10",), "请产品部门补录。")
    if case.invests and assets is None:
        cure = "请先核实客户资产。"
        return Reason(code, False, "没有登记客户的金融资产，无法判断资金是否匹配。", ("T08", "T10"), cure)
    if case.amount is not None and case.amount < minimum:
        return Reason(code, False, f"金额低于起购金额{minimum:,.0f}元。", ("T10",), "不要为凑起点让客户多投。")
    needed = minimum if case.amount is None else case.amount
    if case.invests and assets is not None:
        if needed > assets:
            text = "所需资金超过客户登记的金融资产，与支付水平明显不匹配。"
            return Reason(code, False, text, ("T10",), "减少金额或不做。")
        share = case.policy.largest_share[case.product.risk_grade or "R5"]
        if needed * 100 > assets * share:
            text = f"所需资金超过客户金融资产的{share}%，本行设置为与支付水平明显不匹配。"
            return Reason(code, False, text, ("T10",), f"降到金融资产的{share}%以内，或不做。")
    return Reason(code, True, "所需资金与起点、资产相符。", ("T10",))


def recording(case: Case) -> Reason | None:
    """Sound and picture are recorded: insurance and whatever the product's record does not exempt (R01 to R05)."""
    if not case.invests:
        return None
    by_regime = {"insurance": ("R03", "R04", "R05"), "fund_security": ("R09", "R18")}
    facts = by_regime.get(case.product.regime, ("R01", "R02"))
    if case.product.regime != "insurance" and case.product.recording_needed is False:
        return Reason("recording", True, "产品登记为不需要双录。", facts)
    return Reason("recording", True, "销售过程须双录。", facts, duty="经客户同意全程录音录像；不同意的不能办理。")


def cooling_off(case: Case) -> Reason | None:
    """What the client can still take back, and for how long (R11, R13 to R16)."""
    regime, code = case.product.regime, "cooling_off"
    if regime == "private":
        duty = "告诉客户有不少于24小时的冷静期，期内不主动联系客户。"
        return Reason(code, True, "私募产品有投资冷静期。", ("R11", "R13"), duty=duty)
    if regime == "structured_deposit":
        return Reason(code, True, "结构性存款有投资冷静期。", ("R14",), duty="告诉客户有不少于24小时的冷静期。")
    if regime == "insurance" and case.product.insurance_kind != "short":
        duty = "告诉客户犹豫期有多少天、期内退保怎么扣费，以保险合同为准。"
        return Reason(code, True, "一年期以上人身险有犹豫期。", ("R15", "R16"), duty=duty)
    return None


RULES: tuple[Callable[[Case], Reason | None], ...] = (
    sale_window,
    derivative_scope,
    legal_capacity,
    qualified_investor,
    insurance_kind,
    insurance_needs,
    premium_thresholds,
    product_grade,
    assessment_exists,
    assessment_valid,
    tier_covers_grade,
    age,
    amount_reasonable,
    recording,
    cooling_off,
)

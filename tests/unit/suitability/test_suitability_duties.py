"""What has to be done on the way, changes that a client told of, and how much of his money may go into one product."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from suitability_values import (
    REGIMES,
    SETTINGS,
    TODAY,
    application,
    assessment,
    client,
    decided,
    failed,
    product,
    reason_of,
)

from bot.errors import HuashuError
from bot.suitability.decision import decide
from bot.suitability.model import BankPolicy, Decision, Outcome

YES, OWN, NO = Outcome.MAY_RECOMMEND, Outcome.OWN_DEMAND_ONLY, Outcome.REFUSED
JUNE = dt.date(2026, 6, 1)


def duty_codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.duties]


def sold(regime: str, **changes: Any) -> Decision:
    """The decision for a product of a regime that may be recommended."""
    return decided(what=product(regime=regime, **changes), asked=application())


@pytest.mark.parametrize(
    ("reported", "holds"),
    [
        (None, True),
        (dt.date(2026, 5, 31), True),
        (JUNE, False),  # nobody can tell which came first that day
        (dt.date(2026, 6, 2), False),
        (TODAY, False),
        (TODAY + dt.timedelta(days=1), False),
    ],
)
@pytest.mark.parametrize("regime", ["wealth", "fund_security", "insurance"])
def test_a_change_told_on_or_after_the_assessment_asks_for_a_new_one(
    regime: str, reported: dt.date | None, holds: bool
) -> None:
    who = client(assessment=assessment(on=JUNE), reported_change_on=reported)
    decision = decided(who, product(regime=regime), application())
    assert decision.outcome is (YES if holds else NO)
    reason = reason_of(decision, "assessment_valid")
    assert reason.facts == ("T03",)
    if holds:
        assert ("2026-06-01" in reason.text, "2027-06-01" in reason.text, reason.cure) == (True, True, "")
    else:
        assert failed(decision) == {"assessment_valid"}
        assert str(reported) in reason.text
        assert "告知情况有变化" in reason.text
        assert "重新评估" in reason.cure


def test_a_change_is_told_rather_than_the_expiry_that_came_with_it() -> None:
    who = client(assessment=assessment(on=dt.date(2025, 1, 1)), reported_change_on=dt.date(2025, 2, 1))
    assert "2025-02-01告知" in reason_of(decided(who), "assessment_valid").text


def test_a_change_means_nothing_to_a_plain_deposit_or_to_who_was_never_assessed() -> None:
    assert decided(client(reported_change_on=TODAY), product(regime="deposit")).outcome is YES
    never = decided(client(reported_change_on=TODAY, assessment=None))
    assert failed(never) == {"assessment_exists"}


def test_an_assessment_of_a_later_day_is_a_mistake_and_no_expiry() -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    reason = reason_of(decided(client(assessment=assessment(on=tomorrow))), "assessment_valid")
    assert (reason.passed, reason.facts) == (False, ("T03",))
    assert f"{tomorrow}晚于今天" in reason.text
    assert "核实评估记录" in reason.cure


SHARES = {"R1": 100, "R2": 100, "R3": 80, "R4": 50, "R5": 30}  # per cent of 1,000,000, from the bank's settings


@pytest.mark.parametrize(("grade", "share"), SHARES.items())
@pytest.mark.parametrize("said", [True, False])
def test_a_purchase_may_take_the_banks_share_of_the_assets_and_no_fen_more(grade: str, share: int, said: bool) -> None:
    # With no amount said, the product's minimum is what the client would need.
    who = client(assessment=assessment("C5"), financial_assets=Decimal(1_000_000))
    limit = Decimal(10_000) * share
    for money, right in ((limit - Decimal("0.01"), True), (limit, True), (limit + Decimal("0.01"), False)):
        what = product(risk_grade=grade, minimum_amount=Decimal(1) if said else money)
        reason = reason_of(decided(who, what, amount=str(money) if said else None), "amount_reasonable")
        assert (reason.passed, reason.facts) == (right, ("T10",))
        if not right:
            assert ("超过客户登记的金融资产" if share == 100 else f"超过客户金融资产的{share}%") in reason.text
            assert ("减少金额" if share == 100 else f"降到金融资产的{share}%以内") in reason.cure


@pytest.mark.parametrize(("money", "told"), [(300_000, True), (300_001, False)])
def test_an_unknown_grade_is_held_to_the_strictest_share(money: int, told: bool) -> None:
    who = client(financial_assets=Decimal(1_000_000))
    reason = reason_of(decided(who, product(risk_grade=None), amount=money), "amount_reasonable")
    assert reason.passed is told
    assert told or "30%" in reason.text


@pytest.mark.parametrize(
    ("who", "what", "amount", "told", "cure", "facts"),
    [
        ({}, {"minimum_amount": None}, None, "没有登记起购金额", "补录", ("T10",)),
        ({"financial_assets": None}, {}, None, "没有登记客户的金融资产", "核实客户资产", ("T08", "T10")),
        ({}, {"minimum_amount": Decimal(12_345)}, 9_999, "起购金额12,345元", "不要为凑起点", ("T10",)),
    ],
)
def test_an_amount_that_cannot_be_judged_or_is_too_small_says_why(
    who: dict[str, Any], what: dict[str, Any], amount: int | None, told: str, cure: str, facts: tuple[str, ...]
) -> None:
    reason = reason_of(decided(client(**who), product(**what), amount=amount), "amount_reasonable")
    assert (reason.passed, reason.facts) == (False, facts)
    assert told in reason.text
    assert cure in reason.cure


def test_a_deposit_of_a_said_amount_is_held_to_its_minimum_only() -> None:
    assert "amount_reasonable" not in {each.code for each in decided(what=product(regime="deposit")).reasons}
    enough = decided(client(financial_assets=Decimal(1)), product(regime="deposit"), amount=10_000)
    assert reason_of(enough, "amount_reasonable").passed
    assert "相符" in reason_of(enough, "amount_reasonable").text


def test_a_grade_may_not_have_a_larger_share_than_a_lower_one() -> None:
    equal = BankPolicy.from_settings({**SETTINGS, "largest_share": dict.fromkeys(SHARES, 40)})
    assert decide(client(), product(risk_grade="R1"), equal, today=TODAY, amount=Decimal(2_000_001)).outcome is NO
    for grade in ("R2", "R3", "R4", "R5"):
        below = {**SHARES, grade: SHARES[f"R{int(grade[1]) - 1}"] + 1}
        with pytest.raises(HuashuError, match="largest_share") as caught:
            BankPolicy.from_settings({**SETTINGS, "largest_share": below})
        assert caught.value.code == "E104"


# R01 to R05, R09, R18: insurance always, whatever else unless the product's record exempts it, deposits never.
@pytest.mark.parametrize("flag", [True, False, None])
@pytest.mark.parametrize("regime", [each for each in REGIMES if each != "derivative"])
def test_sound_and_picture_are_recorded_unless_the_record_exempts_the_product(regime: str, flag: bool | None) -> None:
    decision = sold(regime, recording_needed=flag)
    assert decision.outcome is YES
    found = [reason for reason in decision.reasons if reason.code == "recording"]
    if regime == "deposit":
        assert found == []
        return
    (reason,) = found
    assert reason.passed
    assert set(reason.facts) == {"insurance": {"R03", "R04", "R05"}, "fund_security": {"R09", "R18"}}.get(
        regime, {"R01", "R02"}
    )
    due = regime == "insurance" or flag is not False
    assert (reason in decision.duties) is due
    assert ("须双录" in reason.text, "不需要双录" in reason.text) == (due, not due)
    assert ("客户同意" in reason.duty and "录音录像" in reason.duty and "不能办理" in reason.duty) is due


# R11, R13, R14, R15, R16; R17: funds and public products have none, and nothing may be hinted.
@pytest.mark.parametrize(
    ("regime", "kind", "told", "facts"),
    [
        ("private", None, ("24小时", "冷静期", "不主动联系"), {"R11", "R13"}),
        ("structured_deposit", None, ("24小时", "冷静期"), {"R14"}),
        ("insurance", "certain", ("犹豫期", "退保", "合同"), {"R15", "R16"}),
        ("insurance", "participating", ("犹豫期", "退保", "合同"), {"R15", "R16"}),
        ("insurance", "universal", ("犹豫期", "退保", "合同"), {"R15", "R16"}),
        ("insurance", "short", (), set()),
        ("wealth", None, (), set()),
        ("trust", None, (), set()),
        ("fund_security", None, (), set()),
        ("precious_metal", None, (), set()),
        ("deposit", None, (), set()),
    ],
)
def test_the_client_is_told_what_he_can_still_take_back(
    regime: str, kind: str | None, told: tuple[str, ...], facts: set[str]
) -> None:
    decision = sold(regime, insurance_kind=kind)
    assert decision.outcome is YES
    found = [reason for reason in decision.duties if reason.code == "cooling_off"]
    assert [set(reason.facts) for reason in found] == ([facts] if facts else [])
    assert [reason.code for reason in decision.reasons].count("cooling_off") == bool(facts)
    for reason in found:
        assert all(word in reason.duty for word in told)
        assert ("冷静期" in reason.text) is ("冷静期" in told)
        assert ("犹豫期" in reason.text) is ("犹豫期" in told)


def test_only_of_private_products_the_client_must_not_be_called_in_the_meantime() -> None:
    assert "联系" not in reason_of(sold("structured_deposit"), "cooling_off").duty
    assert "结构性存款" in reason_of(sold("structured_deposit"), "cooling_off").text
    assert "私募" in reason_of(sold("private"), "cooling_off").text


@pytest.mark.parametrize("regime", REGIMES)
def test_whoever_is_refused_has_nothing_to_do_on_the_way(regime: str) -> None:
    decision = decided(client(legal_capacity="none"), product(regime=regime), application(paying_years=60))
    assert decision.outcome is NO
    assert decision.duties == ()


@pytest.mark.parametrize(
    ("regime", "duties"),
    [
        ("wealth", ["recording"]),
        ("fund_security", ["recording"]),
        ("private", ["recording", "cooling_off"]),
        ("structured_deposit", ["recording", "cooling_off"]),
        ("deposit", []),
    ],
)
def test_duties_of_what_may_be_recommended(regime: str, duties: list[str]) -> None:
    assert duty_codes(sold(regime)) == duties


def test_a_fund_above_the_tier_asks_for_the_five_steps_of_own_demand() -> None:
    decision = decided(what=product(regime="fund_security", risk_grade="R4"))
    assert decision.outcome is OWN
    assert duty_codes(decision) == ["tier_covers_grade", "recording"]
    (reason,) = decision.failed
    assert ("C3" in reason.text, "R4" in reason.text, "不得推介" in reason.text) == (True, True, True)
    assert "R1至R3" in reason.cure
    assert "不要再谈" in reason.cure
    for step in ("一、客户主动申请并声明没有被推介", "二、审核确认不属最低类别", "三、", "特别警示", "四、", "自担风险",
                 "五、", "仍坚持", "行内规定"):  # fmt: skip
        assert step in reason.duty


@pytest.mark.parametrize("regime", [each for each in REGIMES if each != "fund_security"])
def test_no_other_product_knows_the_five_steps(regime: str) -> None:
    for grade in ("R1", "R4"):
        decision = decided(what=product(regime=regime, risk_grade=grade), asked=application(fits_needs=False))
        assert not [reason for reason in decision.reasons if "主动要求" in reason.duty]
    matched = decided(what=product(regime="fund_security"))
    assert "tier_covers_grade" not in duty_codes(matched)


def test_the_lowest_category_never_gets_a_fund_above_r1() -> None:
    who = client(assessment=assessment("C1", lowest=True))
    decision = decided(who, product(regime="fund_security"))
    assert decision.outcome is NO
    reason = reason_of(decision, "tier_covers_grade")
    assert (reason.own_demand, reason.duty) == (False, "")
    assert "最低类别，绝不能购买" in reason.text
    assert reason.cure == "改看R1的产品。"
    assert decided(who, product(regime="fund_security", risk_grade="R1")).outcome is YES


@pytest.mark.parametrize(
    ("who", "what", "code", "told", "cure", "facts"),
    [
        ({}, {"is_sold": False}, "sale_window", "不在本行在售清单", "", {"T05", "T40"}),
        ({}, {"sale_from": None}, "sale_window", "没有登记开始销售", "补录销售日期", {"T05", "T40"}),
        ({}, {"sale_from": dt.date(2027, 1, 5)}, "sale_window", "2027-01-05才开始", "开售日", {"T05", "T40"}),
        ({}, {"sale_until": dt.date(2026, 1, 5)}, "sale_window", "已在2026-01-05结束", "", {"T05", "T40"}),
        ({}, {"regime": "derivative"}, "derivative_scope", "衍生品不在", "专业团队", {"T22", "T23"}),
        ({"legal_capacity": "limited"}, {}, "legal_capacity", "限制民事行为能力", "专门程序", {"T13"}),
        ({"legal_capacity": "none"}, {}, "legal_capacity", "无民事行为能力", "", {"T13"}),
        ({"legal_capacity": None}, {}, "legal_capacity", "没有登记民事行为能力", "补录客户资料", {"T13"}),
        ({"birth_date": None}, {}, "age", "没有有效的出生日期", "补录出生日期", {"T12"}),
        ({"assessment": None}, {}, "assessment_exists", "还没有做过", "本人先完成", {"T01", "T11"}),
        ({"conflicting_assessments": True}, {}, "assessment_exists", "两份结果不同", "确认等级变动", {"T04"}),
        ({}, {"risk_grade": None}, "product_grade", "登记不全", "发行方和本行的评级", {"T05"}),
        ({}, {"qualified_only": None}, "qualified_investor", "没有登记是否仅限", "补录", {"T15", "S19", "T35"}),
        (
            {"qualified_investor_until": None},
            {"qualified_only": True},
            "qualified_investor",
            "连具体产品也不得介绍",
            "先按标准完成",
            {"T15", "S19", "T35"},
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_would_help(
    who: dict[str, Any], what: dict[str, Any], code: str, told: str, cure: str, facts: set[str]
) -> None:
    decision = decided(client(**who), product(**what))
    assert decision.outcome is NO
    assert failed(decision) == {code}
    reason = reason_of(decision, code)
    assert told in reason.text
    assert cure in reason.cure
    assert bool(reason.cure) is bool(cure)
    assert set(reason.facts) == facts


def test_the_elderly_are_told_of_their_procedure_and_given_more_time() -> None:
    old = client(birth_date=dt.date(1950, 1, 1), assessment=assessment("C5"))
    refused = reason_of(decided(old, product(risk_grade="R4")), "age")
    assert ("已满65周岁" in refused.text, "专门程序" in refused.text) == (True, True)
    assert "等级较低" in refused.cure
    allowed = reason_of(decided(old, product(risk_grade="R3")), "age")
    assert ("已满65周岁" in allowed.text, "多留考虑时间" in allowed.text, allowed.cure) == (True, True, "")
    assert "未满65周岁" in reason_of(decided(), "age").text
    assert {reason.facts for reason in (refused, allowed, reason_of(decided(), "age"))} == {("T12",)}


def test_what_speaks_for_a_product_is_said_too() -> None:
    decision = decided(what=product(qualified_only=True))
    told = {reason.code: reason.text for reason in decision.reasons}
    assert [*told] == [
        "sale_window",
        "legal_capacity",
        "qualified_investor",
        "product_grade",
        "assessment_exists",
        "assessment_valid",
        "tier_covers_grade",
        "age",
        "amount_reasonable",
        "recording",
    ]
    words = ("在售", "完全民事行为能力", "2027-06-30", "R2", "C3", "2027-06-01", "等级匹配", "未满", "相符", "双录")
    assert [word for word, text in zip(words, told.values(), strict=True) if word not in text] == []
    assert told["assessment_valid"] == "评估做于2026-06-01，有效至2027-06-01。"
    assert told["tier_covers_grade"] == "客户C3，产品R2，等级匹配。"
    assert [*reason_of(decision, "product_grade").facts] == ["T05"]
    assert [*reason_of(decision, "assessment_exists").facts] == ["T01", "T11"]

"""Insurance goes by needs and means (T17, T18, T20, T38, T39), uncertain benefits by four thresholds more (T19)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from suitability_values import (
    BORN,
    POLICY,
    TODAY,
    application,
    assessment,
    client,
    decided,
    failed,
    insurance,
    product,
    reason_of,
)

from bot.suitability.decision import decide
from bot.suitability.model import InsuranceApplication, Outcome

YES, OWN, NO = Outcome.MAY_RECOMMEND, Outcome.OWN_DEMAND_ONLY, Outcome.REFUSED
UNCERTAIN = ("participating", "universal")
# What tells one threshold of T19 from the others.
SINGLE, YEARLY, YEARS, BUDGET = "4倍", "20%", "75", "150%"
AMPLE = Decimal(100_000_000)


@pytest.mark.parametrize("kind", ["certain", "participating", "universal"])
def test_insurance_that_fits_may_be_recommended(kind: str) -> None:
    decision = decided(what=insurance(kind), asked=application())
    assert decision.outcome is YES
    assert reason_of(decision, "insurance_kind").facts == ("T16",)
    assert "已登记" in reason_of(decision, "insurance_kind").text
    needs = reason_of(decision, "insurance_needs")
    assert (needs.facts, needs.cure, needs.own_demand) == (("T17", "T38"), "", False)
    assert "相符" in needs.text
    assert "不" not in needs.text


@pytest.mark.parametrize("kind", [None, "", "variable", "PARTICIPATING"])
def test_insurance_of_a_kind_that_nobody_recorded_is_refused(kind: str | None) -> None:
    decision = decided(what=insurance(kind), asked=application())
    assert decision.outcome is NO
    (reason,) = decision.failed
    assert (reason.code, reason.facts, reason.own_demand) == ("insurance_kind", ("T16",), False)
    assert "没有登记保险的类型" in reason.text
    assert "补录" in reason.cure


@pytest.mark.parametrize("asked", [None, application(), application(fits_needs=False)])
@pytest.mark.parametrize("grade", ["R1", "R4"])
def test_unit_linked_insurance_is_not_for_sale_whatever_the_rest(
    asked: InsuranceApplication | None, grade: str
) -> None:
    decision = decided(client(assessment=assessment("C5")), insurance("unit_linked", risk_grade=grade), asked)
    assert decision.outcome is NO
    (reason,) = decision.failed
    assert (reason.code, reason.facts) == ("insurance_kind", ("T10", "T17", "T18"))
    assert "投连险" in reason.text
    assert "合规" in reason.cure
    assert not {"insurance_needs", "premium_thresholds"} & {each.code for each in decision.reasons}


@pytest.mark.parametrize("asked", [None, InsuranceApplication(), application(fits_needs=False, fits_means=False)])
def test_short_insurance_needs_neither_analysis_nor_thresholds(asked: InsuranceApplication | None) -> None:
    decision = decided(what=insurance("short"), asked=asked)
    assert decision.outcome is YES
    needs = reason_of(decision, "insurance_needs")
    assert (needs.facts, needs.passed) == (("T20",), True)
    assert "一年期以下" in needs.text
    assert "premium_thresholds" not in {each.code for each in decision.reasons}


@pytest.mark.parametrize("kind", ["certain", "participating", "universal", None])
@pytest.mark.parametrize(
    ("asked", "told", "cure"),
    [
        (None, "没有该客户的需求分析记录", "先按保险流程做需求分析"),
        (application(needs_analysed_on=None), "没有该客户的需求分析记录", "先按保险流程做需求分析"),
        (application(needs_analysed_on=TODAY + dt.timedelta(days=1)), "晚于今天", "核实需求分析记录"),
        (application(fits_needs=None), "没有写明是否相符", "补全需求分析"),
        (application(fits_means=None), "没有写明是否相符", "补全需求分析"),
        (application(fits_needs=None, fits_means=None), "没有写明是否相符", "补全需求分析"),
        # What does not fit can't be overcome while the other conclusion is open.
        (application(fits_needs=False, fits_means=None), "没有写明是否相符", "补全需求分析"),
        (application(fits_needs=None, fits_means=False), "没有写明是否相符", "补全需求分析"),
    ],
)
def test_an_analysis_that_is_missing_wrong_or_without_conclusion_refuses(
    kind: str | None, asked: InsuranceApplication | None, told: str, cure: str
) -> None:
    decision = decided(what=insurance(kind), asked=asked)
    assert decision.outcome is NO
    assert failed(decision) == {"insurance_needs"} | ({"insurance_kind"} if kind is None else set())
    reason = reason_of(decision, "insurance_needs")
    assert told in reason.text
    assert cure in reason.cure
    assert (reason.facts, reason.own_demand) == (("T17", "T38"), False)


@pytest.mark.parametrize("days", [0, 1, 400])
def test_an_analysis_of_today_or_earlier_counts(days: int) -> None:
    asked = application(needs_analysed_on=TODAY - dt.timedelta(days=days))
    assert decided(what=insurance(), asked=asked).outcome is YES


@pytest.mark.parametrize("kind", ["certain", "participating", "universal"])
@pytest.mark.parametrize(
    ("needs", "means", "told"), [(False, True, "需求"), (True, False, "缴费能力"), (False, False, "需求")]
)
def test_needs_or_means_that_do_not_fit_leave_only_the_clients_own_demand(
    kind: str, needs: bool, means: bool, told: str
) -> None:
    decision = decided(what=insurance(kind), asked=application(fits_needs=needs, fits_means=means))
    assert decision.outcome is OWN
    (reason,) = decision.failed
    assert (reason.code, reason.facts, reason.own_demand) == ("insurance_needs", ("T18", "T39"), True)
    assert reason.text.startswith(f"{told}不相符")
    assert "终止投保" in reason.text  # advise to stop comes first
    assert "书面确认" in reason.cure
    assert "自主选择" in reason.cure


@pytest.mark.parametrize("regime", ["wealth", "fund_security", "deposit", "precious_metal"])
def test_an_application_means_nothing_to_other_products(regime: str) -> None:
    for asked in (None, InsuranceApplication(), application(fits_needs=False)):
        decision = decided(what=product(regime=regime, insurance_kind="participating"), asked=asked)
        assert decision.outcome is YES
        assert not [each for each in decision.reasons if each.code.startswith(("insurance", "premium"))]


# T19, each threshold with the others far away: exceeding counts for the first two, reaching for the last two.
THRESHOLDS: list[tuple[dict[str, Any], set[str]]] = [
    ({"yearly_premium": None, "single_premium": "799999.99", "paying_years": 1}, set()),
    ({"yearly_premium": None, "single_premium": "800000", "paying_years": 1}, set()),
    ({"yearly_premium": None, "single_premium": "800000.01", "paying_years": 1}, {SINGLE}),
    ({"yearly_premium": "39999.99"}, set()),
    ({"yearly_premium": "40000"}, set()),
    ({"yearly_premium": "40000.01"}, {YEARLY}),
    ({"paying_years": 34}, set()),
    ({"paying_years": 35}, {YEARS}),
    ({"paying_years": 36}, {YEARS}),
    ({"yearly_premium": "14999.99", "budget": "10000"}, set()),
    ({"yearly_premium": "15000", "budget": "10000"}, {BUDGET}),
    ({"yearly_premium": "15000.01", "budget": "10000"}, {BUDGET}),
    ({"yearly_premium": None, "single_premium": "14999.99", "paying_years": 1, "budget": "10000"}, set()),
    ({"yearly_premium": None, "single_premium": "15000", "paying_years": 1, "budget": "10000"}, {BUDGET}),
    # A single premium is not held to the yearly fifth, nor a yearly one to four incomes.
    ({"yearly_premium": None, "single_premium": "100000", "paying_years": 1}, set()),
    ({"yearly_premium": "900000", "household_income": "220000"}, {YEARLY}),
    # Several at once are all told.
    ({"yearly_premium": "60000", "paying_years": 40, "budget": "40000"}, {YEARLY, YEARS, BUDGET}),
    ({"yearly_premium": None, "single_premium": "900000", "paying_years": 1, "budget": "600000"}, {SINGLE, BUDGET}),
    ({"household_income": "0"}, {YEARLY}),
    ({"budget": "0"}, {BUDGET}),
]


def amounts(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if isinstance(value, str) else value for name, value in changes.items()}


@pytest.mark.parametrize("kind", UNCERTAIN)
@pytest.mark.parametrize(("changes", "crossed"), THRESHOLDS)
def test_each_threshold_of_uncertain_benefits_asks_for_a_signed_declaration(
    kind: str, changes: dict[str, Any], crossed: set[str]
) -> None:
    decision = decided(what=insurance(kind), asked=application(**{"budget": AMPLE, **amounts(changes)}))
    assert decision.outcome is YES  # a threshold is a duty, no refusal
    reason = reason_of(decision, "premium_thresholds")
    assert {word for word in (SINGLE, YEARLY, YEARS, BUDGET) if word in reason.text} == crossed
    assert reason.facts == ("T19",)
    assert (reason in decision.duties) is bool(crossed)
    assert ("投保声明" in reason.duty and "签名" in reason.duty) is bool(crossed)
    parts = reason.text.removesuffix("。").split("、")
    assert len(parts) == max(len(crossed), 1)
    assert all(re.fullmatch("[\u4e00-\u9fff0-9%]+", part) for part in parts)
    if not crossed:
        assert "没有超过" in reason.text


@pytest.mark.parametrize(
    ("birth", "years", "crossed"),
    [
        (BORN[64], 10, False),  # 65 tomorrow
        (BORN[65], 10, True),
        (BORN[65], 9, False),
        (dt.date(1986, 11, 24), 35, True),
        (dt.date(1986, 11, 25), 35, False),
    ],
)
def test_years_and_age_are_added_up_with_the_age_of_today(birth: dt.date, years: int, crossed: bool) -> None:
    decision = decided(client(birth_date=birth), insurance(), application(paying_years=years))
    assert (YEARS in reason_of(decision, "premium_thresholds").text) is crossed


@pytest.mark.parametrize(("birth", "crossed"), [(dt.date(1952, 11, 25), False), (dt.date(1952, 11, 24), True)])
def test_a_single_premium_counts_as_one_year_of_paying(birth: dt.date, crossed: bool) -> None:
    # Any of the four is enough (T19), whichever way the premium is paid: 73 or 74 years old, and one year.
    single = application(yearly_premium=None, single_premium=Decimal(10_000), paying_years=1)
    decision = decided(client(birth_date=birth), insurance(), single)
    assert decision.outcome is YES
    assert (YEARS in reason_of(decision, "premium_thresholds").text) is crossed


@pytest.mark.parametrize("kind", UNCERTAIN)
@pytest.mark.parametrize(
    "changes",
    [
        {"household_income": None},
        {"budget": None},
        {"paying_years": None},
        {"yearly_premium": None},
        {"single_premium": Decimal(10_000)},
        {"single_premium": Decimal(0)},
        {"yearly_premium": None, "single_premium": Decimal(10_000), "household_income": None},
        {"yearly_premium": None, "single_premium": Decimal(10_000), "budget": None},
        {"yearly_premium": None, "single_premium": Decimal(10_000), "paying_years": None},
        # What is known crosses a threshold already; the rest must be known all the same.
        {"yearly_premium": Decimal(900_000), "budget": None},
    ],
)
def test_thresholds_that_cannot_be_told_refuse(kind: str, changes: dict[str, Any]) -> None:
    decision = decided(what=insurance(kind), asked=application(**changes))
    assert decision.outcome is NO
    (reason,) = decision.failed
    assert (reason.code, reason.facts, reason.own_demand, reason.duty) == ("premium_thresholds", ("T19",), False, "")
    assert "无法判断" in reason.text
    assert "补全投保信息" in reason.cure


@pytest.mark.parametrize("birth", [None, TODAY + dt.timedelta(days=1)])
@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("participating", {"age", "premium_thresholds"}),
        ("universal", {"age", "premium_thresholds"}),
        ("certain", {"age"}),
        ("short", {"age"}),
    ],
)
def test_an_unknown_age_refuses_and_leaves_the_thresholds_open(
    birth: dt.date | None, kind: str, codes: set[str]
) -> None:
    decision = decided(client(birth_date=birth), insurance(kind), application())
    assert decision.outcome is NO
    assert failed(decision) == codes


@pytest.mark.parametrize(
    "changes", [{"household_income": None, "budget": None}, {"yearly_premium": Decimal(900_000), "paying_years": 60}]
)
def test_certain_benefits_have_no_thresholds(changes: dict[str, Any]) -> None:
    decision = decided(what=insurance("certain"), asked=application(**changes))
    assert decision.outcome is YES
    assert "premium_thresholds" not in {each.code for each in decision.reasons}


def test_thresholds_are_not_asked_for_before_there_is_an_application() -> None:
    assert failed(decided(what=insurance())) == {"insurance_needs"}
    assert failed(decide(client(), insurance(), POLICY, today=TODAY)) == {"insurance_needs"}


@pytest.mark.parametrize("kind", ["certain", "participating", "universal", "short"])
@pytest.mark.parametrize(("tier", "upto"), [("C1", "改看R1的"), ("C2", "R1至R2"), ("C3", "R1至R3")])
def test_insurance_above_the_clients_tier_is_refused_though_it_fits(kind: str, tier: str, upto: str) -> None:
    who = client(assessment=assessment(tier))
    decision = decided(who, insurance(kind, risk_grade="R4"), application())
    assert decision.outcome is NO
    (reason,) = decision.failed
    assert (reason.code, reason.facts, reason.own_demand) == ("tier_covers_grade", ("S02", "T17"), False)
    assert upto in reason.cure
    assert (tier in reason.text, "R4" in reason.text) == (True, True)
    assert "签字" not in reason.text  # for insurance a signature may well help, but that is for compliance to settle
    matched = decided(client(assessment=assessment("C4")), insurance(kind, risk_grade="R4"), application())
    assert matched.outcome is YES


UNFIT = {"fits_needs": False}


@pytest.mark.parametrize(
    ("who", "what", "asked", "amount", "codes"),
    [
        ({}, {}, UNFIT | {"household_income": None}, None, {"insurance_needs", "premium_thresholds"}),
        ({}, {"risk_grade": "R4"}, UNFIT, None, {"insurance_needs", "tier_covers_grade"}),
        ({}, {"risk_grade": None}, UNFIT, None, {"insurance_needs", "product_grade"}),
        ({}, {"insurance_kind": None}, UNFIT, None, {"insurance_needs", "insurance_kind"}),
        ({}, {"is_sold": False}, UNFIT, None, {"insurance_needs", "sale_window"}),
        ({}, {"qualified_only": None}, UNFIT, None, {"insurance_needs", "qualified_investor"}),
        ({}, {}, UNFIT, 6_000_000, {"insurance_needs", "amount_reasonable"}),
        ({"assessment": None}, {}, UNFIT, None, {"insurance_needs", "assessment_exists"}),
        ({"reported_change_on": TODAY}, {}, UNFIT, None, {"insurance_needs", "assessment_valid"}),
        ({"legal_capacity": "limited"}, {}, UNFIT, None, {"insurance_needs", "legal_capacity"}),
        ({"legal_capacity": None}, {}, UNFIT, None, {"insurance_needs", "legal_capacity"}),
        ({"birth_date": None}, {"insurance_kind": "certain"}, UNFIT, None, {"insurance_needs", "age"}),
    ],
)
def test_own_demand_overcomes_nothing_but_needs_and_means(
    who: dict[str, Any], what: dict[str, Any], asked: dict[str, Any], amount: int | None, codes: set[str]
) -> None:
    sold = product(**{"regime": "insurance", "insurance_kind": "participating", **what})
    decision = decided(client(**who), sold, application(**asked), amount)
    assert failed(decision) == codes
    assert decision.outcome is NO
    assert decision.duties == ()


def test_on_own_demand_the_declaration_the_recording_and_the_hesitation_stay_due() -> None:
    decision = decided(what=insurance(), asked=application(fits_means=False, paying_years=40))
    assert decision.outcome is OWN
    assert [reason.code for reason in decision.duties] == ["premium_thresholds", "recording", "cooling_off"]


@pytest.mark.parametrize(("age", "grade", "outcome"), [(64, "R4", YES), (65, "R4", NO), (65, "R3", YES)])
def test_the_elderly_get_no_high_risk_insurance(age: int, grade: str, outcome: Outcome) -> None:
    who = client(birth_date=BORN[age], assessment=assessment("C5"))
    decision = decided(who, insurance(risk_grade=grade), application())
    assert decision.outcome is outcome
    assert failed(decision) == (set() if outcome is YES else {"age"})

"""What holds for every client and product: the decision only gets stricter when less is known or risk is higher."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suitability_values import CAPACITIES, GRADES, POLICY, REGIMES, TIERS, TODAY

from bot.suitability.decision import decide
from bot.suitability.model import Assessment, ClientProfile, Decision, Outcome, ProductProfile

RANK = {Outcome.REFUSED: 0, Outcome.OWN_DEMAND_ONLY: 1, Outcome.MAY_RECOMMEND: 2}
NEAR_TODAY = st.dates(dt.date(2025, 10, 1), dt.date(2027, 12, 31))
MONEY = st.decimals(0, 10_000_000, places=2)
COMPLETE_MONEY = MONEY | st.sampled_from([Decimal(10_000), Decimal(1_000_000)])


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    tier = draw(st.sampled_from(TIERS))
    return Assessment(tier, draw(NEAR_TODAY), tier == "C1" and draw(st.booleans()))


CLIENTS = st.builds(
    ClientProfile,
    client_id=st.just("KH100023"),
    birth_date=st.dates(dt.date(1930, 1, 1), dt.date(2027, 6, 1)),
    legal_capacity=st.sampled_from(("full", "full", "full", "limited", "none")),
    assessment=assessments() | st.sampled_from(TIERS).map(lambda tier: Assessment(tier, TODAY)),
    conflicting_assessments=st.sampled_from((False, False, False, True)),
    qualified_investor_until=NEAR_TODAY,
    financial_assets=COMPLETE_MONEY,
)
PRODUCTS = st.builds(
    ProductProfile,
    code=st.just("AH90D01"),
    category=st.just("wealth_management"),
    regime=st.sampled_from(REGIMES),
    risk_grade=st.sampled_from(GRADES),
    minimum_amount=COMPLETE_MONEY,
    qualified_only=st.booleans(),
    is_sold=st.sampled_from((True, True, True, False)),
    sale_from=st.dates(dt.date(2024, 1, 1), dt.date(2026, 12, 31)),
    sale_until=st.dates(dt.date(2026, 11, 1), dt.date(2030, 1, 1)),
)
AMOUNTS = st.none() | COMPLETE_MONEY


def outcome(who: ClientProfile, what: ProductProfile, amount: Decimal | None = None) -> Outcome:
    return decide(who, what, POLICY, today=TODAY, amount=amount).outcome


@settings(max_examples=300)
@given(CLIENTS, PRODUCTS.filter(lambda p: p.regime == "wealth"), AMOUNTS, st.sampled_from(TIERS))
def test_raising_a_tier_never_turns_a_yes_into_a_no(
    who: ClientProfile, what: ProductProfile, amount: Decimal | None, higher: str
) -> None:
    assert who.assessment is not None
    if higher < who.assessment.risk_tier:
        higher = who.assessment.risk_tier
    raised = dataclasses.replace(who, assessment=Assessment(higher, who.assessment.assessed_on))
    assert RANK[outcome(raised, what, amount)] >= RANK[outcome(who, what, amount)]


@settings(max_examples=300)
@given(CLIENTS, PRODUCTS, AMOUNTS, st.sampled_from(GRADES))
def test_raising_a_grade_never_turns_a_no_into_a_yes(
    who: ClientProfile, what: ProductProfile, amount: Decimal | None, grade: str
) -> None:
    raised = dataclasses.replace(what, risk_grade=max(grade, what.risk_grade or ""))
    assert RANK[outcome(who, raised, amount)] <= RANK[outcome(who, what, amount)]


@settings(max_examples=300)
@given(CLIENTS, PRODUCTS, AMOUNTS, st.integers(min_value=0, max_value=4000))
def test_an_expired_assessment_never_yields_a_yes_except_for_plain_deposits(
    who: ClientProfile, what: ProductProfile, amount: Decimal | None, days: int
) -> None:
    assert who.assessment is not None
    expired = dt.date(2025, 11, 23) - dt.timedelta(days=days)
    old = dataclasses.replace(who, assessment=dataclasses.replace(who.assessment, assessed_on=expired))
    if what.regime != "deposit":
        assert outcome(old, what, amount) is Outcome.REFUSED
    else:
        assert outcome(old, what, amount) is outcome(who, what, amount)


CLIENT_FIELDS = ("birth_date", "legal_capacity", "assessment", "qualified_investor_until", "financial_assets")
# A missing last day of sale means that no end is set, so it is not among them.
PRODUCT_FIELDS = ("risk_grade", "minimum_amount", "qualified_only", "sale_from")


@pytest.mark.parametrize("field", CLIENT_FIELDS + PRODUCT_FIELDS)
@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, AMOUNTS)
def test_a_missing_field_never_yields_more_than_the_complete_record(
    field: str, who: ClientProfile, what: ProductProfile, amount: Decimal | None
) -> None:
    complete = outcome(who, what, amount)
    if field in CLIENT_FIELDS:
        who = dataclasses.replace(who, **{field: None})
    else:
        what = dataclasses.replace(what, **{field: None})
    assert RANK[outcome(who, what, amount)] <= RANK[complete]


@pytest.mark.parametrize(
    ("field", "regime"),
    [("birth_date", "wealth"), ("legal_capacity", "deposit"), ("assessment", "fund_security"), ("risk_grade", "wealth"),
     ("qualified_only", "deposit"), ("sale_from", "deposit"), ("qualified_investor_until", "private"),
     ("minimum_amount", "deposit"), ("financial_assets", "wealth")],
)  # fmt: skip
def test_a_missing_field_that_the_regime_needs_refuses(field: str, regime: str) -> None:
    from suitability_values import client, product

    who, what = client(), product(regime=regime)
    assert outcome(who, what, Decimal(20_000)) is Outcome.MAY_RECOMMEND
    if field in CLIENT_FIELDS:
        who = dataclasses.replace(who, **{field: None})
    else:
        what = dataclasses.replace(what, **{field: None})
    assert outcome(who, what, Decimal(20_000)) is Outcome.REFUSED


@settings(max_examples=500)
@given(CLIENTS, PRODUCTS.map(lambda p: dataclasses.replace(p, regime="fund_security")), AMOUNTS)
def test_a_fund_above_the_tier_is_never_recommended_and_never_open_to_the_lowest_category(
    who: ClientProfile, what: ProductProfile, amount: Decimal | None
) -> None:
    assert who.assessment is not None
    assert what.risk_grade is not None
    found = outcome(who, what, amount)
    above = int(what.risk_grade[1]) > int(who.assessment.risk_tier[1])
    assert not (above and found is Outcome.MAY_RECOMMEND)
    assert not (found is Outcome.OWN_DEMAND_ONLY and (who.assessment.is_lowest_category or not above))


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, AMOUNTS, st.sampled_from(CAPACITIES))
def test_the_outcome_is_exactly_what_the_reasons_say(
    who: ClientProfile, what: ProductProfile, amount: Decimal | None, capacity: str | None
) -> None:
    decision: Decision = decide(
        dataclasses.replace(who, legal_capacity=capacity), what, POLICY, today=TODAY, amount=amount
    )
    codes = [reason.code for reason in decision.reasons]
    assert len(codes) == len(set(codes))
    assert decision.failed == tuple(reason for reason in decision.reasons if not reason.passed)
    if not decision.failed:
        assert decision.outcome is Outcome.MAY_RECOMMEND
    else:
        overcome = all(reason.own_demand for reason in decision.failed)
        assert decision.outcome is (Outcome.OWN_DEMAND_ONLY if overcome else Outcome.REFUSED)
    if capacity != "full":
        assert decision.outcome is Outcome.REFUSED

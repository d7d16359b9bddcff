"""What holds for every application, reported change and amount: less known or more at stake never gives more."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from suitability_values import GRADES, POLICY, REGIMES, TIERS, TODAY

from bot.suitability.decision import decide
from bot.suitability.model import (
    Assessment,
    ClientProfile,
    Decision,
    InsuranceApplication,
    Outcome,
    ProductProfile,
)

RANK = {Outcome.REFUSED: 0, Outcome.OWN_DEMAND_ONLY: 1, Outcome.MAY_RECOMMEND: 2}
NEAR = st.dates(dt.date(2026, 1, 1), dt.date(2027, 1, 1))
MONEY = st.decimals(1, 1_000_000, places=2) | st.sampled_from([Decimal(10_000), Decimal(15_000), Decimal(50_000)])
KINDS = ("certain", "participating", "universal", "unit_linked", "short")
LIKELY = st.sampled_from((True, True, True, False))

CLIENTS = st.builds(
    ClientProfile,
    client_id=st.just("KH100023"),
    birth_date=st.dates(dt.date(1940, 1, 1), dt.date(2008, 1, 1)),
    legal_capacity=st.just("full"),
    assessment=st.builds(Assessment, st.sampled_from(TIERS), st.dates(dt.date(2025, 11, 1), TODAY)),
    conflicting_assessments=st.just(False),
    qualified_investor_until=st.just(TODAY),
    financial_assets=MONEY,
    reported_change_on=st.none() | st.dates(dt.date(2025, 10, 1), dt.date(2026, 12, 31)),
)
PRODUCTS = st.builds(
    ProductProfile,
    code=st.just("X1"),
    category=st.just("x"),
    regime=st.sampled_from(REGIMES),
    risk_grade=st.sampled_from(GRADES),
    minimum_amount=MONEY,
    qualified_only=st.booleans(),
    is_sold=st.just(True),
    sale_from=st.just(TODAY),
    sale_until=st.none(),
    recording_needed=st.booleans() | st.none(),
    insurance_kind=st.sampled_from(KINDS),
)
INSURANCES = PRODUCTS.map(lambda p: dataclasses.replace(p, regime="insurance"))
APPLICATIONS = st.builds(
    InsuranceApplication,
    needs_analysed_on=NEAR | st.just(TODAY),
    fits_needs=LIKELY,
    fits_means=LIKELY,
    single_premium=st.none(),
    yearly_premium=MONEY,
    paying_years=st.integers(1, 60),
    household_income=MONEY,
    budget=MONEY,
)
# The same with the whole premium at once.
EITHER_WAY = APPLICATIONS | APPLICATIONS.map(
    lambda each: dataclasses.replace(each, single_premium=each.yearly_premium, yearly_premium=None, paying_years=1)
)


def decision(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication | None = None, amount: Decimal | None = None
) -> Decision:
    return decide(who, what, POLICY, today=TODAY, amount=amount, application=asked)


def rank(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication | None = None, amount: Decimal | None = None
) -> int:
    return RANK[decision(who, what, asked, amount).outcome]


def declaration_due(found: Decision) -> bool:
    return any(reason.code == "premium_thresholds" for reason in found.duties)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY)
def test_a_reported_change_never_gives_more_than_none(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication
) -> None:
    silent = dataclasses.replace(who, reported_change_on=None)
    assert rank(who, what, asked) <= rank(silent, what, asked)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY, st.integers(0, 400))
def test_a_change_told_since_the_assessment_refuses_everything_but_plain_deposits(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, days: int
) -> None:
    assert who.assessment is not None
    changed = dataclasses.replace(who, reported_change_on=who.assessment.assessed_on + dt.timedelta(days=days))
    if what.regime == "deposit":
        assert rank(changed, what, asked) == rank(who, what, asked)
    else:
        assert rank(changed, what, asked) == 0


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY, st.integers(0, 400))
def test_a_later_change_never_gives_more_than_an_earlier_one(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, days: int
) -> None:
    assume(who.reported_change_on is not None)
    assert who.reported_change_on is not None
    later = dataclasses.replace(who, reported_change_on=who.reported_change_on + dt.timedelta(days=days))
    assert rank(later, what, asked) <= rank(who, what, asked)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY)
def test_recording_is_due_when_nobody_knows_and_never_decides(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication
) -> None:
    found = {
        flag: decision(who, dataclasses.replace(what, recording_needed=flag), asked) for flag in (True, False, None)
    }
    assert len({each.outcome for each in found.values()}) == 1
    assert found[None].duties == found[True].duties
    assert set(found[False].duties) <= set(found[True].duties)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY, st.sampled_from((None, "", "variable", "endowment")))
def test_an_unknown_kind_of_insurance_is_refused_and_other_products_have_none(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, kind: str | None
) -> None:
    unknown = dataclasses.replace(what, insurance_kind=kind)
    assert rank(who, unknown, asked) == (0 if what.regime == "insurance" else rank(who, what, asked))


FIELDS = [field.name for field in dataclasses.fields(InsuranceApplication)]


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=150)
@given(CLIENTS, INSURANCES, EITHER_WAY)
def test_a_missing_field_of_the_application_never_gives_more(
    field: str, who: ClientProfile, what: ProductProfile, asked: InsuranceApplication
) -> None:
    missing = dataclasses.replace(asked, **{field: None})
    assert rank(who, what, missing) <= rank(who, what, asked)
    assert rank(who, what, None) <= rank(who, what, asked)
    if declaration_due(decision(who, what, asked)) and RANK[decision(who, what, missing).outcome]:
        assert declaration_due(decision(who, what, missing))


@pytest.mark.parametrize("field", ["fits_needs", "fits_means"])
@settings(max_examples=150)
@given(CLIENTS, INSURANCES, EITHER_WAY)
def test_what_does_not_fit_is_never_recommended_but_for_short_insurance(
    field: str, who: ClientProfile, what: ProductProfile, asked: InsuranceApplication
) -> None:
    worse = dataclasses.replace(asked, **{field: False})
    found = rank(who, what, worse)
    assert found <= rank(who, what, asked)
    assert found < 2 or what.insurance_kind == "short"


@pytest.mark.parametrize(
    ("field", "factor"),
    [("yearly_premium", 3), ("single_premium", 3), ("paying_years", 2), ("household_income", 0), ("budget", 0)],
)
@settings(max_examples=150)
@given(CLIENTS, INSURANCES, EITHER_WAY)
def test_a_heavier_premium_never_takes_the_declaration_away(
    field: str, factor: int, who: ClientProfile, what: ProductProfile, asked: InsuranceApplication
) -> None:
    value = getattr(asked, field)
    heavier = asked if value is None else dataclasses.replace(asked, **{field: value * factor})
    before, after = decision(who, what, asked), decision(who, what, heavier)
    assert before.outcome is after.outcome
    assert not declaration_due(before) or declaration_due(after)


@settings(max_examples=150)
@given(CLIENTS, INSURANCES, EITHER_WAY, st.integers(1, 10))
def test_an_older_applicant_never_loses_the_declaration(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, years: int
) -> None:
    assert who.birth_date is not None
    older = dataclasses.replace(who, birth_date=who.birth_date - dt.timedelta(days=366 * years))
    before, after = decision(who, what, asked), decision(older, what, asked)
    assert RANK[after.outcome] <= RANK[before.outcome]
    if after.outcome is not Outcome.REFUSED and declaration_due(before):
        assert declaration_due(after)


@settings(max_examples=300)
@given(CLIENTS, PRODUCTS, EITHER_WAY, MONEY, MONEY)
def test_a_larger_amount_never_turns_a_no_into_a_yes_above_the_minimum(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, one: Decimal, other: Decimal
) -> None:
    assert what.minimum_amount is not None
    smaller, larger = sorted((max(one, what.minimum_amount), max(other, what.minimum_amount)))
    assert rank(who, what, asked, larger) <= rank(who, what, asked, smaller)
    # The least that can be bought is what is asked when no amount is said.
    if what.regime != "deposit":
        assert rank(who, what, asked, what.minimum_amount) == rank(who, what, asked, None)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY, MONEY, MONEY)
def test_more_assets_never_turn_a_yes_into_a_no(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, amount: Decimal, more: Decimal
) -> None:
    assert who.financial_assets is not None
    richer = dataclasses.replace(who, financial_assets=who.financial_assets + more)
    assert rank(richer, what, asked, amount) >= rank(who, what, asked, amount)


@settings(max_examples=200)
@given(CLIENTS, PRODUCTS, EITHER_WAY, MONEY)
def test_nobody_is_asked_to_do_anything_for_what_is_refused(
    who: ClientProfile, what: ProductProfile, asked: InsuranceApplication, amount: Decimal
) -> None:
    found = decision(who, what, asked, amount)
    due = tuple(reason for reason in found.reasons if reason.duty)
    assert found.duties == (() if found.outcome is Outcome.REFUSED else due)

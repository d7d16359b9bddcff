"""The bank's settings, and rows of the database as the decision reads them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from suitability_values import POLICY, SETTINGS, TODAY, client, product

from bot.errors import HuashuError
from bot.store.models import Client, Product, RiskAssessment
from bot.suitability.decision import decide
from bot.suitability.model import (
    Assessment,
    BankPolicy,
    ClientProfile,
    InsuranceApplication,
    Outcome,
    ProductProfile,
)
from bot.suitability.profiles import client_profile, product_profile
from bot.suitability.rules import may_be_presented, valid_until

BANK = Path(__file__).resolve().parents[3] / "scripts_corpus" / "policy" / "bank.yml"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"high_risk_grades": ["R1", "R4", "R5"]}, "R1"),
        ({"low_risk_grades": ["R1", "R5"]}, "R5"),
        ({"low_risk_grades": ["R1", "R2", "R3", "R4"]}, "R4"),
        ({"high_risk_grades": ["R4"]}, "R5"),
        ({"high_risk_grades": []}, "R5"),
        ({"high_risk_grades": ["R3", "R5"]}, "R3"),
        ({"high_risk_grades": ["R2", "R4", "R5"]}, "R2"),
        ({"low_risk_grades": ["R2"]}, "R2"),
        ({"low_risk_grades": ["R1", "R3"]}, "R3"),
    ],
)
def test_bank_policy_that_contradicts_itself_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(HuashuError, match=words) as caught:
        BankPolicy.from_settings({**SETTINGS, **changes})
    assert caught.value.code == "E104"
    assert "bank.yml" in caught.value.message


@pytest.mark.parametrize(
    ("high", "low"),
    [(["R5"], ["R1"]), (["R5", "R4", "R3"], ["R2", "R1"]), (["R2", "R3", "R4", "R5"], ["R1"]), (["R5"], [])],
)
def test_bank_policy_without_contradiction_is_taken(high: list[str], low: list[str]) -> None:
    policy = BankPolicy.from_settings({**SETTINGS, "high_risk_grades": high, "low_risk_grades": low})
    assert (policy.high_risk_grades, policy.low_risk_grades) == (frozenset(high), frozenset(low))


def test_the_banks_own_settings_are_the_conservative_ones() -> None:
    values = {key: item["value"] for key, item in yaml.safe_load(BANK.read_text(encoding="utf-8")).items()}
    assert BankPolicy.from_settings(values) == POLICY


@pytest.mark.parametrize(("age", "outcome"), [(54, Outcome.MAY_RECOMMEND), (55, Outcome.REFUSED)])
def test_the_banks_age_and_grades_decide(age: int, outcome: Outcome) -> None:
    policy = BankPolicy.from_settings({**SETTINGS, "elderly_age": 55, "high_risk_grades": ["R3", "R4", "R5"]})
    who = client(birth_date=dt.date(TODAY.year - age, 1, 1))
    assert decide(who, product(risk_grade="R3"), policy, today=TODAY).outcome is outcome
    assert decide(who, product(risk_grade="R3"), POLICY, today=TODAY).outcome is Outcome.MAY_RECOMMEND


@pytest.mark.parametrize(
    ("months", "until"), [(12, dt.date(2027, 8, 31)), (6, dt.date(2027, 2, 28)), (1, dt.date(2026, 9, 30))]
)
def test_validity_follows_the_banks_months(months: int, until: dt.date) -> None:
    policy = BankPolicy.from_settings({**SETTINGS, "assessment_valid_months": months})
    assert valid_until(dt.date(2026, 8, 31), policy) == until


def row(*results: tuple[str, dt.date, bool]) -> Client:
    return Client(
        client_id="KH100023",
        birth_date=dt.date(1986, 5, 1),
        legal_capacity="full",
        qualified_investor_until=dt.date(2027, 1, 1),
        financial_assets=Decimal(1000),
        assessments=[
            RiskAssessment(risk_tier=tier, assessed_on=on, is_lowest_category=lowest) for tier, on, lowest in results
        ],
    )


OLD, NEW = dt.date(2025, 1, 1), dt.date(2026, 1, 1)


@pytest.mark.parametrize(
    ("results", "tier", "conflicting"),
    [
        ([], None, False),
        ([("C3", NEW, False)], "C3", False),
        ([("C5", OLD, False), ("C2", NEW, False)], "C2", False),
        ([("C2", NEW, False), ("C5", OLD, False)], "C2", False),
        ([("C2", NEW, False), ("C2", NEW, False)], "C2", False),
        ([("C5", OLD, False), ("C4", OLD, False), ("C2", NEW, False)], "C2", False),
        ([("C2", NEW, False), ("C3", NEW, False)], None, True),
        ([("C1", NEW, True), ("C1", NEW, False)], None, True),
    ],
)
def test_the_newest_assessment_counts_and_two_results_of_one_day_conflict(
    results: list[tuple[str, dt.date, bool]], tier: str | None, conflicting: bool
) -> None:
    profile = client_profile(row(*results))
    assert profile.conflicting_assessments is conflicting
    if not conflicting:
        assert (profile.assessment and profile.assessment.risk_tier) == tier
    expected = Outcome.REFUSED if conflicting or tier is None else Outcome.MAY_RECOMMEND
    affordable = product(risk_grade="R1", minimum_amount=Decimal("1"))
    assert decide(profile, affordable, POLICY, today=dt.date(2026, 2, 1)).outcome is expected


@pytest.mark.parametrize(
    ("results", "told"),
    [
        # T04: what came before a confirmed change of that day no longer counts.
        ([("C2", False), ("C3", True)], ("C3", False)),
        ([("C3", True), ("C2", False)], ("C2", True)),
        ([("C4", False), ("C2", True), ("C3", True)], ("C3", False)),
        ([("C2", True), ("C2", False)], ("C2", False)),
    ],
)
def test_a_change_that_the_client_confirmed_settles_which_result_holds(
    results: list[tuple[str, bool]], told: tuple[str, bool]
) -> None:
    stored = row()
    stored.assessments = [
        RiskAssessment(risk_tier=tier, assessed_on=NEW, is_lowest_category=False, is_change_confirmed=confirmed)
        for tier, confirmed in results
    ]
    profile = client_profile(stored)
    assert profile.assessment is not None
    assert (profile.assessment.risk_tier, profile.conflicting_assessments) == told


@pytest.mark.parametrize("on", [None, dt.date(2026, 8, 9)])
def test_a_profile_carries_the_change_that_the_client_told_of(on: dt.date | None) -> None:
    stored = row(("C3", NEW, False))
    stored.reported_change_on = on
    assert client_profile(stored).reported_change_on == on


@pytest.mark.parametrize("kind", ["certain", "participating", "universal", "unit_linked", "short", None])
def test_a_profile_carries_the_kind_of_insurance(kind: str | None) -> None:
    stored = Product(code="X1", regime="insurance", issuer_grade="R2", seller_grade="R2", is_sold=True)
    stored.insurance_kind = kind
    assert product_profile(stored).insurance_kind == kind


@pytest.mark.parametrize(
    ("regime", "only", "for_them"),
    [
        ("wealth", False, False),
        ("wealth", True, True),
        ("wealth", None, True),  # unknown counts as yes
        ("private", False, True),
        ("trust", False, True),
        ("private", None, True),
        ("deposit", False, False),
    ],
)
def test_products_for_qualified_investors_are_named_to_no_one_else(
    regime: str, only: bool | None, for_them: bool
) -> None:
    what = product(regime=regime, qualified_only=only)
    assert what.for_qualified_investors is for_them
    assert may_be_presented(None, what, TODAY) is not for_them
    for until, qualified in (
        (None, False),
        (TODAY - dt.timedelta(days=1), False),
        (TODAY, True),
        (TODAY + dt.timedelta(days=1), True),
    ):
        who = client(qualified_investor_until=until)
        assert may_be_presented(who, what, TODAY) is (qualified or not for_them)


def test_what_is_left_out_of_a_record_is_unknown_and_nobody_is_of_the_lowest_category_unsaid() -> None:
    assert set(dataclasses.astuple(InsuranceApplication())) == {None}
    unsaid = {
        field.name: field.default for kind in (ClientProfile, ProductProfile) for field in dataclasses.fields(kind)
    }
    assert {name for name, default in unsaid.items() if default is None} == {
        "reported_change_on",
        "recording_needed",
        "insurance_kind",
    }
    assert Assessment("C1", TODAY).is_lowest_category is False


def test_outcomes_are_kept_under_their_names() -> None:
    # The audit log holds these values for years.
    assert [outcome.value for outcome in Outcome] == ["may_recommend", "own_demand_only", "refused"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"low_risk_grades": ["R1", "R2", "R3", "R4", "R5"]}, "R4、R5 同时算高风险和低风险"),
        ({"high_risk_grades": ["R4"], "low_risk_grades": []}, "最高等级 R5 不在 high_risk_grades"),
        ({"high_risk_grades": ["R2", "R5"]}, "R2 算高风险，比它高的等级也要写进 high_risk_grades"),
        ({"low_risk_grades": ["R3"]}, "R3 算低风险，比它低的等级也要写进 low_risk_grades"),
        ({"largest_share": {"R1": 1, "R2": 2, "R3": 2, "R4": 2, "R5": 2}}, "largest_share 里等级高的"),
    ],
)
def test_a_contradiction_in_the_settings_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(HuashuError) as caught:
        BankPolicy.from_settings({**SETTINGS, **changes})
    assert caught.value.message.startswith(f"policy/bank.yml：{told}")


def test_profiles_carry_every_field_of_the_rows() -> None:
    profile = client_profile(row(("C1", NEW, True)))
    assert (profile.client_id, profile.birth_date, profile.legal_capacity) == ("KH100023", dt.date(1986, 5, 1), "full")
    assert (profile.qualified_investor_until, profile.financial_assets) == (dt.date(2027, 1, 1), Decimal(1000))
    assert profile.assessment is not None
    assert (profile.assessment.assessed_on, profile.assessment.is_lowest_category) == (NEW, True)
    what = product(
        code="X1",
        category="trust",
        regime="trust",
        qualified_only=True,
        is_sold=False,
        sale_until=NEW,
        recording_needed=False,
    )
    fields = {
        name: getattr(what, name)
        for name in (
            "code",
            "category",
            "regime",
            "minimum_amount",
            "qualified_only",
            "is_sold",
            "sale_from",
            "recording_needed",
        )
    }
    stored = Product(**fields, sale_until=NEW, issuer_grade="R2", seller_grade="R2")
    assert product_profile(stored) == what


@pytest.mark.parametrize(
    ("issuer", "seller", "grade"),
    [("R2", "R3", "R3"), ("R4", "R1", "R4"), ("R2", "R2", "R2"), (None, "R5", None), ("R1", None, None)],
)
def test_the_higher_of_the_two_grades_applies_and_a_missing_one_leaves_none(
    issuer: str | None, seller: str | None, grade: str | None
) -> None:
    stored = Product(code="X1", regime="wealth", issuer_grade=issuer, seller_grade=seller, is_sold=True)
    assert product_profile(stored).risk_grade == grade

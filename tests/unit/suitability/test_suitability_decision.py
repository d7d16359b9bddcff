"""The decision rule by rule, at the borders of days, ages and amounts; every reason cites what it rests on."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from suitability_regulations import INSURANCE, STATES
from suitability_values import BORN, CAPACITIES, POLICY, REGIMES, TODAY, assessment, client, decided, product

from bot.suitability.decision import decide
from bot.suitability.model import Assessment, Decision, Outcome, Reason

YES, OWN, NO = Outcome.MAY_RECOMMEND, Outcome.OWN_DEMAND_ONLY, Outcome.REFUSED
REGULATIONS = Path(__file__).resolve().parents[3] / "scripts_corpus" / "regulations.yml"


@pytest.mark.parametrize(
    ("regime", "only", "until", "outcome"),
    [
        ("private", True, None, NO),
        ("private", False, None, NO),
        ("private", None, None, NO),
        ("private", None, TODAY, YES),
        ("private", True, TODAY, YES),
        ("private", True, TODAY - dt.timedelta(days=1), NO),
        ("trust", False, None, NO),
        ("trust", True, TODAY + dt.timedelta(days=1), YES),
        ("wealth", False, None, YES),
        ("wealth", True, None, NO),
        ("wealth", True, TODAY, YES),
        ("wealth", None, TODAY, NO),
        ("fund_security", True, None, NO),
        ("fund_security", None, None, NO),
        ("deposit", None, None, NO),
    ],
)
def test_qualified_investors_only(regime: str, only: bool | None, until: dt.date | None, outcome: Outcome) -> None:
    decision = decide(
        client(qualified_investor_until=until), product(regime=regime, qualified_only=only), POLICY, today=TODAY
    )
    assert decision.outcome is outcome
    assert [reason.code for reason in decision.failed] == ([] if outcome is YES else ["qualified_investor"])


@pytest.mark.parametrize("regime", ["private", "trust"])
def test_not_qualified_and_above_the_tier_is_never_open_to_own_demand(regime: str) -> None:
    decision = decide(
        client(qualified_investor_until=None), product(regime=regime, risk_grade="R5"), POLICY, today=TODAY
    )
    assert decision.outcome is NO
    assert {reason.code for reason in decision.failed} == {"qualified_investor", "tier_covers_grade"}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"is_sold": False}, NO),
        ({"sale_from": None}, NO),
        ({"sale_from": TODAY + dt.timedelta(days=1)}, NO),
        ({"sale_from": TODAY}, YES),
        ({"sale_until": TODAY}, YES),
        ({"sale_until": TODAY - dt.timedelta(days=1)}, NO),
        ({"sale_until": None}, YES),
        ({"sale_from": TODAY, "sale_until": TODAY}, YES),
    ],
)
@pytest.mark.parametrize("regime", ["wealth", "deposit"])
def test_sale_window(regime: str, changes: dict[str, object], outcome: Outcome) -> None:
    decision = decide(client(), product(regime=regime, **changes), POLICY, today=TODAY)
    assert decision.outcome is outcome
    assert [reason.code for reason in decision.failed] == ([] if outcome is YES else ["sale_window"])


@pytest.mark.parametrize("changes", [{"is_sold": False}, {"sale_until": dt.date(2026, 11, 23)}, {"sale_from": None}])
def test_a_fund_above_the_tier_that_is_not_on_sale_is_refused_outright(changes: dict[str, object]) -> None:
    above = product(regime="fund_security", risk_grade="R4", **changes)
    assert decide(client(), above, POLICY, today=TODAY).outcome is NO


@pytest.mark.parametrize(
    ("regime", "amount", "minimum", "assets", "failed"),
    [
        ("wealth", None, None, None, ["amount_reasonable"]),
        ("wealth", None, None, "500000", ["amount_reasonable"]),
        ("wealth", None, "10000", None, ["amount_reasonable"]),
        ("wealth", None, "10000", "9999", ["amount_reasonable"]),
        ("wealth", None, "10000", "10000", []),
        ("deposit", None, None, None, []),
        ("wealth", "10000", "10000", "10000", []),
        ("wealth", "9999.99", "10000", "500000", ["amount_reasonable"]),
        ("wealth", "10000.01", "10000", "10000", ["amount_reasonable"]),
        ("wealth", "50000", "10000", None, ["amount_reasonable"]),
        ("wealth", "50000", None, "500000", ["amount_reasonable"]),
        ("wealth", "0", "10000", "500000", ["amount_reasonable"]),
        ("wealth", "-1", "0", "500000", ["amount_reasonable"]),
        ("deposit", "50000", "50", None, []),
        ("deposit", "50000", "50", "100", []),
        ("deposit", "49", "50", "100", ["amount_reasonable"]),
        ("deposit", "50000", None, "100", ["amount_reasonable"]),
        ("structured_deposit", "50000", "50", "100", ["amount_reasonable"]),
    ],
)
def test_amount(regime: str, amount: str | None, minimum: str | None, assets: str | None, failed: list[str]) -> None:
    decision = decide(
        client(financial_assets=Decimal(assets) if assets else None),
        product(regime=regime, minimum_amount=Decimal(minimum) if minimum else None),
        POLICY,
        today=TODAY,
        amount=Decimal(amount) if amount else None,
    )
    assert [reason.code for reason in decision.failed] == failed
    assert decision.outcome is (NO if failed else YES)


def test_an_amount_beyond_the_clients_means_closes_the_own_demand_way() -> None:
    fund = product(regime="fund_security", risk_grade="R4")
    poor = client(financial_assets=Decimal(20_000))
    # The bank lets half of what a client has go into R4 at once.
    assert decide(poor, fund, POLICY, today=TODAY, amount=Decimal(10_000)).outcome is OWN
    assert decide(poor, fund, POLICY, today=TODAY, amount=Decimal(10_001)).outcome is NO


@pytest.mark.parametrize(
    ("assessed_on", "today", "outcome"),
    [
        ((2024, 2, 29), (2025, 2, 28), YES),
        ((2024, 2, 29), (2025, 3, 1), NO),
        ((2023, 2, 28), (2024, 2, 28), YES),
        ((2023, 2, 28), (2024, 2, 29), NO),
        ((2023, 3, 1), (2024, 2, 29), YES),
        ((2025, 12, 31), (2026, 12, 31), YES),
        ((2025, 12, 31), (2027, 1, 1), NO),
    ],
)
def test_validity_around_leap_days(
    assessed_on: tuple[int, int, int], today: tuple[int, int, int], outcome: Outcome
) -> None:
    who = client(assessment=assessment(on=dt.date(*assessed_on)), qualified_investor_until=None)
    decision = decide(who, product(sale_from=dt.date(2020, 1, 1)), POLICY, today=dt.date(*today))
    assert decision.outcome is outcome


@pytest.mark.parametrize(
    ("born", "today", "age", "outcome"),
    [
        ((1960, 2, 29), (2025, 2, 28), 64, YES),
        ((1960, 2, 29), (2025, 3, 1), 65, NO),
        ((1960, 2, 29), (2024, 2, 29), 64, YES),
        ((1959, 3, 1), (2024, 2, 29), 64, YES),
        ((1959, 3, 1), (2024, 3, 1), 65, NO),
        ((1959, 2, 28), (2024, 2, 28), 65, NO),
        ((2024, 2, 29), (2024, 2, 29), 0, YES),
        ((2024, 3, 1), (2024, 2, 29), None, NO),
    ],
)
def test_age_around_leap_days(
    born: tuple[int, int, int], today: tuple[int, int, int], age: int | None, outcome: Outcome
) -> None:
    day = dt.date(*today)
    who = client(birth_date=dt.date(*born), assessment=assessment("C5", day))
    assert who.age_on(day) == age
    assert decide(who, product(risk_grade="R4", sale_from=day), POLICY, today=day).outcome is outcome


def test_expiry_is_told_with_both_dates() -> None:
    decision = decide(client(assessment=assessment(on=dt.date(2025, 3, 2))), product(), POLICY, today=TODAY)
    (reason,) = decision.failed
    assert (reason.code, reason.facts) == ("assessment_valid", ("T03",))
    assert reason.text == "评估做于2025-03-02，已在2026-03-02到期。"
    assert reason.cure


@pytest.mark.parametrize(
    ("regime", "facts"),
    [("wealth", {"S02", "T10"}), ("fund_security", {"T24", "T25", "T45", "T46"}), ("precious_metal", {"S02", "T10"})],
)
def test_the_match_rests_on_the_rule_of_its_regime(regime: str, facts: set[str]) -> None:
    for grade in ("R2", "R5"):
        decision = decide(client(), product(regime=regime, risk_grade=grade), POLICY, today=TODAY)
        (reason,) = [each for each in decision.reasons if each.code == "tier_covers_grade"]
        assert set(reason.facts) == facts


def test_a_refused_wealth_product_says_that_a_signature_does_not_help_and_what_does() -> None:
    decision = decide(client(), product(risk_grade="R4"), POLICY, today=TODAY)
    (reason,) = decision.failed
    assert "签字" in reason.text
    assert "R1至R3" in reason.cure
    (for_c1,) = decide(client(assessment=assessment("C1")), product(), POLICY, today=TODAY).failed
    assert "R1" in for_c1.cure
    assert "至" not in for_c1.cure


def every_decision() -> Iterator[Decision]:
    """Decisions that together give every reason of every rule."""
    for regime, (tier, grade, lowest), age, capacity, state in itertools.product(
        REGIMES,
        [("C1", "R1", True), ("C1", "R2", True), ("C1", "R2", False), ("C3", "R4", False), ("C5", "R5", False)],
        BORN,
        CAPACITIES,
        STATES,
    ):
        on = STATES[state].assessed_on
        who = client(
            birth_date=BORN[age],
            legal_capacity=capacity,
            assessment=Assessment(tier, on, lowest) if on else None,
            conflicting_assessments=STATES[state].conflicting,
            reported_change_on=STATES[state].reported_on,
        )
        yield decided(who, product(regime=regime, risk_grade=grade))
    for kind, asked, _ in INSURANCE.values():
        for grade in ("R2", "R4"):
            yield decided(what=product(regime="insurance", insurance_kind=kind, risk_grade=grade), asked=asked)
    for changes in (
        {"is_sold": False},
        {"sale_from": None},
        {"sale_from": dt.date(2027, 1, 1)},
        {"sale_until": dt.date(2026, 1, 1)},
        {"risk_grade": None},
        {"qualified_only": None},
        {"qualified_only": True},
        {"minimum_amount": None},
        {"recording_needed": False},
    ):
        for until in (None, TODAY):
            yield decide(
                client(birth_date=None, qualified_investor_until=until), product(**changes), POLICY, today=TODAY,
                amount=Decimal(50_000),
            )  # fmt: skip
    for amount, assets in ((1, 100), (50_000, None), (50_000, 100), (50_000, 60_000), (50_000, 500_000)):
        yield decided(client(financial_assets=assets), product(risk_grade="R3"), amount=amount)


@pytest.fixture(scope="module")
def reasons() -> list[Reason]:
    return list({reason: None for decision in every_decision() for reason in decision.reasons})


def test_every_reason_cites_facts_that_exist(reasons: list[Reason]) -> None:
    known = {item["id"] for item in yaml.safe_load(REGULATIONS.read_text(encoding="utf-8"))["facts"]}
    assert len(reasons) > 40
    for reason in reasons:
        assert reason.facts, reason
        assert set(reason.facts) <= known, reason


def test_every_reason_is_one_chinese_sentence_and_cures_are_only_for_failures(reasons: list[Reason]) -> None:
    for reason in reasons:
        assert re.match(r"[\u4e00-\u9fff]", reason.text), reason
        assert reason.text.endswith("。"), reason
        assert not reason.cure or re.fullmatch(r"[\u4e00-\u9fff].+。", reason.cure), reason
        assert not (reason.passed and (reason.cure or reason.own_demand)), reason


def test_only_a_funds_mismatch_and_needs_that_do_not_fit_can_be_overcome_by_own_demand(reasons: list[Reason]) -> None:
    overcome = {(reason.code, reason.facts) for reason in reasons if reason.own_demand}
    assert overcome == {
        ("tier_covers_grade", ("T24", "T25", "T45", "T46")),
        ("insurance_needs", ("T18", "T39")),
    }


def test_a_duty_is_one_chinese_sentence_or_several(reasons: list[Reason]) -> None:
    duties = [reason.duty for reason in reasons if reason.duty]
    assert len(set(duties)) >= 6
    for duty in duties:
        assert re.fullmatch(r"[\u4e00-\u9fff].+。", duty), duty


@pytest.mark.parametrize(("age", "failed"), [(64, {"product_grade"}), (65, {"product_grade", "age"})])
def test_an_unknown_grade_counts_as_high_risk_for_the_elderly(age: int, failed: set[str]) -> None:
    decision = decide(client(birth_date=BORN[age]), product(risk_grade=None), POLICY, today=TODAY)
    assert {reason.code for reason in decision.failed} == failed

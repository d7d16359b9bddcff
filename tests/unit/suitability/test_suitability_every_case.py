"""The decision and the table for compliance against what the regulations say, case by case."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest
from suitability_regulations import COVERED, INSURANCE, NO, OWN, STATES, YES, expected
from suitability_values import (
    BORN,
    CAPACITIES,
    GRADES,
    POLICY,
    REGIMES,
    SETTINGS,
    TIERS,
    TODAY,
    client,
    decided,
    product,
)

from bot.store.models import CATEGORIES
from bot.suitability.model import Assessment, BankPolicy, Outcome
from bot.suitability.table import REGIMES as CATEGORY_BY_REGIME
from bot.suitability.table import Line, table

STANDINGS = [(tier, False) for tier in TIERS] + [("C1", True)]
KINDS = [(regime, "") for regime in REGIMES if regime != "insurance"] + [("insurance", name) for name in INSURANCE]


class Combination(NamedTuple):
    """One case of the exhaustive table."""

    standing: tuple[str, bool]
    grade: str
    age: int
    capacity: str | None
    state: str


def combinations() -> Iterator[Combination]:
    return itertools.starmap(Combination, itertools.product(STANDINGS, GRADES, BORN, CAPACITIES, STATES))


def outcomes(regime: str, insured: str, case: Combination) -> tuple[Outcome, Outcome]:
    """What is decided, and what should be."""
    (tier, lowest), state = case.standing, STATES[case.state]
    who = client(
        birth_date=BORN[case.age],
        legal_capacity=case.capacity,
        assessment=Assessment(tier, state.assessed_on, lowest) if state.assessed_on else None,
        conflicting_assessments=state.conflicting,
        reported_change_on=state.reported_on,
    )
    kind, asked, _ = INSURANCE[insured] if insured else (None, None, None)
    what = product(regime=regime, category="x", risk_grade=case.grade, insurance_kind=kind)
    right = expected(
        regime,
        tier,
        case.grade,
        lowest=lowest,
        age=case.age,
        capacity=case.capacity,
        assessed=state.holds,
        insured=insured,
    )
    return decided(who, what, asked).outcome, right


@pytest.mark.parametrize(("regime", "insured"), KINDS)
def test_decision_of_every_case_follows_the_regulations(regime: str, insured: str) -> None:
    wrong = []
    for case in combinations():
        found, right = outcomes(regime, insured, case)
        if found is not right:
            wrong.append((case, found, right))
    assert wrong == []


def test_the_cases_are_many_and_of_every_outcome() -> None:
    found = Counter(outcomes(regime, insured, case)[1] for regime, insured in KINDS for case in combinations())
    assert sum(found.values()) == len(KINDS) * 6 * 5 * 3 * 4 * 12
    assert sum(found.values()) > 5000
    assert min(found[outcome] for outcome in Outcome) > 500


def test_the_regulations_themselves_say_yes_no_and_own_demand() -> None:
    said = Counter(expected(regime, tier, grade) for regime, tier, grade in itertools.product(REGIMES, TIERS, GRADES))
    # 15 of 25 pairs match in six regimes (trust and private included), deposits always, funds otherwise on own demand.
    assert (said[YES], said[OWN]) == (6 * 15 + 25, 10)


LINES = list(table(POLICY, TODAY))


def test_the_table_for_compliance_says_what_the_regulations_say() -> None:
    wrong = []
    for line, grade in itertools.product(LINES, GRADES):
        age = 65 if line.elderly else 64
        right = expected(line.regime, line.tier, grade, lowest=line.lowest, age=age, insured="fits")
        if line.outcomes[grade] is not right:
            wrong.append((line, grade, right))
    assert wrong == []


def test_the_table_for_compliance_has_each_line_once_and_in_order() -> None:
    keys = [(line.regime, line.elderly, line.tier, line.lowest) for line in LINES]
    assert len(keys) == len(set(keys)) == len(REGIMES) * 2 * 6
    assert [regime for regime, _ in itertools.groupby(keys, key=lambda key: key[0])] == list(REGIMES)
    assert [key[1:] for key in keys[:12]] == [
        (elderly, tier, lowest)
        for elderly in (False, True)
        for tier, lowest in [("C1", True), *((tier, False) for tier in TIERS)]
    ]
    assert all(tuple(line.outcomes) == GRADES for line in LINES)


@pytest.mark.parametrize("age", [18, 40, 41, 60, 65])
def test_the_table_parts_clients_at_the_banks_own_age(age: int) -> None:
    lines = list(table(BankPolicy.from_settings({**SETTINGS, "elderly_age": age}), TODAY))
    wealth: dict[bool, Line] = {line.elderly: line for line in lines if (line.regime, line.tier) == ("wealth", "C5")}
    assert set(wealth[False].outcomes.values()) == {YES}
    assert [grade for grade in GRADES if wealth[True].outcomes[grade] is NO] == ["R4", "R5"]


def test_the_table_follows_the_banks_grades() -> None:
    policy = replace(POLICY, high_risk_grades=frozenset({"R3", "R4", "R5"}))
    for line in table(policy, TODAY):
        if line.regime == "fund_security" and line.elderly:
            right = {grade: _of_elderly(line, grade) for grade in GRADES}
            assert line.outcomes == right


def _of_elderly(line: Line, grade: str) -> Outcome:
    if grade >= "R3" or (line.lowest and grade not in COVERED[line.tier]):
        return NO
    return YES if grade in COVERED[line.tier] else OWN


def test_the_table_names_categories_that_exist() -> None:
    assert set(CATEGORY_BY_REGIME) == set(REGIMES)
    assert set(CATEGORY_BY_REGIME.values()) <= set(CATEGORIES)

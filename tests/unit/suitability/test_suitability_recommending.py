"""Which products are shown among those that may be offered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suitability_values import GRADES, product

from bot.suitability.model import Decision, Outcome
from bot.suitability.recommending import Candidate, Wish, recommend

CATEGORIES = ("wealth_management", "bond_fund", "equity_fund", "deposit", "insurance")


def candidate(
    code: str,
    grade: str | None = "R2",
    category: str = "wealth_management",
    outcome: Outcome = Outcome.MAY_RECOMMEND,
    days: int | None = 90,
    held: bool = False,
) -> Candidate:
    regime = category if category in ("deposit", "insurance") else "wealth"
    profile = product(code=code, category=category, regime=regime, risk_grade=grade)
    return Candidate(profile, Decision(outcome, ()), days, held)


def codes(candidates: Sequence[Candidate]) -> list[str]:
    return [each.product.code for each in candidates]


DRAWN = st.lists(
    st.builds(
        candidate,
        code=st.integers(0, 999).map(lambda number: f"P{number:03}"),
        grade=st.sampled_from(GRADES) | st.none(),
        category=st.sampled_from(CATEGORIES),
        outcome=st.sampled_from(Outcome),
        days=st.sampled_from((0, 30, 90, 365, None)),
        held=st.booleans(),
    ),
    unique_by=lambda each: each.product.code,
    max_size=14,
)
WISHES = st.builds(
    Wish,
    categories=st.frozensets(st.sampled_from(CATEGORIES), max_size=2),
    highest_grade=st.sampled_from(GRADES) | st.none(),
    longest_days=st.sampled_from((0, 30, 100, 400)) | st.none(),
)


def meets(each: Candidate, wish: Wish) -> bool:
    grade, days = each.product.risk_grade, each.term_days
    return (
        each.decision.outcome is Outcome.MAY_RECOMMEND
        and (bool(wish.categories) or each.product.category != "insurance")
        and (not wish.categories or each.product.category in wish.categories)
        and (wish.highest_grade is None or (grade is not None and grade <= wish.highest_grade))
        and (wish.longest_days is None or (days is not None and days <= wish.longest_days))
    )


@settings(max_examples=300)
@given(DRAWN, WISHES, st.integers(0, 5))
def test_recommend_shows_only_what_may_be_offered_and_was_wished_and_as_many_as_it_can(
    drawn: list[Candidate], wish: Wish, most: int
) -> None:
    shown = recommend(drawn, wish, most)
    eligible = [each for each in drawn if meets(each, wish)]
    assert len(shown) == min(most, len(eligible))
    assert set(codes(shown)) <= set(codes(eligible))
    assert len(set(codes(shown))) == len(shown)


@settings(max_examples=200)
@given(DRAWN, WISHES, st.integers(0, 5), st.randoms(use_true_random=False))
def test_recommend_does_not_depend_on_the_order_of_its_input(
    drawn: list[Candidate], wish: Wish, most: int, random: object
) -> None:
    shuffled = list(drawn)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert codes(recommend(shuffled, wish, most)) == codes(recommend(drawn, wish, most))


@settings(max_examples=200)
@given(DRAWN, st.integers(1, 5))
def test_recommend_repeats_a_pair_of_category_and_grade_only_when_nothing_new_is_left(
    drawn: list[Candidate], most: int
) -> None:
    shown = recommend(drawn, Wish(), most)
    pairs = [(each.product.category, each.product.risk_grade) for each in shown]
    if len(set(pairs)) < len(pairs):
        left = [each for each in drawn if meets(each, Wish()) and each not in shown]
        new = {(each.product.category, each.product.risk_grade) for each in left}
        assert not any(
            category not in {c for c, _ in pairs} and grade not in {g for _, g in pairs} for category, grade in new
        )


@pytest.mark.parametrize("outcome", [Outcome.OWN_DEMAND_ONLY, Outcome.REFUSED])
def test_recommend_never_shows_what_only_the_client_may_ask_for(outcome: Outcome) -> None:
    assert recommend([candidate("A", outcome=outcome)], Wish(), 3) == []


def test_recommend_gives_a_choice_of_categories_and_grades() -> None:
    many = [candidate(f"W{number}", "R2") for number in range(5)]
    others = [candidate("B", "R3", "bond_fund"), candidate("E", "R4", "equity_fund")]
    assert codes(recommend([*many, *others], Wish(), 3)) == ["W0", "B", "E"]


def test_recommend_shows_the_lowest_grade_first_what_is_held_later_and_plain_deposits_last() -> None:
    mixed = [
        candidate("D", "R1", "deposit"),
        candidate("HELD", "R1", "bond_fund", held=True),
        candidate("R3", "R3", "equity_fund"),
        candidate("R2", "R2"),
        candidate("UNKNOWN", None, "trust"),
    ]
    assert codes(recommend(mixed, Wish(), 5)) == ["R2", "R3", "UNKNOWN", "D", "HELD"]
    assert codes(recommend(mixed, Wish(), 1)) == ["R2"]


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        (Wish(), ["A", "B", "C"]),
        (Wish(categories=frozenset({"bond_fund"})), ["B"]),
        (Wish(categories=frozenset({"trust"})), []),
        (Wish(highest_grade="R1"), ["A"]),
        (Wish(highest_grade="R2"), ["A", "B"]),
        (Wish(longest_days=0), ["B"]),
        (Wish(longest_days=89), ["B"]),
        (Wish(longest_days=90), ["A", "B"]),
        (Wish(longest_days=9999), ["A", "B"]),  # C's term is unknown and may be longer
        (Wish(categories=frozenset({"bond_fund"}), highest_grade="R1"), []),
    ],
)
def test_recommend_respects_the_wish(wish: Wish, shown: list[str]) -> None:
    offered = [
        candidate("A", "R1", days=90),
        candidate("B", "R2", "bond_fund", days=0),
        candidate("C", None, "equity_fund", days=None),
    ]
    assert codes(recommend(offered, wish, 3)) == shown


@pytest.mark.parametrize(
    ("categories", "shown"),
    [
        ((), ["W"]),
        (("insurance",), ["I1", "I2"]),
        (("insurance", "wealth_management"), ["I1", "W", "I2"]),
        (("deposit",), []),
    ],
)
def test_recommend_shows_insurance_only_to_who_asked_for_it(categories: tuple[str, ...], shown: list[str]) -> None:
    offered = [candidate("I2", "R3", "insurance"), candidate("I1", "R1", "insurance"), candidate("W")]
    assert codes(recommend(offered, Wish(categories=frozenset(categories)), 3)) == shown


@pytest.mark.parametrize(
    ("most", "shown"), [(0, []), (1, ["A"]), (2, ["A", "B"]), (3, ["A", "B", "C"]), (9, ["A", "B", "C"])]
)
def test_recommend_shows_as_many_as_asked(most: int, shown: list[str]) -> None:
    assert codes(recommend([candidate(code) for code in "CAB"], Wish(), most)) == shown


@pytest.mark.parametrize(
    ("offered", "shown"),
    [
        # A new category and a new grade each count: B shares nothing with A, the others one or both.
        ([("A", "R1", "bond_fund"), ("A2", "R1", "bond_fund"), ("B", "R3", "equity_fund")], ["A", "B"]),
        ([("A", "R1", "bond_fund"), ("A2", "R1", "equity_fund"), ("B", "R3", "mixed_fund")], ["A", "B"]),
        ([("A", "R1", "bond_fund"), ("A2", "R2", "bond_fund"), ("B", "R3", "mixed_fund")], ["A", "B"]),
        # With one of both shared, the lower grade goes first.
        ([("A", "R1", "bond_fund"), ("A2", "R2", "bond_fund"), ("B", "R3", "bond_fund")], ["A", "A2"]),
        ([("A", "R1", "bond_fund"), ("A2", "R1", "bond_fund"), ("B", "R2", "bond_fund")], ["A", "B"]),
    ],
)
def test_recommend_counts_both_category_and_grade_for_the_choice(
    offered: list[tuple[str, str, str]], shown: list[str]
) -> None:
    assert codes(recommend([candidate(*each) for each in offered], Wish(), 2)) == shown


@pytest.mark.parametrize("held", [True, False])
def test_recommend_puts_what_is_held_after_everything_else(held: bool) -> None:
    offered = [candidate("A", "R1", held=held), candidate("B", "R1", "deposit"), candidate("C", "R5")]
    assert codes(recommend(offered, Wish(), 3)) == (["C", "B", "A"] if held else ["A", "C", "B"])


def test_recommend_without_limits_takes_a_product_of_unknown_grade_and_term_last() -> None:
    offered = [candidate("A", None, days=None), candidate("B", "R5")]
    assert codes(recommend(offered, Wish(), 2)) == ["B", "A"]
    assert Wish() == Wish(frozenset(), None, None)
    assert recommend(offered, Wish(highest_grade="R5", longest_days=90), 2) == [offered[1]]

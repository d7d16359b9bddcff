"""The client's questionnaire: what answers come to, the limits of T02, the confirmation of T04."""

from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.loading import load_corpus
from bot.settings import PROJECT_ROOT
from bot.suitability.questionnaire import (
    MOST_A_DAY,
    MOST_A_YEAR,
    Limit,
    Option,
    Question,
    Questionnaire,
    Result,
    Tier,
    count,
    needs_confirmation,
    result_of,
)

TIERS = ("C1", "C2", "C3", "C4", "C5")
TODAY = dt.date(2026, 11, 24)
REAL = Questionnaire.from_data(load_corpus(PROJECT_ROOT / "scripts_corpus").questionnaire)


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Questionnaires with any points, without limits, and five bands that reach from the least to the most points."""
    points = draw(st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=6), min_size=5, max_size=15))
    questions = tuple(
        Question(f"q{number}", (), "", "", tuple(Option(f"o{i}", "", each) for i, each in enumerate(row)))
        for number, row in enumerate(points)
    )
    least, most = sum(map(min, points)), sum(map(max, points))
    cuts = sorted(draw(st.lists(st.integers(least, most + 1), min_size=4, max_size=4)))
    edges = [least, *cuts, most + 1]
    tiers = tuple(Tier(name, edges[i], edges[i + 1] - 1, "", "") for i, name in enumerate(TIERS))
    return Questionnaire("1", "", (), questions, tiers, "")


def answers_to(questionnaire: Questionnaire) -> st.SearchStrategy[dict[str, str]]:
    """Complete answers."""
    return st.fixed_dictionaries(
        {each.id: st.sampled_from([option.id for option in each.options]) for each in questionnaire.questions}
    )


@given(st.data())
def test_more_points_never_lead_to_a_lower_tier(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires())
    answers = data.draw(answers_to(questionnaire))
    question = data.draw(st.sampled_from(questionnaire.questions))
    other = {**answers, question.id: data.draw(st.sampled_from(question.options)).id}
    lower, higher = sorted((result_of(questionnaire, answers), result_of(questionnaire, other)), key=lambda r: r.score)
    assert lower.tier <= higher.tier


@given(st.data())
def test_every_score_lies_in_exactly_one_band(data: st.DataObject) -> None:
    result = result_of(REAL, data.draw(answers_to(REAL)))
    assert sum(tier.least <= result.score <= tier.most for tier in REAL.tiers) == 1


@given(st.data())
def test_whoever_bears_no_loss_or_lacks_capacity_is_in_the_lowest_category(data: st.DataObject) -> None:
    answers = data.draw(answers_to(REAL))
    assert result_of(REAL, {**answers, "bearable_loss": "none"}).standing == ("C1", True)
    assert result_of(REAL, answers, legal_capacity=data.draw(st.sampled_from(("none", "limited")))).is_lowest_category


@given(st.data())
def test_a_small_bearable_loss_limits_the_tier_whatever_the_rest_says(data: st.DataObject) -> None:
    answers = data.draw(answers_to(REAL))
    for option, highest in (("up_to_5", "C2"), ("up_to_10", "C3"), ("up_to_30", "C4"), ("over_30", "C5")):
        assert result_of(REAL, {**answers, "bearable_loss": option}).tier <= highest


@pytest.mark.parametrize("pick", [min, max])
def test_the_real_questionnaire_reaches_both_ends(pick: type) -> None:
    answers = {q.id: pick(q.options, key=lambda option: option.points).id for q in REAL.questions}  # type: ignore[call-arg]
    answers["age"] = "from_75" if pick is min else "from_30"
    result = result_of(REAL, answers)
    assert result == (Result("C1", True, 0) if pick is min else Result("C5", False, 59))


def test_the_lowest_category_is_more_than_the_tier_c1() -> None:
    answers = {q.id: min(q.options, key=lambda option: option.points).id for q in REAL.questions}
    answers |= {"age": "from_75", "bearable_loss": "up_to_5"}
    assert result_of(REAL, answers) == Result("C1", False, 1)


@pytest.mark.parametrize("broken", [{}, {"age": "nonsense"}, {"age": ""}])
def test_an_answer_that_is_missing_is_never_guessed(broken: dict[str, str]) -> None:
    answers = {q.id: q.options[-1].id for q in REAL.questions if q.id != "age"} | broken
    assert [q.id for q in REAL.unanswered(answers)] == ["age"]
    with pytest.raises(ValueError, match="age"):
        result_of(REAL, answers)


def test_every_question_asks_one_thing_and_shows_no_score() -> None:
    assert 12 <= len(REAL.questions) <= 15
    for question in REAL.questions:
        assert question.text.count("？") == 1
        assert question.text.endswith("？")
        assert not any("分" in option.text.replace("部分", "") for option in question.options)


DAY_BEFORE = TODAY - dt.timedelta(days=1)
YEAR_AGO = TODAY - relativedelta(months=12)


@pytest.mark.parametrize(
    ("days", "limit"),
    [
        ([], None),
        ([TODAY], None),
        ([TODAY] * 2, Limit.DAY),
        ([DAY_BEFORE] * 2, None),
        ([DAY_BEFORE] * 7, None),
        ([DAY_BEFORE] * 8, Limit.YEAR),
        ([*[DAY_BEFORE] * 6, TODAY, TODAY], Limit.YEAR),
        ([YEAR_AGO] * 20, None),
        ([YEAR_AGO + dt.timedelta(days=1)] * 8, Limit.YEAR),
        ([TODAY + dt.timedelta(days=3)] * 2, Limit.DAY),
    ],
)
def test_two_a_day_and_eight_in_twelve_months(days: list[dt.date], limit: Limit | None) -> None:
    assert count(days, TODAY).limit is limit


@given(st.lists(st.integers(-800, 30).map(lambda d: TODAY + dt.timedelta(days=d)), max_size=20))
def test_a_limit_is_reached_exactly_when_a_count_is(days: list[dt.date]) -> None:
    counted = count(days, TODAY)
    assert counted.today <= counted.year <= len(days)
    assert (counted.limit is None) is (counted.today < MOST_A_DAY and counted.year < MOST_A_YEAR)


@given(st.lists(st.integers(0, 800).map(lambda d: TODAY - dt.timedelta(days=d)), max_size=20), st.integers(0, 400))
def test_a_clock_set_back_gains_nothing(days: list[dt.date], back: int) -> None:
    earlier = TODAY - dt.timedelta(days=back)
    assert count(days, earlier).year >= count(days, TODAY).year
    assert count(days, earlier).today >= count(days, TODAY).today


@pytest.mark.parametrize(
    ("in_force", "needed"),
    [
        ([], False),
        ([("C2", False)], False),
        ([("C3", False)], True),
        ([("C1", False)], True),
        ([("C2", False), ("C2", False)], False),
        ([("C2", False), ("C3", False)], True),
    ],
)
def test_a_result_that_differs_is_confirmed(in_force: list[tuple[str, bool]], needed: bool) -> None:
    assert needs_confirmation(in_force, Result("C2", False, 20)) is needed


def test_the_lowest_category_differs_from_the_rest_of_c1() -> None:
    assert needs_confirmation([("C1", False)], Result("C1", True, 3))
    assert not needs_confirmation([("C1", True)], Result("C1", True, 5))

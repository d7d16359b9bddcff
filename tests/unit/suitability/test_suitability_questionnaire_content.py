"""The questionnaire's file as values, every band and border of it, and limits at their edges."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.corpus.loading import load_corpus
from bot.settings import PROJECT_ROOT
from bot.suitability.questionnaire import (
    Count,
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

REAL = Questionnaire.from_data(load_corpus(PROJECT_ROOT / "scripts_corpus").questionnaire)
DATA: dict[str, Any] = {
    "version": "7",
    "title": "问卷",
    "privacy": [{"topic": "谁", "text": "本行"}, {"topic": "什么", "text": "回答"}],
    "questions": [
        {
            "id": "q1",
            "covers": ["age", "work"],
            "text": "一？",
            "help": "帮助",
            "options": [
                {"id": "a", "text": "甲", "points": 0},
                {"id": "b", "text": "乙", "points": 5, "highest_tier": "C3"},
            ],
        },
        {
            "id": "q2",
            "covers": ["income"],
            "text": "二？",
            "options": [
                {"id": "a", "text": "丙", "points": 1, "lowest_category": True},
                {"id": "b", "text": "丁", "points": 15},
                {"id": "c", "text": "戊", "points": 15, "highest_tier": "C2"},
            ],
        },
    ],
    "tiers": [
        {
            "tier": f"C{number}",
            "from": number * 5 - 5,
            "to": number * 5 - 1,
            "name": f"名{number}",
            "meaning": f"义{number}",
        }
        for number in range(1, 6)
    ],
    "lowest_category": "最低",
}
SMALL = Questionnaire.from_data(DATA)


def test_every_part_of_the_file_is_kept() -> None:
    small = Questionnaire.from_data(DATA)
    assert (small.version, small.title, small.lowest_category) == ("7", "问卷", "最低")
    assert small.privacy == (("谁", "本行"), ("什么", "回答"))
    first, second = small.questions
    assert (first.id, first.covers, first.text, first.help) == ("q1", ("age", "work"), "一？", "帮助")
    assert (second.id, second.covers, second.text, second.help) == ("q2", ("income",), "二？", "")
    assert first.options == (Option("a", "甲", 0, False, None), Option("b", "乙", 5, False, "C3"))
    assert second.options[0] == Option("a", "丙", 1, True, None)
    assert small.tiers[1] == Tier("C2", 5, 9, "名2", "义2")
    assert len(small.tiers) == 5


def test_an_option_and_a_tier_are_found_by_name_and_nothing_else() -> None:
    question = SMALL.questions[0]
    assert question.option("b") is question.options[1]
    assert (question.option("c"), question.option(None), question.option("")) == (None, None, None)
    assert SMALL.tier("C4") is SMALL.tiers[3]
    with pytest.raises(KeyError):
        SMALL.tier("C6")


def test_what_is_not_answered_is_listed_in_order() -> None:
    assert SMALL.unanswered({}) == list(SMALL.questions)
    assert SMALL.unanswered({"q2": "b"}) == [SMALL.questions[0]]
    assert SMALL.unanswered({"q1": "c", "q2": "b"}) == [SMALL.questions[0]]
    assert SMALL.unanswered({"q1": "a", "q2": "b", "q9": "x"}) == []
    with pytest.raises(ValueError, match="q1, q2"):
        result_of(SMALL, {})


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ("a", "b", Result("C4", False, 15)),
        ("b", "b", Result("C3", False, 20)),  # C5 by points, held to C3 by the answer
        ("a", "c", Result("C2", False, 15)),
        ("b", "c", Result("C2", False, 20)),  # the lower of two limits
        ("a", "a", Result("C1", True, 1)),
        ("b", "a", Result("C1", True, 6)),  # C2 by points
    ],
)
def test_points_give_the_tier_and_answers_limit_it(first: str, second: str, result: Result) -> None:
    assert result_of(SMALL, {"q1": first, "q2": second}) == result
    assert result.standing == (result.tier, result.is_lowest_category)


@pytest.mark.parametrize(("capacity", "lowest"), [("full", False), (None, False), ("limited", True), ("none", True)])
def test_whoever_lacks_full_capacity_is_of_the_lowest_category(capacity: str | None, lowest: bool) -> None:
    result = result_of(SMALL, {"q1": "a", "q2": "b"}, legal_capacity=capacity)
    assert result == Result("C1" if lowest else "C4", lowest, 15)


def one_question(points: int) -> Questionnaire:
    """The bank's own bands with one question that gives these points."""
    question = Question("q", (), "", "", (Option("o", "", points),))
    return Questionnaire("1", "", (), (question,), REAL.tiers, "")


ENDS = {"C1": (0, 13), "C2": (14, 25), "C3": (26, 37), "C4": (38, 47), "C5": (48, 59)}


@pytest.mark.parametrize(("points", "tier"), [(points, tier) for tier, ends in ENDS.items() for points in ends])
def test_each_end_of_a_band_belongs_to_it(points: int, tier: str) -> None:
    assert result_of(one_question(points), {"q": "o"}) == Result(tier, False, points)


@pytest.mark.parametrize("part", ["privacy", "questions", "tiers"])
def test_what_the_client_reads_is_said_in_full(part: str) -> None:
    texts = {
        "privacy": [text for pair in REAL.privacy for text in pair],
        "questions": [text for each in REAL.questions for text in (each.text, *(o.text for o in each.options))],
        "tiers": [text for each in REAL.tiers for text in (each.name, each.meaning)],
    }[part]
    assert all(texts)
    if part != "questions":
        assert len(set(texts)) == len(texts)
    for question in REAL.questions:
        assert len({option.text for option in question.options}) == len(question.options) >= 3
    assert "最低类别" in REAL.lowest_category


TODAY = dt.date(2026, 11, 24)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "counted"),
    [
        ([], Count(0, 0)),
        ([TODAY], Count(1, 1)),
        ([ago(1)], Count(0, 1)),
        ([ago(-1)], Count(1, 1)),  # the clock was set back since
        ([dt.date(2025, 11, 25)], Count(0, 1)),
        ([dt.date(2025, 11, 24)], Count(0, 0)),
        ([TODAY, TODAY, ago(30), ago(400)], Count(2, 3)),
    ],
)
def test_assessments_are_counted_by_day_and_by_twelve_months(days: list[dt.date], counted: Count) -> None:
    assert count(days, TODAY) == counted
    assert count(iter(days), TODAY) == counted


def test_twelve_months_end_with_the_month_in_leap_years_too() -> None:
    assert count([dt.date(2027, 2, 28)], dt.date(2028, 2, 29)) == Count(0, 0)
    assert count([dt.date(2027, 3, 1)], dt.date(2028, 2, 29)) == Count(0, 1)


# T02: at most two a day and eight in twelve months.
@pytest.mark.parametrize(
    ("today", "year", "limit"),
    [
        (0, 0, None),
        (1, 7, None),
        (1, 1, None),
        (2, 2, Limit.DAY),
        (3, 7, Limit.DAY),
        (0, 8, Limit.YEAR),
        (2, 8, Limit.YEAR),
        (0, 9, Limit.YEAR),
    ],
)
def test_the_year_goes_before_the_day_when_both_are_used_up(today: int, year: int, limit: Limit | None) -> None:
    assert Count(today, year).limit is limit


def test_limits_are_kept_under_their_names() -> None:
    assert {limit.name: limit.value for limit in Limit} == {"DAY": "day", "YEAR": "year"}


@pytest.mark.parametrize(
    ("in_force", "needed"),
    [({("C1", True)}, True), ({("C1", False), ("C1", True)}, True), ({("C1", False)}, False), (set(), False)],
)
def test_one_result_in_force_that_differs_is_enough(in_force: set[tuple[str, bool]], needed: bool) -> None:
    assert needs_confirmation(in_force, Result("C1", False, 9)) is needed

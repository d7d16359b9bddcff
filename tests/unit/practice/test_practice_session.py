"""What a session comes to: the score, what vetoes it, and what hints cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from practice_tools import (
    EMPTY,
    FEES,
    GREETING,
    GUARANTEE,
    INTRODUCTION,
    QUESTIONS,
    SCENE,
    SHEET,
    checker,
    corpus,
    drill,
    good_answers,
    play,
    play_well,
    practice,
    scorer,
    trainer,
    visit,
)

from bot.practice.scorecard import Note
from bot.practice.scoring import Scene
from bot.practice.session import Session, Trainer

RUBRIC = practice().rubric
PUSHY = "您到底买不买？我都讲了三遍了，别磨蹭了。"


def drilled(*replies: str, objection: str = "objection_fees") -> Session:
    """A drill in which these were the replies."""
    session = drill(objection)
    list(play(session, replies))
    return session


def read_out() -> str:
    """An approved script on fees, word by word."""
    scripts = corpus().objections["objection_fees"].scripts
    return next(text for script in scripts if "{" not in (text := "".join(script.steps.values())))


def test_a_drill_is_worth_the_average_of_its_answers() -> None:
    session = drilled(FEES.good, FEES.cold, EMPTY)
    grades = [each.card.overall for each in session.exchanges if each.card]
    result = trainer().result(session)
    assert result.answers == pytest.approx(100 * sum(grades) / 15)
    assert result.score == round(result.answers or 0)
    assert result.checks == {}


def test_three_good_answers_pass_and_three_empty_ones_do_not() -> None:
    good, empty = (
        trainer().result(drilled(*good_answers()["objection_fees"][:3])),
        trainer().result(drilled(*[EMPTY] * 3)),
    )
    assert (good.passed, good.vetoes) == (True, ())
    assert good.score >= RUBRIC["pass_mark"] > empty.score
    assert (empty.passed, empty.vetoes) == (False, ())


def test_the_same_good_answer_three_times_does_not_pass() -> None:
    session = drilled(*[FEES.good] * 3)
    first, *later = [each.card for each in session.exchanges if each.card]
    assert first.overall >= 4
    assert all(card.overall <= 2 and Note.REPEATED in card.notes for card in later)
    assert not trainer().result(session).passed


@pytest.mark.parametrize("persona", ["busy_doctor", "retired_teacher", "young_mother"])
def test_a_visit_that_goes_well_passes_and_every_stage_is_checked(persona: str) -> None:
    result = trainer().result(play_well(visit(persona)))
    assert result.passed
    assert list(result.checks) == ["opening", "needs", "introduction", "closing"]
    assert all(check.name and check.missed and check.better for checks in result.checks.values() for check in checks)
    assert all(check.met for check in result.checks["opening"])


def test_stages_count_for_three_tenths_of_a_visit() -> None:
    session = play_well(visit("busy_doctor"))
    result = trainer().result(session)
    met = [check.met for checks in result.checks.values() for check in checks]
    assert result.score == round(0.7 * (result.answers or 0) + 30 * sum(met) / len(met))


def test_one_violation_fails_the_session_whatever_the_score() -> None:
    session = drilled(*good_answers()["objection_fees"][:2], FEES.good + GUARANTEE)
    result = trainer().result(session)
    assert "compliance" in result.vetoes
    assert not result.passed


def test_a_violation_outside_the_objections_fails_the_session_too() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING + GUARANTEE]))
    assert session.exchanges[0].card is None
    assert session.exchanges[0].findings
    assert "compliance" in trainer().result(play_well(session)).vetoes


def test_an_offer_above_his_tier_fails_the_session() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING, QUESTIONS]))
    trainer().reply(session, INTRODUCTION, Scene(SCENE.day, SHEET, "C1"))
    result = trainer().result(play_well(session))
    assert "above_tier" in result.vetoes
    assert not result.passed


def test_who_leaves_or_is_left_before_the_end_fails_the_session() -> None:
    left = visit("busy_doctor")
    list(play(left, [GREETING, INTRODUCTION, *[PUSHY] * 12]))
    assert "left" in trainer().result(left).vetoes
    stopped = drilled(FEES.good)
    trainer().stop(stopped)
    result = trainer().result(stopped)
    assert (stopped.is_over, stopped.line) == (True, "")
    assert result.vetoes == ("stopped",)
    assert not result.passed


def test_a_script_read_out_fails_the_session() -> None:
    session = drilled(read_out(), FEES.good, FEES.good)
    first = session.exchanges[0].card
    assert first is not None
    assert Note.PASTED_SCRIPT in first.notes
    assert "read_out" in trainer().result(session).vetoes


def test_who_answered_nothing_fails_with_nothing() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING]))
    trainer().stop(session)
    result = trainer().result(session)
    assert set(result.vetoes) == {"stopped", "nothing"}
    assert (result.answers, result.passed) == (None, False)
    assert 0 <= result.score <= 30


@pytest.mark.parametrize("veto", ["compliance", "above_tier", "left", "stopped", "read_out", "nothing"])
def test_every_veto_has_its_wording(veto: str) -> None:
    assert corpus().wording[f"practice_veto_{veto}"]


@pytest.mark.parametrize("note", list(Note))
def test_every_note_has_its_wording(note: Note) -> None:
    assert corpus().wording[f"practice_note_{note.value}"]


@pytest.mark.parametrize("hints", [0, 1, 3])
def test_each_hint_costs_its_points(hints: int) -> None:
    session = drilled(*[FEES.good] * 3)
    free = trainer().result(session).score
    session.hints = hints
    result = trainer().result(session)
    assert result.hint_cost == hints * RUBRIC["hint_cost"]
    assert result.score == free - result.hint_cost


def test_hints_never_bring_the_score_below_nought() -> None:
    session = drilled(*["ok"] * 3)
    session.hints = 50
    assert trainer().result(session).score == 0


@pytest.mark.parametrize(("less", "passed"), [(0, True), (1, False)])
def test_the_pass_mark_itself_passes_and_one_point_less_does_not(less: int, passed: bool) -> None:
    session = drilled(*good_answers()["objection_fees"][:3])
    # Hints of one point each bring the score to the mark.
    rubric = {**RUBRIC, "hint_cost": 1}
    marked = Trainer(replace(practice(), rubric=rubric), scorer(), checker())
    session.hints = marked.result(session).score - RUBRIC["pass_mark"] + less
    result = marked.result(session)
    assert (result.score, result.passed) == (RUBRIC["pass_mark"] - less, passed)


@pytest.mark.parametrize("objection", sorted(practice().client_lines))
def test_a_model_answer_of_all_steps_is_there_for_the_objection_in_hand(objection: str) -> None:
    found = trainer().model_answer(drill(objection), SCENE)
    assert list(found) == ["listen", "understand", "resolve"]
    assert all(found.values())


def test_outside_an_objection_there_is_no_model_answer() -> None:
    assert trainer().model_answer(visit("busy_doctor"), SCENE) == {}


def test_an_exchange_keeps_what_was_said_and_which_objection_was_in_hand() -> None:
    session = drill()
    line = session.line
    exchange = trainer().reply(session, FEES.good, SCENE)
    assert (exchange.stage, exchange.objection) == ("objections", "objection_fees")
    assert (exchange.client_line, exchange.reply) == (line, FEES.good)
    assert exchange.card == scorer().score("objection_fees", line, FEES.good, SCENE)
    assert session.exchanges == [exchange]

"""The client that the assistant plays: what he says depends on the seed, the replies and their scores, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from practice_tools import (
    EMPTY,
    FEES,
    GREETING,
    GUARANTEE,
    INTRODUCTION,
    LIQUIDITY,
    MORE_QUESTIONS,
    OBJECTIONS,
    PRIVATE,
    QUESTIONS,
    RISK,
    SCENE,
    SHEET,
    drill,
    play,
    play_well,
    practice,
    trainer,
    visit,
    well_said,
)

from bot.corpus.practice import DIFFICULTIES
from bot.errors import HuashuError
from bot.practice.scenario import Mode, Scenario
from bot.practice.scoring import Scene
from bot.practice.session import Session

PERSONAS = sorted(practice().personas)
PUSHY = "您到底买不买？我都讲了三遍了，别磨蹭了。"
POOL = (
    *(GREETING, QUESTIONS, MORE_QUESTIONS, INTRODUCTION, FEES.good, FEES.cold, LIQUIDITY.good, RISK.good),
    *(EMPTY, PRIVATE, PUSHY, GUARANTEE, "", "ok", "嗯嗯", "我们不急，您慢慢考虑。"),
)
# Middling answers settle nothing and cost no patience: the talk goes on for as long as it may.
LONG = [GREETING, QUESTIONS, MORE_QUESTIONS, INTRODUCTION, *[FEES.cold, LIQUIDITY.cold, RISK.cold] * 6]


def sentences(session: Session) -> list[str]:
    """Everything the client has said, the way it is kept to say nothing twice."""
    return session.state.said


def heard(session: Session, lines: Sequence[str]) -> bool:
    """Whether one of these lines is in what he said just now, in whatever words for you and me."""
    return any(line in sentences(session)[-3:] for line in lines)


@cache
def worrying(objection: str) -> str:
    """A persona who worries about an objection."""
    return next(
        name
        for name, persona in practice().personas.items()
        if objection in [worry.objection for worry in persona.worries]
    )


def in_objections(persona: str, level: str = "easy", seed: int = 7) -> Session:
    """A visit that has come to the first objection."""
    session = visit(persona, level, seed)
    list(play(session, [GREETING, QUESTIONS, INTRODUCTION]))
    assert session.state.stage == "objections"
    return session


@pytest.mark.parametrize("persona", PERSONAS)
def test_the_same_seed_and_replies_give_the_same_talk(persona: str) -> None:
    talks = [list(play(visit(persona, "medium", 11), LONG)) for _ in range(2)]
    assert talks[0] == talks[1]


def test_another_seed_gives_other_lines() -> None:
    talks = {tuple(play(visit(PERSONAS[0], "medium", seed), LONG)) for seed in range(5)}
    assert len(talks) == 5
    assert len({drill(seed=seed).line for seed in range(20)}) > 5


@pytest.mark.parametrize("level", DIFFICULTIES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_no_line_is_said_twice_in_a_talk_of_sixteen_exchanges(persona: str, level: str) -> None:
    session = visit(persona, level)
    answers = list(play(session, LONG))
    assert all(answers)
    assert len(set(answers)) == len(answers)
    assert len(set(sentences(session))) == len(sentences(session))
    assert session.is_over
    assert len(session.exchanges) <= practice().rubric["exchanges"]["visit"]


@pytest.mark.parametrize("level", DIFFICULTIES)
@pytest.mark.parametrize("persona", PERSONAS)
def test_who_is_answered_well_is_settled_on_every_worry_and_agrees(persona: str, level: str) -> None:
    session = play_well(visit(persona, level))
    state = session.state
    assert state.settled == [worry.objection for worry in practice().personas[persona].worries]
    assert (state.ending, state.worries) == ("agrees", [])
    assert heard(session, practice().personas[persona].lines["agrees"])


@pytest.mark.parametrize(("level", "tempts"), [("easy", False), ("medium", True), ("hard", True)])
def test_only_harder_clients_ask_for_what_is_forbidden_and_only_once(level: str, tempts: bool) -> None:
    for persona in PERSONAS:
        session = play_well(visit(persona, level))
        asked = [line for line in sentences(session) if line in practice().personas[persona].lines["tempts"]]
        assert len(asked) == tempts, persona
        assert session.state.tempted is tempts


def test_what_is_said_to_a_temptation_is_no_answer_to_an_objection() -> None:
    session = play_well(visit("busy_doctor", "hard"))
    tempting = [each for each in session.exchanges if each.stage == "objections" and not each.objection]
    assert [each.card for each in tempting] == [None]


def test_a_good_answer_settles_the_worry_and_brings_the_next() -> None:
    session = in_objections("busy_doctor")
    first, second = session.state.worries[:2]
    trainer().reply(session, well_said(session), SCENE)
    assert session.state.settled == [first]
    assert session.state.worries[0] == second
    assert heard(session, practice().personas["busy_doctor"].lines["settled"])


def test_an_answer_beside_the_point_is_brushed_aside_and_the_worry_named() -> None:
    session = in_objections(worrying("objection_fees"))
    while session.state.worries[0] != "objection_fees":
        trainer().reply(session, well_said(session), SCENE)
    trust, patience = session.state.trust, session.state.patience
    exchange = trainer().reply(session, PRIVATE, SCENE)
    assert exchange.card is not None
    if exchange.card.manner.value == "beside":
        assert practice().rubric["worry_names"]["objection_fees"] in session.line
    assert "{" not in session.line
    assert session.state.trust < trust
    assert session.state.patience < patience
    assert session.state.worries[0] == "objection_fees"


def test_the_clients_own_line_pasted_back_is_noticed() -> None:
    session = drill(seed=3)
    trainer().reply(session, session.line, SCENE)
    assert heard(session, practice().rubric["client"]["pasted_back"])


def test_what_does_not_persuade_is_left_and_comes_back() -> None:
    session = in_objections("retired_teacher")
    first = session.state.worries[0]
    limit = practice().rubric["exchanges"]["objection"]
    worry = next(each for each in OBJECTIONS if each.intent == first)
    for _ in range(limit):
        assert session.state.worries[0] == first
        trainer().reply(session, worry.cold, SCENE)
    assert session.state.worries[0] != first
    assert session.state.worries[-1] == first
    assert session.state.settled == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_who_is_pushed_leaves_when_his_patience_ends(persona: str) -> None:
    session = in_objections(persona)
    answers = list(play(session, [PUSHY] * 12))
    assert session.state.ending == "leaves"
    assert session.state.patience <= 0 or session.state.trust <= 0
    assert len(answers) <= practice().personas[persona].patience
    assert heard(session, practice().personas[persona].lines["leaves"])


def test_who_still_worries_does_not_agree() -> None:
    session = in_objections("polite_refuser")
    list(play(session, LONG[4:]))
    assert session.state.worries
    assert session.state.ending in ("undecided", "leaves")


def test_a_drill_ends_after_three_replies() -> None:
    for replies in ([FEES.good] * 5, [FEES.cold] * 5, ["ok"] * 5, [GUARANTEE, FEES.cold, FEES.good, FEES.good]):
        session = drill()
        answers = list(play(session, replies))
        assert len(answers) == 3
        assert answers[-1] == ""
        assert (session.is_over, session.state.ending) == (True, "finished")


@pytest.mark.parametrize("objection", sorted(practice().client_lines))
@pytest.mark.parametrize("level", DIFFICULTIES)
def test_a_drill_begins_with_a_line_of_its_objection(objection: str, level: str) -> None:
    session = drill(objection, level)
    assert heard(session, practice().client_lines[objection].lines[level])


def test_a_drill_with_a_persona_speaks_in_his_voice() -> None:
    worry = practice().personas["busy_doctor"].worries[0]
    session = drill(worry.objection, "hard", persona="busy_doctor")
    assert heard(session, worry.lines["hard"])
    assert session.state.patience == practice().personas["busy_doctor"].patience


def test_a_reply_that_introduces_a_product_ends_the_questions() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING]))
    assert session.state.stage == "needs"
    exchange = trainer().reply(session, INTRODUCTION, SCENE)
    assert exchange.stage == "introduction"
    assert session.state.stage == "objections"


def test_questions_end_after_their_limit_with_an_invitation() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING, *["嗯嗯，今天天气不错。"] * practice().rubric["exchanges"]["needs"]]))
    assert session.state.stage == "introduction"
    assert heard(session, practice().rubric["client"]["invites"])


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_topic_is_answered_once_and_only_once(persona: str) -> None:
    answers = practice().personas[persona].answers
    session = visit(persona)
    list(play(session, [GREETING, QUESTIONS, QUESTIONS]))
    for topic in ("horizon", "loss"):
        assert sum(line in answers[topic] for line in sentences(session)) == 1


def test_what_was_asked_but_not_yet_answered_is_answered_when_asked_again() -> None:
    session = visit("busy_doctor")
    many = "这笔钱多久用不到？能承受亏多少？您家里几口人？以前买过什么理财？"
    list(play(session, [GREETING, many, many]))
    answers = practice().personas["busy_doctor"].answers
    for topic in ("horizon", "loss", "family", "experience"):
        assert sum(line in answers[topic] for line in sentences(session)) == 1


def test_who_is_asked_nothing_that_he_understands_says_so() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING, "嗯嗯，今天天气不错。"]))
    assert heard(session, practice().personas["busy_doctor"].lines["unclear"])


@pytest.mark.parametrize("reply", ["", "...", "hello", "12345", "👍"])
def test_what_is_no_chinese_is_not_understood(reply: str) -> None:
    session = visit("busy_doctor")
    trainer().reply(session, reply, SCENE)
    assert heard(session, practice().rubric["client"]["nonsense"])


@pytest.mark.parametrize("reply", ["", "hello", FEES.line, f"{INTRODUCTION}它是R5。"])
def test_the_talk_never_stands_still(reply: str) -> None:
    scene = Scene(SCENE.day, SHEET, "C1")
    for start in (visit("busy_doctor"), visit("silent_farmer", "hard"), drill()):
        answers = list(play(start, [reply] * 40, scene))
        assert start.is_over
        assert all(answers[:-1])


def test_an_offer_above_his_tier_costs_trust_and_is_told() -> None:
    session = visit("busy_doctor")
    list(play(session, [GREETING]))
    trust = session.state.trust
    exchange = trainer().reply(session, INTRODUCTION, Scene(SCENE.day, SHEET, "C1"))
    assert exchange.above_tier
    assert session.state.trust < trust
    assert heard(session, practice().personas["busy_doctor"].lines["above_tier"])


@pytest.mark.parametrize("criterion", ["listen", "understand", "resolve"])
def test_who_is_moved_by_what_a_reply_does_well_gains_more_trust(criterion: str) -> None:
    moved = next(name for name in PERSONAS if practice().personas[name].moved_by == criterion)
    session = in_objections(moved)
    trust = session.state.trust
    trainer().reply(session, well_said(session), SCENE)
    assert session.state.trust == min(10, trust + 3)


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (Scenario(Mode.DRILL, "objection_weather", "", "easy", 1), "objection_fees"),
        (Scenario(Mode.DRILL, "objection_fees", "nobody", "easy", 1), "busy_doctor"),
        (Scenario(Mode.VISIT, "", "", "easy", 1), "busy_doctor"),
        (Scenario(Mode.VISIT, "", "busy_doctor", "impossible", 1), "medium"),
    ],
)
def test_what_the_corpus_does_not_have_is_refused_with_what_it_has(scenario: Scenario, told: str) -> None:
    with pytest.raises(HuashuError, match=told) as caught:
        trainer().start(scenario)
    assert caught.value.code == "E108"


@given(
    replies=st.lists(st.sampled_from(POOL), min_size=1, max_size=20),
    persona=st.sampled_from(["", *PERSONAS]),
    level=st.sampled_from(DIFFICULTIES),
    seed=st.integers(0, 10**6),
    scene=st.sampled_from([SCENE, Scene(SCENE.day, SHEET, "C1")]),
)
@settings(max_examples=30, deadline=None)
def test_any_talk_keeps_its_bounds_and_ends(
    replies: Sequence[str], persona: str, level: str, seed: int, scene: Scene
) -> None:
    session = visit(persona, level, seed) if persona else drill("objection_fees", level, seed)
    for _ in play(session, replies, scene):
        assert 0 <= session.state.trust <= 10
        assert session.line or session.is_over
        assert len(set(sentences(session))) == len(sentences(session))
        assert set(session.state.settled).isdisjoint(session.state.worries)
    assert list(play(session, [replies[0]] * 20, scene)) == [] or session.is_over
    assert session.is_over
    trainer().result(session)

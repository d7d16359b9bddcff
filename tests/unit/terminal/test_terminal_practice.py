"""Role-play at every width: the brief, the client's line, the score and the report, made by what answers."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.actions.practice_blocks import brief_block, client_block, report_block, score_block
from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.corpus.practice import Practice
from bot.policy.corpus_check import checker_of
from bot.practice.learning import trained_model
from bot.practice.scenario import Mode, Scenario
from bot.practice.scoring import Scene, Scorer
from bot.practice.session import Session, Trainer
from bot.settings import PROJECT_ROOT, load_settings
from bot.terminal import wording
from bot.terminal.render import render

Block = dict[str, Any]

SCENE = Scene(date(2026, 11, 24))
REPLIES = [
    "您好，我是咱们行的小林，今天占用您十分钟，这笔钱准备用来做什么？",
    "给您介绍一只理财产品，R2等级，封闭期90天，管理费一年0.3%，可能亏损。",
    "您怕麻烦我懂，您放一百个心，这只保本保息，绝对不会亏。",
    "您时间紧我明白。您哪天能空出二十分钟？录像和签字一次办完，材料单我先发您。",
]
PRODUCT = {"name": "安和稳盈90天", "facts": ["风险等级R2", "期限90天", "管理费0.30%/年"]}
WRONG = {"label": "管理费", "stated": "0.1%", "recorded": "0.3%"}
# Keys whose values steer the display.
_NOT_SHOWN = {"type", "mode", "id", "start", "end"}


@functools.cache
def corpus() -> Corpus:
    """The corpus as shipped."""
    return load_corpus(PROJECT_ROOT / "scripts_corpus")


@functools.cache
def practice() -> Practice:
    """What practice reads from it."""
    found = corpus().practice
    assert found is not None
    return found


@functools.cache
def trainer() -> Trainer:
    """Runs sessions with the real scorer."""
    config = load_settings()
    checker = checker_of(config.corpus_dir, corpus(), config.models_dir)
    scorer = Scorer(corpus(), practice(), trained_model(corpus(), practice(), config.models_dir), checker)
    return Trainer(practice(), scorer, checker)


@functools.cache
def visited() -> Session:
    """A visit that was stopped after four replies."""
    session = trainer().start(Scenario(Mode.VISIT, "", "busy_doctor", "medium", 5))
    for reply in REPLIES:
        trainer().reply(session, reply, SCENE)
    trainer().stop(session)
    return session


@functools.cache
def drilled() -> Session:
    """A drill that is over."""
    session = trainer().start(Scenario(Mode.DRILL, "objection_paperwork", "", "easy", 5))
    for reply in REPLIES[1:]:
        trainer().reply(session, reply, SCENE)
    return session


def brief(session: Session) -> Block:
    """The brief of a session."""
    return brief_block(corpus(), practice(), session.scenario, None)


def scores(session: Session) -> list[Block]:
    """The scores of the answers of a session."""
    return [score_block(corpus(), each) for each in session.exchanges if each.card is not None]


def report(session: Session, *earlier: int) -> Block:
    """The report of a session."""
    result = trainer().result(session)
    return report_block(corpus(), practice(), session, result, [*earlier, result.score])


def every_block() -> dict[str, Block]:
    """All blocks of practice, several of those that vary."""
    running = trainer().start(Scenario(Mode.VISIT, "", "silent_farmer", "hard", 5))
    return {
        "brief of a drill": brief(drilled()),
        "brief of a visit": {**brief(visited()), "product": PRODUCT},
        "line of a persona": client_block(practice(), running),
        "line of a drill": {"type": "client_line", "name": "", "text": "贵了点吧？"},
        **{f"score {number}": block for number, block in enumerate([*scores(drilled()), *scores(visited())])},
        "score with a wrong fact": {
            **scores(drilled())[0],
            "facts": [WRONG],
            "notes": ["说的数目不一致。", "太长了。"],
        },
        "report of a drill": report(drilled()),
        "report of a visit": report(visited(), 35, 60, 100, 0, 72, 88),
    }


CASES = [pytest.param(block, id=name) for name, block in every_block().items()]


def shown(block: Block, width: int = 80, *, colour: bool = False) -> str:
    """What the console prints."""
    file = io.StringIO()
    system: Any = "standard" if colour else None
    Console(file=file, width=width, force_terminal=colour, color_system=system, no_color=not colour).print(
        render(block)
    )
    return file.getvalue()


def squeezed(text: str) -> str:
    """A text without what layout adds or takes away."""
    return re.sub(r"[\s│╭╰╮╯─]", "", text)


def texts_in(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a block that a reader must find."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_in(inner, name)
    elif isinstance(value, list):
        for inner in value[:1] if key == "quotes" else value:
            yield from texts_in(inner, key)
    elif isinstance(value, str) and key not in _NOT_SHOWN:
        yield value


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("width", [160, 80, 60, 24])
@pytest.mark.parametrize("block", CASES)
def test_practice_never_exceeds_the_console(block: Block, width: int, colour: bool) -> None:
    for line in re.sub(r"\x1b\[[\d;]*m", "", shown(block, width, colour=colour)).splitlines():
        assert cell_len(line) <= width


@pytest.mark.parametrize("width", [160, 80, 60])
@pytest.mark.parametrize("block", CASES)
def test_practice_shows_every_text(block: Block, width: int) -> None:
    output = squeezed(shown(block, width))
    assert wording.BROKEN_BLOCK[:10] not in output
    assert [text for text in texts_in(block) if squeezed(text) not in output] == []


def test_the_brief_tells_the_pass_mark_and_how_many_replies_a_drill_has() -> None:
    mark = str(practice().rubric["pass_mark"])
    drill_output, visit_output = squeezed(shown(brief(drilled()))), squeezed(shown(brief(visited())))
    exchanges = squeezed(wording.EXCHANGES.format(count=practice().rubric["exchanges"]["drill"]))
    assert mark in drill_output
    assert exchanges in drill_output
    assert mark in visit_output
    assert exchanges not in visit_output


def test_a_client_without_a_name_is_called_the_client() -> None:
    assert shown({"type": "client_line", "name": "", "text": "贵了。"}).startswith(f"{wording.THE_CLIENT}：贵了。")


def test_a_score_ticks_what_is_met_and_offers_better_words_for_what_is_missed() -> None:
    block = next(each for each in scores(drilled()) if not all(item["met"] for item in each["criteria"]))
    output = shown(block)
    assert output.count("✓") == sum(item["met"] for item in block["criteria"])
    assert output.count("✗") == sum(not item["met"] for item in block["criteria"])
    assert output.count(wording.ALTERNATIVE) == sum(bool(item["better"]) for item in block["criteria"])


def test_a_report_tells_whether_it_is_passed_and_why_not() -> None:
    block = report(visited())
    assert not block["passed"]
    output = squeezed(shown(block))
    assert wording.NOT_PASSED in output
    assert squeezed(corpus().wording["practice_veto_stopped"]) in output
    assert squeezed(corpus().wording["practice_veto_compliance"]) in output
    passed = shown({**block, "passed": True, "vetoes": []})
    assert wording.PASSED in passed
    assert wording.NOT_PASSED not in passed


def test_a_report_draws_the_trend_only_when_there_is_one() -> None:
    assert wording.TREND not in shown(report(visited()))
    block = {**report(visited()), "trend": [0, 50, 100]}
    assert "▁▄█  0 → 50 → 100" in shown(block)


def test_words_that_were_judged_are_marked_in_the_transcript() -> None:
    block = report(visited())
    marks = [mark for each in block["transcript"] for mark in each["marks"]]
    assert {mark["good"] for mark in marks} == {True, False}
    assert "\x1b[1;4;31m" in shown(block, colour=True)
    for each in block["transcript"]:
        assert all(0 <= mark["start"] < mark["end"] <= len(each["reply"]) for mark in each["marks"])


def test_no_more_than_three_improvements_the_violation_first() -> None:
    improve = report(visited())["improve"]
    assert 1 <= len(improve) <= 3
    assert "“" in improve[0]["what"]
    assert len({item["what"] for item in improve}) == len(improve)


def test_what_was_said_is_never_taken_as_markup_and_cannot_steer_the_terminal() -> None:
    said = "[red]三块[/red] \x1b[31m红\x07 {product.management_fee}"
    exchange = {"client": said, "reply": said, "marks": [{"start": 0, "end": 5, "good": True}], "overall": None}
    for block in (
        {"type": "client_line", "name": "[b]王[/b]", "text": said},
        {**report(drilled()), "transcript": [exchange], "closing": said},
    ):
        output = shown(block)
        assert "[red]三块[/red]" in output
        assert "\x1b" not in output
        assert "\x07" not in output


@pytest.mark.parametrize("kind", ["practice_brief", "client_line", "practice_score", "practice_report"])
def test_an_incomplete_block_is_told_and_breaks_nothing(kind: str) -> None:
    assert squeezed(wording.BROKEN_BLOCK.format(type=kind)) in squeezed(shown({"type": kind}))

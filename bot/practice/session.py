"""One practice session: the talk so far, each reply with its score, and what it comes to.

Everything is plain data, so that a session can be kept after every reply and taken up again by another process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.corpus.practice import Practice
from bot.policy.checker import PhraseChecker
from bot.policy.model import Finding
from bot.practice.client import CLOSING, INTRODUCTION, LEAVES, NEEDS, OBJECTIONS, OPENING, OVER, STOPPED, Client
from bot.practice.client import ClientState as State
from bot.practice.facts import stated_facts
from bot.practice.reading import Check, read_reply, stage_checks
from bot.practice.scenario import Mode, Scenario
from bot.practice.scorecard import HIGHEST, Note, Scorecard
from bot.practice.scoring import Scene, Scorer, above_tier

_STAGES = (OPENING, NEEDS, INTRODUCTION, CLOSING)
# Who introduces a product sums up first, often in one breath.
_HEARD_IN = {NEEDS: (NEEDS, INTRODUCTION)}
_STAGE_SHARE = 0.3  # of a visit's score; the rest are the answers to objections


@dataclass(frozen=True)
class Exchange:
    """What the client said, and what the manager replied.

    Attributes:
        stage: in which it was said.
        objection: the objection in hand, empty outside objections.
        client_line: the client's.
        reply: the manager's.
        card: the score of a reply to an objection, else None.
        findings: of the phrase check, in any reply.
        above_tier: whether it offers what is above the client's tier.
    """

    stage: str
    objection: str
    client_line: str
    reply: str
    card: Scorecard | None
    findings: tuple[Finding, ...]
    above_tier: bool = False


@dataclass
class Session:
    """A session that is going on, or is over.

    Attributes:
        scenario: what is practised.
        state: of the client.
        line: the client's last line.
        exchanges: so far.
        hints: how many were asked for.
    """

    scenario: Scenario
    state: State
    line: str
    exchanges: list[Exchange] = field(default_factory=list)
    hints: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the client says no more."""
        return self.state.stage == OVER


@dataclass(frozen=True)
class Result:
    """What a session comes to.

    Attributes:
        score: 0 to 100.
        passed: whether the pass mark is reached and nothing vetoes it.
        vetoes: why it fails whatever the score: compliance, above_tier, left, stopped,
            read_out, nothing.
        answers: share of the score that the answers to objections reached, 0 to 100; None when there were none.
        checks: of the stages of a visit, by stage.
        hint_cost: points taken for hints.
    """

    score: int
    passed: bool
    vetoes: tuple[str, ...]
    answers: float | None
    checks: dict[str, list[Check]]
    hint_cost: int


class Trainer:
    """Runs sessions.

    Args:
        practice: of the corpus.
        scorer: of replies to objections.
        checker: of phrases, for every reply.
    """

    def __init__(self, practice: Practice, scorer: Scorer, checker: PhraseChecker) -> None:
        self._practice = practice
        self._scorer = scorer
        self._checker = checker

    def start(self, scenario: Scenario) -> Session:
        """Begin a session; the client speaks first.

        Raises:
            HuashuError: E108, the corpus has no such scenario.
        """
        scenario.check(self._practice)
        state, line = Client(self._practice, scenario).begin()
        return Session(scenario, state, line)

    def reply(self, session: Session, text: str, scene: Scene) -> Exchange:
        """Take a manager's reply, score it and let the client answer.

        Args:
            session: going on; changed in place.
            text: the reply.
            scene: the situation; its tier is the persona's, what was said before is added here.

        Returns:
            The exchange; `session.line` is what the client says next.
        """
        state = session.state
        reading = read_reply(text, self._practice.rubric)
        # Who introduces a product ends the questions, so this reply is his introduction.
        stage = INTRODUCTION if state.stage == NEEDS and reading.introduces else state.stage
        objection = state.worries[0] if state.stage == OBJECTIONS and not state.tempting else ""
        scene = replace(scene, said=tuple(each.reply for each in session.exchanges))
        card = self._scorer.score(objection, session.line, text, scene) if objection else None
        exchange = Exchange(
            stage,
            objection,
            session.line,
            text,
            card,
            card.findings if card else tuple(self._checker.check(text)),
            above_tier(card.facts if card else stated_facts(text, scene.product), scene),
        )
        session.exchanges.append(exchange)
        client = Client(self._practice, session.scenario)
        session.line = client.answer(state, reading, card, exchange.above_tier, _is_improper(exchange))
        return exchange

    def model_answer(self, session: Session, scene: Scene) -> dict[str, str]:
        """Approved words for the objection in hand, by step; empty when none is in hand."""
        state = session.state
        if state.stage != OBJECTIONS or state.tempting:
            return {}
        return self._scorer.model_answer(state.worries[0], session.line, scene)

    def stop(self, session: Session) -> None:
        """End it before the client does."""
        session.state.stage, session.state.ending, session.line = OVER, STOPPED, ""

    def result(self, session: Session) -> Result:
        """What the session comes to so far."""
        rubric = self._practice.rubric
        answers = _answers(session.exchanges)
        checks = self._checks(session) if session.scenario.mode is Mode.VISIT else {}
        score = answers or 0.0
        if checks:
            met = [check.met for each in checks.values() for check in each]
            score = (1 - _STAGE_SHARE) * score + _STAGE_SHARE * 100 * sum(met) / len(met)
        cost = session.hints * int(rubric["hint_cost"])
        rounded = max(0, round(score) - cost)
        vetoes = _vetoes(session)
        passed = rounded >= int(rubric["pass_mark"]) and not vetoes
        return Result(rounded, passed, vetoes, answers, checks, cost)

    def _checks(self, session: Session) -> dict[str, list[Check]]:
        return {
            stage: stage_checks(
                stage,
                [each.reply for each in session.exchanges if each.stage in _HEARD_IN.get(stage, (stage,))],
                session.state.topics,
                self._practice.rubric,
            )
            for stage in _STAGES
        }


def _answers(exchanges: Sequence[Exchange]) -> float | None:
    grades = [each.card.overall for each in exchanges if each.card is not None]
    return 100 * sum(grades) / (HIGHEST * len(grades)) if grades else None


def _is_improper(exchange: Exchange) -> bool:
    """Any finding in an answer to an objection; elsewhere what is said in so many words.

    The learned judge takes small talk ("给您看一款理财") for a breach too often to fail a visit by itself; what it
    finds outside the objections is told, not held against the manager.
    """
    return any(exchange.card is not None or finding.pattern_id for finding in exchange.findings)


def _vetoes(session: Session) -> tuple[str, ...]:
    told = {
        "compliance": any(_is_improper(each) for each in session.exchanges),
        "above_tier": any(each.above_tier for each in session.exchanges),
        "left": session.state.ending == LEAVES,
        "stopped": session.state.ending == STOPPED,
        "read_out": any(each.card is not None and Note.PASTED_SCRIPT in each.card.notes for each in session.exchanges),
        "nothing": not any(each.card for each in session.exchanges),
    }
    return tuple(name for name, applies in told.items() if applies)

"""The client that the assistant plays: a state, and what he says next.

Pure: the same state, reply and score give the same line. He is moved by what the scores say of a reply, not by chance;
chance, seeded, only chooses among lines that fit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.corpus.practice import Persona, Practice
from bot.practice.reading import Reading
from bot.practice.scenario import Mode, Scenario
from bot.practice.scorecard import Manner, Note, Scorecard

OPENING, NEEDS, INTRODUCTION, OBJECTIONS, CLOSING, OVER = (
    "opening",
    "needs",
    "introduction",
    "objections",
    "closing",
    "over",
)
AGREES, UNDECIDED, LEAVES, STOPPED, FINISHED = "agrees", "undecided", "leaves", "stopped", "finished"

_TRUST_AT_START, _MOST_TRUST = 4, 10
_PATIENCE_IN_DRILL = 4
# What a reply does to trust; whoever is moved by what it does well gains one more.
_TRUST = {
    Manner.GOOD: 2,
    Manner.MIDDLING: 0,
    Manner.EMPTY: -1,
    Manner.BESIDE: -1,
    Manner.PUSHY: -2,
    Manner.NON_COMPLIANT: -2,
}
_TRYING = frozenset({Manner.EMPTY, Manner.BESIDE, Manner.PUSHY})  # these cost patience
_FOLLOW_UP = {
    Manner.GOOD: "good",
    Manner.MIDDLING: "good",
    Manner.EMPTY: "empty",
    Manner.PUSHY: "pushy",
    Manner.NON_COMPLIANT: "non_compliant",
}
_TRUST_TO_AGREE, _TRUST_TO_TEMPT = 6, 5
_YOU, _I = re.compile("[您你](?!们)"), re.compile("我")


@dataclass
class ClientState:
    """Where the client stands.

    Attributes:
        stage: opening, needs, introduction, objections, closing or over.
        trust: from 0 to 10.
        patience: useless replies that he still bears.
        worries: objections still open, the one in hand first.
        settled: objections that are settled.
        exchanges: replies so far.
        in_stage: replies in this stage, or on the objection in hand.
        topics: what he has been asked about.
        said: lines that he has said; he says none twice.
        tempted: whether he has asked for something forbidden.
        tempting: whether that is what he has just said.
        ending: how it ended, empty while it goes on.
    """

    stage: str
    trust: int
    patience: int
    worries: list[str]
    settled: list[str] = field(default_factory=list)
    exchanges: int = 0
    in_stage: int = 0
    topics: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    tempted: bool = False
    tempting: bool = False
    ending: str = ""

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> ClientState:
        """From `to_data`."""
        return ClientState(**data)


class Client:
    """Plays one client of one scenario.

    Args:
        practice: of the corpus.
        scenario: checked.
    """

    def __init__(self, practice: Practice, scenario: Scenario) -> None:
        self._practice = practice
        self._scenario = scenario
        self._persona: Persona | None = scenario.client(practice)
        self._rubric = practice.rubric
        self._limits: Mapping[str, int] = practice.rubric["exchanges"]
        self._you, self._i = _own_words(self._persona)

    def begin(self) -> tuple[ClientState, str]:
        """The first line."""
        if self._scenario.mode is Mode.DRILL:
            patience = self._persona.patience if self._persona else _PATIENCE_IN_DRILL
            state = ClientState(OBJECTIONS, _TRUST_AT_START, patience, [self._scenario.objection])
            return state, self._raise_worry(state)
        assert self._persona is not None
        worries = [worry.objection for worry in self._persona.worries]
        state = ClientState(OPENING, _TRUST_AT_START, self._persona.patience, worries)
        return state, self._say(state, self._persona.lines["greeting"])

    def answer(
        self,
        state: ClientState,
        reading: Reading,
        card: Scorecard | None,
        above_tier: bool = False,
        improper: bool = False,
    ) -> str:
        """React to a reply.

        Args:
            state: changed in place.
            reading: what the reply asks about and offers.
            card: its score; None outside objections.
            above_tier: whether it offers what is above his tier.
            improper: whether it says, in so many words, what must not be said.

        Returns:
            What the client says; with it the talk may be over.
        """
        state.exchanges += 1
        state.in_stage += 1
        if card is not None:
            self._feel(state, card)
        elif reading.is_nonsense:
            state.patience -= 1
        elif improper:
            state.trust = max(1, state.trust - 2)
        if state.patience <= 0 or state.trust <= 0:
            return self._end(state, LEAVES)
        if state.exchanges >= self._limits[self._scenario.mode.value]:
            return self._end(state, self._undecided)
        line = self._react(state, reading, card, above_tier, improper)
        # Whoever has nothing left to say goes; the talk never stands still.
        return line if line or state.stage == OVER else self._end(state, self._undecided)

    @property
    def _undecided(self) -> str:
        return FINISHED if self._scenario.mode is Mode.DRILL else UNDECIDED

    def _react(
        self, state: ClientState, reading: Reading, card: Scorecard | None, above_tier: bool, improper: bool
    ) -> str:
        if reading.is_nonsense:
            return self._anyone_says(state, "nonsense")
        if above_tier and self._persona is not None:
            state.trust = max(1, state.trust - 2)
            return self._persona_says(state, "above_tier") or self._end(state, LEAVES)
        return _STAGES[state.stage](self, state, reading, card, improper)

    def _feel(self, state: ClientState, card: Scorecard) -> None:
        gain = _TRUST[card.manner]
        if self._persona is not None and card.criteria["compliant"].met and card.met(self._persona.moved_by):
            gain += 1
        state.trust = max(0, min(_MOST_TRUST, state.trust + gain))
        if card.manner in _TRYING:
            state.patience -= 2 if card.manner is Manner.PUSHY else 1

    def _opening(self, state: ClientState, reading: Reading, card: Scorecard | None, improper: bool) -> str:
        self._enter(state, NEEDS)
        return self._wary(state, improper) + (self._answer_topics(state, reading) or self._anyone_says(state, "waits"))

    def _needs(self, state: ClientState, reading: Reading, card: Scorecard | None, improper: bool) -> str:
        if reading.introduces:
            self._enter(state, INTRODUCTION)
            return self._introduction(state, reading, card, improper)
        answer = self._wary(state, improper) + self._answer_topics(state, reading)
        if state.in_stage >= self._limits["needs"]:
            self._enter(state, INTRODUCTION)
            return answer + self._anyone_says(state, "invites")
        return answer or self._persona_says(state, "unclear")

    def _introduction(self, state: ClientState, reading: Reading, card: Scorecard | None, improper: bool) -> str:
        if not reading.introduces and (answer := self._answer_topics(state, reading)):
            return answer
        self._enter(state, OBJECTIONS)
        first = self._wary(state, improper) or self._persona_says(state, "introduced")
        return first + self._raise_worry(state)

    def _objections(self, state: ClientState, reading: Reading, card: Scorecard | None, improper: bool) -> str:
        if state.tempting:
            state.tempting = False
            first = self._wary(state, improper) or self._anyone_says(state, "refused")
            return first + self._raise_worry(state)
        assert card is not None
        worry = state.worries[0]
        if card.manner is Manner.BESIDE:
            return self._bring_back(state, worry, pasted=Note.PASTED_CLIENT in card.notes)
        if card.manner is Manner.GOOD and self._scenario.mode is Mode.VISIT:
            return self._settle(state)
        if state.in_stage >= self._limits["objection"] and len(state.worries) > 1:
            # Nobody is persuaded by a fourth try: he goes on, and comes back to it.
            state.worries.append(state.worries.pop(0))
            state.in_stage = 0
            return self._reaction(state, card) + self._raise_worry(state)
        if state.in_stage >= self._limits["objection"] and self._scenario.mode is Mode.VISIT:
            return self._close(state, self._reaction(state, card))
        follow_ups = self._practice.client_lines[worry].follow_ups[_FOLLOW_UP[card.manner]]
        return self._reaction(state, card) + self._in_his_words(self._say(state, follow_ups))

    def _closing(self, state: ClientState, reading: Reading, card: Scorecard | None, improper: bool) -> str:
        return self._end(state, AGREES if state.trust >= _TRUST_TO_AGREE and not state.worries else UNDECIDED)

    def _settle(self, state: ClientState) -> str:
        state.settled.append(state.worries.pop(0))
        state.in_stage = 0
        settled = self._persona_says(state, "settled")
        hard = self._scenario.difficulty != "easy"
        if hard and not state.tempted and state.trust >= _TRUST_TO_TEMPT and len(state.settled) > 1 and state.worries:
            state.tempted = state.tempting = True
            return settled + self._persona_says(state, "tempts")
        return settled + self._raise_worry(state) if state.worries else self._close(state, settled)

    def _close(self, state: ClientState, before: str) -> str:
        self._enter(state, CLOSING)
        return before + self._anyone_says(state, "closes")

    def _end(self, state: ClientState, ending: str) -> str:
        state.stage, state.ending = OVER, ending
        if self._persona is None or ending == FINISHED:
            return ""
        return self._say(state, self._persona.lines[ending])

    def _enter(self, state: ClientState, stage: str) -> None:
        state.stage, state.in_stage = stage, 0

    def _answer_topics(self, state: ClientState, reading: Reading) -> str:
        """Answers to what he was asked, at most two at a time, and to each only once."""
        assert self._persona is not None
        state.topics += [topic for topic in reading.topics if topic not in state.topics]
        answers = [self._persona.answers[topic] for topic in reading.topics]
        fresh = [lines for lines in answers if not any(line in state.said for line in lines)]
        right = self._anyone_says(state, "confirms") if reading.confirms and state.topics else ""
        return right + "".join(self._say(state, lines) for lines in fresh[:2])

    def _raise_worry(self, state: ClientState) -> str:
        worry, level = state.worries[0], self._scenario.difficulty
        own: Sequence[str] = ()
        if self._persona is not None:
            own = next((each.lines[level] for each in self._persona.worries if each.objection == worry), ())
        if left := self._unsaid(state, own):
            return self._say(state, left)
        return self._in_his_words(self._say(state, self._practice.client_lines[worry].lines[level]))

    def _bring_back(self, state: ClientState, worry: str, *, pasted: bool) -> str:
        if pasted and (line := self._anyone_says(state, "pasted_back")):
            return line
        own = self._persona.lines["returns"] if self._persona else ()
        line = self._say(state, own) or self._anyone_says(state, "brushed_aside")
        return line.replace("{worry}", self._rubric["worry_names"][worry])

    def _reaction(self, state: ClientState, card: Scorecard) -> str:
        """First words in his own voice; to what is improper the line that follows says all."""
        if self._persona is None or card.manner is Manner.NON_COMPLIANT:
            return ""
        softened = card.manner in (Manner.GOOD, Manner.MIDDLING)
        return self._persona_says(state, "softens" if softened else "hardens")

    def _persona_says(self, state: ClientState, occasion: str) -> str:
        assert self._persona is not None
        return self._say(state, self._persona.lines[occasion])

    def _wary(self, state: ClientState, improper: bool) -> str:
        """What he says first to improper words outside the objections."""
        return self._anyone_says(state, "wary") if improper else ""

    def _anyone_says(self, state: ClientState, occasion: str) -> str:
        return self._in_his_words(self._say(state, self._rubric["client"][occasion]))

    def _in_his_words(self, line: str) -> str:
        """A line that anybody might say, with the words for you and me that he uses."""
        return _I.sub(self._i, _YOU.sub(self._you, line))

    def _unsaid(self, state: ClientState, lines: Sequence[str]) -> list[str]:
        return [line for line in lines if line not in state.said]

    def _say(self, state: ClientState, lines: Sequence[str]) -> str:
        """One of the lines that he has not said; nothing when there is none left."""
        left = self._unsaid(state, lines)
        if not left:
            return ""
        chosen = random.Random(f"{self._scenario.seed}:{len(state.said)}").choice(left)
        state.said.append(chosen)
        return chosen if chosen[-1] in "。！？!?…~" else f"{chosen}。"


def _own_words(persona: Persona | None) -> tuple[str, str]:
    """What he calls the manager, and himself."""
    if persona is None:
        return "您", "我"
    spoken = "".join(line for lines in persona.lines.values() for line in lines)
    return max("您你侬恁", key=spoken.count), max("我俺", key=spoken.count)


_STAGES = {
    OPENING: Client._opening,
    NEEDS: Client._needs,
    INTRODUCTION: Client._introduction,
    OBJECTIONS: Client._objections,
    CLOSING: Client._closing,
}

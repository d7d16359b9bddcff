"""Where a client stands in the questionnaire, as the pages need it, and why a step may be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.suitability.questionnaire import Questionnaire, Result


class Refusal(Enum):
    """Why a step is refused; the value begins the ids of its title and text in ``portal.yml``."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    NO_SESSION = "no_session"
    LIMIT_DAY = "limit_day"
    LIMIT_YEAR = "limit_year"
    CLOCK = "clock"
    STALE = "stale"


class RefusedError(Exception):
    """A step is refused and nothing was changed.

    Args:
        refusal: why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True)
class Clock:
    """Where the time comes from.

    Attributes:
        now: the moment, with time zone.
        today: the bank's day.
    """

    now: Callable[[], dt.datetime]
    today: Callable[[], dt.date]


class Place(Enum):
    """The page on which a client has to go on; the value is its address below ``/assessment``."""

    START = ""
    QUESTION = "/question"
    REVIEW = "/review"
    RESULT = "/result"


@dataclass(frozen=True)
class Earlier:
    """An assessment that holds now."""

    tier: str
    is_lowest_category: bool
    day: dt.date


@dataclass(frozen=True)
class Walk:
    """A client's way through the questionnaire at one moment.

    Attributes:
        client_name: with its middle hidden.
        questionnaire: the version being answered, or the one that would be.
        sheet_id: of the newest answer sheet, 0 before the client has begun.
        answers: option id by question id.
        result: None until handed in.
        handed_in_on: the day of it.
        recorded: the result is the client's assessment.
        earlier: the assessments that hold without this result.
        may_answer_again: the limits of T02 leave room for another assessment.
    """

    client_name: str
    questionnaire: Questionnaire
    sheet_id: int = 0
    answers: Mapping[str, str] | None = None
    result: Result | None = None
    handed_in_on: dt.date | None = None
    recorded: bool = False
    earlier: tuple[Earlier, ...] = ()
    may_answer_again: bool = False

    @property
    def place(self) -> Place:
        """Where the client has to go on."""
        if self.answers is None:
            return Place.START
        if self.result is not None:
            return Place.RESULT
        return Place.QUESTION if self.questionnaire.unanswered(self.answers) else Place.REVIEW

    @property
    def next_number(self) -> int:
        """Number, from 1, of the first question without an answer; the last one when all have one."""
        for number, question in enumerate(self.questionnaire.questions, start=1):
            if question.option((self.answers or {}).get(question.id)) is None:
                return number
        return len(self.questionnaire.questions)

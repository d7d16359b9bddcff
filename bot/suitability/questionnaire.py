"""The client's questionnaire: what answers come to, how often it may be answered, when a result needs confirming.

Pure: the content comes from ``scripts_corpus/policy/questionnaire.yml`` as plain data, days are passed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dateutil.relativedelta import relativedelta

# T02: at most two assessments a day and eight in twelve months, of one person at one institution.
MOST_A_DAY, MOST_A_YEAR = 2, 8
_LOWEST_TIER = "C1"


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen.

    Attributes:
        id: its id within the question.
        text: what the client reads.
        points: what it adds to the score.
        lowest_category: whoever chooses it belongs to the lowest category (T30).
        highest_tier: whoever chooses it gets no higher tier; None means no limit.
    """

    id: str
    text: str
    points: int
    lowest_category: bool = False
    highest_tier: str | None = None


@dataclass(frozen=True)
class Question:
    """One question, with the answers in the order shown."""

    id: str
    covers: tuple[str, ...]
    text: str
    help: str
    options: tuple[Option, ...]

    def option(self, identifier: str | None) -> Option | None:
        """The option of that id, None when there is none."""
        return next((option for option in self.options if option.id == identifier), None)


@dataclass(frozen=True)
class Tier:
    """A tier with the points that lead to it (both ends included) and its plain words."""

    tier: str
    least: int
    most: int
    name: str
    meaning: str


@dataclass(frozen=True)
class Result:
    """What the answers come to.

    Attributes:
        tier: C1 to C5.
        is_lowest_category: the "lowest category" within C1 (T30).
        score: sum of the points.
    """

    tier: str
    is_lowest_category: bool
    score: int

    @property
    def standing(self) -> tuple[str, bool]:
        """What is compared with an earlier result: two scores of one tier are one result."""
        return self.tier, self.is_lowest_category


@dataclass(frozen=True)
class Questionnaire:
    """One version of the questionnaire.

    Attributes:
        version: its version.
        title: its name.
        privacy: what the client is told of the data, as (topic, text).
        questions: in the order asked.
        tiers: from C1 to C5.
        lowest_category: what the lowest category means, in plain words.
    """

    version: str
    title: str
    privacy: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    tiers: tuple[Tier, ...]
    lowest_category: str

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Questionnaire:
        """Build from the file's content.

        Args:
            data: already checked against the schema and for its content.
        """
        return Questionnaire(
            version=data["version"],
            title=data["title"],
            privacy=tuple((item["topic"], item["text"]) for item in data["privacy"]),
            questions=tuple(
                Question(
                    id=item["id"],
                    covers=tuple(item["covers"]),
                    text=item["text"],
                    help=item.get("help", ""),
                    options=tuple(Option(**option) for option in item["options"]),
                )
                for item in data["questions"]
            ),
            tiers=tuple(
                Tier(item["tier"], item["from"], item["to"], item["name"], item["meaning"]) for item in data["tiers"]
            ),
            lowest_category=data["lowest_category"],
        )

    def tier(self, name: str) -> Tier:
        """The tier of that name.

        Raises:
            KeyError: there is none.
        """
        return {tier.tier: tier for tier in self.tiers}[name]

    def unanswered(self, answers: Mapping[str, str]) -> list[Question]:
        """The questions without a valid answer, in order."""
        return [question for question in self.questions if question.option(answers.get(question.id)) is None]


def result_of(questionnaire: Questionnaire, answers: Mapping[str, str], *, legal_capacity: str | None = None) -> Result:
    """What complete answers come to.

    Args:
        questionnaire: the version that was answered.
        answers: option id by question id.
        legal_capacity: of the client's record; whoever has not the full one belongs to the lowest category (T30).

    Raises:
        ValueError: a question has no valid answer; nothing is ever guessed for the client.
    """
    if missing := questionnaire.unanswered(answers):
        raise ValueError(f"no valid answer to {', '.join(question.id for question in missing)}")
    chosen = [option for each in questionnaire.questions if (option := each.option(answers[each.id])) is not None]
    score = sum(option.points for option in chosen)
    if legal_capacity in ("limited", "none") or any(option.lowest_category for option in chosen):
        return Result(_LOWEST_TIER, True, score)
    reached = next(each.tier for each in questionnaire.tiers if each.least <= score <= each.most)
    limits = [option.highest_tier for option in chosen if option.highest_tier is not None]
    return Result(min([reached, *limits]), False, score)


class Limit(Enum):
    """Why no further assessment may be made (T02)."""

    DAY = "day"
    YEAR = "year"


@dataclass(frozen=True)
class Count:
    """How many assessments count on a day."""

    today: int
    year: int

    @property
    def limit(self) -> Limit | None:
        """The limit that is reached, None when one more may be made."""
        if self.year >= MOST_A_YEAR:
            return Limit.YEAR
        return Limit.DAY if self.today >= MOST_A_DAY else None


def count(days: Iterable[dt.date], today: dt.date) -> Count:
    """Count assessments for T02.

    A day ahead of `today` means that the clock was set back since; it counts as today, so that nothing is gained by it.

    Args:
        days: of every assessment that was handed in.
        today: the day of the next one.
    """
    year_ago = today - relativedelta(months=12)
    recent = [day for day in days if day > year_ago]
    return Count(sum(day >= today for day in recent), len(recent))


def needs_confirmation(in_force: Collection[tuple[str, bool]], result: Result) -> bool:
    """Whether the client has to confirm a change (T04).

    Args:
        in_force: tier and lowest category of the assessments that hold now: none, one, or several of one day.
        result: the new one.
    """
    return any(standing != result.standing for standing in in_force)

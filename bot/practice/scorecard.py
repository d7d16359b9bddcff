"""What a score says: each criterion with its reason, and the grade with what held it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.policy.model import Finding

LOWEST, HIGHEST = 1, 5
GOOD, MIDDLING = 4, 3


class Note(Enum):
    """Something about a reply that a trainer would point out at once."""

    NOTHING_SAID = "nothing_said"
    NOT_CHINESE = "not_chinese"
    PASTED_CLIENT = "pasted_client"
    PASTED_SCRIPT = "pasted_script"
    TOO_LONG = "too_long"
    REPEATED = "repeated"
    OTHER_OBJECTION = "other_objection"
    WRONG_FACT = "wrong_fact"
    PUSHY = "pushy"
    ABOVE_TIER = "above_tier"


class Manner(Enum):
    """How the reply strikes the client: what he answers depends on it."""

    GOOD = "good"
    MIDDLING = "middling"
    EMPTY = "empty"
    PUSHY = "pushy"
    NON_COMPLIANT = "non_compliant"
    BESIDE = "beside"


@dataclass(frozen=True)
class Quote:
    """Words of the reply that were judged, with their place in it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Contribution:
    """What a feature added to a criterion or took from it; below zero speaks against."""

    name: str
    value: float


@dataclass(frozen=True)
class Criterion:
    """One criterion of one reply.

    Attributes:
        id: listen, understand, resolve or compliant.
        name: in Chinese.
        met: whether it is met.
        sureness: from 0 to 1, of what `met` says.
        quotes: the words on which the judgement rests most.
        reason: one sentence.
        better: an approved wording that does better, empty when it is met.
        contributions: weightiest first.
    """

    id: str
    name: str
    met: bool
    sureness: float
    quotes: tuple[Quote, ...]
    reason: str
    better: str
    contributions: tuple[Contribution, ...] = ()


@dataclass(frozen=True)
class StatedFact:
    """A rate, term or grade that the reply states, beside what is recorded of the product."""

    quote: Quote
    label: str
    stated: str
    recorded: str
    right: bool


@dataclass(frozen=True)
class Scorecard:
    """The score of one reply.

    Attributes:
        criteria: by id, in the order of the rubric.
        overall: 1 to 5.
        grade: the same before it was rounded and held down.
        findings: of the phrase check.
        facts: stated of the product.
        notes: what held the grade down, or a trainer would point out.
        manner: how it strikes the client.
        rubric: version of the rubric.
    """

    criteria: Mapping[str, Criterion]
    overall: int
    grade: float
    findings: tuple[Finding, ...]
    facts: tuple[StatedFact, ...]
    notes: tuple[Note, ...]
    manner: Manner
    rubric: str

    def met(self, criterion: str) -> bool:
        """Whether a criterion is met."""
        return self.criteria[criterion].met

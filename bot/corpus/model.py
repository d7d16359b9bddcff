"""The script corpus as objects. Plain frozen dataclasses: both environments read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.practice import Practice
from bot.corpus.utterances import TrainingLine

CONFIRMED_MARKS = frozenset({"SEEN-FULL", "SEEN-QUOTE"})
_WEAK_MARKS = ("SEEN-2ND", "UNSEEN")


@dataclass(frozen=True)
class Fact:
    """A row of the regulations with its mark.

    Attributes:
        id: such as ``T10``.
        rule: name of the rule.
        article: article number, empty when none is known.
        substance: what it says.
        mark: SEEN-FULL, SEEN-QUOTE, SEEN-2ND or UNSEEN.
        remark: what part of the row is marked otherwise, empty if none.
    """

    id: str
    rule: str
    article: str
    substance: str
    mark: str
    remark: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the substance may be shown as the rule's content.

        A row whose remark says that a part of it was not seen counts as unconfirmed: half a confirmation is none.
        """
        return self.mark in CONFIRMED_MARKS and not any(mark in self.remark for mark in _WEAK_MARKS)


@dataclass(frozen=True)
class Disclosure:
    """A sentence that a script or a product must carry.

    Attributes:
        id: its id.
        text: the sentence.
        facts: fact ids on which it rests.
        required_for: product categories that carry it; the sentence speaks of these and is wrong beside others.
        required_if_qualified_only: every product for qualified investors only carries it.
    """

    id: str
    text: str
    facts: tuple[str, ...]
    required_for: frozenset[str]
    required_if_qualified_only: bool = False

    def fits(self, categories: Collection[str]) -> bool:
        """Whether the sentence is true beside products of these categories (none means that no product is known)."""
        return not categories or not self.required_for or not self.required_for.isdisjoint(categories)


@dataclass(frozen=True)
class AppliesTo:
    """Where a script applies; None means everywhere."""

    product_categories: frozenset[str] | None = None
    client_tiers: frozenset[str] | None = None
    lifecycle: frozenset[str] | None = None
    channel: frozenset[str] | None = None


@dataclass(frozen=True)
class Governance:
    """Version and approval of anything that reaches a manager.

    Attributes:
        id: never reused, never renamed.
        version: from 1, raised with every published change.
        status: draft, in_review, approved or retired.
        title: short Chinese name.
        author: who wrote it.
        approver: who approved it, never the author; empty while not approved.
        effective: first day of use.
        expires: last day of use.
        facts: fact ids on which it rests.
        path: file.
        line: line of the entry in the file.
    """

    id: str
    version: int
    status: str
    title: str
    author: str
    approver: str
    effective: dt.date
    expires: dt.date
    facts: tuple[str, ...]
    path: Path
    line: int

    def usable_on(self, day: dt.date) -> bool:
        """Whether it may be shown on that day: approved, and within its dates."""
        return self.status == "approved" and self.effective <= day <= self.expires


@dataclass(frozen=True)
class Script:
    """An approved way to answer.

    Attributes:
        governance: version and approval.
        topic: intent of the objection or name of the stage.
        steps: step id to text with placeholders, in speaking order.
        applies_to: where it applies.
        cues: client lines that it answers best.
        disclosures: ids of the disclosures that it must carry.
        note: for the manager, why it works.
    """

    governance: Governance
    topic: str
    steps: Mapping[str, str]
    applies_to: AppliesTo
    cues: tuple[str, ...]
    disclosures: tuple[str, ...]
    note: str

    @property
    def id(self) -> str:
        """The script's id."""
        return self.governance.id


@dataclass(frozen=True)
class Topic:
    """A file of scripts: an objection or a stage.

    Attributes:
        kind: ``objection`` or ``stage``.
        name: intent (``objection_fees``) or stage (``opening``).
        title: Chinese name.
        definition: what it is.
        step_names: step id to Chinese name, in speaking order.
        scripts: in file order.
    """

    kind: str
    name: str
    title: str
    definition: str
    step_names: Mapping[str, str]
    scripts: tuple[Script, ...]


@dataclass(frozen=True)
class PolicyAnswer:
    """An answer to "what does the rule require"."""

    governance: Governance
    topic: str
    questions: tuple[str, ...]
    answer: str
    to_confirm: str

    @property
    def id(self) -> str:
        """The answer's id."""
        return self.governance.id


@dataclass(frozen=True, eq=False)
class Corpus:
    """Everything read from ``scripts_corpus/``, checked.

    Attributes:
        revision: digest over all files; changes with any wording.
        objections: by intent.
        stages: by stage.
        answers: by answer id.
        disclosures: by id.
        facts: by fact id.
        wording: fixed sentences by id.
        bank: the bank's settings where the rules leave a choice.
        questionnaire: the client's questionnaire, as written.
        portal: fixed sentences of the pages that a client sees, by id.
        practice: what practice needs; None when the corpus has no ``practice.yml``.
        training_lines: utterances and questions, with their place.
    """

    revision: str
    objections: Mapping[str, Topic]
    stages: Mapping[str, Topic]
    answers: Mapping[str, PolicyAnswer]
    disclosures: Mapping[str, Disclosure]
    facts: Mapping[str, Fact]
    wording: Mapping[str, str]
    bank: Mapping[str, Any]
    questionnaire: Mapping[str, Any]
    portal: Mapping[str, str]
    practice: Practice | None
    training_lines: tuple[TrainingLine, ...]

    def scripts(self) -> Iterator[Script]:
        """All scripts of all topics."""
        for topic in (*self.objections.values(), *self.stages.values()):
            yield from topic.scripts

    def topic(self, name: str) -> Topic:
        """The objection or stage of that name.

        Raises:
            KeyError: there is none.
        """
        return self.objections[name] if name in self.objections else self.stages[name]

    def disclosures_for(self, categories: Collection[str], *, qualified_only: bool = False) -> list[Disclosure]:
        """The disclosures that every offer of products of these categories carries.

        Args:
            categories: product categories.
            qualified_only: the product is for qualified investors only.
        """
        return [
            item
            for item in self.disclosures.values()
            if not item.required_for.isdisjoint(categories) or (qualified_only and item.required_if_qualified_only)
        ]

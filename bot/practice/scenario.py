"""What is practised: which client, which objection, how hard, and with which seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from bot.corpus.practice import DIFFICULTIES, Persona, Practice
from bot.errors import HuashuError


class Mode(Enum):
    """A drill is one objection; a visit runs from the greeting to the farewell."""

    DRILL = "drill"
    VISIT = "visit"


@dataclass(frozen=True)
class Scenario:
    """One exercise. The same scenario and the same replies give the same talk.

    Attributes:
        mode: drill or visit.
        objection: intent of the objection of a drill; empty in a visit.
        persona: id of the client; empty in a drill without one.
        difficulty: easy, medium or hard.
        seed: decides which of many lines the client says.
        product: code of the product on the table, empty for none.
    """

    mode: Mode
    objection: str
    persona: str
    difficulty: str
    seed: int
    product: str = ""

    def to_data(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "mode": self.mode.value}

    @staticmethod
    def from_data(data: dict[str, Any]) -> Scenario:
        """From `to_data`."""
        return Scenario(**{**data, "mode": Mode(data["mode"])})

    def client(self, practice: Practice) -> Persona | None:
        """The persona; None in a drill without one."""
        return practice.personas[self.persona] if self.persona else None

    def check(self, practice: Practice) -> None:
        """Refuse what the corpus does not have.

        Raises:
            HuashuError: E108, naming what is wrong and what would be right.
        """
        if self.mode is Mode.DRILL and self.objection not in practice.client_lines:
            raise HuashuError("E108", f"没有异议 {self.objection}，应当是 {'、'.join(practice.client_lines)} 之一。")
        if (self.mode is Mode.VISIT or self.persona) and self.persona not in practice.personas:
            raise HuashuError("E108", f"没有客户 {self.persona}，应当是 {'、'.join(practice.personas)} 之一。")
        if self.difficulty not in DIFFICULTIES:
            raise HuashuError("E108", f"没有难度 {self.difficulty}，应当是 {'、'.join(DIFFICULTIES)} 之一。")

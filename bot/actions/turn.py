"""One message with all that is needed to answer it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from bot.actions.memory import Memory
from bot.actions.services import Knowledge, Services
from bot.corpus.model import Corpus
from bot.language.entities import Entity, extract
from bot.language.understanding import Objection


@dataclass
class Turn:
    """A message in its conversation.

    Attributes:
        text: what was typed; for a button that carries words, those words.
        intent: of the message.
        ranking: (intent, confidence) pairs, likeliest first, without the fallback.
        objections: the objections of a message that holds several, in the order said; else empty.
        button: entities of a pressed button, empty for typed text.
        memory: of the conversation; handlers change it.
        conversation_id: the conversation.
        manager_id: who is talking.
        services: of the process.
        knowledge: corpus and indexes in use for this turn.
        session: database session for reading.
        today: the date on which questions are decided.
    """

    text: str
    intent: str
    ranking: list[tuple[str, float]]
    objections: list[Objection]
    button: Mapping[str, str]
    memory: Memory
    conversation_id: str
    manager_id: str
    services: Services
    knowledge: Knowledge
    session: Session
    today: dt.date

    @staticmethod
    def from_tracker(tracker: Any, services: Services, session: Session) -> Turn:
        """Read a turn off Rasa's tracker.

        Args:
            tracker: of the SDK.
            services: of the process.
            session: for reading.
        """
        message = tracker.latest_message or {}
        text = str(message.get("text") or "")
        pressed = text.startswith("/")  # the channel takes slashes off whatever is typed
        button = {e["entity"]: str(e["value"]) for e in message.get("entities", [])} if pressed else {}
        ranking = [
            (item["name"], float(item["confidence"]))
            for item in message.get("intent_ranking", [])
            if item["name"] != "nlu_fallback"
        ]
        return Turn(
            text=button.get("said", "") if pressed else text,
            intent=str(message.get("intent", {}).get("name")),
            ranking=ranking,
            objections=[Objection(**item) for item in message.get("objections") or []],
            button=button,
            memory=Memory.from_slots(tracker.slots),
            conversation_id=tracker.sender_id,
            manager_id=str((message.get("metadata") or {}).get("manager", "")),
            services=services,
            knowledge=services.knowledge(),
            session=session,
            today=services.today(),
        )

    @property
    def corpus(self) -> Corpus:
        """The corpus in use."""
        return self.knowledge.corpus

    @functools.cached_property
    def entities(self) -> list[Entity]:
        """Entities that need no database."""
        return extract(self.text)

    def values(self, entity: str) -> list[str]:
        """Distinct values of an entity, in the order said."""
        return list(dict.fromkeys(item.value for item in self.entities if item.entity == entity))

    def amount(self) -> Decimal | None:
        """The amount in yuan, when exactly one was said."""
        amounts = self.values("amount")
        return Decimal(amounts[0]) if len(amounts) == 1 else None

    def say(self, wording: str, **values: object) -> str:
        """A fixed sentence, filled.

        Args:
            wording: id in ``wording.yml``.
            values: for its curly brackets.
        """
        return self.corpus.wording[wording].format(**values)

"""The memory of a conversation: Rasa's slots as one typed object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Memory:
    """What is remembered between two messages. Field names are those of the slots in ``domain.yml``.

    Attributes:
        client_id: the client in hand.
        product_codes: the products in hand.
        categories: product categories in hand, when no product is.
        lifecycle: prospect, new, active or lapsed.
        topic: the objection or stage in hand.
        said: the words to which the scripts answer.
        shown: ids of the scripts shown for the topic, in order.
        pending: the question that the assistant has asked: ``{"handler": ..., "wants": "client" | "product"}``.
        last_request: handler of the last request about a client or product, to be repeated after a correction.
        misses: messages in a row that were not understood.
    """

    client_id: str | None = None
    product_codes: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    lifecycle: str | None = None
    topic: str | None = None
    said: str | None = None
    shown: list[str] = field(default_factory=list)
    pending: dict[str, str] | None = None
    last_request: str | None = None
    misses: int = 0

    @staticmethod
    def from_slots(slots: Mapping[str, Any]) -> Memory:
        """Read the slots of a tracker; an empty slot is the default."""
        names = Memory.__dataclass_fields__
        return Memory(**{name: slots[name] for name in names if slots.get(name) is not None})

    def changes_since(self, slots: Mapping[str, Any]) -> dict[str, Any]:
        """Slots that have to be set, by name."""
        return {name: value for name, value in asdict(self).items() if (slots.get(name) or None) != (value or None)}

    def forget(self) -> None:
        """Back to the beginning: no client, no product, nothing shown."""
        self.__init__()  # type: ignore[misc]

"""Rasa component: entities by `bot.language.entities`.

Names of clients and products are not among them: Rasa does not touch the bank's data, so the actions look them up.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.language.entities import extract
from bot.rasa_ext.fingerprints import ReadsLanguage


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(ReadsLanguage, GraphComponent, EntityExtractorMixin):
    """Adds numbers, tiers, grades, amounts, terms, categories, stages, lifecycles and channels to messages."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityExtractor:
        """(see parent class for full docstring)"""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add entities to those that are there."""
        for message in messages:
            text = str(message.get(TEXT) or "")
            found = [
                {"entity": e.entity, "value": e.value, "start": e.start, "end": e.end, "extractor": type(self).__name__}
                for e in extract(text)
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

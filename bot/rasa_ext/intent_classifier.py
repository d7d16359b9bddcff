"""Rasa component: intents by `bot.language.understanding` over the intent model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language import intent_training
from bot.language.intent_model import IntentModel
from bot.language.understanding import understand
from bot.rasa_ext.fingerprints import ReadsLanguage

_RANKED = 10
OBJECTIONS_KEY = "objections"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(ReadsLanguage, GraphComponent, RasaIntentClassifier):
    """Trains and applies the intent model. Loading a damaged model stops the start instead of serving an empty one."""

    def __init__(self, storage: ModelStorage, resource: Resource, model: IntentModel | None) -> None:
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """(see parent class for full docstring)"""
        return cls(model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Read the trained model.

        Raises:
            HuashuError: E501 or E502.
        """
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, IntentModel.load(directory))

    def train(self, training_data: TrainingData) -> Resource:
        """Train on all intent examples.

        Raises:
            HuashuError: E503 when an intent has too few lines.
        """
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = intent_training.train(
            [str(e.get(TEXT)) for e in examples], [str(e.get(INTENT)) for e in examples]
        )
        with self._storage.write_to(self._resource) as directory:
            self._model.save(directory)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `intent`, `intent_ranking`, and `objections` where a message holds several, in the order said."""
        if self._model is None:
            raise RuntimeError("used before training or loading")
        for message in messages:
            understood = understand(self._model, str(message.get(TEXT) or ""))
            ranking = [{"name": name, "confidence": confidence} for name, confidence in understood.ranking[:_RANKED]]
            objections = [asdict(objection) for objection in understood.objections]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(OBJECTIONS_KEY, objections, add_to_output=True)
        return messages

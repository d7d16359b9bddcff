"""Rasa components for those who compose a pipeline of Rasa's own parts: our words and our features of a message.

The pipeline of ``config.yml`` does without them: `IntentClassifier` reads parts of a message, for which features of the
whole are no help. `benchmarks/nlu.py` trains DIET on them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.encoder import encode
from bot.language.features import SparseFeatures, prepare
from bot.language.tokens import token_spans
from bot.rasa_ext.fingerprints import ReadsLanguage


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ChineseTokenizer(ReadsLanguage, Tokenizer):
    """Words of jieba and of our dictionaries, with offsets into the message as it came."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """(see parent class for full docstring)"""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of one attribute of a message."""
        text = str(message.get(attribute))
        return [Token(text[start:end], start) for start, end in token_spans(text)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(ReadsLanguage, DenseFeaturizer, GraphComponent):
    """The sentence's vector: float32 of shape (1, 512). All training lines are encoded in one batch."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        """(see parent class for full docstring)"""
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all training lines."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors of messages that have text."""
        spoken = [message for message in messages if message.get(TEXT)]
        vectors = encode(prepare([str(message.get(TEXT)) for message in spoken]))
        for message, vector in zip(spoken, vectors, strict=True):
            message.add_features(Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SparseTerms(ReadsLanguage, SparseFeaturizer, GraphComponent):
    """Characters, words and pinyin of the sentence: float32 of shape (1, terms), unit length in each third."""

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        features: SparseFeatures | None,
    ) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._features = features

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SparseTerms:
        """(see parent class for full docstring)"""
        return cls(config, execution_context.node_name, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SparseTerms:
        """Read the vocabularies; a damaged file stops the start."""
        with model_storage.read_from(resource) as directory:
            return cls(config, execution_context.node_name, model_storage, resource, SparseFeatures.load(directory))

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabularies from all lines that have text."""
        texts = [str(example.get(TEXT)) for example in training_data.training_examples if example.get(TEXT)]
        self._features, _ = SparseFeatures.learn(prepare(texts))
        with self._storage.write_to(self._resource) as directory:
            self._features.save(directory)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the terms of all training lines."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the terms of messages that have text."""
        if self._features is None:
            raise RuntimeError("used before training or loading")
        for message in messages:
            if not message.get(TEXT):
                continue
            row = self._features.transform(prepare([str(message.get(TEXT))]))
            message.add_features(Features(row.tocoo(), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

"""Gives Rasa the training lines: the corpus is the training data, and there is no generated copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data import entities_parser
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_ext.lines import training_lines
from bot.settings import load_settings


class TrainingExample(Message):
    """A training line that is cheap to copy and to hash.

    Rasa copies all training data deeply whenever it merges two sources, and hashes it by fingerprint whenever it looks
    for doubles: a third of the training time. Nothing changes these values in place, so a shallow copy is enough.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> TrainingExample:
        return TrainingExample(dict(self.data), set(self.output_properties), self.time, list(self.features))

    def __hash__(self) -> int:
        return hash((self.get(TEXT), self.get(INTENT)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and other.data == self.data


class ScriptsCorpusImporter(TrainingDataImporter):
    """Reads objections, stages, policy questions and the managers' requests in ``bot/data/nlu/``.

    Rasa only warns when an importer can't be imported and trains without it, so `bot.rasa_ext.train` checks that every
    intent of the corpus has arrived.

    Args:
        config_file: Rasa's configuration (unused; part of the interface).
        domain_path: Rasa's domain (unused).
        training_data_paths: Rasa's data (unused).
        corpus_path: the corpus directory; by default the one of the settings.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        corpus_path: str | None = None,
    ) -> None:
        self._data: TrainingData | None = None  # Rasa asks three times
        self._corpus_dir = Path(corpus_path) if corpus_path else load_settings().corpus_dir

    def get_domain(self) -> Domain:
        """(see parent class for full docstring)"""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """(see parent class for full docstring)"""
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        """(see parent class for full docstring)"""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """(see parent class for full docstring)"""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """(see parent class for full docstring)"""
        return None

    def get_nlu_data(self, language: str | None = "zh") -> TrainingData:
        """All training lines, checked, with their annotated entities."""
        if self._data is None:
            parsed = (
                entities_parser.parse_training_example(line.text, line.intent)
                for line in training_lines(self._corpus_dir)
            )
            self._data = TrainingData([TrainingExample(message.data) for message in parsed])
        return self._data

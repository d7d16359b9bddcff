"""Gives Rasa the utterances of the script corpus. There is no generated copy: the corpus is the training data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data import entities_parser
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.corpus.loading import load_corpus
from bot.settings import load_settings


class ScriptsCorpusImporter(TrainingDataImporter):
    """Reads objections, stages and policy questions.

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
        """All training lines of the corpus, with their annotated entities."""
        lines = load_corpus(self._corpus_dir).training_lines
        return TrainingData([entities_parser.parse_training_example(line.text, line.intent) for line in lines])

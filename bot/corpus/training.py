"""All training lines of a project: those of the corpus and the requests in ``bot/data/nlu/``, checked together."""

from __future__ import annotations

from pathlib import Path

from bot.corpus.loading import load_corpus
from bot.corpus.problems import CorpusError
from bot.corpus.utterances import TrainingLine, read_request_lines, scarcity_problems, utterance_problems

REQUESTS_DIRECTORY = Path(__file__).resolve().parents[1] / "data" / "nlu"


def checked_training_lines(corpus_dir: Path, requests_dir: Path = REQUESTS_DIRECTORY) -> list[TrainingLine]:
    """Read and check every line that the model learns from.

    Args:
        corpus_dir: the corpus directory.
        requests_dir: Rasa NLU files with the managers' requests.

    Returns:
        The lines, corpus first.

    Raises:
        CorpusError: with all problems, among them lines claimed by two intents of whatever source, and intents with
            too few lines.
    """
    requests, problems = read_request_lines(requests_dir)
    if problems:
        raise CorpusError(problems)
    lines = [*load_corpus(corpus_dir).training_lines, *requests]
    found = [*utterance_problems(lines), *scarcity_problems(lines)]
    if found:
        raise CorpusError(found, "E102")
    return lines

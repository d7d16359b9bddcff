"""Runs the phrase check over everything that the corpus can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus, Governance
from bot.corpus.placeholders import placeholders_in
from bot.corpus.problems import CorpusError, Problem
from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.policy.catalogue import load_catalogue
from bot.policy.checker import PhraseChecker

_SPEAKABLE = ("approved", "in_review")


def check_corpus(directory: Path) -> tuple[Corpus, list[TrainingLine]]:
    """Check everything that can be wrong with a corpus and the training lines.

    Args:
        directory: the corpus directory.

    Returns:
        The corpus, and all training lines with those of the requests.

    Raises:
        CorpusError: with all problems of the first kind that has any: format (E101), content (E102), speech (E103).
    """
    lines = checked_training_lines(directory)
    corpus = load_corpus(directory)
    refuse_unspeakable(corpus, checker_of(directory, corpus))
    return corpus, lines


def checker_of(directory: Path, corpus: Corpus) -> PhraseChecker:
    """The phrase check with the catalogue of a corpus directory."""
    return PhraseChecker(load_catalogue(directory / "policy" / "phrases", corpus.facts))


def refuse_unspeakable(corpus: Corpus, checker: PhraseChecker) -> None:
    """Refuse a corpus that would say what must not be said.

    Args:
        corpus: freshly read.
        checker: the phrase check.

    Raises:
        CorpusError: E103, with every finding in approved scripts and answers, disclosures and fixed wording.
    """
    problems = [
        Problem(path, line, where, f"“{finding.span}”不能这样说（{finding.name}：{finding.rule}）", finding.alternative)
        for path, line, where, text in _texts(corpus)
        for finding in checker.check(_without_placeholders(text))
    ]
    if problems:
        raise CorpusError(problems, "E103")


def _without_placeholders(text: str) -> str:
    """The sentence with a harmless value in the place of each fact."""
    for name in placeholders_in(text):
        text = text.replace("{" + name + "}", "若干")
    return text


def _texts(corpus: Corpus) -> Iterator[tuple[Path, int, str, str]]:
    for script in corpus.scripts():
        if script.governance.status in _SPEAKABLE:
            for step, text in script.steps.items():
                yield *_place(script.governance), f"{script.id} {step}", text
    for answer in corpus.answers.values():
        if answer.governance.status in _SPEAKABLE:
            for text in filter(None, (answer.answer, answer.to_confirm)):
                yield *_place(answer.governance), answer.id, text
    for disclosure in corpus.disclosures.values():
        yield Path("policy/disclosures.yml"), 1, disclosure.id, disclosure.text
    for file, wording in (("wording.yml", corpus.wording), ("portal.yml", corpus.portal)):
        for key, text in wording.items():
            yield Path(file), 1, key, text
    for place, text in _questionnaire_texts(corpus.questionnaire):
        yield Path("policy/questionnaire.yml"), 1, place, text


def _questionnaire_texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the client reads beside the options: those are the client's own words."""
    for item in data["privacy"]:
        yield "privacy", item["text"]
    for question in data["questions"]:
        yield question["id"], question["text"] + question.get("help", "")
    for tier in data["tiers"]:
        yield tier["tier"], tier["meaning"]


def _place(governance: Governance) -> tuple[Path, int]:
    return governance.path, governance.line

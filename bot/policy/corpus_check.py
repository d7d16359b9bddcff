"""Runs the phrase check over everything that the corpus can say."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus, Governance
from bot.corpus.placeholders import placeholders_in
from bot.corpus.problems import CorpusError, Problem
from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.model_files import file_digest
from bot.policy.catalogue import load_catalogue
from bot.policy.checker import PhraseChecker
from bot.policy.judge import trained_judge

_SPEAKABLE = ("approved", "in_review")
# Titles, buttons and notices: no talk, which is all that the judge has learned; patterns check them.
_WORDING, _PAGES = Path("wording.yml"), Path("portal.yml")


def check_corpus(directory: Path, models: Path) -> tuple[Corpus, list[TrainingLine]]:
    """Check everything that can be wrong with a corpus and the training lines.

    Args:
        directory: the corpus directory.
        models: where trained models are kept.

    Returns:
        The corpus, and all training lines with those of the requests.

    Raises:
        CorpusError: with all problems of the first kind that has any: format (E101), content (E102), speech (E103).
    """
    lines = checked_training_lines(directory)
    corpus = load_corpus(directory)
    refuse_unspeakable(corpus, checker_of(directory, corpus, models))
    return corpus, lines


def checker_of(directory: Path, corpus: Corpus, models: Path) -> PhraseChecker:
    """The phrase check with the catalogue of a corpus directory.

    Args:
        directory: the corpus directory.
        corpus: read from it.
        models: where the trained judge is kept; trained there in some seconds when the catalogue has changed.
    """
    phrases = directory / "policy" / "phrases"
    contents = file_digest(sorted(phrases.glob("*.yml")))
    replies = tuple(item.reply for item in corpus.practice.graded if item.compliant) if corpus.practice else ()
    return _checker_of(phrases, frozenset(corpus.facts), models, contents, replies)


@functools.lru_cache(maxsize=2)
def _checker_of(
    phrases: Path, facts: frozenset[str], models: Path, contents: str, replies: tuple[str, ...]
) -> PhraseChecker:
    """One checker for the same contents of the files, so that it need not be made anew for every changed wording."""
    catalogue = replace(load_catalogue(phrases, facts), replies=replies)
    return PhraseChecker(catalogue, trained_judge(catalogue, models))


def refuse_unspeakable(corpus: Corpus, checker: PhraseChecker) -> None:
    """Refuse a corpus that would say what must not be said.

    Args:
        corpus: freshly read.
        checker: the phrase check.

    Raises:
        CorpusError: E103, with every finding in approved scripts and answers, disclosures and fixed wording.
    """
    problems = []
    for path, line, where, text in spoken_texts(corpus):
        spoken = without_placeholders(text)
        judged = path not in (_WORDING, _PAGES)
        findings = [] if spoken in checker.clean else checker.check(spoken, judged=judged)
        if judged and not findings:
            checker.clean.add(spoken)
        for finding in findings:
            what = f"“{finding.span}”不能这样说（{finding.name}：{finding.rule}）"
            problems.append(Problem(path, line, where, what, finding.alternative))
    if problems:
        raise CorpusError(problems, "E103")


def without_placeholders(text: str) -> str:
    """The sentence with a harmless value in the place of each fact."""
    for name in placeholders_in(text):
        text = text.replace("{" + name + "}", "若干")
    return text


def spoken_texts(corpus: Corpus) -> Iterator[tuple[Path, int, str, str]]:
    """Everything that the corpus can say: file, line, what it is, and the text."""
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
    for file, wording in ((_WORDING, corpus.wording), (_PAGES, corpus.portal)):
        for key, text in wording.items():
            yield file, 1, key, text
    if corpus.practice is not None:
        for stage, data in corpus.practice.rubric["stages"].items():
            for name, check in data["checks"].items():
                yield Path("practice.yml"), 1, f"stages.{stage}.checks.{name}.better", check["better"]
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

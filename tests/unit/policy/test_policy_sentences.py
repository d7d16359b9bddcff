"""The catalogue's own sentences: what must be caught, what must pass, and that no pattern is idle."""

from __future__ import annotations

import functools

import pytest
from policy_files import codes_in, real_checker

from bot.corpus.loading import load_corpus
from bot.corpus.problems import Problem
from bot.policy.catalogue import load_catalogue
from bot.policy.clauses import sentences
from bot.policy.model import CODES, PhrasePattern, PhraseRule
from bot.policy.offsets import fold
from bot.policy.self_test import failures
from bot.settings import PROJECT_ROOT


@functools.cache
def all_failures() -> list[Problem]:
    """What ``huashu policy test`` tells."""
    return failures(real_checker())


RULES = list(real_checker().catalogue.rules.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_sentence_of_a_code_is_judged_as_it_stands_there(rule: PhraseRule) -> None:
    mine = [str(problem) for problem in all_failures() if problem.path == rule.path]
    assert mine == []


def test_everyday_talk_passes() -> None:
    everyday = real_checker().catalogue.everyday_path
    assert [str(problem) for problem in all_failures() if problem.path == everyday] == []


def test_the_catalogue_has_the_codes_of_the_contract_in_its_order() -> None:
    assert tuple(rule.code for rule in RULES) == CODES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_code_has_sixty_sentences_of_each_kind(rule: PhraseRule) -> None:
    assert len(rule.caught) >= 60
    assert len(rule.passes) >= 60


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_alternative_is_itself_compliant(rule: PhraseRule) -> None:
    assert codes_in(rule.alternative) == set()


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [pytest.param(rule, pattern, id=f"{rule.code}.{pattern.id}") for rule in RULES for pattern in rule.patterns],
)
def test_every_pattern_catches_a_sentence(rule: PhraseRule, pattern: PhrasePattern) -> None:
    """A pattern that no sentence needs is a pattern that nobody can judge."""
    checker = real_checker()
    assert any(
        True
        for text in rule.caught
        for sentence in sentences(fold(text).text)
        for _ in checker._meant(sentence, rule, pattern)
    )


def test_every_fact_cited_is_in_the_regulations() -> None:
    facts = load_corpus(PROJECT_ROOT / "scripts_corpus").facts
    assert set(load_catalogue(known_facts=facts).rules) == set(CODES)

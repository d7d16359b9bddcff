"""The catalogue's own sentences: what must be caught, what must pass, and that no pattern is idle."""

from __future__ import annotations

import pytest
from policy_files import codes_in, real_checker

from bot.corpus.loading import load_corpus
from bot.policy.catalogue import load_catalogue
from bot.policy.clauses import sentences
from bot.policy.model import CODES, PhrasePattern, PhraseRule
from bot.policy.offsets import fold
from bot.settings import PROJECT_ROOT

RULES = list(real_checker().catalogue.rules.values())


def cases(kind: str) -> list[object]:
    """One case a sentence, named after its file and line so that a failure leads there."""
    return [
        pytest.param(rule.code, sentence, id=f"{rule.path.name}:{rule.lines[kind, index]}")
        for rule in RULES
        for index, sentence in enumerate(getattr(rule, kind))
    ]


@pytest.mark.parametrize(("code", "sentence"), cases("caught"))
def test_what_must_be_caught_is_caught_under_its_code(code: str, sentence: str) -> None:
    assert code in codes_in(sentence)


@pytest.mark.parametrize(("code", "sentence"), cases("passes"))
def test_what_must_pass_has_no_finding_of_any_code(code: str, sentence: str) -> None:
    assert codes_in(sentence) == set()


def test_the_catalogue_has_the_codes_of_the_contract_in_its_order() -> None:
    assert tuple(rule.code for rule in RULES) == CODES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_code_has_thirty_sentences_of_each_kind(rule: PhraseRule) -> None:
    assert len(rule.caught) >= 30
    assert len(rule.passes) >= 30


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

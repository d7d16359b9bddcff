"""Every so many of the catalogue's sentences, judged as they stand there: what a run for each change can afford."""

from __future__ import annotations

import pytest
from policy_files import codes_in, real_checker

from bot.policy.model import PhraseRule

RULES = list(real_checker().catalogue.rules.values())
STEP = 40


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_sentences_that_must_be_caught_are(rule: PhraseRule) -> None:
    under = {sentence: {each.code for each in RULES if sentence in each.caught} for sentence in rule.caught[::STEP]}
    assert [sentence for sentence, codes in under.items() if codes.isdisjoint(codes_in(sentence))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_sentences_that_must_pass_do(rule: PhraseRule) -> None:
    assert [sentence for sentence in rule.passes[::STEP] if codes_in(sentence)] == []


def test_everyday_sentences_pass() -> None:
    assert [sentence for sentence in real_checker().catalogue.everyday[::STEP] if codes_in(sentence)] == []

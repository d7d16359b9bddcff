"""No text keeps the check busy; and skipping patterns that can't match changes nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_files import real_checker

from bot.policy.checker import PhraseChecker
from bot.policy.clauses import sentences
from bot.policy.offsets import fold
from bot.policy.prefilter import Prefilter

SENTENCES = [sentence for rule in real_checker().catalogue.rules.values() for sentence in (*rule.caught, *rule.passes)]
EXPRESSIONS = [pattern.expression for rule in real_checker().catalogue.rules.values() for pattern in rule.patterns]
PREFILTER = Prefilter(EXPRESSIONS, SENTENCES)
# A slow and busy machine gets twenty times what the benchmark allows; a catastrophic pattern needs minutes.
SECONDS = 0.4
HOSTILE = {
    "negations": "不" * 1000,
    "commas": "," * 1000,
    "clauses": "不保本，" * 250,
    "one long clause": "您这款产品的收益" * 125,
    "numbers": "1" * 1000,
    "numbers with units": "三个点" * 333,
    "near misses": "风险揭示书就给您" * 125,
    "turns": "但是其实" * 250,
    "opening quotes": "“" * 1000,
    "findings": "保本" * 500,
    "spaces": "保 " * 500,
    "splitters": "保*" * 500,
    "traditional": "產品測評" * 250,
    "marks": "。！？；" * 250,
    "no sentence end": "".join(SENTENCES).translate(str.maketrans("", "", "。！？；"))[:1000],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_does_not_keep_the_check_busy(name: str) -> None:
    began = time.process_time()
    real_checker().check(HOSTILE[name])
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", ["clauses", "findings", "near misses", "no sentence end"])
def test_time_grows_no_faster_than_about_the_length(name: str) -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        real_checker().check(text)
        return time.process_time() - began

    short, long = HOSTILE[name], HOSTILE[name] * 8
    assert min(seconds(long) for _ in range(2)) < 24 * max(min(seconds(short) for _ in range(3)), 0.002)


def unfiltered(checker: PhraseChecker, text: str) -> set[tuple[str, str]]:
    """What is found when every pattern is tried."""
    return {
        (rule.code, pattern.id)
        for sentence in sentences(fold(text).text)
        for rule in checker.catalogue.rules.values()
        for pattern in rule.patterns
        for _ in checker._meant(sentence, rule, pattern)
    }


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map("，".join)))
@settings(max_examples=150, deadline=None)
def test_skipped_patterns_would_have_found_nothing(text: str) -> None:
    for sentence in sentences(fold(text).text):
        tried = set(PREFILTER.candidates(sentence.text))
        for number, expression in enumerate(EXPRESSIONS):
            assert number in tried or not expression.search(sentence.text), expression.pattern


@pytest.mark.parametrize("index", range(0, len(SENTENCES), 31))
def test_checked_codes_are_those_found_when_every_pattern_is_tried(index: int) -> None:
    checker = PhraseChecker(real_checker().catalogue)  # without the judge, who finds more and lets some pass
    text = SENTENCES[index]
    assert {code for code, _ in unfiltered(checker, text)} == {finding.code for finding in checker.check(text)}
    assert {(finding.code, finding.pattern_id) for finding in checker.check(text)} <= unfiltered(checker, text)

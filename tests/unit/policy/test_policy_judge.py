"""The learned half of the phrase check: the same for the same catalogue, kept whole, and with its reasons."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_files import real_checker

from bot.policy import traits
from bot.policy.checker import PhraseChecker
from bot.policy.judge import LONGEST_STRETCH
from bot.policy.model import CODES
from bot.policy.offsets import fold


def test_a_finding_of_the_judge_is_marked_and_has_its_reasons() -> None:
    checker = real_checker()
    alone = PhraseChecker(checker.catalogue)
    rule = checker.catalogue.rules["privacy"]
    unnamed = [sentence for sentence in rule.caught if not alone.check(sentence)][:20]
    assert len(unnamed) == 20
    for text in unnamed:
        (*_, finding) = checker.check(text)
        assert not finding.pattern_id
        assert text[finding.start : finding.end] == finding.span
        assert finding.likest
        assert set(finding.likest) <= set(checker.catalogue.rules[finding.code].caught)


def test_patterns_do_not_count_where_the_judge_clearly_finds_the_words_used_rightly() -> None:
    checker = real_checker()
    alone = PhraseChecker(checker.catalogue)
    passes = [sentence for rule in checker.catalogue.rules.values() for sentence in rule.passes]
    excused = [sentence for sentence in passes if alone.check(sentence)]
    assert excused  # patterns alone are too strict
    assert not any(checker.check(sentence) for sentence in excused)


@given(st.text(max_size=300))
def test_stretches_cover_the_text_in_order(text: str) -> None:
    judge = real_checker().judge
    assert judge is not None
    folded = fold(text).text
    read = judge.read(folded)
    assert all(first.end == second.start for first, second in itertools.pairwise(read))
    assert not read or (read[0].start, read[-1].end) == (0, len(folded))
    assert all(each.codes and set(each.codes) <= set(CODES) for each in read)


def test_a_violation_is_found_among_many_good_sentences() -> None:
    good = "这款产品不保本，可能损失本金，请您先看风险揭示书，想清楚再决定。" * 12
    codes = {finding.code for finding in real_checker().check(good + "这款稳赚不赔，您放心买。" + good)}
    assert "guarantee" in codes
    assert len(good) > LONGEST_STRETCH


@pytest.mark.parametrize("kind", traits.KINDS, ids=lambda kind: kind.keys.__name__)
@pytest.mark.parametrize("text", ["", "保", "不保本", "𠀀𠀀", "\ud800", "?" * 50])
def test_traits_of_odd_texts(kind: traits.Kind, text: str) -> None:
    keys = kind.keys(text)
    assert keys.dtype == np.uint64


def test_every_run_of_characters_is_a_number_of_its_own() -> None:
    texts = ["保本", "本保", "保", "保本保", "保保本"]
    numbers = [frozenset(traits.runs(text).tolist()) for text in texts]
    assert len(set(numbers)) == len(texts)


def test_what_a_negation_governs_is_told_apart() -> None:
    assert set(traits.negated("不保本,稳")) == set(traits.negated("没保本"))
    assert traits.negated("保本,稳赚").size == 0

"""What the commands that test and show the phrase check tell a trainer."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from policy_files import catalogue_of, real_checker, rule_of

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.corpus.problems import Problem
from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.errors import HuashuError
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import spoken_texts
from bot.policy.model import CODES, PhrasePattern, PhraseRule
from bot.policy.self_test import JUDGE, Place, caught_by, failures, known_pattern, texts_of_corpus
from bot.settings import PROJECT_ROOT

CORPUS = PROJECT_ROOT / "scripts_corpus"
PATTERNS = (
    PhrasePattern("principal_kept", re.compile("保本"), "说本金有保证。"),
    PhrasePattern("sure_win", re.compile("稳赚"), "说收益是一定的。"),
)
SURE = (PhrasePattern("sure", re.compile("赢家"), "说一定赢。"),)


def check(*others: PhraseRule, caught: tuple[str, ...] = (), everyday: tuple[str, ...] = ()) -> PhraseChecker:
    """The check with two patterns, and with other rules."""
    guarantee = rule_of("guarantee", PATTERNS, ("这款保本。", *caught), ("这款不保本。",))
    return PhraseChecker(catalogue_of(guarantee, *others, everyday=everyday))


def test_nothing_is_told_of_a_catalogue_that_judges_all_its_sentences_rightly() -> None:
    checker = check(
        rule_of("privacy", SURE, ("天生赢家。",), ("不是赢家。",)), caught=("稳赚的。",), everyday=("天气好。",)
    )
    assert failures(checker) == []


def test_a_sentence_that_is_not_caught_is_told() -> None:
    assert failures(check(caught=("今天天气好。", "稳赚的。"))) == [
        Problem(
            Path("guarantee.yml"),
            1,
            "caught.1",
            "应当查出而没有查出“今天天气好。”",
            "补一条表达式，或多写几句意思相近的例句",
        )
    ]


def test_a_sentence_caught_only_under_other_codes_is_told_with_them() -> None:
    others = (rule_of("pressure", SURE), rule_of("privacy", SURE), rule_of("off_book", PATTERNS))
    (told,) = failures(check(*others, caught=("天生赢家。",)))
    assert told.what == "应当查出而没有查出“天生赢家。”，只查出 pressure、privacy"


def test_a_sentence_under_two_codes_need_be_found_under_one_of_them_only() -> None:
    privacy = rule_of("privacy", SURE, ("天生赢家。",))
    assert failures(check(privacy, caught=("天生赢家。",))) == []
    privacy = rule_of("privacy", SURE, ("天生赢家。", "这款保本。"))
    assert failures(check(privacy)) == []


def test_a_sentence_that_must_pass_and_does_not_is_told_with_code_and_pattern() -> None:
    told = failures(check(rule_of("privacy", SURE, (), ("您好。", "天生赢家。", "稳赚。"))))
    mend = "收紧表达式，或写上 unless"
    assert told == [
        Problem(Path("privacy.yml"), 1, "passes.1", "应当放过“天生赢家。”，却按 privacy（sure）查出", mend),
        Problem(Path("privacy.yml"), 2, "passes.2", "应当放过“稳赚。”，却按 guarantee（sure_win）查出", mend),
    ]


def test_everyday_talk_that_does_not_pass_is_told() -> None:
    (told,) = failures(check(everyday=("天气好。", "稳赚。")))
    assert (told.path, told.line, told.where) == (Path("_everyday.yml"), 1, "passes.1")
    assert told.what == "应当放过“稳赚。”，却按 guarantee（sure_win）查出"


def test_a_sentence_that_the_judge_does_not_let_pass_is_told_as_the_judge_s() -> None:
    checker = real_checker()
    alone = PhraseChecker(checker.catalogue)
    text = next(each for each in checker.catalogue.rules["privacy"].caught if not alone.check(each))
    rules = catalogue_of(*checker.catalogue.rules.values(), everyday=(text,))
    few = {code: replace(rule, caught=(), passes=()) for code, rule in rules.rules.items()}
    told = failures(PhraseChecker(replace(rules, rules=few), checker.judge))
    assert any(f"“{text}”，却按 privacy（{JUDGE}）查出" in each.what for each in told)


def test_an_alternative_that_may_not_be_said_itself_is_told() -> None:
    rule = replace(rule_of("privacy"), alternative="这款稳赚。")
    assert failures(check(rule)) == [
        Problem(Path("privacy.yml"), 1, "alternative", "建议改说的话本身不能说（guarantee）：稳赚", "换一种说法")
    ]


@functools.cache
def shipped_corpus() -> Corpus:
    return load_corpus(CORPUS)


@functools.cache
def shipped_training_lines() -> list[TrainingLine]:
    return checked_training_lines(CORPUS)


def test_what_one_pattern_finds_is_given_with_place_and_words_in_order() -> None:
    checker = check()
    first, second, third = (
        Place(Path("a.yml"), line, text) for line, text in enumerate(("稳赚", "保本", "您好，稳赚"))
    )
    assert caught_by(checker, "guarantee", "sure_win", [first, second, third]) == [(first, "稳赚"), (third, "稳赚")]
    assert caught_by(checker, "guarantee", "", [first, second, third]) == []


@pytest.mark.parametrize("pattern", ["sure_win", "principal_kept", ""])
def test_known_patterns_are_accepted(pattern: str) -> None:
    known_pattern(check(), "guarantee", pattern)


@pytest.mark.parametrize(
    ("code", "pattern", "message"),
    [
        ("guarante", "sure_win", f"没有代码 guarante，应当是 {'、'.join(CODES)} 之一。"),
        ("guarantee", "win", "guarantee 里没有表达式 win，应当是 principal_kept、sure_win 之一。"),
    ],
)
def test_unknown_codes_and_patterns_are_refused_with_those_that_there_are(
    code: str, pattern: str, message: str
) -> None:
    with pytest.raises(HuashuError) as refused:
        known_pattern(check(), code, pattern)
    assert refused.value.code == "E106"
    assert message in str(refused.value)


def test_all_sentences_scripts_and_training_lines_are_looked_through_with_their_places() -> None:
    checker, corpus = real_checker(), shipped_corpus()
    rules = checker.catalogue.rules.values()
    caught = [Place(rule.path, rule.lines["caught", i], text) for rule in rules for i, text in enumerate(rule.caught)]
    passes = [Place(rule.path, rule.lines["passes", i], text) for rule in rules for i, text in enumerate(rule.passes)]
    spoken = [Place(path, line, text) for path, line, _, text in spoken_texts(corpus)]
    training = [Place(each.path, each.line, each.plain) for each in shipped_training_lines()]
    found = list(texts_of_corpus(checker, corpus, CORPUS))
    assert found[len(caught) + len(passes) :] == [*spoken, *training]
    # Rule by rule, as they stand in the file.
    assert found[0] == caught[0]
    assert set(found[: len(caught) + len(passes)]) == {*caught, *passes}

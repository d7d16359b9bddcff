"""What the commands that test and show the phrase check tell a trainer."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from policy_files import FILES, GUARANTEE, PRIVACY, changed, line_of, real_checker, write_catalogue

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.corpus.problems import Problem
from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.errors import HuashuError
from bot.policy.catalogue import EVERYDAY_FILE, load_catalogue
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import spoken_texts
from bot.policy.model import CODES
from bot.policy.self_test import Place, caught_by, failures, known_pattern, texts_of_corpus
from bot.settings import PROJECT_ROOT

CORPUS = PROJECT_ROOT / "scripts_corpus"
EVERYDAY = "passes:\n" + "\n".join(f"  - 第{number}天，天气好。" for number in range(1, 301))


@functools.cache
def shipped_corpus() -> Corpus:
    return load_corpus(CORPUS)


@functools.cache
def shipped_training_lines() -> list[TrainingLine]:
    return checked_training_lines(CORPUS)


def checker_of(directory: Path, files: dict[str, str]) -> PhraseChecker:
    return PhraseChecker(load_catalogue(write_catalogue(directory, files)))


def test_nothing_is_told_of_a_catalogue_that_judges_all_its_sentences_rightly(tmp_path: Path) -> None:
    assert failures(checker_of(tmp_path, FILES | {EVERYDAY_FILE: EVERYDAY})) == []


def test_a_sentence_that_is_not_caught_is_told(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "  - 稳赚的。", "  - 今天天气好。")
    assert failures(checker_of(tmp_path, files)) == [
        Problem(
            tmp_path / GUARANTEE,
            line_of(files[GUARANTEE], "今天天气好"),
            "caught.1",
            "应当查出而没有查出“今天天气好。”",
            "补一条表达式，或多写几句意思相近的例句",
        )
    ]


def test_a_sentence_caught_only_under_other_codes_is_told_with_them(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "  - 这款保本。", "  - 这款绝对保本。")
    files[GUARANTEE] = files[GUARANTEE].replace("'保本|<亏>不了'", "本金绝对安全")
    (told,) = failures(checker_of(tmp_path, files))
    others = "、".join(sorted(set(CODES) - {"guarantee"}))
    assert told.what == f"应当查出而没有查出“这款绝对保本。”，只查出 {others}"


def test_a_sentence_under_two_codes_need_be_found_under_one_of_them_only(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "  - 稳赚的。", "  - 要赔的。") | {
        PRIVACY: FILES[PRIVACY].replace("稳赚{0,2}", "要赔|稳赚").replace("  - 稳赚的。", "  - 要赔的。")
    }
    assert failures(checker_of(tmp_path, files)) == []


def test_a_sentence_that_must_pass_and_does_not_is_told_with_code_and_pattern(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "  - 第9句，不保本。", "  - 天生赢家。") | {
        PRIVACY: FILES[PRIVACY].replace("稳赚{0,2}", "赢家|稳赚")
    }
    assert failures(checker_of(tmp_path, files)) == [
        Problem(
            tmp_path / GUARANTEE,
            line_of(files[GUARANTEE], "天生赢家"),
            "passes.8",
            "应当放过“天生赢家。”，却按 privacy（sure_win）查出",
            "收紧表达式，或写上 unless",
        )
    ]


def test_everyday_talk_that_does_not_pass_is_told(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "稳赚{0,2}", "第3天|稳赚") | {EVERYDAY_FILE: EVERYDAY}
    (told,) = failures(checker_of(tmp_path, files))
    assert (told.path, told.line, told.where) == (tmp_path / EVERYDAY_FILE, 1, "passes.2")
    assert "第3天，天气好。" in told.what


def test_an_alternative_that_may_not_be_said_itself_is_told(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "alternative: 这类", "alternative: 稳赚，这类")
    told = failures(checker_of(tmp_path, files))
    assert {(each.path, each.line, each.where, each.right) for each in told} == {
        (tmp_path / GUARANTEE, 1, "alternative", "换一种说法")
    }
    assert "建议改说的话本身不能说（guarantee）：稳赚" in {each.what for each in told}


def test_what_one_pattern_finds_is_given_with_place_and_words_in_order(tmp_path: Path) -> None:
    checker = checker_of(tmp_path, FILES)
    first, second, third = (
        Place(Path("a.yml"), line, text) for line, text in enumerate(("稳赚", "保本", "您好，稳赚"))
    )
    assert caught_by(checker, "guarantee", "sure_win", [first, second, third]) == [(first, "稳赚"), (third, "稳赚")]
    assert caught_by(checker, "guarantee", "", [first, second, third]) == []


@pytest.mark.parametrize("pattern", ["sure_win", "principal_kept", ""])
def test_known_patterns_are_accepted(pattern: str, tmp_path: Path) -> None:
    known_pattern(checker_of(tmp_path, FILES), "guarantee", pattern)


@pytest.mark.parametrize(
    ("code", "pattern", "message"),
    [
        ("guarante", "sure_win", f"没有代码 guarante，应当是 {'、'.join(CODES)} 之一。"),
        ("guarantee", "win", "guarantee 里没有表达式 win，应当是 principal_kept、sure_win 之一。"),
    ],
)
def test_unknown_codes_and_patterns_are_refused_with_those_that_there_are(
    code: str, pattern: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(HuashuError) as refused:
        known_pattern(checker_of(tmp_path, FILES), code, pattern)
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

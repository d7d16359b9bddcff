"""What the judge learns from sentences, and how it is kept."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from policy_files import catalogue_of, rule_of

from bot.policy.judge import SentenceJudge, fingerprint, train, trained_judge
from bot.policy.model import CODES, Catalogue
from bot.policy.offsets import fold

SUBJECTS = ("这款", "那款", "这只", "那只", "这个", "那个", "此款")
BAD = dict(zip(CODES, "甲乙丙丁戊己庚辛壬癸子丑", strict=True))


def sentences_of(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sentences that break a rule, and sentences about the same thing that don't."""
    word = BAD[code] * 2
    return (
        tuple(f"{subject}一定{word}，您放心。" for subject in SUBJECTS),
        tuple(f"{subject}产品有风险。{subject}可能没有{word}。" for subject in SUBJECTS),
    )


EVERYDAY = tuple(f"{day}天气好，{day}下雨。" for day in ("今天", "明天", "昨天"))
CATALOGUE = catalogue_of(*(rule_of(code, (), *sentences_of(code)) for code in CODES), everyday=EVERYDAY)


TEXTS = ("这款一定甲甲，您放心。", "这只可能没有丑丑。", "明天下雨，您放心。")

GOLDEN = [
    [0.978, 4.009, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239, -1.239],
    [-0.954, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, -1.254, 4.974],
    [0.422, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859, -0.859],
]


def scores(judge: SentenceJudge) -> npt.NDArray[np.float64]:
    return judge.scores([fold(text).text for text in TEXTS])


@pytest.fixture(scope="module")
def judge() -> SentenceJudge:
    return train(CATALOGUE)


@pytest.mark.parametrize("code", CODES)
def test_sentences_are_judged_as_they_were_taught_and_under_their_code(code: str, judge: SentenceJudge) -> None:
    for taught, sentences in zip((True, False), sentences_of(code), strict=True):
        for sentence in sentences:
            (read,) = judge.read(fold(sentence).text)
            assert (read.margin > 0) is taught, sentence
            assert read.codes[0] == code


def test_everyday_sentences_are_learned_as_good(judge: SentenceJudge) -> None:
    assert all(judge.read(fold(sentence).text)[0].margin < 0 for sentence in EVERYDAY)


def test_numbers_chosen_by_cross_validation_do_not_change_unnoticed() -> None:
    """Violation and each code; a change that is meant is measured anew for docs/policy.md."""
    assert scores(train(CATALOGUE)) == pytest.approx(np.array(GOLDEN), abs=2e-3)


def test_a_sentence_under_two_codes_is_about_both() -> None:
    both = "咱们私下里说好了的事情。"
    rules = {code: sentences_of(code) for code in CODES}
    for code in ("privacy", "pressure"):
        rules[code] = (*rules[code][0], both), rules[code][1]
    (row,) = train(changed(**rules)).scores([fold(both).text])
    likeliest = [CODES[number] for number in np.argsort(-row[1:])]
    assert set(likeliest[:2]) == {"privacy", "pressure"}


def test_examples_are_the_sentences_that_break_the_rule() -> None:
    assert train(CATALOGUE).examples == {code: sentences_of(code)[0] for code in CODES}


def changed(**rules: tuple[tuple[str, ...], tuple[str, ...]]) -> Catalogue:
    """The catalogue with the sentences of some rules replaced."""
    sentences = {code: rules.get(code, sentences_of(code)) for code in CODES}
    return catalogue_of(*(rule_of(code, (), *each) for code, each in sentences.items()), everyday=EVERYDAY)


CAUGHT, PASSES = sentences_of("privacy")


@pytest.mark.parametrize(
    "other",
    [
        changed(privacy=(CAUGHT[:-1], PASSES)),
        changed(privacy=(CAUGHT, PASSES[:-1])),
        changed(privacy=((*CAUGHT, PASSES[0]), PASSES[1:])),
        changed(privacy=((), (*CAUGHT, *PASSES))),
        changed(privacy=sentences_of("off_book"), off_book=(CAUGHT, PASSES)),
        catalogue_of(*CATALOGUE.rules.values(), everyday=EVERYDAY[:-1]),
    ],
)
def test_another_catalogue_asks_for_another_judge(other: Catalogue) -> None:
    assert fingerprint(other) != fingerprint(CATALOGUE)


def test_the_same_sentences_ask_for_the_same_judge() -> None:
    assert fingerprint(changed()) == fingerprint(CATALOGUE)
    assert re.fullmatch("[0-9a-f]{16}", fingerprint(CATALOGUE))


def test_a_judge_is_kept_in_a_directory_made_for_it_and_comes_back_whole(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "models"
    made = trained_judge(CATALOGUE, directory)
    assert [path.name for path in directory.iterdir()] == [f"phrases-{fingerprint(CATALOGUE)}.npz"]
    read = trained_judge(CATALOGUE, directory)
    assert read.examples == made.examples
    assert np.array_equal(read.coefficients, made.coefficients)
    assert (read.coefficients.dtype, read.intercepts.dtype) == (np.float32, np.float64)
    assert np.array_equal(read.intercepts, made.intercepts)
    assert len(read.traits.vocabularies) == len(made.traits.vocabularies)
    for one, other in zip(read.traits.vocabularies, made.traits.vocabularies, strict=True):
        assert np.array_equal(one.keys, other.keys)
        assert np.array_equal(one.weights, other.weights)


def test_keeping_a_judge_removes_earlier_ones_and_nothing_else(tmp_path: Path) -> None:
    for name in ("phrases-0.npz", "phrases-1.npz", "other.npz", "phrases.txt"):
        (tmp_path / name).write_bytes(b"")
    trained_judge(CATALOGUE, tmp_path)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"other.npz", "phrases.txt", f"phrases-{fingerprint(CATALOGUE)}.npz"}


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_judge_is_trained_anew(tmp_path: Path, damage: bytes | None) -> None:
    whole = scores(trained_judge(CATALOGUE, tmp_path))
    (path,) = tmp_path.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert np.array_equal(scores(trained_judge(CATALOGUE, tmp_path)), whole)
    assert path.stat().st_size == len(content)


def test_the_same_catalogue_gives_the_same_judge(judge: SentenceJudge) -> None:
    again = train(changed())
    assert np.array_equal(again.coefficients, judge.coefficients)
    assert np.array_equal(again.intercepts, judge.intercepts)


def test_a_judge_that_is_there_is_read_and_not_trained(tmp_path: Path) -> None:
    trained_judge(CATALOGUE, tmp_path)
    (path,) = tmp_path.iterdir()
    before = path.stat()
    trained_judge(CATALOGUE, tmp_path)
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime_ns == before.st_mtime_ns

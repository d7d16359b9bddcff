"""The learned half of the phrase check: the same for the same catalogue, kept whole, and with its reasons."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_files import FILES, GUARANTEE, changed, real_checker, write_catalogue

from bot.policy import traits
from bot.policy.catalogue import load_catalogue
from bot.policy.checker import PhraseChecker
from bot.policy.judge import LONGEST_STRETCH, fingerprint, train, trained_judge
from bot.policy.model import CODES
from bot.policy.offsets import fold


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A directory with the smallest catalogue from which codes can be learned: each has sentences of its own."""
    directory = tmp_path / "phrases"
    directory.mkdir()
    return write_catalogue(directory, own_sentences(FILES))


def own_sentences(files: dict[str, str]) -> dict[str, str]:
    return {name: text.replace("- 第", f"- {name.removesuffix('.yml')}第") for name, text in files.items()}


def test_the_same_catalogue_gives_the_same_judge(small: Path) -> None:
    first, second = (train(load_catalogue(small)) for _ in range(2))
    assert np.array_equal(first.coefficients, second.coefficients)
    assert np.array_equal(first.intercepts, second.intercepts)


def test_a_judge_is_kept_and_read_again(small: Path, tmp_path: Path) -> None:
    catalogue = load_catalogue(small)
    made = trained_judge(catalogue, tmp_path / "models")
    (path,) = (tmp_path / "models").iterdir()
    written = path.stat().st_mtime_ns
    read = trained_judge(catalogue, tmp_path / "models")
    assert path.stat().st_mtime_ns == written
    text = fold("这款保本，第三句稳赚。").text
    assert np.allclose(made.scores([text]), read.scores([text]))


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_judge_is_trained_anew(small: Path, tmp_path: Path, damage: bytes | None) -> None:
    catalogue = load_catalogue(small)
    trained_judge(catalogue, tmp_path / "models")
    (path,) = (tmp_path / "models").iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert trained_judge(catalogue, tmp_path / "models").read("这款保本，稳赚的。")
    assert path.stat().st_size == len(whole)


def test_a_changed_sentence_asks_for_a_new_judge_and_removes_the_old(small: Path, tmp_path: Path) -> None:
    before = load_catalogue(small)
    trained_judge(before, tmp_path / "models")
    write_catalogue(small, own_sentences(changed(GUARANTEE, "稳赚的。", "稳赚不赔的。")))
    after = load_catalogue(small)
    assert fingerprint(before) != fingerprint(after)
    trained_judge(after, tmp_path / "models")
    assert [path.name for path in (tmp_path / "models").iterdir()] == [f"phrases-{fingerprint(after)}.npz"]


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

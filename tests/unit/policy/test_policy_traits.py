"""What the judge sees of a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from bot.policy.traits import KINDS, Keys, Kind, Traits, Vocabulary, frames, gaps, negated, runs

RUNS = KINDS[0]


def characters(keys: Keys) -> list[str]:
    """The runs that numbers stand for: four characters of sixteen bits each."""
    return [key.tobytes().decode("utf-16-le").rstrip("\x00") for key in keys.astype("<u8")]


def test_runs_are_all_of_one_to_four_characters_with_the_ends_marked() -> None:
    marked = "\x02保本吗\x03"
    pieces = [marked[start:end] for start in range(5) for end in range(start + 1, min(start + 4, 5) + 1)]
    assert sorted(characters(runs("保本吗"))) == sorted(pieces)


def test_gaps_are_pairs_two_to_six_places_apart() -> None:
    assert sorted(characters(gaps("甲乙丙丁戊己庚辛"))) == sorted(
        first + second
        for place, first in enumerate("甲乙丙丁戊己庚辛")
        for second in "甲乙丙丁戊己庚辛"[place + 2 : place + 7]
    )


@pytest.mark.parametrize(
    ("text", "governed"),
    [
        ("不保本", "保本"),
        ("这款没保本", "保本"),
        ("我拒绝保本", "保本"),
        ("不能不说", "能不说"),  # the first negation of the clause
        ("保本", ""),
        ("好,不保本", "保本"),
    ],
)
def test_runs_of_up_to_three_characters_are_governed_by_a_negation_in_their_clause(text: str, governed: str) -> None:
    pieces = [governed[start:end] for start in range(len(governed)) for end in range(start + 1, len(governed) + 1)]
    assert sorted(characters(negated(text))) == sorted(piece for piece in pieces if len(piece) <= 3)


def test_no_run_behind_a_negation_is_longer_than_three_characters() -> None:
    assert max(map(len, characters(negated("不甲乙丙丁")))) == 3


def test_every_clause_has_its_own_negation() -> None:
    both = characters(negated("不保,没赚"))
    assert sorted(both) == ["保", "赚"]


def test_words_that_tell_how_a_sentence_is_meant_are_seen_alone_and_in_pairs() -> None:
    alone = [set(frames(word).tolist()) for word in ("您说", "吗", "但")]
    assert [len(each) for each in alone] == [1, 1, 1]
    assert len(set.union(*alone)) == 3
    two, three = (set(frames(text).tolist()) for text in ("您说保本吗", "但您说保本吗"))
    assert two > alone[0] | alone[1]
    assert three > two | alone[2]
    assert (len(two), len(three)) == (3, 6)
    assert set(frames("吗您说吗您说").tolist()) == two  # neither their order nor their number counts
    assert frames("保本").size == 0
    assert 0 not in frames("您说").tolist()


def test_pairs_of_frames_are_no_frames() -> None:
    words = ["您说", "您问", "骗", "假", "如果", "吗", "其实", "但"]
    singles = {int(frames(word)[0]) for word in words}
    pairs = [set(frames(a + b).tolist()) - singles for i, a in enumerate(words) for b in words[i + 1 :]]
    assert all(len(pair) == 1 for pair in pairs)
    assert len(set.union(*pairs)) == len(pairs)


def test_what_occurs_in_one_text_only_is_forgotten_and_the_rarer_of_the_rest_weighs_more() -> None:
    vocabulary = Vocabulary.learn(RUNS, ["保", "保本", "保息保"])
    weights = dict(zip(characters(vocabulary.keys), vocabulary.weights, strict=True))
    assert set(weights) == {"\x02", "\x03", "保", "\x02保", "保\x03"}
    assert weights["保"] == pytest.approx(1.0)  # in all three
    assert weights["保\x03"] == pytest.approx(1.0 + np.log(4 / 3))  # in two of them
    assert vocabulary.keys.tolist() == sorted(vocabulary.keys.tolist())


def known(*texts: str) -> Vocabulary:
    """Every run of the texts, all of the same weight."""
    keys = np.unique(np.concatenate([runs(text) for text in texts]))
    return Vocabulary(keys, np.full(len(keys), 2.0))


def test_a_row_holds_the_known_traits_and_is_as_long_as_the_kind_s_share() -> None:
    vocabulary = known("保本")
    for kind in (RUNS, Kind(runs, 0.25)):
        columns, values = vocabulary.row(kind, "保息")
        assert sorted(characters(vocabulary.keys[columns])) == sorted(["\x02", "保", "\x03", "\x02保"])
        assert np.linalg.norm(values) == pytest.approx(kind.share)
        assert np.ptp(values) == pytest.approx(0.0)


def test_what_occurs_more_often_weighs_more_but_not_in_proportion() -> None:
    vocabulary = known("保")
    columns, values = vocabulary.row(RUNS, "保保保")
    row = dict(zip(characters(vocabulary.keys[columns]), values, strict=True))
    assert row["保"] / row["\x02"] == pytest.approx(1 + np.log(3))


def test_what_is_rare_weighs_more_in_a_row() -> None:
    keys = np.unique(runs("保"))
    columns, values = Vocabulary(keys, np.arange(1.0, len(keys) + 1)).row(RUNS, "保")
    assert values[columns == 1] / values[columns == 0] == pytest.approx(2.0)


def test_a_row_of_unknown_traits_is_empty() -> None:
    columns, values = Vocabulary(np.array([5], dtype=np.uint64), np.array([1.0])).row(RUNS, "保")
    assert (columns.size, values.size) == (0, 0)


def test_kinds_stand_side_by_side_in_a_row() -> None:
    traits = Traits.learn(["您说不保本吗", "您说不保本", "不保本吗"])
    widths = [len(vocabulary.keys) for vocabulary in traits.vocabularies]
    assert len(widths) == len(KINDS)
    assert all(widths)
    assert traits.width == sum(widths)
    texts = ["您说不保本吗", "好"]
    rows = traits.transform(texts).toarray()
    assert rows.shape == (2, traits.width)
    assert rows.dtype == np.float32
    for text, row in zip(texts, rows, strict=True):
        for kind, vocabulary, part in zip(
            KINDS, traits.vocabularies, np.split(row, np.cumsum(widths)[:-1]), strict=True
        ):
            expected = np.zeros(len(vocabulary.keys))
            columns, values = vocabulary.row(kind, text)
            expected[columns] = values
            assert part == pytest.approx(expected)


def test_no_texts_have_no_rows() -> None:
    traits = Traits.learn(["不保本", "不保本吗"])
    assert traits.transform([]).shape == (0, traits.width)
    assert traits.transform([]).dtype == np.float32

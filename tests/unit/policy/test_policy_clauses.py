"""Where sentences and clauses end, and what is seen around a match."""

from __future__ import annotations

import re

import pytest

from bot.policy.clauses import Sentence, Surroundings, clauses, sentences, surroundings

TURNS = re.compile("但是|但")


def around(text: str, words: str, turns: re.Pattern[str] = TURNS) -> Surroundings:
    """What stands around the words in the first sentence."""
    sentence = sentences(text)[0]
    start = sentence.text.index(words)
    return surroundings(sentence, start, start + len(words), turns)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("好", ["好"]),
        ("好。坏", ["好。", "坏"]),
        ("好!?!坏;", ["好!?!", "坏;"]),
        ("a.b", ["a.", "b"]),
        ("年化3.5。一年", ["年化3.5。", "一年"]),
        ("年化3.一年", ["年化3.", "一年"]),
        ("版本a.3好", ["版本a.3好"]),
        ("说“保本。”是假的。", ["说“保本。”是假的。"]),
        ("他说:“好!”我不信", ["他说:“好!”我不信"]),
    ],
)
def test_a_sentence_ends_at_its_mark_but_not_in_a_number_or_before_a_closing_quotation_mark(
    text: str, pieces: list[str]
) -> None:
    assert [each.text for each in sentences(text)] == pieces


def test_every_sentence_knows_its_place_and_the_one_behind_it() -> None:
    assert sentences("您好。这款保本。放心") == [
        Sentence(0, "您好。", "这款保本。"),
        Sentence(3, "这款保本。", "放心"),
        Sentence(8, "放心", ""),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", [(0, 0)]),
        ("好", [(0, 1)]),
        ("好,", [(0, 2)]),
        ("好,坏", [(0, 2), (2, 3)]),
        ("好——坏~好", [(0, 3), (3, 5), (5, 6)]),
        ("好..坏", [(0, 3), (3, 4)]),
    ],
)
def test_clauses_have_no_gaps_between_them_and_keep_their_marks(text: str, spans: list[tuple[int, int]]) -> None:
    assert clauses(text) == spans


def test_a_match_is_seen_between_the_turns_of_thought_with_its_clauses_and_the_next_sentence() -> None:
    seen = around("先说好,但是您听,这款保本的,真的,没事,放心,但别急。明天见。后天见。", "保本")
    assert seen == Surroundings(
        sentence="先说好,但是您听,这款保本的,真的,没事,放心,但别急。",
        matched="保本",
        before="您听,这款",
        clause_before="这款",
        after="的,真的,没事,放心,",
        near_after="的,真的,没事,",
        behind_turn="别急。",
        clause="这款保本的,",
        following="明天见。",
    )
    assert seen.stretch == "您听,这款保本的,真的,没事,放心,"


def test_a_match_without_a_turn_is_seen_with_its_whole_sentence() -> None:
    assert around("您听,这款保本,放心", "保本") == Surroundings(
        sentence="您听,这款保本,放心",
        matched="保本",
        before="您听,这款",
        clause_before="这款",
        after=",放心",
        near_after=",放心",
        behind_turn="",
        clause="这款保本,",
        following="",
    )


def test_a_match_in_the_last_clause_has_no_mark_behind_it() -> None:
    assert around("您听,这款保本的", "保本").clause == "这款保本的"


@pytest.mark.parametrize(
    ("text", "near_after"),
    [("保本,甲,乙", ",甲,乙"), ("保本,甲,乙,", ",甲,乙,"), ("保本,甲,乙,丙", ",甲,乙,"), ("保本,甲,但乙,丙", ",甲,")],
)
def test_the_rest_of_the_clause_and_two_more_count_as_near(text: str, near_after: str) -> None:
    assert around(text, "保本").near_after == near_after


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("但甲但是乙保本", "乙"),  # the last turn counts
        ("但保本", ""),
        ("甲保本但乙", "甲"),
    ],
)
def test_what_stands_before_the_last_turn_is_not_seen(text: str, before: str) -> None:
    assert around(text, "保本").before == before


@pytest.mark.parametrize("turn", ["但保", "但保本", "但(?=保)"])
def test_a_turn_may_reach_into_the_match(turn: str) -> None:
    seen = around("甲但保本乙", "保本", re.compile(turn))
    assert (seen.before, seen.clause_before, seen.after) == ("", "", "乙")


def test_a_turn_that_begins_with_the_match_does_not_cut_it_off() -> None:
    assert around("甲保本", "保本", re.compile("保")).before == "甲"


def test_a_hundred_and_fifty_characters_on_either_side_are_seen_and_no_more() -> None:
    seen = around("甲" * 200 + "保本" + "乙" * 200, "保本")
    assert (seen.before, seen.matched, seen.after) == ("甲" * 150, "保本", "乙" * 150)
    assert around("甲" * 149 + "保本", "保本").before == "甲" * 149

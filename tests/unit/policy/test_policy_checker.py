"""What the check makes of what patterns and judge find."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from policy_files import catalogue_of, rule_of

from bot.policy.checker import PhraseChecker
from bot.policy.judge import SentenceJudge, Stretch
from bot.policy.model import CODES, Finding, PhrasePattern
from bot.policy.traits import KINDS, Keys, Traits, Vocabulary


def pattern(expression: str, name: str = "p", unless: str = "", needs: tuple[str, ...] = ()) -> PhrasePattern:
    exceptions = (re.compile(unless),) if unless else ()
    return PhrasePattern(name, re.compile(expression), f"说了{name}", exceptions, tuple(map(re.compile, needs)))


def patterns_find(text: str, *patterns: PhrasePattern, code: str = "guarantee") -> list[tuple[int, str]]:
    """Place and words found."""
    checker = PhraseChecker(catalogue_of(rule_of(code, patterns)))
    return [(finding.start, finding.span) for finding in checker.check(text)]


def judge_of(
    words: dict[str, float], codes: dict[str, float], examples: dict[str, tuple[str, ...]] | None = None
) -> SentenceJudge:
    """A judge who knows some characters and how surely each is a violation, and is always of one mind on the codes."""
    keys: Keys = np.array(sorted(map(ord, words)), dtype=np.uint64)
    nothing = Vocabulary(np.empty(0, dtype=np.uint64), np.empty(0))
    traits = Traits((Vocabulary(keys, np.ones(len(keys))), *(nothing for _ in KINDS[1:])))
    coefficients = np.zeros((len(keys), 1 + len(CODES)), dtype=np.float32)
    coefficients[:, 0] = [words[chr(key)] for key in keys]
    intercepts = np.array([0.0, *(codes.get(code, -9.0) for code in CODES)])
    return SentenceJudge(traits, coefficients, intercepts, examples or {code: (f"例{code}",) for code in CODES})


JUDGE = judge_of({"坏": 1.0, "好": -1.0}, {"guarantee": 1.0, "pressure": 0.8})
LONG = "甲乙丙丁戊己庚辛壬，" * 8  # eighty characters


def test_a_finding_points_into_its_sentence_wherever_that_stands() -> None:
    assert patterns_find("您好。这款保本。", pattern("保本")) == [(5, "保本")]


def test_the_same_words_are_told_three_times_a_sentence_at_most() -> None:
    assert patterns_find("保本，保本，保本，保本，保本。保本。", pattern("保本")) == [
        (0, "保本"),
        (3, "保本"),
        (6, "保本"),
        (15, "保本"),
    ]


def test_what_is_excused_does_not_hide_what_follows_in_the_same_sentence() -> None:
    assert patterns_find("不保本，但是真的保本", pattern("保本")) == [(8, "保本")]
    assert patterns_find("保本人的，但是保本", pattern("保本", unless="保本人")) == [(7, "保本")]


def test_an_exception_counts_between_the_turns_of_thought_only() -> None:
    assert patterns_find("保本人的保本", pattern("保本", unless="保本人")) == []
    assert patterns_find("您是保本人，但是保本", pattern("保本$", unless="保本人")) == [(8, "保本")]


@pytest.mark.parametrize(
    ("text", "found"),
    [("保本", []), ("理财保本", [(2, "保本")]), ("保本基金", [(0, "保本")]), ("理财。保本", [])],
)
def test_what_a_pattern_needs_must_stand_in_the_same_sentence(text: str, found: list[tuple[int, str]]) -> None:
    assert patterns_find(text, pattern("保本", needs=("理财", "基金"))) == found


@pytest.mark.parametrize(
    ("text", "expressions", "found"),
    [
        ("这款稳赚不赔", ("稳赚", "稳赚不赔", "不赔"), [(2, "稳赚不赔")]),
        ("甲乙丙", ("甲乙", "乙丙"), [(0, "甲乙")]),  # equally long
        ("甲乙丙", ("乙丙", "甲乙"), [(0, "甲乙")]),
        ("甲乙丙丁", ("甲乙", "丙丁"), [(0, "甲乙"), (2, "丙丁")]),  # touching is not overlapping
        ("甲乙丙丁戊", ("丙丁戊", "甲乙", "乙丙"), [(0, "甲乙"), (2, "丙丁戊")]),
    ],
)
def test_of_overlapping_findings_of_a_code_the_longest_is_told(
    text: str, expressions: tuple[str, ...], found: list[tuple[int, str]]
) -> None:
    assert patterns_find(text, *(pattern(each, f"p{i}") for i, each in enumerate(expressions))) == found


def test_a_new_check_has_found_nothing_clean_yet() -> None:
    assert PhraseChecker(catalogue_of()).clean == set()


def test_findings_of_several_codes_may_overlap_and_are_told_by_place() -> None:
    checker = PhraseChecker(
        catalogue_of(
            rule_of("pressure", (pattern("甲乙"), pattern("丁", "q"))),
            rule_of("guarantee", (pattern("乙丙"),)),
            rule_of("privacy", (pattern("甲"), pattern("甲乙", "r"))),
        )
    )
    assert [(each.code, each.span) for each in checker.check("甲乙丙丁")] == [
        ("pressure", "甲乙"),
        ("privacy", "甲乙"),
        ("guarantee", "乙丙"),
        ("pressure", "丁"),
    ]


def test_shorter_findings_come_first_where_two_begin_at_one_place() -> None:
    checker = PhraseChecker(
        catalogue_of(rule_of("pressure", (pattern("甲"),)), rule_of("guarantee", (pattern("甲乙"),)))
    )
    assert [each.code for each in checker.check("甲乙")] == ["pressure", "guarantee"]


def test_what_the_judge_alone_finds_is_told_under_all_its_codes_with_the_clause_and_what_it_is_like() -> None:
    checker = PhraseChecker(catalogue_of(), JUDGE)
    first, second = checker.check("您今天来，这款坏的很，放心。")
    assert first == Finding(
        code="guarantee",
        name="名guarantee",
        severity="block",
        start=5,
        end=11,
        span="这款坏的很，",
        rule="意思和不许说的例句相近（由例句学来的判断，请对照例句自己看一遍）。",
        facts=("S01",),
        alternative="改说guarantee",
        pattern_id="",
        likest=("例guarantee",),
    )
    assert (second.code, second.span, second.likest) == ("pressure", "这款坏的很，", ("例pressure",))


def test_the_judge_has_no_say_when_it_is_not_asked() -> None:
    checker = PhraseChecker(catalogue_of(rule_of("privacy", (pattern("密码"),))), JUDGE)
    assert checker.check("您今天来这款坏的很。", judged=False) == []
    assert [each.code for each in checker.check("好的，您的密码给我。", judged=False)] == ["privacy"]


def test_what_a_pattern_has_found_is_not_told_again_by_the_judge() -> None:
    checker = PhraseChecker(catalogue_of(rule_of("guarantee", (pattern("保本"),))), JUDGE)
    found = checker.check("您今天来，这款坏的保本。")
    assert [(each.code, each.pattern_id) for each in found] == [("pressure", ""), ("guarantee", "p")]


@pytest.mark.parametrize(
    "text", ["保本的，" + LONG + "。您今天来，这款坏的。", "您今天来，坏的。" + LONG + "。这款保本"]
)
def test_what_a_pattern_has_found_elsewhere_is_told_by_the_judge_too(text: str) -> None:
    checker = PhraseChecker(catalogue_of(rule_of("guarantee", (pattern("保本"),))), JUDGE)
    found = {(each.code, each.pattern_id) for each in checker.check(text)}
    assert found == {("guarantee", "p"), ("guarantee", ""), ("pressure", "")}


def test_a_pattern_does_not_count_where_the_judge_clearly_finds_the_text_good() -> None:
    checker = PhraseChecker(catalogue_of(rule_of("guarantee", (pattern("保本"),))), JUDGE)
    assert checker.check("您今天来，这款好的保本。") == []
    assert len(checker.check("您今天来，这款真的保本。")) == 1
    # What is good stands in another stretch.
    far = "您今天来，这款真的保本。" + LONG + "。" + "这款是很好的，您看看。"
    assert [each.span for each in checker.check(far)] == ["保本"]
    far = "这款是很好的，您看看。" + LONG + "。" + "您今天来，这款真的保本。"
    assert [each.span for each in checker.check(far)] == ["保本"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # at the very beginning of what violates
        ("保本坏的东西。", {("guarantee", "p"), ("pressure", "")}),
        # right behind it
        (
            "这款坏" + ("甲乙丙丁戊己庚辛壬癸" * 9)[:86] + "。保本的东西。",
            {("guarantee", "p"), ("guarantee", ""), ("pressure", "")},
        ),
        # at the very end of what is good, and right behind it
        ("这款好" + "甲" * 20 + "保本。", set()),
        ("这款好" + ("甲乙丙丁戊己庚辛壬癸" * 9)[:86] + "。保本。的东西呀", {("guarantee", "p")}),
    ],
)
def test_a_pattern_belongs_to_the_stretch_in_which_it_begins(text: str, found: set[tuple[str, str]]) -> None:
    checker = PhraseChecker(catalogue_of(rule_of("guarantee", (pattern("保本。?"),))), JUDGE)
    assert {(each.code, each.pattern_id) for each in checker.check(text)} == found


def stretch(margin: float, *inside: float) -> Stretch:
    """A stretch of sentences of ten characters."""
    each = tuple(Stretch(10 * i, 10 * i + 10, value, ("guarantee",)) for i, value in enumerate(inside))
    return Stretch(0, 10 * max(len(inside), 1), margin, ("guarantee",), each)


@pytest.mark.parametrize(
    ("seen", "place", "allowed"),
    [
        (stretch(-0.31), 5, True),
        (stretch(-0.3), 5, False),
        (stretch(-0.31, -0.31, -0.31), 5, True),
        (stretch(-0.31, -0.31, 0.2), 9, True),
        (stretch(-0.31, -0.31, 0.2), 10, False),  # the sentence there is not clearly good
        (stretch(-0.31, 0.2, -0.31), 0, False),
        (stretch(-0.31, 0.2, -0.31), 10, True),
        (stretch(0.2, -0.31, -0.31), 5, False),
    ],
)
def test_a_place_is_allowed_when_the_whole_and_its_sentence_are_clearly_good(
    seen: Stretch, place: int, allowed: bool
) -> None:
    assert seen.allows(place) is allowed


@pytest.mark.parametrize(
    ("seen", "violating"),
    [
        (stretch(0.25), None),
        (stretch(0.26), 0.26),
        (stretch(0.2, 0.6, 0.3), None),
        (stretch(0.2, 0.3, 0.61), 0.61),
        (stretch(0.2, 0.65, 0.7), 0.7),
        (stretch(0.3, 0.7), 0.3),
    ],
)
def test_a_stretch_violates_as_a_whole_or_by_its_surest_sentence(seen: Stretch, violating: float | None) -> None:
    found = seen.violating
    assert (found.margin if found else None) == violating


@pytest.mark.parametrize(("text", "read"), [("坏东西", 0), ("坏东西呀", 1), ("坏东西abc", 0), ("", 0)])
def test_texts_of_fewer_than_four_chinese_characters_are_not_read(text: str, read: int) -> None:
    assert len(JUDGE.read(text)) == read


def test_margins_and_codes_of_a_stretch_are_told() -> None:
    (read,) = JUDGE.read("这款是坏的")
    assert read == Stretch(0, 5, pytest.approx(1.0), ("guarantee", "pressure"))
    (read,) = JUDGE.read("这款好坏")
    assert read.margin == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ({"guarantee": 1.0, "pressure": 0.55, "privacy": 0.54}, ("guarantee", "pressure")),
        ({"pressure": 1.0, "guarantee": 0.8}, ("pressure", "guarantee")),
        ({"avoid_recording": 0.0}, ("avoid_recording",)),
    ],
)
def test_codes_close_behind_the_likeliest_are_told_likeliest_first(
    codes: dict[str, float], told: tuple[str, ...]
) -> None:
    assert judge_of({"坏": 1.0}, codes).read("这款是坏的")[0].codes == told


def test_sentences_are_joined_to_stretches_of_ninety_characters_at_most() -> None:
    thirty = "甲" * 29 + "。"
    assert [(each.start, each.end) for each in JUDGE.read(thirty * 3)] == [(0, 90)]
    assert [(each.start, each.end) for each in JUDGE.read(thirty * 7)] == [(0, 90), (90, 180), (180, 210)]
    assert [(each.start, each.end) for each in JUDGE.read(thirty * 2 + "甲" * 31)] == [(0, 60), (60, 91)]
    # One endless sentence is a stretch by itself.
    assert [(each.start, each.end) for each in JUDGE.read("乙" * 100 + "。" + thirty)] == [(0, 101), (101, 131)]
    assert [(each.start, each.end) for each in JUDGE.read(thirty + "乙" * 100)] == [(0, 30), (30, 130)]


def test_each_sentence_of_a_stretch_of_several_is_read_by_itself_unless_it_is_very_short() -> None:
    (read,) = JUDGE.read("这款是坏的。好好好好好。好的呀。这一款非常好。")
    assert [(each.start, each.end, round(each.margin, 3)) for each in read.sentences] == [
        (0, 6, 1.0),
        (6, 12, -1.0),
        (16, 23, -1.0),
    ]
    (read,) = JUDGE.read("这一款非常好，您看看。")
    assert read.sentences == ()


def test_sentences_belong_to_their_own_stretch() -> None:
    first, second = JUDGE.read("这款是坏的。" + "甲" * 79 + "。" + "这款是好的。这款是坏的。")
    assert [(each.start, each.end) for each in first.sentences] == [(0, 6), (6, 86)]
    assert [(each.start, each.end) for each in second.sentences] == [(86, 92), (92, 98)]
    assert [round(each.margin) for each in second.sentences] == [-1, 1]


def test_the_clause_that_weighs_most_is_given_in_the_place_of_the_text() -> None:
    text = "您今天好。这款好,这款坏,这款好。"
    seen = Stretch(5, len(text), 1.0, ("guarantee",))
    start, end = JUDGE.weightiest_clause(text, seen)
    assert text[start:end] == "这款坏,"


def test_the_two_most_similar_examples_of_the_code_are_given_the_most_similar_first() -> None:
    examples = {"guarantee": ("天气不错", "这款真的保本", "这款保本", "下雨了"), "pressure": ("这款保本了",)}
    judge = judge_of({"坏": 1.0}, {}, examples)
    text = "您好。这款保本。"
    assert judge.likest(text, Stretch(3, len(text), 1.0, ()), "guarantee") == ("这款保本", "这款真的保本")
    assert judge.likest(text, Stretch(3, len(text), 1.0, ()), "pressure") == ("这款保本了",)


def test_an_example_is_similar_as_a_whole_and_not_because_a_part_of_it_is() -> None:
    judge = judge_of({"坏": 1.0}, {}, {"guarantee": ("这款保本" + "甲" * 12, "那款保本")})
    assert judge.likest("这款保本。", Stretch(0, 5, 1.0, ()), "guarantee")[0] == "那款保本"


def test_readings_of_many_stretches_stand_in_order() -> None:
    read = JUDGE.read(("坏" + "甲" * 88 + "。") * 5)
    assert all(first.end == second.start for first, second in itertools.pairwise(read))
    assert [round(each.margin, 3) for each in read] == [1.0] * 5

"""Which patterns are tried on a sentence: all that may match, and few others."""

from __future__ import annotations

import re

import pytest

from bot.policy.prefilter import Prefilter, grams


def is_tried(expression: str, text: str, sample: tuple[str, ...] = ()) -> bool:
    return Prefilter([re.compile(expression)], sample).candidates(text) == [0]


@pytest.mark.parametrize(
    ("expression", "text", "tried"),
    [
        # pairs of neighbouring characters
        ("保本", "这款保本", True),
        ("保本", "本保", False),
        ("保本息", "保本的", False),
        ("保本息", "本息的", False),
        ("保本息", "保本,本息", True),  # cannot match, but that costs only a trial
        ("保", "本", False),
        # alternatives
        ("稳赚|不赔", "不赔", True),
        ("稳赚|不赔", "稳赚", True),
        ("稳赚|不赔", "稳不", False),
        ("(?:稳赚|不赔)", "不赔", True),
        ("稳赚钱|不赔", "稳赚的", False),
        ("稳赚钱|不赔", "赚钱", False),
        ("(?:零|无)风险", "无风险", True),
        ("(?:零|无)风险", "有风险", False),
        ("(?:零|无)风险", "零和无", False),
        ("(?:稳赚|赔)钱", "赔", False),
        ("(?:稳赚|赔.?)钱吗", "赔钱吗", True),
        ("(?:稳赚|赔.?)钱吗", "钱吗", False),
        # of each part of a choice the rarest thing counts: pairs, then small classes
        ("(?:[甲乙]稳赚|不赔)钱吗", "甲钱吗", False),
        ("(?:[甲乙丙]丁|不赔)钱吗", "甲钱吗", False),
        ("(?:[甲乙丙]丁|不赔)钱吗", "丁钱吗", True),
        # a choice of which one part may be anything needs nothing
        ("(?:稳赚|.)钱吗", "钱吗", True),
        # classes
        ("[亏赔]钱吗", "赔钱吗", True),
        ("[亏赔]钱吗", "花钱吗", False),
        ("[甲乙丙丁戊己庚辛壬癸子丑]", "丑", True),
        ("[甲乙丙丁戊己庚辛壬癸子丑]", "寅", False),
        ("[甲乙丙丁戊己庚辛壬癸子丑寅]", "卯", True),  # too many to be worth an index
        ("[^保]本", "本", True),
        ("[一-十]本", "本", True),
        # repetitions
        ("保.{1,3}本", "保个本", True),
        ("保.{1,3}本", "本", False),
        ("保.{1,3}本", "保", False),
        ("保(?:不了){1,2}本", "保本", False),
        ("保(?:不了){1,2}?本", "保本", False),
        ("保(?:不了){1,2}本", "保不了本", True),
        ("保(?:不了){0,2}本", "保本", True),
        ("保(?:不了)?本", "保本", True),
        # groups
        ("(保本)", "保本", True),
        ("(保本)吗", "保吗", False),
        # what may be anything is always tried
        (".", "", True),
        ("保本|.", "", True),
    ],
)
def test_a_pattern_is_tried_where_everything_it_needs_occurs(expression: str, text: str, tried: bool) -> None:
    assert is_tried(expression, text) is tried
    assert is_tried(expression, text, ("保本保本", "风险钱吗")) is tried  # what is rare only makes it quicker


def test_numbers_of_patterns_are_given_once_and_in_order() -> None:
    prefilter = Prefilter([re.compile(each) for each in ("稳赚", "保本|稳", ".", "不亏", "保|本")], ["保本"])
    assert prefilter.candidates("保本稳赚") == [0, 1, 2, 4]
    assert prefilter.candidates("") == [2]


def test_grams_are_characters_and_pairs_of_neighbours() -> None:
    assert grams("保本息") == {"保", "本", "息", "保本", "本息"}
    assert grams("保") == {"保"}
    assert grams("") == set()

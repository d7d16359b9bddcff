"""Findings point into the text as typed, however it was typed."""

from __future__ import annotations

import itertools

import pytest
from policy_files import real_checker

from bot.policy.model import Finding
from bot.policy.offsets import fold


def guarantee_in(text: str) -> Finding:
    found = [finding for finding in real_checker().check(text) if finding.code == "guarantee"]
    assert found, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("这款稳赚。", "稳赚"),
        ("这款穩賺。", "穩賺"),
        ("这款稳\u200b赚。", "稳\u200b赚"),
        ("这款稳\ufeff赚。", "稳\ufeff赚"),
        ("这款稳 赚。", "稳 赚"),
        ("这款稳\u3000赚。", "稳\u3000赚"),
        ("这款稳\n赚。", "稳\n赚"),
        ("这款稳*赚。", "稳*赚"),
        ("这款稳_赚。", "稳_赚"),
        ("这款稳·赚。", "稳·赚"),
        ("\U0001f600这款稳赚。", "稳赚"),
        ("\u200b\u200b这款稳赚\u200b。", "稳赚"),
        ("　　这款稳赚。　", "稳赚"),
        ("ＡＢＣ这款稳赚。", "稳赚"),
        ("。。。。。。这款稳赚！！！！！", "稳赚"),
        ("哈哈哈哈哈哈，这款稳赚。", "稳赚"),
        ("ﷺ这款稳赚。", "稳赚"),  # one character that folds into eighteen
        ("é\u0301\u0302这款稳赚。", "稳赚"),
        ("這款產品穩賺不賠。", "穩賺"),
    ],
)
def test_span_is_what_was_typed(text: str, span: str) -> None:
    finding = guarantee_in(text)
    assert text[finding.start : finding.end] == finding.span
    assert finding.span.startswith(span)


@pytest.mark.parametrize(
    "text",
    [
        "这款产品０风险。",
        "這款產品零風險。",
        "这款产品零\u200b风\u200b险。",
        "这款产品零 风 险。",
        "这款产品１００％还本。",
        "Ｒ２也是零风险。",
        "我保\u00ad证您的本\u00ad金。",
        "\u202e这款保证本金\u202c。",
    ],
)
def test_disguises_do_not_help(text: str) -> None:
    finding = guarantee_in(text)
    assert finding.span == text[finding.start : finding.end]


@pytest.mark.parametrize(
    "text", ["", " ", "。", "\u200b", "\x00", "\ud800", "!!!???", "\n\n", "ﷺ", "123", "abc.def", "“", "”。"]
)
def test_texts_without_words_have_no_finding(text: str) -> None:
    assert real_checker().check(text) == []


def test_the_same_words_twice_are_two_findings_in_order() -> None:
    text = "这款保本。那款也保本。"
    starts = [finding.start for finding in real_checker().check(text) if finding.code == "guarantee"]
    assert starts == sorted(starts)
    assert len(starts) == 2


def test_findings_of_one_code_do_not_overlap() -> None:
    text = "这款百分之百保本保息，稳赚不赔，零风险，您放一百个心，亏了算我的，我给您打包票。"
    findings = [finding for finding in real_checker().check(text) if finding.code == "guarantee"]
    assert len(findings) > 2
    for earlier, later in itertools.pairwise(findings):
        assert earlier.end <= later.start


def test_finding_tells_everything_that_the_contract_asks_for() -> None:
    finding = guarantee_in("这款稳赚不赔。")
    rule = real_checker().catalogue.rules["guarantee"]
    assert finding.name == rule.name
    assert finding.severity == rule.severity
    assert finding.facts == rule.facts
    assert finding.alternative == rule.alternative
    assert finding.pattern_id in {pattern.id for pattern in rule.patterns}
    assert finding.rule in {pattern.why for pattern in rule.patterns}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("保 本", "保本"),
        ("保*本", "保本"),
        ("保—本", "保—本"),
        ("先看风险 再看收益", "先看风险,再看收益"),
        ("all in 一把", "all in一把"),
        ("年化 3.5 %", "年化3.5 %"),
        ("Ｃ２ 客户", "c2客户"),
        ("年化3.5 一年", "年化3.5一年"),
        ("保a b本", "保a b本"),
        ("3 - 5", "3 - 5"),
        ("保**本", "保本"),
        ("保*x本", "保*x本"),
        ("x*保", "x*保"),
        ("x保*本", "x保本"),
        # A space stands for a comma only between stretches of three characters or more.
        ("看风险 看收益", "看风险,看收益"),
        ("看风险 收益", "看风险收益"),
        ("风险 看收益", "风险看收益"),
        ("甲乙丙 丁戊己庚 辛", "甲乙丙,丁戊己庚辛"),
        ("先看风险 a看收益", "先看风险a看收益"),
    ],
)
def test_folding_drops_what_only_breaks_up_words(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.parametrize(
    "text", ["保本", "ﷺ保本", "這款 保*本。。。。", "é\u0301x保本", "薴苧", "J\u030c保本", "İ保本", "\ud800保"]
)
def test_every_folded_character_has_a_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.placed)
    for index in range(len(folded.text)):
        start, end = folded.source_span(index, index + 1)
        assert 0 <= start < end <= len(text)

"""Cleaning and normalising: whatever is typed comes out in one form, and nothing makes it fail."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.messages import LONGEST_MESSAGE, prepare_message
from bot.language.normalise import clean, normalise

ANYTHING = st.text(alphabet=st.characters(), max_size=60)  # lone surrogates and unassigned characters too
CHINESE = st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=40)
AWKWARD = st.text(
    alphabet="薴苧苎乾乹干後后裏里髮发　 \u200b\u00a8\u0301ABCａｂｃ１！!。。，~～ΑΣςİIß㍿ﷺ①\t\n/／", max_size=40
)
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2061\u2066\u206f"
    "\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffb\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef"
)


@pytest.mark.parametrize(
    ("text", "cleaned", "normalised"),
    [
        ("", "", ""),
        ("   \t\n　", "", ""),
        ("管理费太贵", "管理费太贵", "管理费太贵"),
        ("管理費太貴了，風險呢", "管理費太貴了,風險呢", "管理费太贵了,风险呢"),
        ("後面的頭髮乾了", "後面的頭髮乾了", "后面的头发干了"),
        ("ＫＨ１０００２３　Ｒ２", "KH100023 R2", "kh100023 r2"),
        ("R2\u200b\ufeff级", "R2级", "r2级"),
        ("保\u200b本\u2060保\u00ad息", "保本保息", "保本保息"),
        ("a\x00b\x07c\x1b[31m", "a b c [31m", "a b c [31m"),
        ("一行\r\n两行\t三", "一行 两行 三", "一行 两行 三"),
        ("贵\ud83d贵", "贵 贵", "贵 贵"),
        ("\ud800", "", ""),
        ("好\ue000好", "好 好", "好 好"),
        ("太贵了！！！！！", "太贵了!!!!!", "太贵了!!"),
        ("哈哈哈哈哈哈", "哈哈哈哈哈哈", "哈哈哈"),
        ("……", "......", ".."),
        ("1000000", "1000000", "1000000"),
        ("①②", "12", "12"),
        ("e\u0301", "é", "é"),
        ("e\u200b\u0301", "é", "é"),
        ("👍🏻", "👍🏻", ""),
        ("❤\ufe0f", "❤", ""),
        ("保🔥本", "保🔥本", "保本"),
        ("手续非太贵了", "手续非太贵了", "手续费太贵了"),
        ("家里财务归我管", "家里财务归我管", "家里财务归我管"),
    ],
)
def test_clean_and_normalise(text: str, cleaned: str, normalised: str) -> None:
    assert clean(text) == cleaned
    assert normalise(text) == normalised


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda c: f"{ord(c):05x}")
def test_an_invisible_character_cannot_split_a_word(character: str) -> None:
    assert clean(f"保{character}本") == "保本"
    assert clean(character * 3) == ""


@settings(max_examples=400)
@given(ANYTHING | CHINESE | AWKWARD)
@example("薴")
@example("e\u200b\u0301\u200b")
@example("\u1100\u200b\u1161")
@example(" \u0308")
def test_clean_and_normalise_are_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=400)
@given(ANYTHING | AWKWARD)
def test_what_is_cleaned_can_be_stored_and_holds_nothing_invisible(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(cleaned) & set(INVISIBLE)
    assert "  " not in cleaned
    assert cleaned == cleaned.strip()


@pytest.mark.parametrize("start", [*range(0, 0x10000, 0x4000), 0x1D000, 0x1F000, 0x2F000, 0xE0000])
def test_every_single_character_is_stable(start: int) -> None:
    unstable = [
        hex(code)
        for code in range(start, start + (0x4000 if start < 0x10000 else 0x1000))
        if clean(clean(chr(code))) != clean(chr(code)) or normalise(normalise(chr(code))) != normalise(chr(code))
    ]
    assert unstable == []


@settings(max_examples=200)
@given(CHINESE)
def test_words_that_differ_only_in_width_or_case_normalise_alike(text: str) -> None:
    assert normalise(text + "ＡＢｃ１") == normalise(text + "abC1")


# Messages


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("太贵了", "太贵了"),
        (" 太贵了 ", "太贵了"),
        ("/restart", "restart"),
        (" /restart", "restart"),
        ("　／restart", "restart"),
        ('／intent{"client_id": "KH100023"}', 'intent{"client_id": "KH100023"}'),
        ('/objection_fees{"product": "x"}', 'objection_fees{"product": "x"}'),
        ("//x", "x"),
        ("/ / /x/y", "x/y"),
        ("\u200b/x", "x"),
        ("\x00/x", "x"),
        ("\ufeff／／ ／x", "x"),
        ("费用/收益", "费用/收益"),
        ("1", "1"),
        ("R2？", "R2?"),
        ("好👍", "好👍"),
    ],
)
def test_a_message_is_taken_and_never_starts_with_a_slash(raw: str, text: str) -> None:
    message = prepare_message(raw)
    assert (message.text, message.refusal) == (text, "")


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        ("", "empty_message"),
        (" \t\r\n　", "empty_message"),
        ("\u200b\ufeff\u2060", "empty_message"),
        ("///", "empty_message"),
        ("／ ／", "empty_message"),
        ("\ud83d", "empty_message"),
        ("\x00\x07", "empty_message"),
        ("😀", "no_words"),
        ("❶", "no_words"),
        ("👍🏻👍🏻❤️", "no_words"),
        ("？？？", "no_words"),
        ("……。", "no_words"),
        ("/。", "no_words"),
        ("字" * (LONGEST_MESSAGE + 1), "too_long"),
        (" " * (LONGEST_MESSAGE + 1), "too_long"),
        ("ﷺ" * LONGEST_MESSAGE, "too_long"),  # folds into eighteen characters
    ],
)
def test_an_unfit_message_is_refused_for_its_reason(raw: str, refusal: str) -> None:
    message = prepare_message(raw)
    assert (message.text, message.refusal) == ("", refusal)


def test_exactly_the_longest_message_is_taken() -> None:
    assert LONGEST_MESSAGE == 2000
    assert len(prepare_message("字句" * 1000).text) == 2000


@settings(max_examples=400)
@given(ANYTHING | AWKWARD | st.text(alphabet="/／ 　\u200b\x00x", max_size=12))
def test_no_message_becomes_an_instruction(raw: str) -> None:
    message = prepare_message(raw)
    assert bool(message.text) != bool(message.refusal)
    assert not message.text.startswith(("/", " ", "／"))
    assert message.text == message.text.strip()
    assert len(message.text) <= LONGEST_MESSAGE

"""Slips of the trade's words, and the offsets that normalising keeps."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.aligned import align
from bot.language.normalise import normalise
from bot.language.slips import SLIPS_FILE, without_slips
from bot.language.tokens import words

SLIPS: dict[str, list[str]] = yaml.safe_load(SLIPS_FILE.read_text("utf-8"))
MIXED = st.text(st.sampled_from("手续非费大磐深购保險熟回Ａ０ 。，😀❶\u200b\u0301aé"), max_size=16)


def test_every_slip_is_put_right_by_itself_and_is_no_word() -> None:
    for meant, slips in SLIPS.items():
        for slip in slips:
            assert len(slip) == len(meant), slip
            assert words(slip) != [slip], f"{slip} is a word"
            assert without_slips(slip) == meant


@pytest.mark.parametrize("text", ["家里财务归我管", "司机金额不小", "手续非常麻烦", "公积金怎么提", "他是电话数据员"])
def test_a_slip_within_other_words_is_left_alone(text: str) -> None:
    assert without_slips(text) == text


@settings(deadline=None, max_examples=400)
@given(text=MIXED)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None, max_examples=400)
@given(text=MIXED)
def test_aligned_text_is_the_normalised_one_with_places_in_order(text: str) -> None:
    aligned = align(text)
    assert aligned.text == normalise(text)
    places = [aligned.source_span(index, index + 1) for index in range(len(aligned.text))]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "piece", "source"),
    [
        ("我想買五十萬結構性存款", "结构性存款", "結構性存款"),
        ("Ｃ２客户", "c2", "Ｃ２"),
        ("保🔥本吗", "保本", "保🔥本"),
    ],
)
def test_a_piece_is_found_where_it_was_typed(text: str, piece: str, source: str) -> None:
    aligned = align(text)
    start = aligned.text.index(piece)
    begin, end = aligned.source_span(start, start + len(piece))
    assert text[begin:end] == source

"""What composes, folds or prepares a second time must come out the same (see also `test_language_normalise`)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.messages import prepare_message
from bot.language.normalise import clean, normalise

MARKED = st.text(st.sampled_from("JTWYHABaeiİΑΣς\u0301\u0308\u030a\u030c\u0331\u0307体臺後 \u200b\x00"), max_size=8)


@pytest.mark.parametrize("text", ["J\u030c", "T\u0308", "W\u030a", "Y\u030a", "H\u0331"])
def test_a_small_letter_composes_where_its_capital_did_not(text: str) -> None:
    assert len(clean(text)) == 2
    assert len(normalise(text)) == 1


@settings(deadline=None)
@given(text=MARKED)
def test_normalised_text_is_in_its_final_form(text: str) -> None:
    normalised = normalise(text)
    assert unicodedata.is_normalized("NFKC", normalised)
    assert normalise(normalised) == normalised


@settings(deadline=None)
@given(raw=st.text(st.one_of(st.sampled_from("/／ \u3000\u200b\x00a好。"), st.characters(codec=None)), max_size=20))
def test_a_message_taken_once_is_taken_again_unchanged(raw: str) -> None:
    message = prepare_message(raw)
    if message.text:
        assert prepare_message(message.text) == message
    else:
        assert message.refusal

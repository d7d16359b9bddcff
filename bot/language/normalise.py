"""Brings what people type into the one form that recognition sees."""

from __future__ import annotations

import functools
import re
import unicodedata

from opencc import OpenCC

from bot.language.slips import without_slips

# Zero-width marks, joiners, fillers, byte-order marks, variation selectors and tags: invisible, and used to slip past
# filters.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
# Pictures say nothing that recognition learns, and split words: 保🔥本.
EMOJI = re.compile(r"[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_REPEATED_MARK = re.compile(r"([^\w\s])\1{2,}")
_REPEATED_WORD_CHARACTER = re.compile(r"([^\W\d])\1{3,}")
_SPACES = re.compile(r"\s+")


@functools.cache
def _traditional_to_simplified() -> OpenCC:
    return OpenCC("t2s")


def clean(text: str) -> str:
    """Make a message safe to handle while keeping its wording: full-width folded, nothing invisible in it.

    Args:
        text: as received.

    Returns:
        The text in NFKC, without control and zero-width characters, spaces collapsed. Idempotent.
    """
    folded = unicodedata.normalize("NFKC", text)
    visible = _INVISIBLE.sub("", folded)
    # "Cs" are lone surrogates, which no database and no encoder takes.
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") else " " for c in visible)
    return unicodedata.normalize("NFKC", _SPACES.sub(" ", kept)).strip()


def simplify(text: str) -> str:
    """Traditional characters to simplified ones."""
    convert = _traditional_to_simplified().convert
    # Twice, since a few characters have a way in between (薴, 苧, 苎).
    return str(convert(convert(text)))


def normalise(text: str) -> str:
    """The form in which texts are compared and learned.

    Args:
        text: as typed, in traditional or simplified characters.

    Returns:
        Simplified, lower case, without emoji, runs of a repeated mark shortened to two ("。。。。。" to "。。") and of
        a repeated character to three, slips of the trade's words put right. Idempotent.
    """
    # Once more in NFKC, since a lower-case letter may compose with its mark where the capital did not (J̌, ǰ).
    lower = simplify(clean(EMOJI.sub("", text))).lower()
    simplified = unicodedata.normalize("NFKC", lower).strip()
    return _shortened(without_slips(_shortened(simplified)))


def _shortened(text: str) -> str:
    """Runs of one mark to two, of one word character to three."""
    return _REPEATED_WORD_CHARACTER.sub(r"\1\1\1", _REPEATED_MARK.sub(r"\1\1", text))

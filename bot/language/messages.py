"""What a message must be before anything reads it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot.language.normalise import clean, normalise

LONGEST_MESSAGE = 2000


@dataclass(frozen=True)
class Message:
    """A message fit for understanding, or the reason why it is not.

    Attributes:
        text: cleaned; empty when refused.
        refusal: id of the fixed wording that answers an unfit message (``empty_message``, ``too_long``,
            ``no_words``), empty when fit.
    """

    text: str = ""
    refusal: str = ""


def prepare_message(raw: str) -> Message:
    """Clean a message.

    Rasa obeys texts that start with a slash (``/intent{"slot": ...}``, ``/restart``), so leading slashes are taken off,
    full-width ones and those behind spaces too: what a user types is never an instruction.

    Args:
        raw: as received.

    Returns:
        The message to be understood, or a refusal.
    """
    if len(raw) > LONGEST_MESSAGE:
        return Message(refusal="too_long")
    text = clean(raw).lstrip("/ ").strip()
    if len(text) > LONGEST_MESSAGE:  # some characters fold into many
        return Message(refusal="too_long")
    if not text:
        return Message(refusal="empty_message")
    if not any(unicodedata.category(character)[0] in "LN" for character in normalise(text)):
        return Message(refusal="no_words")
    return Message(text)

"""What a message says: its intent, and the objections in it when there are several (费用高，还锁一年).

The intent model sees a message as one bag. Here it is cut where a thought may end, both sides are read by themselves,
and what they say counts when each is clearly an objection of its own kind and the whole does not speak against it. A
greeting or thanks around a message is no part of what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bot.language.courtesy import without_courtesy
from bot.language.intent_model import Floats, IntentModel

OBJECTION = "objection_"
_CLEARLY = 0.8  # confidence that each side of a cut must reach
_AMONG_FIRST = 4  # both must be among so many likeliest objections of the whole message
_LOOKED_AT = 2  # cuts read in full, the likeliest by a rough reading
_MOST_OBJECTIONS = 3
_SHORTEST_PART = 2

_MARK = re.compile(r"[，。！？、；…,.!?;~\s]+")
# A new thought may begin before these words, with or without a comma.
_JOINT = re.compile(
    r"(?=而且|并且|再说|另外|再加上|加上|况且|何况|再一个|再者|其次|二来|同时|还要|还得|还有|还|又|也|再|就是|關鍵|关键)"
)


@dataclass(frozen=True)
class Objection:
    """One of several objections in a message.

    Attributes:
        intent: its intent.
        said: the words of the message that say it.
    """

    intent: str
    said: str


@dataclass(frozen=True)
class Understanding:
    """What a message says.

    Attributes:
        ranking: all intents with their confidences, likeliest first.
        objections: two or three, in the order said, when the message holds several; else empty.
    """

    ranking: tuple[tuple[str, float], ...]
    objections: tuple[Objection, ...] = ()


def understand(model: IntentModel, text: str) -> Understanding:
    """Read a message.

    Args:
        model: the intent model.
        text: cleaned message.

    Returns:
        Its intent and its objections. With several objections the one heard loudest leads the ranking, at least as sure
        as the least sure of them: two good readings are no reason to ask.
    """
    core = without_courtesy(text)
    whole = model.confidences([core])[0]
    parts = _split(model, core, whole, _MOST_OBJECTIONS)
    ranking = model.ranking(whole)
    if len(parts) < 2:
        return Understanding(tuple(ranking))
    names = [objection.intent for objection, _ in parts]
    first = ranking[0][0] if ranking[0][0] in names else names[0]
    sure = max(dict(ranking)[first], min(confidence for _, confidence in parts))
    others = [(name, confidence * (1 - sure)) for name, confidence in ranking if name != first]
    return Understanding(((first, sure), *others), tuple(objection for objection, _ in parts))


def _split(model: IntentModel, text: str, whole: Floats, most: int) -> list[tuple[Objection, float]]:
    """The objections of a text in order, each with its confidence; one when it can't be cut."""
    top = int(whole.argmax())
    alone = [(Objection(model.intents[top], text), float(whole[top]))]
    if most < 2:
        return alone
    likely = [i for i in (-whole).argsort() if model.intents[i].startswith(OBJECTION)][:_AMONG_FIRST]
    cuts = _likeliest_cuts(model, text, likely)
    if not cuts:
        return alone
    rows = model.confidences([text[:end] for end, _ in cuts] + [text[start:] for _, start in cuts])
    sides = list(zip(rows[: len(cuts)], rows[len(cuts) :], cuts, strict=True))
    left, right, (end, start) = max(sides, key=lambda side: _separate(side[0], side[1], likely))
    if _separate(left, right, likely) < _CLEARLY:
        return alone
    before = _split(model, text[:end], left, most - 1)
    after = _split(model, text[start:], right, most - len(before))
    return _distinct([*before, *after])


def _separate(left: Floats, right: Floats, likely: list[int]) -> float:
    """How surely two sides are two objections: the lesser confidence, 0 when they agree or are none of the likely."""
    first, second = int(left.argmax()), int(right.argmax())
    return float(min(left[first], right[second])) if first != second and {first, second} <= set(likely) else 0.0


def _likeliest_cuts(model: IntentModel, text: str, likely: list[int]) -> list[tuple[int, int]]:
    cuts = _cuts(text)
    if len(cuts) <= _LOOKED_AT:
        return cuts
    rows = model.rough_confidences([text[:end] for end, _ in cuts] + [text[start:] for _, start in cuts])[:, likely]
    different = 1 - np.eye(len(likely))
    pairs = rows[: len(cuts), :, None] * rows[len(cuts) :, None, :] * different
    best = np.argsort(-pairs.max(axis=(1, 2)), kind="stable")[:_LOOKED_AT]
    return [cuts[index] for index in best]


def _distinct(parts: list[tuple[Objection, float]]) -> list[tuple[Objection, float]]:
    """One part an intent, the first said."""
    kept: dict[str, tuple[Objection, float]] = {}
    for part in parts:
        kept.setdefault(part[0].intent, part)
    return list(kept.values())


def _cuts(text: str) -> list[tuple[int, int]]:
    """Places where one thought may end and another begin: (end of the first, start of the second)."""
    found = {match.span() for pattern in (_MARK, _JOINT) for match in pattern.finditer(text)}
    inside = [(end, start) for end, start in found if end >= _SHORTEST_PART and len(text) - start >= _SHORTEST_PART]
    by_start = {start: (end, start) for end, start in sorted(inside, reverse=True)}
    return sorted(by_start.values())

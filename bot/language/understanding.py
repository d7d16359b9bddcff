"""What a message says: its intent, and the objections in it when there are several (费用高，还锁一年).

The intent model sees a message as one bag. Here a message whose likeliest reading is an objection is cut where a
thought may end, both sides are read by themselves, and a cut counts when each side is clearly an objection of its own
kind. What is denied in front of the point (费用不高，就是怕亏) does not count, nor does courtesy around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.language.aligned import align
from bot.language.courtesy import MARKS, without_courtesy
from bot.language.intent_model import Floats, IntentModel

OBJECTION = "objection_"

_SMALL_TALK = frozenset({"greet", "thank", "goodbye", "affirm", "deny"})
_SURELY = 0.9  # confidence from which what stands beside small talk is taken for the message
_CLEARLY = 0.8  # confidence that each side of a cut must reach
_POSSIBLY = 0.05  # the same by terms alone, below which nothing is read in full
_AMONG_FIRST = 4  # both must be among so many likeliest objections of the whole message
_LOOKED_AT = 3  # cuts read by all terms, the likeliest by characters; the best of them is read in full
_MOST_CUTS = 16
_MOST_OBJECTIONS = 3
_LONGEST_CUT = 100  # characters; a longer text is a story, and its parts are not meant one by one

_MARK = re.compile(rf"[{MARKS}]+")
# A new thought may begin before these words, with or without a mark.
_JOINT = re.compile(r"(?:而且|并且|再说|另外|加上|况且|何况|其次|二来|同时|就是|关键|还|又|也|再)")
_SHORTEST_AFTER_MARK, _SHORTEST_AROUND_JOINT = 2, 3
# What is denied, before what is meant.
_DENIED = re.compile(
    r"^(?=[^，,]*(?:不是|不嫌|不怕|不担心|不在乎|不介意|不高|不贵|不长|不低|没意见|没问题|没关系|满意|便宜|还好|还行|无所谓|能接受))"
    r"[^，,]+[，,]\s*(?=就是|只是|但|可|是)"
)

_Span = tuple[int, int]
_Cut = tuple[_Span, _Span]
_Reader = Callable[[Sequence[str]], Floats]


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
        ranking: all intents with their confidences, likeliest first; they sum to one.
        objections: two or three, in the order said, when the message holds several; else empty.
    """

    ranking: tuple[tuple[str, float], ...]
    objections: tuple[Objection, ...] = ()


def understand(model: IntentModel, text: str) -> Understanding:
    """Read a message.

    Args:
        model: the intent model.
        text: cleaned message, in traditional or simplified characters.

    Returns:
        Its intent and its objections. With several objections the one heard loudest leads the ranking, at least as sure
        as the least sure of them: two good readings are no reason to ask.
    """
    aligned = align(text)
    core = without_courtesy(aligned.text)
    texts = [aligned.text[slice(*span)] for span in dict.fromkeys([core, (0, len(aligned.text))])]
    of_core, *whole = model.confidences_of_normalised(texts)
    if whole and _small_talk_with_a_little_more(model, whole[0], of_core):
        return Understanding(tuple(model.ranking(whole[0])))
    denied = _DENIED.match(aligned.text[slice(*core)])
    if denied and model.intents[int(of_core.argmax())].startswith(OBJECTION):
        core = core[0] + denied.end(), core[1]
        of_core = model.confidences_of_normalised([aligned.text[slice(*core)]])[0]
    parts = _split(model, aligned.text, core, of_core, _MOST_OBJECTIONS)
    if len(parts) < 2:
        return Understanding(tuple(model.ranking(of_core)))
    ranking = model.ranking(of_core)
    names = [intent for intent, _, _ in parts]
    first = next(name for name, _ in ranking if name in names)
    before = dict(ranking)[first]
    sure = max(before, min(confidence for _, _, confidence in parts))
    rest = (1 - sure) / (1 - before) if before < 1 else 0.0
    others = [(name, confidence * rest) for name, confidence in ranking if name != first]
    said = [text[slice(*aligned.source_span(*span))] for _, span, _ in parts]
    return Understanding(((first, sure), *others), tuple(map(Objection, names, said)))


def _small_talk_with_a_little_more(model: IntentModel, whole: Floats, core: Floats) -> bool:
    """Whether the message as a whole is small talk, and its core alone neither sure nor surely some objection."""
    some_objection = sum(value for name, value in zip(model.intents, core, strict=True) if name.startswith(OBJECTION))
    return model.intents[int(whole.argmax())] in _SMALL_TALK and max(core.max(), some_objection) < _SURELY


def _split(model: IntentModel, text: str, span: _Span, read: Floats, most: int) -> list[tuple[str, _Span, float]]:
    """The objections within a span, in order: (intent, span, confidence); one when it can't be cut."""
    top = int(read.argmax())
    alone = [(model.intents[top], span, float(read[top]))]
    if most < 2 or not model.intents[top].startswith(OBJECTION) or span[1] - span[0] > _LONGEST_CUT:
        return alone
    likely = [i for i in (-read).argsort() if model.intents[i].startswith(OBJECTION)][:_AMONG_FIRST]
    cuts = _likeliest_cuts(model, text, span, likely)
    if not cuts:
        return alone
    possibly, cut = max(
        (_separate(*sides, likely), cut)
        for cut, sides in zip(cuts, _both_sides(model.confidences_by_terms, text, cuts), strict=True)
    )
    if possibly < _POSSIBLY:
        return alone
    before, after = cut
    ((left, right),) = _both_sides(model.confidences_of_normalised, text, [cut])
    surely = _separate(left, right, likely)
    if surely < _CLEARLY:
        return alone
    found = _split(model, text, before, left, most - 1)
    return _distinct([*found, *_split(model, text, after, right, most - len(found))])


def _both_sides(read: _Reader, text: str, cuts: list[_Cut]) -> list[tuple[Floats, Floats]]:
    rows = read([text[slice(*side)] for cut in cuts for side in cut])
    return list(zip(rows[::2], rows[1::2], strict=True))


def _separate(left: Floats, right: Floats, likely: list[int]) -> float:
    """How surely two sides are two objections: the lesser confidence, 0 when they agree or are none of the likely."""
    first, second = int(left.argmax()), int(right.argmax())
    return float(min(left[first], right[second])) if first != second and {first, second} <= set(likely) else 0.0


def _likeliest_cuts(model: IntentModel, text: str, span: _Span, likely: list[int]) -> list[_Cut]:
    cuts = _cuts(text, span)
    if len(cuts) <= _LOOKED_AT:
        return cuts
    start, end = span
    sides = model.rough_sides(text[start:end], [(left[1] - start, right[0] - start) for left, right in cuts])
    before, after = sides[:, 0, likely], sides[:, 1, likely]
    pairs = before[:, :, np.newaxis] * after[:, np.newaxis, :] * (1 - np.eye(len(likely)))
    best = np.argsort(-pairs.max(axis=(1, 2)), kind="stable")[:_LOOKED_AT]
    return [cuts[index] for index in sorted(best)]


def _cuts(text: str, span: _Span) -> list[_Cut]:
    """Places where one thought may end and another begin: the spans of both, at most `_MOST_CUTS`."""
    start, end = span
    found: dict[int, _Cut] = {}
    for match in _JOINT.finditer(text, start, end):
        if match.start() - start >= _SHORTEST_AROUND_JOINT and end - match.end() >= _SHORTEST_AFTER_MARK:
            found[match.start()] = (start, match.start()), (match.start(), end)
    for match in _MARK.finditer(text, start, end):
        joint = _JOINT.match(text, match.end(), end)
        said_after = end - (joint.end() if joint else match.end())
        if min(match.start() - start, said_after) >= _SHORTEST_AFTER_MARK:
            found[match.end()] = (start, match.start()), (match.end(), end)
        else:
            found.pop(match.end(), None)
    return [found[place] for place in sorted(found)][:_MOST_CUTS]


def _distinct(parts: list[tuple[str, _Span, float]]) -> list[tuple[str, _Span, float]]:
    """One part an intent, the first said."""
    kept: dict[str, tuple[str, _Span, float]] = {}
    for part in parts:
        kept.setdefault(part[0], part)
    return list(kept.values())

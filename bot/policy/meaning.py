"""Tells whether forbidden words are meant: negated, quoted, explained, warned of, asked, or said in earnest.

Each test answers one question on a match and what stands around it. The words the tests look for are data
(``scripts_corpus/policy/phrases/_shared.yml``); only their logic stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.policy.clauses import Surroundings
from bot.policy.model import Markers

# Two negations further apart than this govern different things: 不能代签，也不能代办.
_DOUBLE_NEGATION_REACH = 5
_COORDINATION = re.compile(r"[也又更还既且、,]|以及|和|及")
_RHETORICAL_NOT = re.compile(r"(?:不是|不就是|还不是)$")
_RHETORICAL_END = re.compile(r"(?:吗|嘛|么)[?!,。~]*$")
_QUOTED = re.compile(r"[“「『\"‘'][^“”「」『』\"‘’']{0,40}$")
_MASK = "\u25a1"


def excuse(code: str, around: Surroundings, markers: Markers) -> str | None:
    """Why a match is compliant.

    Args:
        code: code of the rule.
        around: the match in its sentence.
        markers: the shared words.

    Returns:
        Name of the reason, or None when the words are meant.
    """
    for name, test in _TESTS.items():
        if test(code, around, markers):
            return name
    return None


def _masked(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: _MASK * len(match.group()), text)


def _negated(code: str, around: Surroundings, markers: Markers) -> bool:
    """An odd number of negations governs the match from the left."""
    # What looks like a negation may reach into the match (不错|, 不得不|), so mask with the match in sight.
    left = _masked(markers.not_negators, around.clause_before + around.matched)[: len(around.clause_before)]
    found = list(markers.negators.finditer(left))
    adjacent = markers.adjacent_negators.search(left)
    if adjacent and (not found or found[-1].end() < adjacent.end()):
        found = [item for item in found if item.end() <= adjacent.start()] + [adjacent]
    if not found:
        return False
    odd = True
    for earlier, later in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        between = left[earlier.end() : later.start()]
        if len(between) > _DOUBLE_NEGATION_REACH or _COORDINATION.search(between):
            break
        odd = not odd
    if _RHETORICAL_NOT.search(found[-1].group()) and _RHETORICAL_END.search(around.clause):
        odd = not odd
    return odd


def _prohibited(code: str, around: Surroundings, markers: Markers) -> bool:
    """Someone forbids it earlier in the sentence, with no turn of thought in between."""
    return bool(markers.prohibitions.search(_masked(markers.not_negators, around.before)))


def _denied(code: str, around: Surroundings, markers: Markers) -> bool:
    """It is taken back right behind the match."""
    if markers.denials.search(_masked(markers.not_negators, around.near_after)):
        return True
    if around.behind_turn and markers.turned_denials.search(around.behind_turn):
        return True
    ends_here = len(around.near_after) == len(around.after) and not around.behind_turn
    return ends_here and bool(markers.next_denials.match(around.following))


def _is_affirmed(around: Surroundings, markers: Markers) -> bool:
    rest = around.after + around.behind_turn
    return bool(markers.affirmations.search(rest) or markers.affirmations.match(around.following))


def _from_client(code: str, around: Surroundings, markers: Markers) -> bool:
    """The words are the client's, and the manager does not make them his own."""
    client = markers.client_words.search(around.before)
    if client is None or markers.affirmations.search(around.before, client.end()):
        return False
    return not _is_affirmed(around, markers)


def _quoted(code: str, around: Surroundings, markers: Markers) -> bool:
    """Within quotation marks and ascribed to somebody."""
    if not _QUOTED.search(around.before):
        return False
    ascribed = markers.client_words.search(around.before) or markers.others_words.search(around.before)
    return bool(ascribed) and not _is_affirmed(around, markers)


def _warned(code: str, around: Surroundings, markers: Markers) -> bool:
    """A warning against swindlers."""
    if code not in markers.warning_codes:
        return False
    stretch = around.before + _MASK + around.after + around.following
    return bool(markers.fraud_words.search(_masked(markers.not_fraud_words, stretch)))


def _explained(code: str, around: Surroundings, markers: Markers) -> bool:
    """A rule is named together with what it demands."""
    stretch = around.before + _MASK + around.after
    return bool(markers.rule_words.search(around.before) and markers.obligations.search(stretch))


def _asked(code: str, around: Surroundings, markers: Markers) -> bool:
    """An honest question which the manager does not answer with yes."""
    if code not in markers.asking_codes:
        return False
    if not markers.questions.search(around.clause) or markers.tag_questions.search(around.clause):
        return False
    return not markers.confirming_answers.match(around.following) and not markers.affirmations.search(around.after)


def _insured_deposit(code: str, around: Surroundings, markers: Markers) -> bool:
    """A true statement on an ordinary deposit with the limit of its insurance."""
    if code not in markers.deposit_codes:
        return False
    stretch = around.stretch
    if markers.other_products.search(stretch):
        return False
    return bool(markers.deposit_words.search(stretch) and markers.deposit_limits.search(stretch + around.following))


_TESTS: dict[str, Callable[[str, Surroundings, Markers], bool]] = {
    "negated": _negated,
    "prohibited": _prohibited,
    "denied": _denied,
    "from_client": _from_client,
    "quoted": _quoted,
    "warned": _warned,
    "explained": _explained,
    "asked": _asked,
    "insured_deposit": _insured_deposit,
}

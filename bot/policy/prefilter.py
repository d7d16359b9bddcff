"""Tells quickly which patterns can possibly match a sentence, so that the others need not be tried.

From each pattern's parse tree we take what every match must contain: characters and pairs of neighbouring characters.
A sentence without them can't match. This never changes a finding, it only saves time: with some 150 patterns, trying
each on each sentence costs four fifths of the check.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.policy.expressions import sre_constants, sre_parse

# At least one of these grams (one or two characters) must occur.
Element = frozenset[str]
# All of these elements are needed by one alternative of a pattern.
Needs = list[Element]

_LARGEST_CLASS = 12


class Prefilter:
    """An index from what a sentence contains to the patterns worth trying.

    Args:
        patterns: in the order of their numbers.
        sample: ordinary sentences; rare grams of them make good keys.
    """

    def __init__(self, patterns: Sequence[re.Pattern[str]], sample: Iterable[str]) -> None:
        frequency = Counter(gram for text in sample for gram in grams(text))
        self._always: set[int] = set()
        self._index: dict[str, list[tuple[int, Needs]]] = {}
        for number, pattern in enumerate(patterns):
            alternatives = _alternatives(sre_parse.parse(pattern.pattern))
            if not all(alternatives):
                self._always.add(number)
                continue
            for needs in alternatives:
                key = min(needs, key=lambda element: (sum(frequency[gram] for gram in element), len(element)))
                entry = (number, [element for element in needs if element is not key])
                for gram in key:
                    self._index.setdefault(gram, []).append(entry)

    def candidates(self, text: str) -> list[int]:
        """Numbers of the patterns that may match, ascending."""
        present = grams(text)
        found = set(self._always)
        for gram in present:
            for number, others in self._index.get(gram, ()):
                if number not in found and not any(element.isdisjoint(present) for element in others):
                    found.add(number)
        return sorted(found)


def grams(text: str) -> set[str]:
    """All characters and all pairs of neighbouring characters."""
    return {*text, *(text[index : index + 2] for index in range(len(text) - 1))}


def _alternatives(parsed: Any) -> list[Needs]:
    """What each top-level alternative needs."""
    items = list(parsed)
    if len(items) == 1 and items[0][0] is sre_constants.BRANCH:
        return [needs for part in items[0][1][1] for needs in _alternatives(part)]
    return [_needs(items)]


def _needs(items: Iterable[tuple[Any, Any]]) -> Needs:
    """What a sequence of parsed items needs; empty when it may be anything."""
    needs: Needs = []
    run = ""
    for operation, argument in items:
        if operation is sre_constants.LITERAL:
            run += chr(argument)
            continue
        needs += _run_needs(run)
        run = ""
        needs += _item_needs(operation, argument)
    return [*needs, *_run_needs(run)]


def _run_needs(run: str) -> Iterator[Element]:
    if len(run) == 1:
        yield frozenset(run)
    for index in range(len(run) - 1):
        yield frozenset([run[index : index + 2]])


def _item_needs(operation: Any, argument: Any) -> Needs:
    if operation is sre_constants.SUBPATTERN:
        return _needs(argument[3])
    if operation in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
        return _needs(argument[2]) if argument[0] > 0 else []
    if operation is sre_constants.BRANCH:
        return _one_of([_needs(part) for part in argument[1]])
    is_class = operation is sre_constants.IN and len(argument) <= _LARGEST_CLASS
    if is_class and all(kind is sre_constants.LITERAL for kind, _ in argument):
        return [frozenset(chr(code) for _, code in argument)]
    return []


def _one_of(parts: list[Needs]) -> Needs:
    """What a choice needs: something of each part, together one element."""
    if not all(parts):
        return []
    # Pairs are rarer than single characters, small sets rarer than large ones.
    chosen = [min(needs, key=lambda element: (-min(map(len, element)), len(element))) for needs in parts]
    return [frozenset().union(*chosen)]

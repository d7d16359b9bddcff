"""The catalogue against its own sentences (``huashu policy test``), and what one pattern catches in the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.model import Corpus
from bot.corpus.problems import Problem
from bot.corpus.training import checked_training_lines
from bot.errors import HuashuError
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import spoken_texts
from bot.policy.model import PhraseRule

JUDGE = "由例句学来的判断"


@dataclass(frozen=True)
class Place:
    """A text of the corpus and where it stands."""

    path: Path
    line: int
    text: str


def failures(checker: PhraseChecker) -> list[Problem]:
    """Sentences of the catalogue about which the check is wrong.

    Args:
        checker: with the catalogue and its judge.

    Returns:
        A problem for each sentence that must be caught and is found under none of the codes under which it stands, for
        each that must pass and has a finding of any code, and for each alternative that may not be said itself.
    """
    rules = checker.catalogue.rules.values()
    stands_under: dict[str, set[str]] = {}
    for rule in rules:
        for sentence in rule.caught:
            stands_under.setdefault(sentence, set()).add(rule.code)
    problems = [problem for rule in rules for problem in _failures_of(checker, rule, stands_under)]
    for index, sentence in enumerate(checker.catalogue.everyday):
        problems += _alarms(checker, Place(checker.catalogue.everyday_path, 1, sentence), index)
    return problems


def _alarms(checker: PhraseChecker, place: Place, index: int) -> Iterator[Problem]:
    """Findings in a sentence that must pass."""
    for finding in checker.check(place.text):
        what = f"应当放过“{place.text}”，却按 {finding.code}（{finding.pattern_id or JUDGE}）查出"
        yield Problem(place.path, place.line, f"passes.{index}", what, "收紧表达式，或写上 unless")


def _failures_of(checker: PhraseChecker, rule: PhraseRule, stands_under: dict[str, set[str]]) -> Iterator[Problem]:
    for index, sentence in enumerate(rule.caught):
        codes = {finding.code for finding in checker.check(sentence)}
        if codes.isdisjoint(stands_under[sentence]):
            found = f"，只查出 {'、'.join(sorted(codes))}" if codes else ""
            where = rule.path, rule.lines["caught", index], f"caught.{index}"
            yield Problem(*where, f"应当查出而没有查出“{sentence}”{found}", "补一条表达式，或多写几句意思相近的例句")
    for index, sentence in enumerate(rule.passes):
        yield from _alarms(checker, Place(rule.path, rule.lines["passes", index], sentence), index)
    for finding in checker.check(rule.alternative):
        what = f"建议改说的话本身不能说（{finding.code}）：{finding.span}"
        yield Problem(rule.path, 1, "alternative", what, "换一种说法")


def caught_by(checker: PhraseChecker, code: str, pattern_id: str, texts: Iterable[Place]) -> list[tuple[Place, str]]:
    """What one pattern finds in texts.

    Args:
        checker: the phrase check.
        code: code of the rule.
        pattern_id: of the pattern; empty for what the judge finds.
        texts: to look through.

    Returns:
        Place and words found, in order.
    """
    return [
        (place, finding.span)
        for place in texts
        for finding in checker.check(place.text)
        if (finding.code, finding.pattern_id) == (code, pattern_id)
    ]


def known_pattern(checker: PhraseChecker, code: str, pattern_id: str) -> None:
    """Refuse a code or pattern that the catalogue does not have.

    Raises:
        HuashuError: E106.
    """
    if code not in checker.catalogue.rules:
        raise HuashuError("E106", f"没有代码 {code}，应当是 {'、'.join(checker.catalogue.rules)} 之一。")
    ids = [pattern.id for pattern in checker.catalogue.rules[code].patterns]
    if pattern_id and pattern_id not in ids:
        raise HuashuError("E106", f"{code} 里没有表达式 {pattern_id}，应当是 {'、'.join(ids)} 之一。")


def texts_of_corpus(checker: PhraseChecker, corpus: Corpus, directory: Path) -> Iterator[Place]:
    """All sentences of the catalogue, all that the corpus read from a directory can say, and all training lines."""
    for rule in checker.catalogue.rules.values():
        for key in ("caught", "passes"):
            for index, sentence in enumerate(getattr(rule, key)):
                yield Place(rule.path, rule.lines[key, index], sentence)
    for path, line, _, text in spoken_texts(corpus):
        yield Place(path, line, text)
    for training in checked_training_lines(directory):
        yield Place(training.path, training.line, training.plain)

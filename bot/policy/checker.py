"""The phrase check: what in a text to a client must not be said, and why."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.aligned import AlignedText
from bot.policy.clauses import Sentence, sentences, surroundings
from bot.policy.meaning import excuse
from bot.policy.model import Catalogue, Finding, PhrasePattern, PhraseRule
from bot.policy.offsets import fold
from bot.policy.prefilter import Prefilter

# Saying the same thing in the same sentence more often adds nothing to read.
_MOST_IN_A_SENTENCE = 3


class PhraseChecker:
    """Checks texts against a catalogue. Deterministic; holds no state between texts.

    Args:
        catalogue: from `bot.policy.catalogue.load_catalogue`.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._patterns = [(rule, pattern) for rule in catalogue.rules.values() for pattern in rule.patterns]
        self._prefilter = Prefilter(
            [pattern.expression for _, pattern in self._patterns],
            [sentence for rule in catalogue.rules.values() for sentence in (*rule.caught, *rule.passes)],
        )

    def check(self, text: str) -> list[Finding]:
        """Find what must not be said.

        Args:
            text: as typed; never altered, spans refer to it.

        Returns:
            Findings by place; those of one code do not overlap.
        """
        folded = fold(text)
        found = [
            self._finding(text, folded, rule, pattern, start, end)
            for rule, pattern, start, end in self._matches(folded)
        ]
        return sorted(_without_overlaps(found), key=lambda finding: (finding.start, finding.end, finding.code))

    def _matches(self, folded: AlignedText) -> Iterator[tuple[PhraseRule, PhrasePattern, int, int]]:
        for sentence in sentences(folded.text):
            for number in self._prefilter.candidates(sentence.text):
                rule, pattern = self._patterns[number]
                for start, end in self._meant(sentence, rule, pattern):
                    yield rule, pattern, sentence.start + start, sentence.start + end

    def _meant(self, sentence: Sentence, rule: PhraseRule, pattern: PhrasePattern) -> Iterator[tuple[int, int]]:
        """Matches of one pattern that nothing excuses."""
        markers = self.catalogue.markers
        told = 0
        for match in pattern.expression.finditer(sentence.text):
            if pattern.needs and not any(need.search(sentence.text) for need in pattern.needs):
                return
            around = surroundings(sentence, match.start(), match.end(), markers.turns)
            if any(exception.search(around.stretch) for exception in pattern.unless):
                continue
            if excuse(rule.code, around, markers) is None:
                yield match.span()
                told += 1
                if told == _MOST_IN_A_SENTENCE:
                    return

    @staticmethod
    def _finding(
        text: str, folded: AlignedText, rule: PhraseRule, pattern: PhrasePattern, start: int, end: int
    ) -> Finding:
        first, last = folded.source_span(start, end)
        return Finding(
            code=rule.code,
            name=rule.name,
            severity=rule.severity,
            start=first,
            end=last,
            span=text[first:last],
            rule=pattern.why,
            facts=rule.facts,
            alternative=rule.alternative,
            pattern_id=pattern.id,
        )


def _without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Of overlapping findings of one code the longest, and of equally long ones the first."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda item: (item.start - item.end, item.start)):
        if not any(
            finding.code == other.code and finding.start < other.end and other.start < finding.end for other in kept
        ):
            kept.append(finding)
    return kept

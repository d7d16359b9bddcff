"""The phrase check: what in a text to a client must not be said, and why.

Patterns find what has words of its own; the judge finds what is said in other words. What a pattern has found is not
told again by the judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.aligned import AlignedText
from bot.policy.clauses import Sentence, sentences, surroundings
from bot.policy.judge import SentenceJudge, Stretch
from bot.policy.meaning import excuse
from bot.policy.model import Catalogue, Finding, PhrasePattern, PhraseRule
from bot.policy.offsets import fold
from bot.policy.prefilter import Prefilter

Match = tuple[PhraseRule, PhrasePattern, int, int]
"""A pattern that matched, with start and end in the folded text."""

# Saying the same thing in the same sentence more often adds nothing to read.
_MOST_IN_A_SENTENCE = 3
_JUDGED = "意思和不许说的例句相近（由例句学来的判断，请对照例句自己看一遍）。"


class PhraseChecker:
    """Checks texts against a catalogue. Deterministic.

    Args:
        catalogue: from `bot.policy.catalogue.load_catalogue`.
        judge: from `bot.policy.judge.trained_judge`; None checks by patterns alone.

    Attributes:
        clean: texts of the corpus that have been found clean, by the judge too; a changed wording must not have all
            others read again.
    """

    def __init__(self, catalogue: Catalogue, judge: SentenceJudge | None = None) -> None:
        self.catalogue = catalogue
        self.judge = judge
        self.clean: set[str] = set()
        self._patterns = [(rule, pattern) for rule in catalogue.rules.values() for pattern in rule.patterns]
        self._prefilter = Prefilter(
            [pattern.expression for _, pattern in self._patterns],
            [sentence for rule in catalogue.rules.values() for sentence in (*rule.caught, *rule.passes)],
        )

    def check(self, text: str, *, judged: bool = True) -> list[Finding]:
        """Find what must not be said.

        Args:
            text: as typed; never altered, spans refer to it.
            judged: whether the judge has a say. It knows sales talk, not facts in a table.

        Returns:
            Findings by place; those of one code do not overlap.
        """
        folded = fold(text)
        matches = list(self._matches(folded))
        stretches = self.judge.read(folded.text) if judged and self.judge is not None else []
        meant = [match for match in matches if not _used_rightly(match, stretches)]
        found = [
            _finding(text, folded.source_span(start, end), rule, pattern.why, pattern.id)
            for rule, pattern, start, end in meant
        ]
        told = [(rule.code, start) for rule, _, start, _ in meant]
        for violating in filter(None, (stretch.violating for stretch in stretches)):
            untold = [
                code
                for code in violating.codes
                if not any(code == other and violating.start <= start < violating.end for other, start in told)
            ]
            found += self._judged(text, folded, violating, untold)
        return sorted(_without_overlaps(found), key=lambda finding: (finding.start, finding.end, finding.code))

    def _matches(self, folded: AlignedText) -> Iterator[Match]:
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

    def _judged(self, text: str, folded: AlignedText, stretch: Stretch, codes: list[str]) -> list[Finding]:
        if self.judge is None or not codes:
            return []
        span = self.judge.weightiest_clause(folded.text, stretch)
        return [
            _finding(
                text,
                folded.source_span(*span),
                self.catalogue.rules[code],
                _JUDGED,
                likest=self.judge.likest(folded.text, stretch, code),
            )
            for code in codes
        ]


def _finding(
    text: str,
    place: tuple[int, int],
    rule: PhraseRule,
    why: str,
    pattern_id: str = "",
    likest: tuple[str, ...] = (),
) -> Finding:
    start, end = place
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        start=start,
        end=end,
        span=text[start:end],
        rule=why,
        facts=rule.facts,
        alternative=rule.alternative,
        pattern_id=pattern_id,
        likest=likest,
    )


def _used_rightly(match: Match, stretches: list[Stretch]) -> bool:
    """Whether the judge clearly finds the stretch compliant in which a pattern matched."""
    start = match[2]
    return any(each.start <= start < each.end and each.allows(start) for each in stretches)


def _without_overlaps(findings: list[Finding]) -> list[Finding]:
    """Of overlapping findings of one code the longest, and of equally long ones the first."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda item: (item.start - item.end, item.start)):
        if not any(
            finding.code == other.code and finding.start < other.end and other.start < finding.end for other in kept
        ):
            kept.append(finding)
    return kept

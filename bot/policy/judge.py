"""The learned half of the phrase check: what breaks a rule in words that no pattern names.

Linear classifiers over `traits`, trained on the catalogue's own sentences: one tells violations from compliant
sentences, twelve tell which code a sentence is about, in either sense. The judge reads short stretches of text, says
which clause weighs most, and shows the sentences of the catalogue that are most like it: these are its reason. It also
has a say on what patterns find: words that it clearly finds used rightly do not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy import sparse
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.language.aligned import CHINESE
from bot.model_files import file_digest
from bot.policy.clauses import clauses, sentences
from bot.policy.kept import keep, kept
from bot.policy.model import CODES, Catalogue
from bot.policy.offsets import fold
from bot.policy.traits import Traits

# `docs/policy.md` tells how these were chosen, by cross-validation on the catalogue.
THRESHOLD = 0.25  # margin from which a stretch is taken for a violation
SENTENCE_THRESHOLD = 0.6  # the same for a single sentence of it, which is seen without what stands around it
PATTERN_THRESHOLD = -0.3  # below it even what a pattern has found does not count
CODE_MARGIN, MOST_CODES = 0.8, 2  # a code so close behind the likeliest is told as well
PENALTY = 0.5
BAYES_SHARE, BAYES_SMOOTHING = 0.4, 0.3  # naive Bayes blended in to tell codes apart
LONGEST_STRETCH = 90  # characters; the catalogue's sentences are no longer
SHORTEST_SENTENCE, FEWEST_CHARACTERS = 6, 4  # the latter Chinese ones
_EXAMPLES = 2
_SOURCES = ("policy/*.py", "language/*.py", "data/lookup/*.yml", "data/dictionary/*.txt")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """A stretch of a folded text, or a sentence of it, with what the judge thinks of it.

    Attributes:
        start: in the folded text.
        end: in the folded text.
        margin: how surely it is a violation; compliant when negative.
        codes: what it is about, likeliest first.
        sentences: of a stretch of several sentences each by itself: a promise does not vanish among disclaimers.
    """

    start: int
    end: int
    margin: float
    codes: tuple[str, ...]
    sentences: tuple[Stretch, ...] = ()

    @property
    def violating(self) -> Stretch | None:
        """What is taken for a violation: the stretch, or the surest of its sentences; None when nothing is."""
        if self.margin > THRESHOLD:
            return self
        surest = max(self.sentences, key=lambda each: each.margin, default=None)
        return surest if surest is not None and surest.margin > SENTENCE_THRESHOLD else None

    def allows(self, place: int) -> bool:
        """Whether it is clearly compliant at a place, as a whole and in the sentence there."""
        there = [each for each in self.sentences if each.start <= place < each.end]
        return max(each.margin for each in (self, *there)) < PATTERN_THRESHOLD


@dataclass(frozen=True)
class SentenceJudge:
    """A trained judge.

    Attributes:
        traits: what it sees.
        coefficients: float32 of shape (traits, 1 + codes): violation, then each code.
        intercepts: float64 of shape (1 + codes,).
        examples: by code the catalogue's sentences that break it.
    """

    traits: Traits
    coefficients: npt.NDArray[np.float32]
    intercepts: Floats
    examples: dict[str, tuple[str, ...]]

    def scores(self, folded: Sequence[str]) -> Floats:
        """Margins of folded texts, float64 of shape (texts, 1 + codes)."""
        return np.asarray(self.traits.transform(folded) @ self.coefficients + self.intercepts)

    def read(self, folded: str) -> list[Stretch]:
        """Read a folded text, stretch by stretch."""
        spans = list(_stretches(folded)) if len(CHINESE.findall(folded)) >= FEWEST_CHARACTERS else []
        inside = [_sentences_of(folded, start, end) for start, end in spans]
        read = self._read(folded, [*spans, *(span for each in inside for span in each)])
        alone = iter(read[len(spans) :])
        return [
            replace(stretch, sentences=tuple(next(alone) for _ in each))
            for stretch, each in zip(read, inside, strict=False)
        ]

    def _read(self, folded: str, spans: Sequence[tuple[int, int]]) -> list[Stretch]:
        if not spans:
            return []
        scores = self.scores([folded[start:end] for start, end in spans])
        return [
            Stretch(start, end, float(row[0]), _likely_codes(row[1:]))
            for (start, end), row in zip(spans, scores, strict=True)
        ]

    def weightiest_clause(self, folded: str, stretch: Stretch) -> tuple[int, int]:
        """Start and end, in the folded text, of the clause of a stretch that looks most like a violation by itself."""
        text = folded[stretch.start : stretch.end]
        parts = clauses(text)
        start, end = parts[int(self.scores([text[start:end] for start, end in parts])[:, 0].argmax())]
        return stretch.start + start, stretch.start + end

    def likest(self, folded: str, stretch: Stretch, code: str) -> tuple[str, ...]:
        """Sentences of the catalogue most like a stretch that break the rule."""
        text = folded[stretch.start : stretch.end]
        nearest = process.extract(text, self.examples[code], scorer=fuzz.ratio, limit=_EXAMPLES)
        return tuple(sentence for sentence, _, _ in nearest)


def _likely_codes(scores: Floats) -> tuple[str, ...]:
    likeliest = np.argsort(-scores)[:MOST_CODES]
    return tuple(CODES[number] for number in likeliest if scores[number] >= scores.max() - CODE_MARGIN)


def _stretches(folded: str) -> Iterator[tuple[int, int]]:
    """Sentences joined to stretches as long as the catalogue's, without gaps."""
    start = end = 0
    for sentence in sentences(folded):
        after = sentence.start + len(sentence.text)
        if end > start and after - start > LONGEST_STRETCH:
            yield start, end
            start = end
        end = after
    if end > start:
        yield start, end


def _sentences_of(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of a stretch; none when it is one sentence."""
    spans = [(start + each.start, start + each.start + len(each.text)) for each in sentences(folded[start:end])]
    return [span for span in spans if span[1] - span[0] >= SHORTEST_SENTENCE] if len(spans) > 1 else []


def train(catalogue: Catalogue) -> SentenceJudge:
    """Learn from the sentences of a catalogue.

    Args:
        catalogue: a sentence may stand under several codes.

    Returns:
        The judge; the same for the same catalogue.
    """
    about: dict[str, list[int]] = {}  # numbers of the codes under which a sentence stands
    violating: set[str] = set()
    for number, rule in enumerate(catalogue.rules.values()):
        for sentence in (*rule.caught, *rule.passes):
            about.setdefault(sentence, []).append(number)
        violating.update(rule.caught)
    near_rules = len(about)
    about |= {sentence: [] for sentence in (*catalogue.everyday, *catalogue.replies) if sentence not in about}
    folded = [fold(sentence).text for sentence in about]
    violates = [sentence in violating for sentence in about]
    # A good answer often begins with what it answers, so each sentence of it counts as compliant by itself too.
    single = dict.fromkeys(
        text[start:end]
        for text, bad in zip(folded, violates, strict=True)
        if not bad
        for start, end in _sentences_of(text, 0, len(text))
    )
    known = set(folded)
    parts = [text for text in single if text not in known]
    learned = Traits.learn([*folded, *parts])
    rows = learned.transform(folded).astype(np.float64)  # liblinear's own type
    part_rows = learned.transform(parts).astype(np.float64)
    machines = [_fit(sparse.vstack([rows, part_rows], format="csr"), np.array([*violates, *(False for _ in parts)]))]
    machines += [_fit(rows, np.array([number in own for own in about.values()])) for number in range(len(CODES))]
    coefficients = np.column_stack([machine.coef_[0] for machine in machines])
    first_codes = np.array([own[0] for own in about.values() if own])
    bayes = ComplementNB(alpha=BAYES_SMOOTHING).fit(rows[:near_rules], first_codes)
    logs = bayes.feature_log_prob_.T
    coefficients[:, 1:] += BAYES_SHARE * (logs - logs.mean(axis=1, keepdims=True))
    return SentenceJudge(
        learned,
        coefficients.astype(np.float32),
        np.concatenate([machine.intercept_ for machine in machines]),
        {rule.code: rule.caught for rule in catalogue.rules.values()},
    )


def _fit(rows: sparse.csr_matrix, labels: npt.NDArray[np.bool_]) -> LinearSVC:
    return LinearSVC(C=PENALTY, class_weight="balanced", random_state=0).fit(rows, labels)


def trained_judge(catalogue: Catalogue, directory: Path) -> SentenceJudge:
    """The judge of a catalogue: read when it has been trained before, else trained and kept.

    Args:
        catalogue: with its sentences.
        directory: where judges are kept, one file each.

    Returns:
        The judge.
    """
    path = directory / f"phrases-{fingerprint(catalogue)}.npz"
    found = kept(path, "coefficients", "intercepts")
    if found is None:
        judge = train(catalogue)
        keep(path, judge.traits, {"coefficients": judge.coefficients, "intercepts": judge.intercepts})
        return judge
    learned, arrays = found
    examples = {rule.code: rule.caught for rule in catalogue.rules.values()}
    return SentenceJudge(learned, arrays["coefficients"], arrays["intercepts"], examples)


def fingerprint(catalogue: Catalogue) -> str:
    """Digest of the sentences, of the code that learns from them and of how texts are folded; 16 hexadecimal digits."""
    bot = Path(__file__).resolve().parents[1]
    sources = [path for pattern in _SOURCES for path in sorted(bot.glob(pattern))]
    digest = hashlib.sha256(file_digest(sources).encode())
    for rule in catalogue.rules.values():
        digest.update("\n".join([rule.code, *rule.caught, "", *rule.passes]).encode())
    digest.update("\n".join([*catalogue.everyday, "", *catalogue.replies]).encode())
    return digest.hexdigest()[:16]

"""Scores a manager's reply to a client's objection, with reasons: the rubric of listen, understand, resolve, compliant.

The learned model (`learning.py`) tells how sure each criterion is; rules say what a model must not decide: a reply
that breaks a rule of speech is held at 2 however good it is, an untrue figure is no resolution, a pasted script is not
one's own answer.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from bot.corpus.choosing import Situation, candidates
from bot.corpus.model import Corpus
from bot.corpus.practice import CRITERIA, Practice
from bot.language.aligned import CHINESE
from bot.language.search import Document, TextIndex
from bot.policy.checker import PhraseChecker
from bot.policy.model import Finding
from bot.policy.offsets import fold
from bot.practice.facts import ProductSheet, stated_facts
from bot.practice.learning import Floats, ReplyModel, raw_features
from bot.practice.scorecard import (
    GOOD,
    HIGHEST,
    LOWEST,
    MIDDLING,
    Contribution,
    Criterion,
    Manner,
    Note,
    Quote,
    Scorecard,
    StatedFact,
)
from bot.practice.traits import NAMES

COMPLIANT = "compliant"
VETO = 2  # the contract: a reply that is not compliant is at most 2
LONGEST = 400  # characters; no client listens longer
READ = 1000  # characters that the model reads of a longer reply
_FEWEST_CHARACTERS = 2
_PASTED, _PASTED_SCRIPT = 90, 88  # likeness in per cent
_PUSHY = 0.0  # margin
_ELSEWHERE = -0.75  # how far another objection has to lead
_LEAD = list(NAMES).index("lead")
_TABLE_SHARE = 0.5  # of the criteria's own grade, beside the learned one
_CONTRIBUTIONS = 3
# Who begins like this rebuts, whatever else he says.
_REBUTS = re.compile(
    r"(?:想法|看法|观念|理解|说法|这么想|这么说|这样想|这样说)[^,。!?]{0,4}(?:不对|错了|有问题|太片面|过时)"
    r"|(?:您|你)(?:还是)?(?:错了|不懂|没听懂|没听明白|没搞懂|不能这么)|正确(?:的)?(?:认识|看待|观念)|(?:您|你)得(?:好好)?学"
)
_REBUTTAL = 2  # a client who is put in his place has stopped listening
_PIECE = re.compile(r"[^,、。!?;:]+")
_FEWEST_PIECES, _SHORT_PIECE, _MOSTLY = 7, 4, 0.66
_SENTENCE = re.compile(r"[^\s。！？!?；;][^。！？!?；;]*[。！？!?；;]*")
# What held the grade down, and where: an untrue figure, a script read out, another objection's answer.
_CEILINGS = {
    Note.NOTHING_SAID: 1,
    Note.NOT_CHINESE: 1,
    Note.PASTED_CLIENT: 1,
    Note.OTHER_OBJECTION: 2,
    Note.REPEATED: 2,
    Note.ABOVE_TIER: 2,
    Note.WRONG_FACT: 3,
    Note.PASTED_SCRIPT: 3,
    Note.TOO_LONG: 4,
}


@dataclass(frozen=True)
class Scene:
    """In what situation a reply is given.

    Attributes:
        day: on which scripts have to be in force.
        product: on the table; None when there is none.
        client_tier: the persona's; None in a drill without a persona.
        said: what the manager has said before in this talk.
    """

    day: dt.date
    product: ProductSheet | None = None
    client_tier: str | None = None
    said: tuple[str, ...] = ()


class Scorer:
    """Scores replies.

    Args:
        corpus: with practice.
        practice: of the corpus.
        model: trained on it.
        checker: of phrases.
    """

    def __init__(self, corpus: Corpus, practice: Practice, model: ReplyModel, checker: PhraseChecker) -> None:
        self._corpus = corpus
        self._rubric = practice.rubric
        self._model = model
        self._checker = checker
        self._cues = TextIndex(
            Document(script.id, script.cues, (script.governance.title, script.note))
            for topic in corpus.objections.values()
            for script in topic.scripts
        )
        self._read_out = {
            script.id: fold("".join(script.steps.values())).text for script in corpus.scripts() if script.steps
        }

    def score(self, objection: str, client_line: str, reply: str, scene: Scene) -> Scorecard:
        """Score a reply.

        Args:
            objection: intent of the objection that the client raised.
            client_line: what he said.
            reply: what the manager answered.
            scene: the situation.

        Returns:
            The scorecard; the same for the same input, corpus and day.
        """
        text = reply[:READ]
        folded, line = fold(text), fold(client_line).text
        own = self._model.objections.index(objection)
        # The check and the facts read all of it: no words are safe because they stand far behind.
        findings = tuple(self._checker.check(reply))
        facts = stated_facts(reply, scene.product)
        margins = self._model.margins([folded.text])
        raw = raw_features(margins, [folded.text], [line], [own])[0]
        features = self._model.standardised(raw)
        notes = self._notes(reply, folded.text, line, margins[0], float(raw[_LEAD]), facts, scene)
        sureness = self._sureness(features, notes, folded.text)
        better = self.model_answer(objection, client_line, scene)
        criteria = {
            name: self._criterion(name, sureness[number], text, features, number, better)
            for number, name in enumerate(CRITERIA)
        }
        criteria[COMPLIANT] = self._compliant(findings)
        grade = self._grade(features, criteria)
        overall = _held_down(grade, notes, compliant=not findings)
        if _rebuts(folded.text):
            overall = min(overall, _REBUTTAL)
        return Scorecard(
            criteria,
            overall,
            grade,
            findings,
            facts,
            notes,
            _manner(criteria, overall, notes),
            str(self._rubric["version"]),
        )

    def _notes(
        self,
        reply: str,
        folded: str,
        line: str,
        margins: Floats,
        lead: float,
        facts: Sequence[StatedFact],
        scene: Scene,
    ) -> tuple[Note, ...]:
        if len(CHINESE.findall(folded)) < _FEWEST_CHARACTERS:
            return (Note.NOT_CHINESE if any(map(str.isalpha, folded)) else Note.NOTHING_SAID,)
        if len(folded) <= 2 * len(line) and fuzz.ratio(folded, line) >= _PASTED:
            return (Note.PASTED_CLIENT,)
        told = {
            Note.OTHER_OBJECTION: lead < _ELSEWHERE and margins[2] > 0,
            Note.WRONG_FACT: any(not fact.right for fact in facts),
            Note.PASTED_SCRIPT: self._is_read_out(folded),
            Note.TOO_LONG: len(reply) > LONGEST,
            Note.REPEATED: any(fuzz.ratio(folded, fold(each).text) >= _PASTED for each in scene.said),
            Note.PUSHY: margins[3] > _PUSHY,
            Note.ABOVE_TIER: above_tier(facts, scene),
        }
        return tuple(note for note, applies in told.items() if applies)

    def _is_read_out(self, folded: str) -> bool:
        return any(
            len(script) <= 2 * len(folded) and fuzz.ratio(folded, script, score_cutoff=_PASTED_SCRIPT)
            for script in self._read_out.values()
        )

    def _sureness(self, features: Floats, notes: Sequence[Note], folded: str) -> list[float]:
        """Probability of each learned criterion; nil where there is nothing to judge."""
        if {Note.NOTHING_SAID, Note.NOT_CHINESE, Note.PASTED_CLIENT} & set(notes):
            return [0.0] * len(CRITERIA)
        logits = features @ self._model.weights + self._model.biases
        sure = [float(value) for value in 1 / (1 + np.exp(-logits))]
        if _rebuts(folded):
            sure[CRITERIA.index("listen")] = 0.0
        if {Note.WRONG_FACT, Note.OTHER_OBJECTION} & set(notes) or _strings_words(folded):
            sure[CRITERIA.index("resolve")] = 0.0
        return sure

    def _criterion(
        self, name: str, sure: float, text: str, features: Floats, number: int, better: Mapping[str, str]
    ) -> Criterion:
        words, met = self._rubric["criteria"][name], sure > 0.5
        values = features * self._model.weights[:, number]
        weightiest = np.argsort(-np.abs(values))[:_CONTRIBUTIONS]
        feature_names = list(NAMES.values())
        return Criterion(
            id=name,
            name=words["name"],
            met=met,
            sureness=sure if met else 1 - sure,
            quotes=self._quotes(text, number) if met else (),
            reason=words["met" if met else "missed"],
            better="" if met else better.get(name, ""),
            contributions=tuple(Contribution(feature_names[n], float(values[n])) for n in weightiest),
        )

    def _quotes(self, text: str, number: int) -> tuple[Quote, ...]:
        """The sentence that speaks most for a criterion; a concern is taken up at the beginning or not at all."""
        parts = [match.span() for match in _SENTENCE.finditer(text)]
        if CRITERIA[number] == "listen":
            parts = parts[:2]
        if not parts:
            return ()
        margins = self._model.margins([fold(text[start:end]).text for start, end in parts])[:, number]
        start, end = parts[int(margins.argmax())]
        return (Quote(start, end, text[start:end]),)

    def _compliant(self, findings: Sequence[Finding]) -> Criterion:
        words = self._rubric["criteria"][COMPLIANT]
        if not findings:
            return Criterion(COMPLIANT, words["name"], True, 1.0, (), words["met"], "")
        names = "、".join(dict.fromkeys(finding.name for finding in findings))
        return Criterion(
            COMPLIANT,
            words["name"],
            False,
            1.0,
            tuple(Quote(finding.start, finding.end, finding.span) for finding in findings),
            f"{words['missed']}（{names}）",
            findings[0].alternative,
        )

    def model_answer(self, objection: str, client_line: str, scene: Scene) -> dict[str, str]:
        """Steps of the approved script that fits the client's line best and needs no fact of a product.

        Args:
            objection: intent of the objection.
            client_line: what the client said.
            scene: the situation.
        """
        topic = self._corpus.objections[objection]
        nearest = self._cues.nearest(client_line, {script.id for script in topic.scripts})
        likeness = {each.label: each.score for each in nearest}
        found = candidates(topic, Situation(scene.day, client_tier=scene.client_tier), likeness)
        return dict(found[0].steps) if found else {}

    def _grade(self, features: Floats, criteria: Mapping[str, Criterion]) -> float:
        listen, understand, resolve = (criteria[name].met for name in CRITERIA)
        by_criteria = _TABLE[listen, understand, resolve]
        return _TABLE_SHARE * by_criteria + (1 - _TABLE_SHARE) * self._model.grade(features)


# Listen, understand, resolve: the scale of `practice.yml`.
_TABLE = {
    (True, True, True): 5,
    (True, False, True): 4,
    (False, True, True): 4,
    (False, False, True): 3,
    (True, True, False): 3,
    (True, False, False): 2,
    (False, True, False): 2,
    (False, False, False): 1,
}


def _held_down(grade: float, notes: Sequence[Note], *, compliant: bool) -> int:
    ceilings = [_CEILINGS[note] for note in notes if note in _CEILINGS]
    if not compliant:
        ceilings.append(VETO)
    return min(max(LOWEST, min(HIGHEST, round(grade))), *ceilings, HIGHEST)


def _rebuts(folded: str) -> bool:
    first = _SENTENCE.search(folded)
    return first is not None and _REBUTS.search(first.group()) is not None


def _strings_words(folded: str) -> bool:
    """Whether it is a string of words, which tells a client nothing."""
    pieces = _PIECE.findall(folded)
    short = sum(len(piece) <= _SHORT_PIECE for piece in pieces)
    return len(pieces) >= _FEWEST_PIECES and short >= _MOSTLY * len(pieces)


def above_tier(facts: Sequence[StatedFact], scene: Scene) -> bool:
    """Whether the product on the table is above the persona's tier and the reply speaks of its grade."""
    grade = scene.product.risk_grade if scene.product else None
    if scene.client_tier is None or grade is None or grade[1] <= scene.client_tier[1]:
        return False
    return any(fact.label == "风险等级" for fact in facts)


def _manner(criteria: Mapping[str, Criterion], overall: int, notes: Sequence[Note]) -> Manner:
    if Note.PASTED_CLIENT in notes:  # the client does not take his own words for a promise
        return Manner.BESIDE
    if not criteria[COMPLIANT].met:
        return Manner.NON_COMPLIANT
    if Note.OTHER_OBJECTION in notes:
        return Manner.BESIDE
    if overall >= GOOD:
        return Manner.GOOD
    if overall >= MIDDLING:
        return Manner.MIDDLING
    return Manner.PUSHY if Note.PUSHY in notes else Manner.EMPTY

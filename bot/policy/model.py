"""What the phrase check reads and what it says. Plain frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# The contract's codes, in its order; findings, scores and evaluation sets use them.
CODES = (
    "guarantee",
    "deposit_equivalence",
    "exaggeration",
    "understate_risk",
    "pressure",
    "unsuitable",
    "assessment_tampering",
    "inducement",
    "disparagement",
    "privacy",
    "off_book",
    "avoid_recording",
)


@dataclass(frozen=True)
class Finding:
    """One thing in a text that must not be said.

    Attributes:
        code: code of the contract, such as ``guarantee``.
        name: its Chinese name.
        severity: ``block`` or ``warn``.
        start: where it begins in the text as typed, inclusive.
        end: where it ends in the text as typed, exclusive.
        span: the words as typed, ``text[start:end]``.
        rule: what this wording does, for the manager to read.
        facts: ids of the regulations on which the rule rests.
        alternative: approved wording to say instead.
        pattern_id: the pattern that found it, empty when the judge did.
        likest: what the judge finds it like: sentences of the catalogue that break the same rule.
    """

    code: str
    name: str
    severity: str
    start: int
    end: int
    span: str
    rule: str
    facts: tuple[str, ...]
    alternative: str
    pattern_id: str
    likest: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhrasePattern:
    """One way of saying the forbidden thing.

    Attributes:
        id: unique within its code.
        expression: matches normalised text, inside one sentence.
        why: what this wording does, in Chinese.
        unless: found between the turns of thought around a match, one of these makes it compliant.
        needs: one of these must stand in the same sentence, else the match means nothing.
    """

    id: str
    expression: re.Pattern[str]
    why: str
    unless: tuple[re.Pattern[str], ...] = ()
    needs: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True)
class PhraseRule:
    """Everything about one code.

    Attributes:
        code: code of the contract.
        name: Chinese name.
        forbids: one sentence.
        facts: ids of the regulations.
        severity: ``block`` or ``warn``.
        patterns: in file order.
        alternative: approved wording to say instead.
        caught: sentences that must be caught.
        passes: sentences in which nothing may be found.
        path: the file.
        lines: line of each sentence, by ``("caught", index)`` or ``("passes", index)``.
    """

    code: str
    name: str
    forbids: str
    facts: tuple[str, ...]
    severity: str
    patterns: tuple[PhrasePattern, ...]
    alternative: str
    caught: tuple[str, ...]
    passes: tuple[str, ...]
    path: Path
    lines: Mapping[tuple[str, int], int]


@dataclass(frozen=True)
class Markers:
    """Words that tell how a forbidden word is meant; see ``_shared.yml``, whose keys these are.

    Attributes:
        negators: negations that govern the rest of their clause.
        adjacent_negators: negations that count only directly in front of a match.
        not_negators: look like negations and are none, such as 不仅.
        prohibitions: govern the rest of the sentence, up to a turn.
        turns: a turn of thought, behind which nothing said before excuses.
        client_words: introduce what the client says, asks, wants or fears.
        others_words: introduce what others say; excuse only together with a denial.
        affirmations: the manager makes the quoted words his own.
        denials: take back what stands before them.
        turned_denials: the same behind a turn.
        next_denials: a following sentence that takes it back.
        fraud_words: a warning against swindlers.
        not_fraud_words: look like such a warning and are none.
        rule_words: name a rule.
        obligations: what a rule does.
        questions: a question that asks.
        tag_questions: a question that asserts.
        confirming_answers: the manager answers his own question with yes.
        deposit_words: an ordinary deposit.
        deposit_limits: the limit of deposit insurance.
        other_products: anything but an ordinary deposit.
        asking_codes: codes for which an honest question is no violation.
        deposit_codes: codes which a true statement on insured deposits is no violation.
        warning_codes: codes for which a warning against swindlers is no violation.
    """

    negators: re.Pattern[str]
    adjacent_negators: re.Pattern[str]
    not_negators: re.Pattern[str]
    prohibitions: re.Pattern[str]
    turns: re.Pattern[str]
    client_words: re.Pattern[str]
    others_words: re.Pattern[str]
    affirmations: re.Pattern[str]
    denials: re.Pattern[str]
    turned_denials: re.Pattern[str]
    next_denials: re.Pattern[str]
    fraud_words: re.Pattern[str]
    not_fraud_words: re.Pattern[str]
    rule_words: re.Pattern[str]
    obligations: re.Pattern[str]
    questions: re.Pattern[str]
    tag_questions: re.Pattern[str]
    confirming_answers: re.Pattern[str]
    deposit_words: re.Pattern[str]
    deposit_limits: re.Pattern[str]
    other_products: re.Pattern[str]
    asking_codes: frozenset[str]
    deposit_codes: frozenset[str]
    warning_codes: frozenset[str]


@dataclass(frozen=True)
class Catalogue:
    """All rules with the words they share.

    Attributes:
        rules: by code, in the contract's order.
        markers: the shared words.
        everyday: sentences near no rule, in which nothing may be found.
        everyday_path: their file.
        replies: whole replies in practice that people found compliant; the judge learns from them, too.
    """

    rules: Mapping[str, PhraseRule]
    markers: Markers
    everyday: tuple[str, ...]
    everyday_path: Path
    replies: tuple[str, ...] = ()

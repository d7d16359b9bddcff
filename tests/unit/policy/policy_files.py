"""The real phrase check, and the smallest catalogue that is valid, as text, so that a test can break one thing."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.corpus.loading import load_corpus
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import checker_of
from bot.policy.model import CODES, Catalogue, PhrasePattern, PhraseRule
from bot.settings import PROJECT_ROOT

SHARED = "_shared.yml"
GUARANTEE = "guarantee.yml"
PRIVACY = "privacy.yml"

_RULE = """\
code: {code}
name: 名称
forbids: 不得明示或暗示本金安全。
facts: [S01]
severity: block
patterns:
  - id: principal_kept
    expression: '保本|<亏>不了'
    why: 说本金有保证。
    unless: ['保本人']
  - id: sure_win
    expression: 稳赚{{0,2}}
    why: 说收益是一定的。
alternative: 这类产品可能损失本金，亏不起就先不买。
caught:
  - 这款保本。
  - 稳赚的。
{caught}
passes:
  - 这款不保本。
{passes}
"""
# The schema asks for sixty sentences each.
_CAUGHT = "\n".join(f"  - 第{number}句，保本。" for number in range(3, 61))
_PASSES = "\n".join(f"  - 第{number}句，不保本。" for number in range(2, 61))
_SHARED = """\
words:
  亏: [亏, 赔]
negators: [不会, 没有]
adjacent_negators: ['不$']
not_negators: [不仅]
prohibitions: [不得]
turns: [但是]
client_words: [您问]
others_words: [有人]
affirmations: [没错]
denials: [是假话]
turned_denials: [不保证]
next_denials: [假的]
fraud_words: [诈骗]
not_fraud_words: [不是骗子]
rule_words: [规定]
obligations: [禁止]
questions: [吗]
tag_questions: [不是吗]
confirming_answers: [是的]
deposit_words: [存款]
deposit_limits: [五十万]
other_products: [理财]
asking_codes: [guarantee]
deposit_codes: [guarantee]
warning_codes: [guarantee]
"""
FILES: dict[str, str] = {f"{code}.yml": _RULE.format(code=code, caught=_CAUGHT, passes=_PASSES) for code in CODES} | {
    SHARED: _SHARED
}


@functools.cache
def real_checker() -> PhraseChecker:
    """The check with the catalogue as shipped and its judge, which has learned from the replies of practice, too."""
    directory = PROJECT_ROOT / "scripts_corpus"
    return checker_of(directory, load_corpus(directory), PROJECT_ROOT / "bot" / "models")


def rule_of(
    code: str,
    patterns: tuple[PhrasePattern, ...] = (),
    caught: tuple[str, ...] = (),
    passes: tuple[str, ...] = (),
) -> PhraseRule:
    """A rule that comes from no file."""
    lines = {("caught", i): i for i in range(len(caught))} | {("passes", i): i for i in range(len(passes))}
    return PhraseRule(
        code,
        f"名{code}",
        "禁止",
        ("S01",),
        "block",
        patterns,
        f"改说{code}",
        caught,
        passes,
        Path(f"{code}.yml"),
        lines,
    )


def catalogue_of(*rules: PhraseRule, everyday: tuple[str, ...] = ()) -> Catalogue:
    """These rules, and empty ones for all other codes, with the shared words as shipped."""
    given = {rule.code: rule for rule in rules}
    every = {code: given.get(code) or rule_of(code) for code in CODES}
    return Catalogue(every, real_checker().catalogue.markers, everyday, Path("_everyday.yml"))


def codes_in(text: str) -> set[str]:
    """The codes which the shipped catalogue finds in a text."""
    return {finding.code for finding in real_checker().check(text)}


def write_catalogue(directory: Path, files: dict[str, str] | None = None) -> Path:
    """Write a catalogue and give its directory."""
    for name, text in (FILES if files is None else files).items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """The valid files with one place of one file replaced; `old` must stand there (its first occurrence counts)."""
    assert old in FILES[name], f"{old!r} is not in {name}"
    return FILES | {name: FILES[name].replace(old, new, 1)}


def line_of(text: str, piece: str) -> int:
    """The line, from 1, on which a piece of text stands, which must stand there only once."""
    assert text.count(piece) == 1, f"{piece!r} stands {text.count(piece)} times"
    return text[: text.index(piece)].count("\n") + 1

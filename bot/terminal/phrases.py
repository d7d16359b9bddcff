"""The phrase check: the sentence with what must not be said marked in it, and each finding below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from bot.terminal import wording
from bot.terminal.cards import Card, gap, label, quiet_label, rows
from bot.terminal.citations import citation_ids
from bot.terminal.wrapping import Prose, printable

Finding = dict[str, Any]

_FOUND = "bold underline red"


def render_phrase_check(block: dict[str, Any]) -> RenderableType:
    """The checked sentence and its findings."""
    findings = block["findings"]
    parts: list[RenderableType] = [Prose(marked_sentence(block["text"], findings))]
    for number, finding in enumerate(findings, start=1):
        parts += [gap(), _finding(number, finding)]
    return Card(wording.PHRASE_CHECK, Group(*parts), "red" if findings else "green")


def marked_sentence(sentence: str, findings: Sequence[Finding]) -> Text:
    """The sentence with each finding underlined and its number behind it.

    Args:
        sentence: as it was checked.
        findings: with start and end in the sentence.

    Returns:
        Text that tells the findings with and without colour.
    """
    text = Text(printable(sentence))
    ends = []
    for number, finding in enumerate(findings, start=1):
        text.stylize(_FOUND, finding["start"], finding["end"])
        ends.append((min(finding["end"], len(sentence)), number))
    marked = Text()
    pieces = text.divide(end for end, _ in sorted(ends))
    for piece, (_, number) in zip(pieces, sorted(ends), strict=False):
        marked.append_text(piece).append(f"[{number}]", "bold red")
    return marked.append_text(pieces[-1]) if len(pieces) > len(ends) else marked


def _finding(number: int, finding: Finding) -> RenderableType:
    head = Text(f"[{number}] ", "bold red")
    head.append(f"“{printable(finding['span'])}”", "bold").append(f"  {printable(finding['name'])}")
    head.append(f"  {printable(finding['code'])}", "dim")
    below: list[tuple[RenderableType, RenderableType]] = [(quiet_label(wording.PROBLEM), Prose(finding["rule"]))]
    if finding["likest"]:
        below.append((quiet_label(wording.LIKEST), Prose(printable("；".join(finding["likest"])))))
    if finding["alternative"]:
        below.append((label(wording.ALTERNATIVE, "green"), Prose(finding["alternative"])))
    if finding["citations"]:
        below.append((quiet_label(wording.BASIS), Prose(citation_ids(finding["citations"]))))
    return Group(Prose(head), rows(below))

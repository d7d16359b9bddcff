"""Role-play in the terminal: the brief, the client's line, the score of a reply, the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from bot.terminal import wording
from bot.terminal.cards import Card, gap, label, quiet_label, rows
from bot.terminal.wrapping import Prose, printable

Block = dict[str, Any]
Row = tuple[RenderableType, RenderableType]

_GOOD, _BAD = "bold green", "bold red"
_BARS = "▁▂▃▄▅▆▇█"


def render_practice_brief(block: Block) -> RenderableType:
    """Who is practised with, what is judged, what passes."""
    about: list[Row] = []
    if block["background"]:
        about.append((quiet_label(wording.CLIENT), Prose(f"{block['background']}（{block['risk_tier']}）")))
    if block["product"]["name"]:
        facts = "；".join([block["product"]["name"], *block["product"]["facts"]])
        about.append((quiet_label(wording.ON_THE_TABLE), Prose(facts)))
    about += [(label(item["name"], "cyan"), Prose(item["met_when"])) for item in block["criteria"]]
    marks = wording.PASS_MARK.format(mark=block["pass_mark"])
    if block["exchanges"]:
        marks += wording.EXCHANGES.format(count=block["exchanges"])
    about.append((quiet_label(wording.PASSES), Prose(marks)))
    parts = Group(rows(about), gap(), Prose(block["note"], "dim"))  # longer than the foot of a narrow card
    return Card(block["title"], parts, "cyan", tag=f"{wording.PRACTICE} · {block['level']}")


def render_client_line(block: Block) -> RenderableType:
    """What the client says."""
    name = printable(block["name"] or wording.THE_CLIENT)
    return Prose(Text(f"{name}：", "bold yellow").append(printable(block["text"]), "not bold default"))


def render_practice_score(block: Block) -> RenderableType:
    """One reply: grade, criteria with reasons, what would be better."""
    parts: list[RenderableType] = [rows([row for item in block["criteria"] for row in _criterion(item)])]
    for fact in block["facts"]:
        parts.append(Prose(wording.WRONG_FACT.format(**fact), "red"))
    parts += [Prose(f"• {note}", "yellow") for note in block["notes"]]
    return Card(wording.SCORE.format(overall=block["overall"]), Group(*parts), _style(block["overall"], 5))


def _criterion(item: Block) -> list[Row]:
    mark = Text("✓ ", _GOOD) if item["met"] else Text("✗ ", _BAD)
    head = mark.append(f"{printable(item['name'])} ", "bold default")
    reason = Text(printable(item["reason"]))
    for quote in item["quotes"][:1]:
        reason.append(f"“{printable(quote['text'])}”", "dim")
    found: list[Row] = [(head, Prose(reason))]
    if item["better"]:
        found.append((quiet_label(wording.ALTERNATIVE), Prose(item["better"])))
    return found


def render_practice_report(block: Block) -> RenderableType:
    """The result, what to do differently, and the talk with the judged words marked."""
    verdict = Text(wording.PASSED if block["passed"] else wording.NOT_PASSED, _GOOD if block["passed"] else _BAD)
    verdict.append(wording.OF_PASS_MARK.format(score=block["score"], mark=block["pass_mark"]), "default")
    parts: list[RenderableType] = [Prose(verdict)]
    parts += [Prose(f"• {veto}", "red") for veto in block["vetoes"]]
    counted: list[Row] = [
        (label(item["name"], "cyan"), Prose(f"{item['met']}/{item['of']}")) for item in block["criteria"] if item["of"]
    ]
    for stage in block["stages"]:
        checks = Text("  ").join(
            Text.assemble((("✓" if check["met"] else "✗"), _GOOD if check["met"] else _BAD), printable(check["name"]))
            for check in stage["checks"]
        )
        counted.append((label(stage["name"], "magenta"), Prose(checks)))
    if len(block["trend"]) > 1:
        counted.append((quiet_label(wording.TREND), Prose(_trend(block["trend"]))))
    parts += [gap(), rows(counted)]
    if block["improve"]:
        todo = [(Text(f"{n}. "), Prose(_improvement(item))) for n, item in enumerate(block["improve"], start=1)]
        parts += [gap(), Prose(wording.IMPROVE, "bold"), rows(todo)]
    parts += [gap(), Prose(wording.TRANSCRIPT, "bold"), rows(_transcript(block))]
    return Card(wording.REPORT, Group(*parts), "green" if block["passed"] else "red")


def _improvement(item: Block) -> Text:
    text = Text(printable(item["what"]))
    if item["better"]:
        text.append(f"\n{wording.ALTERNATIVE}：", "green").append(printable(item["better"]))
    return text


def _transcript(block: Block) -> list[Row]:
    found: list[Row] = []
    for each in block["transcript"]:
        found.append((Text(f"{wording.THE_CLIENT} ", "yellow"), Prose(each["client"])))
        grade = f" [{each['overall']}]" if each["overall"] else ""
        found.append(
            (Text(f"{wording.YOU} ", "cyan"), Prose(_marked(each["reply"], each["marks"]).append(grade, "bold")))
        )
    if block["closing"]:
        found.append((Text(f"{wording.THE_CLIENT} ", "yellow"), Prose(block["closing"])))
    return found


def _marked(reply: str, marks: Sequence[Block]) -> Text:
    text = Text(printable(reply))
    for mark in marks:
        text.stylize("green" if mark["good"] else "bold underline red", mark["start"], mark["end"])
    return text


def _trend(scores: Sequence[int]) -> str:
    bars = "".join(_BARS[min(len(_BARS) - 1, score * len(_BARS) // 101)] for score in scores)
    return f"{bars}  {' → '.join(map(str, scores[-5:]))}"


def _style(grade: int, highest: int) -> str:
    return "green" if grade >= highest - 1 else "yellow" if grade == highest - 2 else "red"

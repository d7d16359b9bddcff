"""From blocks of the channel (``docs/replies.md``) to what rich prints. Pure functions; no text is taken as markup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.terminal import wording
from bot.terminal.cards import ByWidth, Card, Measured, gap, label, quiet_label, rows
from bot.terminal.citations import citation_ids, citation_row
from bot.terminal.phrases import render_phrase_check
from bot.terminal.practice import (
    render_client_line,
    render_practice_brief,
    render_practice_report,
    render_practice_score,
)
from bot.terminal.wrapping import Prose, printable

Block = dict[str, Any]
Row = tuple[RenderableType, RenderableType]

_STEP_STYLES = ("cyan", "magenta", "green")
_OUTCOMES = {"may_recommend": ("✓", "green"), "own_demand_only": ("!", "yellow"), "refused": ("✗", "red")}
_WIDEST_TABLE = 140
_NARROWEST_COLUMN = 14


def render(block: Block) -> RenderableType:
    """One block.

    Args:
        block: as answered by the channel.

    Returns:
        What rich prints. A block that is unknown or lacks something becomes a sentence that says so, so that the
        rest of the answer is still seen.
    """
    try:
        return _RENDERERS[block["type"]](block)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        text = wording.BROKEN_BLOCK.format(type=block.get("type"))
        return render_error({"code": "E305", "text": text})


def render_text(block: Block) -> RenderableType:
    """A plain answer."""
    return Measured(Prose(block["text"]))


def render_script(block: Block) -> RenderableType:
    """A script: its steps, what must be told with it, the note for the manager, what it rests on."""
    steps: list[Row] = [
        (label(step["name"], _STEP_STYLES[number % len(_STEP_STYLES)]), Prose(step["text"]))
        for number, step in enumerate(block["steps"])
    ]
    below = _disclosure_row(block["disclosures"])
    if block["note"]:
        note = Text(f"{wording.NOTE_PREFIX}{printable(block['note'])}", "italic")
        below.append((quiet_label(wording.NOTE), Prose(note)))
    below += citation_row(block["citations"])
    position = wording.POSITION.format(position=block["position"], total=block["total"])
    return Card(
        block["title"],
        rows([*steps, *below], spaced=True),
        "cyan",
        tag=" · ".join([*_channels(block), block["topic_name"], position]),
        foot=f"{block['id']} v{block['version']}",
    )


def _channels(block: Block) -> list[str]:
    """For what a script is meant, when it is not meant for every way of talking."""
    return ["、".join(wording.CHANNELS[name] for name in block["channels"])] if block["channels"] else []


def _disclosure_row(disclosures: Sequence[Block]) -> list[Row]:
    if not disclosures:
        return []
    return [(label(wording.DISCLOSURES, "yellow"), Group(*(Prose(f"• {item['text']}") for item in disclosures)))]


def render_decision(block: Block) -> RenderableType:
    """May this product be offered to this client: the answer, and every rule with its cure."""
    mark, style = _OUTCOMES[block["outcome"]]
    headline = Prose(Text(f"{mark} {printable(block['headline'])}", f"bold {style}"))
    reasons = rows((_mark(reason["passed"]), _reason(reason)) for reason in block["reasons"])
    parties = Prose(_parties(block["client"], block["product"]), "dim")
    return Card(wording.DECISION, Group(headline, parties, gap(), reasons), style)


def _mark(passed: bool) -> Text:
    return Text("✓", "bold green") if passed else Text("✗", "bold red")


def _parties(client: Block, product: Block) -> str:
    """Client and product in one line; there is no product when the client alone is the obstacle."""
    shown = []
    if client:
        shown.append(f"{_with_id(client['name'], client['client_id'])} {wording.TIER} {client['risk_tier'] or '—'}")
    if product:
        shown.append(f"{_with_id(product['name'], product['code'])} {product['risk_grade'] or '—'}")
    return "  ×  ".join(shown)


def _with_id(name: str, number: str) -> str:
    return name if number in name else f"{name}（{number}）"


def _reason(reason: Block) -> RenderableType:
    parts: list[RenderableType] = [Prose(reason["text"], "" if reason["passed"] else "bold")]
    if reason["cure"]:
        parts.append(Prose(Text(f"{wording.CURE}：", "bold yellow").append(printable(reason["cure"]), "not bold")))
    if reason["duty"]:
        parts.append(Prose(Text(f"{wording.DUTY}：", "bold yellow").append(printable(reason["duty"]), "not bold")))
    if reason["citations"]:
        parts.append(Prose(Text(f"{wording.BASIS} ", "dim") + citation_ids(reason["citations"])))
    return Group(*parts)


def render_products(block: Block) -> RenderableType:
    """Products that may be offered, each with its facts."""
    parts: list[RenderableType] = []
    for number, item in enumerate(block["items"], start=1):
        parts += [_product(number, item), gap()]
    return Card(block["title"], Group(*parts[:-1]), "green")


def _product(number: int, item: Block) -> RenderableType:
    name = Text(f"{number}. {printable(item['name'])}", "bold green")
    about = "  ".join(item[key] for key in ("code", "category", "risk_grade") if item[key])
    name.append(f"  {printable(about)}", "not bold default")
    facts = [(quiet_label(fact["label"]), Prose(fact["value"])) for fact in item["facts"]]
    reason: list[Row] = [(quiet_label(wording.REASON), Prose(item["reason"]))] if item["reason"] else []
    # Several products rest on the same rules: their ids are enough here, a decision tells them one by one.
    basis: list[Row] = (
        [(quiet_label(wording.BASIS), Prose(citation_ids(item["citations"])))] if item["citations"] else []
    )
    below = [*_disclosure_row(item["disclosures"]), *basis]
    return Group(Prose(name), rows([*reason, *facts, *below]))


def render_comparison(block: Block) -> RenderableType:
    """Facts of products side by side; one below the other where columns would be too narrow."""
    labels = max((cell_len(row["label"]) for row in block["rows"]), default=0)
    needed = labels + len(block["columns"]) * (_NARROWEST_COLUMN + 2)
    body = ByWidth(_side_by_side(block), _stacked(block), needed)
    return Card(wording.COMPARISON, body, "blue", widest=_WIDEST_TABLE)


def _side_by_side(block: Block) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), border_style="dim")
    table.add_column("", no_wrap=True)
    for name in block["columns"]:
        table.add_column(Prose(name, "bold blue"))
    for row in block["rows"]:
        same = "dim" if len(set(row["values"])) == 1 else ""
        name, *values = (Prose(text, same) for text in (row["label"], *row["values"]))
        table.add_row(name, *values)
    return table


def _stacked(block: Block) -> RenderableType:
    names = [f"• {printable(name)}：" for name in block["columns"]]
    parts: list[RenderableType] = []
    for row in block["rows"]:
        same = len(set(row["values"])) == 1
        pairs = [(f"{wording.ALL_THE_SAME} ", row["values"][0])] if same else zip(names, row["values"], strict=True)
        parts.append(Prose(row["label"], "bold blue"))
        parts += [Prose(Text(name, "dim").append(printable(value), "not dim")) for name, value in pairs]
        parts.append(gap())
    return Group(*parts[:-1])


def render_facts(block: Block) -> RenderableType:
    """Facts of one client or product; a product's come with what must be told."""
    facts: list[Row] = [(Text(f"{printable(row['label'])} ", "bold"), Prose(row["value"])) for row in block["rows"]]
    disclosures = _disclosure_row(block.get("disclosures") or [])
    parts: list[RenderableType] = [rows(facts)]
    if disclosures:
        parts += [gap(), rows(disclosures)]
    return Card(block["title"], Group(*parts), "blue")


def render_policy_answer(block: Block) -> RenderableType:
    """What a rule requires, and what of it compliance has still to confirm."""
    below: list[Row] = []
    if block["to_confirm"]:
        below.append((label(wording.UNCONFIRMED, "yellow"), Prose(block["to_confirm"])))
    below += citation_row(block["citations"])
    parts: list[RenderableType] = [Prose(block["answer"])]
    if below:
        parts += [gap(), rows(below, spaced=True)]
    return Card(block["title"], Group(*parts), "magenta", foot=f"{block['id']} v{block['version']}")


def render_error(block: Block) -> RenderableType:
    """What went wrong, with the code to tell support."""
    return Measured(rows([(label(block["code"], "red"), Prose(block["text"]))]))


def render_buttons(block: Block) -> RenderableType:
    """Numbered buttons, in one line where they fit."""
    buttons = [_button(number, item["title"]) for number, item in enumerate(block["buttons"], start=1)]
    line = Text("   ").join(buttons)
    return ByWidth(line, Group(*(Prose(button) for button in buttons)), line.cell_len)


def _button(number: int, title: str) -> Text:
    return Text.assemble((f"[{number}]", "bold cyan"), " ", printable(title).replace("\n", " "))


_RENDERERS: dict[str, Callable[[Block], RenderableType]] = {
    "text": render_text,
    "script": render_script,
    "decision": render_decision,
    "products": render_products,
    "comparison": render_comparison,
    "facts": render_facts,
    "policy_answer": render_policy_answer,
    "phrase_check": render_phrase_check,
    "practice_brief": render_practice_brief,
    "client_line": render_client_line,
    "practice_score": render_practice_score,
    "practice_report": render_practice_report,
    "error": render_error,
    "buttons": render_buttons,
}

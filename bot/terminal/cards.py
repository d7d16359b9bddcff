"""What the answers are set in: cards open to the right, labelled rows, and lay-outs that depend on the width.

A card has no right edge, so nothing is out of line in terminals that draw Chinese quotation marks two cells wide.
Colours are the sixteen that every terminal lets its user choose, so they suit light and dark backgrounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bot.terminal.wrapping import Prose, printable

LONGEST_LINE = 100
"""Cells beyond which lines of running text are tiring to read."""


@dataclass(frozen=True)
class Card:
    """A titled card.

    Attributes:
        title: at the left of the top edge.
        body: what stands in it.
        style: of the edges and the title.
        tag: at the right of the top edge.
        foot: in the bottom edge.
        widest: cells at most.
    """

    title: str
    body: RenderableType
    style: str
    tag: str = ""
    foot: str = ""
    widest: int = LONGEST_LINE

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, self.widest)
        title, tag, rest = self._heading(width)
        yield _edge("╭", title, tag, width, self.style)
        inner = options.update(width=max(1, width - 3), height=None)
        edge = console.get_style(self.style)
        for line in console.render_lines(Group(*rest, self.body), inner, pad=False):
            content = _without_tail(line)
            yield Segment("│  " if content else "│", edge)
            yield from content
            yield Segment.line()
        foot = _one_line(self.foot)
        yield _edge("╰", "", foot if cell_len(foot) + 8 <= width else "", width, self.style)

    def _heading(self, width: int) -> tuple[str, str, list[RenderableType]]:
        """Title and tag for the top edge, and what of them does not fit there."""
        title, tag = _one_line(self.title), _one_line(self.tag)
        if cell_len(title) + cell_len(tag) + 10 <= width:
            return title, tag, []
        if cell_len(title) + 8 <= width:
            return title, "", [Prose(tag, "dim")] if tag else []
        return "", "", [Prose(title, f"bold {self.style}"), *([Prose(tag, "dim")] if tag else []), gap()]


def _one_line(text: str) -> str:
    return printable(text).replace("\n", " ")


def _edge(corner: str, left: str, right: str, width: int, style: str) -> Text:
    start = Text(f"{corner}─", style)
    if left:
        start.append(f" {left} ", "bold")
    end = Text(no_wrap=True)
    if right:
        end.append(f" {right} ", "not bold").append("─", style)
    fill = max(0, width - start.cell_len - end.cell_len)
    line = start + Text("─" * fill, style) + end
    line.no_wrap, line.overflow = True, "crop"
    return line


def label(name: str, style: str) -> Text:
    """A label that shows with and without colour: the name on a coloured ground."""
    return Text(f" {printable(name)} ", f"bold reverse {style}", no_wrap=True)


def quiet_label(name: str) -> Text:
    """A label of something that matters less."""
    return Text(f" {printable(name)} ", "dim", no_wrap=True)


def rows(pairs: Iterable[tuple[RenderableType, RenderableType]], *, spaced: bool = False) -> Table:
    """Labels at the left, texts at the right.

    Args:
        pairs: label and text.
        spaced: leave a line between the rows.
    """
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for number, (left, right) in enumerate(pairs):
        if spaced and number:
            grid.add_row("", "")
        grid.add_row(left, right)
    return grid


@dataclass(frozen=True)
class ByWidth:
    """One of two lay-outs.

    Attributes:
        wide: taken when there are `cells` or more.
        narrow: taken otherwise.
        cells: that the wide one needs.
    """

    wide: RenderableType
    narrow: RenderableType
    cells: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.wide if options.max_width >= self.cells else self.narrow


@dataclass(frozen=True)
class Measured:
    """Running text, no wider than can be read with ease.

    Attributes:
        body: the text.
    """

    body: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=min(options.max_width, LONGEST_LINE))
        for line in console.render_lines(self.body, inner, pad=False):
            yield from _without_tail(line)
            yield Segment.line()


def _without_tail(line: list[Segment]) -> list[Segment]:
    """The line without the blanks that fill its end, which would be copied along; a coloured ground is kept."""
    kept = list(line)
    while kept and not (kept[-1].style and kept[-1].style.reverse):
        last = kept.pop()
        if stripped := last.text.rstrip():
            return [*kept, Segment(stripped, last.style)]
    return kept


def gap() -> Text:
    """An empty line."""
    return Text("")

"""Breaking Chinese lines: by cells, never before a closing mark, never after an opening one, never inside a number.

Rich breaks at spaces only, and Chinese has none. Its fallback may start a line with a comma.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_NOT_FIRST = frozenset("，。、；：？！）》」』】〉〕”’…—～·％‰℃,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【〈〔“‘([{￥¥$")
_UNITS = frozenset("天日月年周个元万亿岁条次只点小")
# A word or number of the Latin alphabet stays whole; everything else may be parted character by character.
_ATOM = re.compile(r"[!-~À-ɏ]+|.", re.S)
_ITEM_MARK = re.compile(r"\s*(?:\d{1,2}[.、)）](?!\d)|[-•])\s*")
# The number of a finding belongs to the words before it.
_REFERENCE = re.compile(r"\[\d{1,2}\]")
# Control characters, marks that turn the direction of reading, and halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Span = tuple[int, int]


def printable(text: str) -> str:
    """A text that cannot steer the terminal, of the same length, so that offsets into it stay right.

    Args:
        text: from a user or the assistant.

    Returns:
        The text with tabs and carriage returns as spaces and other control characters as a replacement mark.
    """
    return _UNPRINTABLE.sub(lambda match: " " if match.group() in "\t\r" else "�", text)


def break_line(text: str, width: int, hang: int = 0) -> list[Span]:
    """Break one paragraph.

    Args:
        text: without line breaks.
        width: cells in a line.
        hang: cells by which every line but the first is indented.

    Returns:
        Start and end of each line in the text; they join without a gap.
    """
    lines, start, used, room = [], 0, 0, width
    for left, right in _fitting(_atoms(text), text, max(1, width - hang)):
        piece = text[left:right]
        if left > start and used + cell_len(piece.rstrip()) > room:
            lines.append((start, left))
            start, used, room = left, 0, max(1, width - hang)
        used += cell_len(piece)
    return [*lines, (start, len(text))]


def _atoms(text: str) -> list[Span]:
    """Pieces between which a line may be broken."""
    atoms: list[Span] = []
    for match in _ATOM.finditer(text):
        if atoms and _clings(text, *match.span()):
            atoms[-1] = (atoms[-1][0], match.end())
        else:
            atoms.append(match.span())
    return atoms


def _clings(text: str, start: int, end: int) -> bool:
    first = text[start]
    return (
        first.isspace()
        or first in _NOT_FIRST
        or text[start - 1] in _NOT_LAST
        or (first in _UNITS and text[start - 1].isdigit())
        or _REFERENCE.match(text, start) is not None
        or not cell_len(text[start:end])  # joins the character before it, as accents do
    )


def _fitting(atoms: list[Span], text: str, width: int) -> Iterator[Span]:
    """The atoms, those wider than a line cut up."""
    for left, right in atoms:
        if cell_len(text[left:right].rstrip()) <= width:
            yield left, right
        else:
            yield from _cut(text, left, right, width)


def _cut(text: str, left: int, right: int, width: int) -> Iterator[Span]:
    start, used = left, 0
    for at in range(left, right):
        cells = cell_len(text[at])
        if at > start and used + cells > width:
            yield start, at
            start, used = at, 0
        used += cells
    yield start, right


class Prose:
    """Text in several paragraphs, broken as Chinese is; items of a list hang behind their number.

    Args:
        text: styled or not; markup is not interpreted.
        style: of the whole.
    """

    def __init__(self, text: str | Text, style: str = "") -> None:
        self.text = Text(printable(text)) if isinstance(text, str) else text.copy()
        if style:
            self.text.stylize_before(style)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for paragraph in self.text.split("\n", allow_blank=True):
            yield from _lines(paragraph, options.max_width)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        paragraphs = self.text.plain.split("\n")
        widest = max(map(cell_len, paragraphs))
        least = max((cell_len(p[a:b].rstrip()) for p in paragraphs for a, b in _atoms(p)), default=0)
        return Measurement(min(least, options.max_width), min(widest, options.max_width))


class OneLine:
    """The beginning of a text that matters little, in one line.

    Args:
        text: markup is not interpreted.
        style: of the line.
    """

    def __init__(self, text: str, style: str = "") -> None:
        self._text = printable(text).replace("\n", " ")
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(shortened(self._text, options.max_width), self._style, no_wrap=True, overflow="ignore")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, min(cell_len(self._text), options.max_width))


def shortened(text: str, width: int) -> str:
    """The beginning of a text that fits, with an ellipsis when something is left out."""
    if cell_len(text) <= width:
        return text
    start, end = next(_cut(text, 0, len(text), max(1, width - 1)))
    return text[start:end].rstrip("，、；：。（“ ") + "…"


def _lines(paragraph: Text, width: int) -> Iterator[Text]:
    mark = _ITEM_MARK.match(paragraph.plain)
    hang = cell_len(mark.group()) if mark else 0
    hang = hang if hang * 3 < width else 0
    spans = break_line(paragraph.plain, width, hang)
    for number, piece in enumerate(paragraph.divide([start for start, _ in spans[1:]])):
        piece.rstrip()
        line = Text(" " * hang) + piece if number and hang else piece
        line.no_wrap, line.overflow = True, "ignore"
        yield line

"""Line breaking by cells, with the rules of Chinese typesetting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.terminal.wrapping import Prose, break_line, printable, shortened


def lines_of(text: str, width: int, hang: int = 0) -> list[str]:
    return [text[start:end] for start, end in break_line(text, width, hang)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("客户说", 10, ["客户说"]),
        ("客户说手续费", 8, ["客户说手", "续费"]),
        # no closing mark begins a line, no opening one ends it
        ("客户说费，太贵", 8, ["客户说", "费，太贵"]),
        ("客户说（费率）", 8, ["客户说", "（费率）"]),
        ("他问：“贵吗？”", 8, ["他问：", "“贵吗？”"]),
        # words, numbers and what belongs to them stay whole
        ("费率是1.50%以上", 8, ["费率是", "1.50%以", "上"]),
        ("封闭期满90天后", 10, ["封闭期满", "90天后"]),
        ("不会亏了[1]吗", 9, ["不会亏", "了[1]吗"]),
        ("AH90D01 in stock", 8, ["AH90D01 ", "in stock"]),
        # unless they are longer than a line
        ("AAAAAAAAAA客户", 4, ["AAAA", "AAAA", "AA客", "户"]),
        ("！！！！！", 4, ["！！", "！！", "！"]),
    ],
)
def test_wrapping_breaks_where_chinese_may_be_broken(text: str, width: int, lines: list[str]) -> None:
    assert lines_of(text, width) == lines


def test_wrapping_leaves_room_for_the_hanging_indent() -> None:
    assert lines_of("1. 客户说手续费太贵", 9, hang=3) == ["1. 客户说", "手续费", "太贵"]


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs", "Cc"])), st.integers(2, 40))
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = lines_of(text, width)
    assert "".join(lines) == text
    assert all(cell_len(line.rstrip()) <= width for line in lines)


def test_prose_hangs_items_behind_their_number_and_keeps_styles() -> None:
    text = Text("2. 安和稳盈90天的管理费\n0.30%/年（产品资产净值）")
    text.stylize("red", 11, 14)
    console = Console(width=16)
    with console.capture() as capture:
        console.print(Prose(text))
    assert capture.get().splitlines() == ["2. 安和稳盈90天", "   的管理费", "0.30%/年（产品资", "产净值）"]
    pieces = [segment for segment in console.render(Prose(text)) if segment.style and segment.style.color]
    assert "".join(piece.text for piece in pieces) == "管理费"


def test_printable_disarms_what_steers_a_terminal_and_keeps_offsets() -> None:
    text = "a\x1b[31m\tb\r\x07\u202e\x9bc\ud800\n客"
    assert printable(text) == "a�[31m b ���c�\n客"
    assert len(printable(text)) == len(text)


@pytest.mark.parametrize(("width", "short"), [(12, "售前须讲明，"), (11, "售前须讲明…"), (3, "售…")])
def test_shortened_ends_in_an_ellipsis(width: int, short: str) -> None:
    assert shortened("售前须讲明，", width) == short

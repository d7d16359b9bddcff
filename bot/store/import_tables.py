"""Reads a CSV or xlsx file into lines of text cells, and refuses what cannot be read safely."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl

from bot.errors import HuashuError

MAX_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_LINES = 20_000
MAX_COLUMNS = 200
HEADER_LINE = 1


class ImportUnreadableError(HuashuError):
    """The file as a whole cannot be read (E405)."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__("E405", f"导入文件 {file} 读不了：{problem}")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file.

    Attributes:
        line: line of the file, from 1 (the headers).
        header: the column's header, or its position (第14列) if it has none.
        wrong: what is wrong; it never repeats the cell, which may hold a client's data.
        right: what would be right.
    """

    line: int
    header: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"第{self.line}行「{self.header}」{self.wrong}；{self.right}"


@dataclass
class Table:
    """The lines of a file under its headers, with the problems found so far."""

    lines: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(path: Path, headers: Sequence[str]) -> Table:
    """Read a file that must have exactly these headers, in any order.

    Args:
        path: a `.csv` (UTF-8, with or without byte order mark) or `.xlsx` file; of a workbook the first sheet is read.
        headers: the headers that must be there.

    Returns:
        The non-blank lines. If the headers are wrong there are only problems and no lines.

    Raises:
        ImportUnreadableError: E405, the file cannot be read at all.
    """
    lines = _read_lines(path)
    if not lines:
        raise ImportUnreadableError(path.name, "文件是空的。请从导入模板开始填写。")
    found = [_plain_header(cell) for cell in _without_blank_tail(lines[0][1])]
    problems = _header_problems(found, headers)
    if problems:
        return Table(problems=problems)
    table = Table()
    for number, cells in lines[1:]:
        _add_line(table, number, _without_blank_tail(cells), found)
    if not table.lines and not table.problems:
        table.problems.append(Problem(HEADER_LINE + 1, found[0], "没有数据", "表头下面至少要有一行数据"))
    return table


def _read_lines(path: Path) -> list[tuple[int, list[str]]]:
    readers = {".csv": _csv_lines, ".xlsx": _xlsx_lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ImportUnreadableError(path.name, "只收 .csv 和 .xlsx 文件。请在 Excel 里另存为这两种格式之一。")
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise ImportUnreadableError(path.name, "文件打不开。请检查路径和权限。") from error
    if size > MAX_BYTES:
        raise ImportUnreadableError(path.name, f"文件超过 {MAX_BYTES // 1_000_000} MB。请拆成几个文件分别导入。")
    lines: list[tuple[int, list[str]]] = []
    for number, cells in reader(path.name, content):
        if number > MAX_LINES + HEADER_LINE:
            raise ImportUnreadableError(path.name, f"超过 {MAX_LINES} 行。请拆成几个文件分别导入。")
        if len(cells) > MAX_COLUMNS:
            raise ImportUnreadableError(path.name, f"超过 {MAX_COLUMNS} 列。请删去表格右侧多余的列。")
        lines.append((number, cells))
    return lines


def _csv_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportUnreadableError(
            name, "编码不是 UTF-8（可能是 GBK）。请在 Excel 里另存为「CSV UTF-8（逗号分隔）」再导入。"
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    first = 1
    try:
        for cells in reader:
            yield first, [cell.strip() for cell in cells]
            # A quoted cell may span lines; a record is named by its first.
            first = reader.line_num + 1
    except csv.Error as error:
        raise ImportUnreadableError(name, f"第{first}行不是完整的 CSV。请检查引号是否成对，再另存一次。") from error


def _xlsx_lines(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        _refuse_bomb(name, content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        # The stated dimensions may be wrong; the cells themselves are not.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, [_cell_text(cell) for cell in row]
    except HuashuError:
        raise
    except Exception as error:
        # A damaged workbook makes openpyxl raise almost anything.
        raise ImportUnreadableError(name, "不是有效的 xlsx 工作簿。请在 Excel 里另存一次再导入。") from error


def _refuse_bomb(name: str, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise ImportUnreadableError(name, "解压后太大。请只留数据，另存为新的工作簿。")


def _cell_text(cell: Any) -> str:
    value = cell.value
    if cell.data_type == "e":
        # #N/A and the like come from formulas and are refused like them.
        return "="
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return value.strip()
    # An array formula is an object of its own.
    return str(value) if isinstance(value, int | float) else "="


def _without_blank_tail(cells: list[str]) -> list[str]:
    kept = len(cells)
    while kept and not cells[kept - 1]:
        kept -= 1
    return cells[:kept]


def _plain_header(cell: str) -> str:
    # 年收入（元） and 年收入(元) are the same header.
    return "".join(unicodedata.normalize("NFKC", cell).split())


def _header_problems(found: list[str], wanted: Sequence[str]) -> list[Problem]:
    problems = [
        Problem(HEADER_LINE, header, "缺少这一列", "请补上表头，内容可以为空的列也要有")
        for header in wanted
        if header not in found
    ]
    for position, header in enumerate(found, start=1):
        label = header or f"第{position}列"
        if not header:
            problems.append(Problem(HEADER_LINE, label, "表头是空的", "请填写表头或删去这一列"))
        elif header in found[: position - 1]:
            problems.append(Problem(HEADER_LINE, label, "表头重复", "请只留一列"))
        elif header not in wanted:
            problems.append(Problem(HEADER_LINE, label, "不认识这个表头", f"只收这些列：{'、'.join(wanted)}"))
    return problems


def _add_line(table: Table, number: int, cells: list[str], headers: list[str]) -> None:
    if not cells:
        return
    if len(cells) > len(headers):
        label = f"第{len(headers) + 1}列"
        table.problems.append(Problem(number, label, "这一行比表头多出内容", "请检查多余的逗号或单元格"))
        return
    padded = cells + [""] * (len(headers) - len(cells))
    table.lines.append((number, dict(zip(headers, padded, strict=True))))

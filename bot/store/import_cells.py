"""What a cell may hold: small parsers from text to a value, each with a plain remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from bot.store.import_tables import Problem, Table

T = TypeVar("T")

MAX_CELL = 2000
FORMULA_STARTS = tuple("=+-@＝＋－＠")
FORBIDDEN = re.compile(r"[<>{}`\\]")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
NAME = re.compile(rf"[{_HAN}A-Za-z0-9·.（）() ]+")
HAS_LETTER = re.compile(rf"[{_HAN}A-Za-z]")
DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)
YUAN = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)
DATE_HELP = "应为年-月-日，如 2026-03-02"


class CellError(Exception):
    """A cell that cannot be taken: what is wrong and what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.right = right


@dataclass(frozen=True)
class Column:
    """One column of an import file.

    Attributes:
        header: the Chinese header.
        field: name of the value it gives.
        parse: from non-empty text to a value; raises CellError.
        required: whether an empty cell is a problem; otherwise it gives None.
    """

    header: str
    field: str
    parse: Callable[[str], Any]
    required: bool = True


@dataclass(frozen=True)
class Row:
    """A line as values by field; a field whose cell was bad is missing."""

    line: int
    values: dict[str, Any]


def parse_lines(table: Table, columns: Sequence[Column]) -> list[Row]:
    """Parse every cell of every line; problems are added to the table's."""
    rows = []
    for line, cells in table.lines:
        values: dict[str, Any] = {}
        for column in columns:
            try:
                values[column.field] = _parse_cell(cells[column.header], column)
            except CellError as error:
                table.problems.append(Problem(line, column.header, error.wrong, error.right))
        rows.append(Row(line, values))
    return rows


def doubled(rows: Sequence[Row], column: Column) -> list[Problem]:
    """One problem for each row that repeats a value of an earlier row in this column."""
    first: dict[Any, int] = {}
    problems = []
    for row in rows:
        value = row.values.get(column.field)
        if value is None:
            continue
        if value in first:
            problems.append(
                Problem(row.line, column.header, f"与第{first[value]}行重复", "每行应当不同，请删去一行或改正")
            )
        first.setdefault(value, row.line)
    return problems


def name_of(shortest: int, longest: int) -> Callable[[str], str]:
    """A name: Chinese or Latin letters, digits, dots, brackets, single spaces."""

    def parse(text: str) -> str:
        if not NAME.fullmatch(text) or not HAS_LETTER.search(text) or "  " in text:
            raise CellError("有不能用在名称里的字符", "只能用汉字、英文字母、数字、间隔号、括号和单个空格")
        if not shortest <= len(text) <= longest:
            raise CellError("长度不对", f"应为 {shortest} 到 {longest} 个字")
        return text

    return parse


def text_up_to(longest: int) -> Callable[[str], str]:
    """Free text on one line."""

    def parse(text: str) -> str:
        if len(text) > longest:
            raise CellError("太长", f"最多 {longest} 个字")
        return text

    return parse


def code_like(pattern: str, example: str) -> Callable[[str], str]:
    """A code that fits an expression."""
    compiled = re.compile(pattern, re.ASCII)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise CellError("格式不对", f"应如 {example}")
        return text

    return parse


def choice(options: Mapping[str, T]) -> Callable[[str], T]:
    """One of a few words."""

    def parse(text: str) -> T:
        if text not in options:
            raise CellError("不是可选的值", f"只能填：{'、'.join(options)}")
        return options[text]

    return parse


yes_no = choice({"是": True, "否": False})


def parse_date(text: str) -> date:
    """A date such as 2026-03-02 or, as Excel likes to write it, 2026/3/2."""
    match = DATE.fullmatch(text)
    if match is None:
        raise CellError("不是日期", DATE_HELP)
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError as error:
        raise CellError("日历上没有这一天", DATE_HELP) from error


def date_between(earliest: date, latest: date) -> Callable[[str], date]:
    """A date within bounds, both included."""

    def parse(text: str) -> date:
        day = parse_date(text)
        if not earliest <= day <= latest:
            raise CellError("日期超出范围", f"应在 {earliest} 到 {latest} 之间")
        return day

    return parse


def parse_yuan(text: str) -> Decimal:
    """An amount in yuan, not negative."""
    if not YUAN.fullmatch(text):
        raise CellError("不是金额", "应为以元计的数字，不带千分号和单位，最多两位小数，如 200000 或 200000.50")
    return Decimal(text)


def split_list(text: str) -> list[str]:
    """The parts of a cell that lists several things, separated by ; or ；."""
    parts = [part.strip() for part in text.replace("；", ";").split(";")]
    if not all(parts):
        raise CellError("列表里有空的一项", "各项用分号隔开，末尾不加分号")
    return parts


def _parse_cell(text: str, column: Column) -> Any:
    if not text:
        if column.required:
            raise CellError("是空的", "这一列必须填写")
        return None
    _refuse_unsafe(text)
    return column.parse(text)


def _refuse_unsafe(text: str) -> None:
    if text.startswith(FORMULA_STARTS):
        raise CellError("像是公式", "单元格不能以 = + - @ 开头；没有内容请留空")
    if len(text) > MAX_CELL:
        raise CellError("太长", f"一个单元格最多 {MAX_CELL} 个字")
    if FORBIDDEN.search(text):
        raise CellError("有不允许的符号", "不能有 < > { } ` \\")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for char in text):
        raise CellError("有换行或看不见的字符", "请重新手工输入这一格")

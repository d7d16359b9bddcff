"""YAML with line numbers.

Trainers need "file, line, what is wrong". PyYAML's C parser gives every node its line; building the plain data from
the nodes ourselves keeps those lines, refuses doubled keys (which YAML libraries swallow) and avoids YAML 1.1's
surprises: `no`, `on`, `12:30` and dates stay the text that was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.problems import Problem

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Location = tuple["str | int", ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]+")
# A cheap look: only a text in which something may begin with & * or ! is worth the walk over its events.
_INDICATOR = re.compile(r"(?:^|[\s\[{,:])[&*!]", re.MULTILINE)
# libyaml's composer recurses in C and ends the process, without an exception, at some ten thousand levels.
_OPENINGS = re.compile(r"[\[{]|[-?] (?=[-?] )")
_DEEPEST, _HARMLESS_OPENINGS = 200, 1000
_TEXT_STYLES = ("'", '"', "|", ">")  # quoted or block text is always text
_WORDS: dict[str, Any] = {"null": None, "~": None, "": None, "true": True, "false": False}


@dataclass(frozen=True)
class YamlDocument:
    """One parsed file.

    Attributes:
        path: the file.
        data: plain dicts, lists and scalars.
        lines: line (from 1) of each value, by its location, such as ``("scripts", 2, "status")``.
    """

    path: Path
    data: Any
    lines: dict[Location, int]

    def line_of(self, location: Location) -> int:
        """Line of a location, or of its nearest ancestor that has one."""
        while location not in self.lines and location:
            location = location[:-1]
        return self.lines.get(location, 1)

    def problem(self, location: Location, what: str, right: str) -> Problem:
        """A problem pinned to a location.

        Args:
            location: of the value.
            what: what is wrong with it.
            right: what would be right.
        """
        return Problem(self.path, self.line_of(location), dotted(location), what, right)


def read_yaml(path: Path) -> tuple[YamlDocument | None, list[Problem]]:
    """Read one YAML file.

    Args:
        path: the file, UTF-8.

    Returns:
        The document (None when it can't be parsed at all) and the problems met.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return None, [Problem(path, line, "", "不是 UTF-8 编码", "用编辑器另存为 UTF-8")]
    except OSError as error:
        return None, [Problem(path, 1, "", f"读不了：{error.strerror}", "检查文件是否存在、是否可读")]
    try:
        refused = _depth_problems(path, text) or _indicator_problems(path, text)
        if refused:
            return None, refused
        node = yaml.compose(text, Loader=_Loader)
        builder = _Builder(path)
        data = builder.build(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        return None, [Problem(path, line, "", f"YAML 写法有错：{error.problem}", _syntax_hint(error, text))]
    except yaml.reader.ReaderError as error:
        code = int(error.character)
        line = text[: text.find(chr(code))].count("\n") + 1
        return None, [Problem(path, line, "", f"YAML 里有不能出现的字符 U+{code:04X}", "删掉控制字符")]
    except RecursionError:
        return None, [_too_deep(path, 1)]
    return YamlDocument(path, data, builder.lines), builder.problems


def _depth_problems(path: Path, text: str) -> list[Problem]:
    """Nesting that no file of ours has; only a text with very many brackets or dashes in a row is worth the walk."""
    if len(_OPENINGS.findall(text)) < _HARMLESS_OPENINGS:
        return []
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return [_too_deep(path, _line(event.start_mark))]
    return []


def _line(mark: Any) -> int:  # libyaml's marks and PyYAML's own are classes without a common base
    return int(mark.line) + 1 if mark else 1


def _too_deep(path: Path, line: int) -> Problem:
    return Problem(path, line, "", "括号或缩进套得太深", "检查有没有多打的 [ 或 {")


def _indicator_problems(path: Path, text: str) -> list[Problem]:
    """Anchors, aliases and tags: YAML takes the word behind & * or ! for its own, and it vanishes from the sentence."""
    if not _INDICATOR.search(text):
        return []
    return [
        Problem(path, _line(event.start_mark), "", "有以 &、* 或 ! 开头的内容，会被当成 YAML 记号", "给整句加上引号")
        for event in yaml.parse(text, Loader=_Loader)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None)
    ]


def _syntax_hint(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = error.problem or ""
    if "mapping values" in problem:
        return "这一行里有“: ”，请给整句加上引号"
    if "tab" in problem or "\t" in _line_up_to(error.problem_mark, text):
        return "用空格缩进，不用制表符"
    if "alias" in problem or "anchor" in problem or "alphabetic or numeric" in problem:
        return "以 * 或 & 开头的句子要加引号"
    return "检查缩进、引号和冒号；句子里有特殊符号时给整句加引号"


def _line_up_to(mark: yaml.Mark | None, text: str) -> str:
    lines = text.split("\n")
    return lines[mark.line][: mark.column + 1] if mark and mark.line < len(lines) else ""


class _Builder:
    """Turns nodes into data while noting lines and doubled keys."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, location: Location) -> Any:
        self.lines[location] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*location, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                line = key_node.start_mark.line + 1
                self.problems.append(Problem(self.path, line, dotted(location), "键不是一个词", "写成 键: 值"))
                continue
            key = str(key_node.value)
            if key in result:
                line = key_node.start_mark.line + 1
                self.problems.append(Problem(self.path, line, dotted((*location, key)), "同一个键写了两次", "只留一个"))
            result[key] = self.build(value_node, (*location, key))
            # Where the key stands: the value of a list or mapping begins a line below.
            self.lines[(*location, key)] = key_node.start_mark.line + 1
        return result

    @staticmethod
    def _scalar(node: yaml.Node) -> Any:
        value = node.value
        if getattr(node, "style", None) in _TEXT_STYLES:
            return value
        if value.lower() in _WORDS:
            return _WORDS[value.lower()]
        if _INTEGER.fullmatch(value):
            return int(value)
        if _DECIMAL.fullmatch(value):
            return float(value)
        return value


def dotted(location: Location) -> str:
    """A location as people read it: ``scripts[2].status``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text

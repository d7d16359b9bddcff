"""Training lines: where they come from, how annotation is read, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.problems import Problem
from bot.corpus.yaml_source import read_yaml
from bot.language.intent_model import FEWEST_LINES
from bot.language.tokens import token_spans

ENTITIES = (
    "client_id",
    "client_name",
    "product",
    "product_category",
    "risk_tier",
    "risk_grade",
    "amount",
    "term",
    "stage",
    "lifecycle",
)

_ANNOTATION = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_IGNORED_IN_COMPARISON = re.compile(r"[\s，。！？、,.!?~…“”\"'：:；;（）()]+")


@dataclass(frozen=True)
class TrainingLine:
    """One line to learn from.

    Attributes:
        intent: its intent.
        text: as written, with inline entity annotation.
        path: file.
        line: line in the file, from 1.
    """

    intent: str
    text: str
    path: Path
    line: int

    @property
    def plain(self) -> str:
        """The text without annotation."""
        return plain_utterance(self.text)


def plain_utterance(text: str) -> str:
    """An utterance without its entity annotation."""
    return _ANNOTATION.sub(r"\1", text)


def annotated_entities(text: str) -> list[tuple[str, str]]:
    """(value, entity) pairs of the inline annotation, in order."""
    return _ANNOTATION.findall(text)


def annotated_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) in the plain utterance of each annotated stretch, in order."""
    spans = []
    removed = 0
    for match in _ANNOTATION.finditer(text):
        start = match.start() - removed
        spans.append((start, start + len(match[1])))
        removed += len(match[0]) - len(match[1])
    return spans


def comparable(text: str) -> str:
    """An utterance reduced to what makes it the same as another: no annotation, punctuation, spaces or case.

    A line of nothing but punctuation ("……") keeps it.
    """
    plain = plain_utterance(text)
    return (_IGNORED_IN_COMPARISON.sub("", plain) or plain.strip()).lower()


def read_request_lines(directory: Path) -> tuple[list[TrainingLine], list[Problem]]:
    """Read Rasa NLU files (``bot/data/nlu/*.yml``) with the line of every example.

    Args:
        directory: the directory.

    Returns:
        The lines, and the problems of files that can't be read.
    """
    lines: list[TrainingLine] = []
    problems: list[Problem] = []
    for path in sorted(directory.glob("*.yml")):
        document, found = read_yaml(path)
        problems += found
        if document is None:
            continue
        blocks = document.data.get("nlu") if isinstance(document.data, dict) else None
        if not isinstance(blocks, list):
            problems.append(Problem(path, 1, "nlu", "不是列表", "每块以“- intent: 意图”开头"))
            continue
        for index, item in enumerate(blocks):
            if not isinstance(item, dict) or not (item.get("intent") and item.get("examples")):
                line = document.line_of(("nlu", index))
                problems.append(Problem(path, line, f"nlu[{index}]", "缺少 intent 或 examples", "两个键都写上"))
                continue
            start = document.line_of(("nlu", index, "examples")) + 1
            for number, row in enumerate(str(item["examples"]).splitlines(), start):
                text = row.strip()
                if text.startswith("- "):
                    lines.append(TrainingLine(str(item["intent"]), text[2:].strip(), path, number))
                else:
                    problems.append(Problem(path, number, "", f"“{text[:20]}”不是例句", "每行以“- ”开头"))
    return lines, problems


def utterance_problems(lines: Iterable[TrainingLine]) -> Iterator[Problem]:
    """Doubled lines, lines of two intents, and broken annotation.

    Args:
        lines: of one corpus, in reading order.

    Yields:
        One problem for each fault.
    """
    seen: dict[str, TrainingLine] = {}
    for line in lines:
        yield from _annotation_problems(line)
        key = comparable(line.text)
        first = seen.setdefault(key, line)
        place = f"{first.path.name}:{first.line}"
        if not key:
            yield _problem(line, "没有内容", "写一句话")
        elif first is line:
            continue
        elif first.intent != line.intent:
            yield _problem(line, f"同一句话也属于 {first.intent}（{place}）", "只归一个意图")
        else:
            yield _problem(line, f"与 {place} 重复", "只写一次")


def scarcity_problems(lines: Iterable[TrainingLine]) -> Iterator[Problem]:
    """Intents with too few lines to be learned.

    Args:
        lines: all lines of a project.

    Yields:
        One problem an intent, at its first line.
    """
    by_intent: dict[str, list[TrainingLine]] = {}
    for line in lines:
        by_intent.setdefault(line.intent, []).append(line)
    for intent, own in by_intent.items():
        if len(own) < FEWEST_LINES:
            what = f"意图 {intent} 只有 {len(own)} 句例句"
            yield Problem(own[0].path, own[0].line, intent, what, f"至少 {FEWEST_LINES} 句，写得越多样认得越准")


def _annotation_problems(line: TrainingLine) -> Iterator[Problem]:
    for value, entity in annotated_entities(line.text):
        if entity not in ENTITIES:
            yield _problem(line, f"实体 {entity} 不认识", f"{'、'.join(ENTITIES)} 之一")
        if not value.strip():
            yield _problem(line, "标注的文字是空的", "方括号里写原文")
    yield from _problems_at_edges(line)
    if re.search(r"[\[\]]", line.plain):
        yield _problem(line, "方括号没有配成 [原文](实体)", "补全标注，或改用其他括号")


def _problems_at_edges(line: TrainingLine) -> Iterator[Problem]:
    """An annotated stretch that begins or ends within a word can't be learned."""
    spans = annotated_spans(line.text)
    if not spans:
        return
    plain = line.plain
    tokens = token_spans(plain)
    for start, end in spans:
        cut = next((plain[a:b] for a, b in tokens if a < start < b or a < end < b), None)
        if cut is not None:
            what = f"标注“{plain[start:end]}”切在“{cut}”这个词中间"
            yield _problem(line, what, f"标注整个词，或在 bot/data/dictionary/ 里加一行“{cut} 0”把它切开")


def _problem(line: TrainingLine, what: str, right: str) -> Problem:
    return Problem(line.path, line.line, f"“{line.text[:24]}”", what, right)

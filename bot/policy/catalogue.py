"""Reads and checks the phrase rules of ``scripts_corpus/policy/phrases/``; all problems are told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.problems import CorpusError, Problem
from bot.corpus.schema import schema_problems
from bot.corpus.yaml_source import Location, YamlDocument, read_yaml
from bot.policy.expressions import ExpressionError, compile_any, compile_expression
from bot.policy.model import CODES, Catalogue, Markers, PhrasePattern, PhraseRule

DIRECTORY = Path(__file__).resolve().parents[2] / "scripts_corpus" / "policy" / "phrases"
SHARED_FILE, EVERYDAY_FILE = "_shared.yml", "_everyday.yml"
_FORMAT_ERROR, _CONTENT_ERROR = "E101", "E102"
_SCHEMAS = {SHARED_FILE: "phrases_shared", EVERYDAY_FILE: "phrases_everyday"}
_CODE_LISTS = ("asking_codes", "deposit_codes", "warning_codes")

Words = dict[str, list[str]]


@dataclass(frozen=True)
class _Place:
    """A value in a file, to which a problem can be pinned."""

    document: YamlDocument
    location: Location

    def problem(self, what: str, right: str) -> Problem:
        return self.document.problem(self.location, what, right)


def load_catalogue(directory: Path = DIRECTORY, known_facts: Collection[str] | None = None) -> Catalogue:
    """Read the phrase rules.

    Args:
        directory: holds one file a code, the shared words and, if there is one, the file of everyday sentences.
        known_facts: ids of the regulations; None leaves citations unchecked.

    Returns:
        The catalogue.

    Raises:
        CorpusError: with every problem of every file (E101 when a file can't be read or breaks its schema, E102 when
            only the contents are wrong: expressions, unknown facts, doubled ids, missing codes).
    """
    documents, others, problems = _read(directory)
    shared, everyday = others.get(SHARED_FILE), others.get(EVERYDAY_FILE)
    if problems:
        content = [problem for item in documents for problem in _content_problems(item, shared, known_facts)]
        raise CorpusError(_distinct([*problems, *content]), _FORMAT_ERROR)
    assert shared is not None
    problems = list(_shared_problems(shared)) + _missing_codes(directory, documents)
    problems += [problem for item in documents for problem in _content_problems(item, shared, known_facts)]
    if problems:
        raise CorpusError(_distinct(problems), _CONTENT_ERROR)
    words: Words = shared.data["words"]
    rules = {item.data["code"]: _rule(item, words) for item in documents}
    return Catalogue(
        {code: rules[code] for code in CODES},
        _markers(shared, words),
        tuple(everyday.data["passes"]) if everyday else (),
        everyday.path if everyday else directory / EVERYDAY_FILE,
    )


def _distinct(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))


def _read(directory: Path) -> tuple[list[YamlDocument], dict[str, YamlDocument], list[Problem]]:
    """The rule files and, by name, the others that have the right format, with the problems of those that haven't."""
    documents: list[YamlDocument] = []
    others: dict[str, YamlDocument] = {}
    problems: list[Problem] = []
    if not (directory / SHARED_FILE).exists():
        problems.append(Problem(directory / SHARED_FILE, 1, "", "没有共用词表文件", f"补上 {SHARED_FILE}"))
    for path in sorted(directory.glob("*.yml")):
        document, found = read_yaml(path)
        if document is not None:
            found = found + schema_problems(document, _SCHEMAS.get(path.name, "phrases"))
        problems += found
        if document is None or found:
            continue
        if path.name in _SCHEMAS:
            others[path.name] = document
        else:
            documents.append(document)
    return documents, others, problems


def _missing_codes(directory: Path, documents: list[YamlDocument]) -> list[Problem]:
    present = {document.data["code"] for document in documents}
    return [
        Problem(directory / f"{code}.yml", 1, "", f"缺少代码 {code} 的规则", f"补上 {code}.yml")
        for code in CODES
        if code not in present
    ]


def _content_problems(
    document: YamlDocument, shared: YamlDocument | None, known_facts: Collection[str] | None
) -> Iterator[Problem]:
    data = document.data
    if document.path.stem != data["code"]:
        yield _Place(document, ("code",)).problem(
            f"文件名与代码 {data['code']} 不一致", f"文件名写成 {data['code']}.yml"
        )
    for index, fact in enumerate(data["facts"]):
        if known_facts is not None and fact not in known_facts:
            yield _Place(document, ("facts", index)).problem(
                f"没有编号为 {fact} 的条目", "用 regulations.yml 里有的编号"
            )
    yield from _pattern_problems(document, shared.data["words"] if shared else None)
    yield from _sentence_problems(document)


def _pattern_problems(document: YamlDocument, words: Words | None) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, item in enumerate(document.data["patterns"]):
        location: Location = ("patterns", index)
        if item["id"] in seen:
            yield _Place(document, (*location, "id")).problem(f"编号 {item['id']} 重复", "同一文件里每个编号只用一次")
        seen.add(item["id"])
        if words is None:  # without the word lists every expression would look wrong
            continue
        yield from _expression_problem(_Place(document, (*location, "expression")), item["expression"], words)
        for key in ("unless", "needs"):
            for number, expression in enumerate(item.get(key, ())):
                yield from _expression_problem(_Place(document, (*location, key, number)), expression, words)


def _expression_problem(place: _Place, expression: str, words: Words) -> Iterator[Problem]:
    try:
        compile_expression(expression, words)
    except ExpressionError as error:
        yield place.problem(error.what, error.right)


def _sentence_problems(document: YamlDocument) -> Iterator[Problem]:
    caught = set(document.data["caught"])
    for index, sentence in enumerate(document.data["passes"]):
        if sentence in caught:
            yield _Place(document, ("passes", index)).problem(
                "同一句话既写在 caught 又写在 passes", "想清楚它该不该查出，只留一处"
            )


def _shared_problems(shared: YamlDocument) -> Iterator[Problem]:
    words: Words = shared.data["words"]
    for key, value in shared.data.items():
        if key == "words":
            for name, items in value.items():
                for index, item in enumerate(items):
                    yield from _expression_problem(_Place(shared, ("words", name, index)), f"(?:{item})字", words)
        elif key not in _CODE_LISTS:
            for index, item in enumerate(value):
                yield from _expression_problem(_Place(shared, (key, index)), item, words)


def _rule(document: YamlDocument, words: Words) -> PhraseRule:
    data = document.data
    return PhraseRule(
        code=data["code"],
        name=data["name"],
        forbids=data["forbids"],
        facts=tuple(data["facts"]),
        severity=data["severity"],
        patterns=tuple(_pattern(item, words) for item in data["patterns"]),
        alternative=data["alternative"].strip(),
        caught=tuple(data["caught"]),
        passes=tuple(data["passes"]),
        path=document.path,
        lines={
            (key, index): document.line_of((key, index))
            for key in ("caught", "passes")
            for index in range(len(data[key]))
        },
    )


def _pattern(item: dict[str, Any], words: Words) -> PhrasePattern:
    def compiled(key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(compile_expression(text, words) for text in item.get(key, ()))

    return PhrasePattern(
        id=item["id"],
        expression=compile_expression(item["expression"], words),
        why=item["why"],
        unless=compiled("unless"),
        needs=compiled("needs"),
    )


def _markers(shared: YamlDocument, words: Words) -> Markers:
    data = shared.data
    values: dict[str, Any] = {key: frozenset(data[key]) for key in _CODE_LISTS}
    for key, value in data.items():
        if key not in ("words", *_CODE_LISTS):
            values[key] = compile_any(value, words)
    return Markers(**values)

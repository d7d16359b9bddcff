"""What practice reads from the corpus: personas, the client's lines, graded replies and the rubric."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.problems import Problem
from bot.corpus.yaml_source import Location, YamlDocument, dotted

DIFFICULTIES = ("easy", "medium", "hard")
FOLLOW_UPS = ("good", "empty", "pushy", "non_compliant")
CRITERIA = ("listen", "understand", "resolve")
"""Criteria that people grade; compliance is judged by the phrase check."""


@dataclass(frozen=True)
class Worry:
    """What keeps a client from saying yes.

    Attributes:
        objection: intent of the objection.
        weight: 3 (heaviest) to 1.
        why: from his life, for the trainer.
        lines: by difficulty, in his own voice.
    """

    objection: str
    weight: int
    why: str
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Persona:
    """A client to practise with.

    Attributes:
        id: file name.
        name: as addressed.
        summary: one line, shown before the start.
        background: who he is and where the money comes from.
        age: in years.
        risk_tier: C1 to C5; an offer above it is a mistake.
        financial_assets: in yuan.
        horizon: how long the money can stay, in words.
        tone: how he speaks.
        dialect: colour of his speech.
        patience: useless replies that he bears, 3 to 8.
        moved_by: the criterion that moves him most.
        wins: what wins him.
        loses: what loses him.
        worries: weightiest first.
        answers: by topic what he answers when he is asked about it.
        lines: by occasion what he says.
    """

    id: str
    name: str
    summary: str
    background: str
    age: int
    risk_tier: str
    financial_assets: int
    horizon: str
    tone: str
    dialect: str
    patience: int
    moved_by: str
    wins: str
    loses: str
    worries: tuple[Worry, ...]
    answers: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class ClientLines:
    """What any client says on one objection.

    Attributes:
        objection: its intent.
        lines: by difficulty, the objection raised.
        follow_ups: by kind of reply, what he says next.
    """

    objection: str
    lines: Mapping[str, tuple[str, ...]]
    follow_ups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class GradedReply:
    """A manager's reply as a trainer graded it.

    Attributes:
        objection: intent of the objection that was raised.
        client: the client's line.
        reply: the manager's.
        listen, understand, resolve, compliant: whether each criterion is met.
        overall: 1 to 5.
        kind: what it is an example of, such as ``cold``.
    """

    objection: str
    client: str
    reply: str
    listen: bool
    understand: bool
    resolve: bool
    compliant: bool
    overall: int
    kind: str


@dataclass(frozen=True)
class Practice:
    """All of it.

    Attributes:
        personas: by id.
        client_lines: by objection.
        graded: in file order.
        rubric: ``practice.yml``, as written.
    """

    personas: Mapping[str, Persona]
    client_lines: Mapping[str, ClientLines]
    graded: tuple[GradedReply, ...]
    rubric: Mapping[str, Any]


def build_practice(
    personas: Collection[YamlDocument],
    lines: Collection[YamlDocument],
    graded: Collection[YamlDocument],
    rubric: YamlDocument,
) -> Practice:
    """Build from files that are right by their schemas."""
    return Practice(
        personas={document.data["id"]: _persona(document.data) for document in personas},
        client_lines={
            document.data["intent"]: ClientLines(
                document.data["intent"], _lists(document.data["lines"]), _lists(document.data["follow_ups"])
            )
            for document in lines
        },
        graded=tuple(
            GradedReply(objection=document.data["intent"], **item)
            for document in graded
            for item in document.data["replies"]
        ),
        rubric=rubric.data,
    )


def _persona(data: Mapping[str, Any]) -> Persona:
    worries = tuple(
        Worry(item["objection"], item["weight"], item["why"], {level: tuple(item[level]) for level in DIFFICULTIES})
        for item in data["worries"]
    )
    lines = {key: value for key, value in data["lines"].items() if key != "asked"}
    return Persona(
        **{**data, "worries": worries, "answers": _lists(data["lines"]["asked"]), "lines": _lists(lines)},
    )


def _lists(data: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in data.items()}


def practice_problems(
    personas: Collection[YamlDocument],
    lines: Collection[YamlDocument],
    graded: Collection[YamlDocument],
    rubric: YamlDocument,
    objections: Collection[str],
) -> list[Problem]:
    """All problems of content that a schema can't see.

    Args:
        personas, lines, graded, rubric: the files, right by their schemas.
        objections: the intents that there are.
    """
    return [
        *_file_names(personas, lines, graded),
        *(each for document in personas for each in _persona_problems(document, objections)),
        *(each for document in lines for each in _line_problems(document, objections)),
        *_missing_lines(lines, rubric.path.parent, objections),
        *_graded_problems(graded, objections),
        *_expressions(rubric, ()),
        *_unnamed_worries(rubric, objections),
        *_check_problems(rubric),
    ]


def _file_names(*kinds: Collection[YamlDocument]) -> Iterator[Problem]:
    for document in (document for documents in kinds for document in documents):
        name = document.data.get("id") or document.data["intent"].removeprefix("objection_")
        if document.path.stem != name:
            yield Problem(document.path, 1, "", f"文件名与内容 {name} 不一致", f"文件名写成 {name}.yml")


def _persona_problems(document: YamlDocument, objections: Collection[str]) -> Iterator[Problem]:
    data = document.data
    for index, worry in enumerate(data["worries"]):
        if worry["objection"] not in objections:
            what = f"没有异议 {worry['objection']}"
            yield document.problem(("worries", index, "objection"), what, "、".join(objections))
    names = [worry["objection"] for worry in data["worries"]]
    for name in {name for name in names if names.count(name) > 1}:
        yield document.problem(("worries",), f"顾虑 {name} 写了两次", "每种顾虑只写一次")
    weights = [worry["weight"] for worry in data["worries"]]
    if weights != sorted(weights, reverse=True):
        yield document.problem(("worries",), "顾虑没有按分量从重到轻排", "weight 大的写在前面")
    for index, line in enumerate(data["lines"]["returns"]):
        if line.count("{worry}") != 1 or line.count("{") != 1:
            what = "没有正好一处 {worry}"
            yield document.problem(("lines", "returns", index), what, "写成：您刚才没说{worry}呢")
    yield from _said_twice(document, _speech(data))


def _speech(data: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    for index, worry in enumerate(data["worries"]):
        for level in DIFFICULTIES:
            yield from ((("worries", index, level, n), line) for n, line in enumerate(worry[level]))
    for key, value in data["lines"].items():
        groups = value.items() if isinstance(value, dict) else [("", value)]
        for name, lines in groups:
            yield from ((("lines", key, *((name,) if name else ()), n), line) for n, line in enumerate(lines))


def _line_problems(document: YamlDocument, objections: Collection[str]) -> Iterator[Problem]:
    if document.data["intent"] not in objections:
        yield document.problem(("intent",), f"没有异议 {document.data['intent']}", "、".join(objections))
    yield from _said_twice(
        document,
        (
            ((part, name, index), line)
            for part in ("lines", "follow_ups")
            for name, lines in document.data[part].items()
            for index, line in enumerate(lines)
        ),
    )


def _said_twice(document: YamlDocument, speech: Iterator[tuple[Location, str]]) -> Iterator[Problem]:
    """A client must not repeat himself."""
    first: dict[str, Location] = {}
    for location, line in speech:
        if line in first:
            yield document.problem(location, f"“{line}”在 {dotted(first[line])} 已经有了", "每句只写一次")
        first.setdefault(line, location)


def _missing_lines(documents: Collection[YamlDocument], corpus: Path, objections: Collection[str]) -> Iterator[Problem]:
    there = {document.data["intent"] for document in documents}
    for intent in objections:
        if intent not in there:
            path = corpus / "objections" / "practice" / f"{intent.removeprefix('objection_')}.yml"
            yield Problem(path, 1, "", f"异议 {intent} 没有陪练台词", "照别的文件写一份")


def _graded_problems(documents: Collection[YamlDocument], objections: Collection[str]) -> Iterator[Problem]:
    for document in documents:
        if document.data["intent"] not in objections:
            yield document.problem(("intent",), f"没有异议 {document.data['intent']}", "、".join(objections))
        count = Counter(item["reply"] for item in document.data["replies"])
        for index, item in enumerate(document.data["replies"]):
            location: Location = ("replies", index)
            if not item["compliant"] and item["overall"] > 2:
                what = f"不合规的回答给了 {item['overall']} 分"
                yield document.problem((*location, "overall"), what, "不合规最多 2 分：合规一票否决")
            if item["compliant"] and item["overall"] == 5 and not all(item[name] for name in CRITERIA):
                what = "5 分的回答没有同时做到倾听、理解、解决"
                yield document.problem((*location, "overall"), what, "改分，或改正三项")
            if count[item["reply"]] > 1:
                yield document.problem((*location, "reply"), "这条回答写了不止一次", "只留一条")


def _expressions(document: YamlDocument, location: Location) -> Iterator[Problem]:
    """Every `expression` anywhere in the file compiles."""
    value = document.data
    for step in location:
        value = value[step]
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from _expressions(document, (*location, key))
    elif location and location[-1] == "expression":
        try:
            re.compile(value)
        except re.error as error:
            yield document.problem(location, f"表达式写错了：{error}", "改正括号或符号")


def _unnamed_worries(document: YamlDocument, objections: Collection[str]) -> Iterator[Problem]:
    """The client calls each objection by a name when he comes back to it."""
    names = document.data["worry_names"]
    for intent in objections:
        if intent not in names:
            yield document.problem(("worry_names",), f"没有给 {intent} 起名字", f"写一行 {intent}: 几个字")
    for intent in names:
        if intent not in objections:
            yield document.problem(("worry_names", intent), f"没有异议 {intent}", "、".join(objections))


def _check_problems(document: YamlDocument) -> Iterator[Problem]:
    """Every check looks at one thing, and at topics that there are."""
    topics = document.data["topics"]
    for stage, data in document.data["stages"].items():
        for name, check in data["checks"].items():
            location: Location = ("stages", stage, "checks", name)
            if len({"expression", "least_topics", "these_topics"} & set(check)) != 1:
                right = "expression、least_topics、these_topics 里写一个"
                yield document.problem(location, "没有写明看什么，或写了不止一样", right)
            for topic in set(check.get("these_topics", ())) - set(topics):
                yield document.problem(location, f"没有方面 {topic}", "、".join(topics))

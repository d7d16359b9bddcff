"""Checks of the client's questionnaire that a schema can't make: ids, the points of T08, the bands of the score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.corpus.problems import Problem
from bot.corpus.yaml_source import Location, YamlDocument

# What an assessment has to learn of the client (T08), point by point.
POINTS: dict[str, str] = {
    "identity": "身份",
    "occupation": "职业",
    "age": "年龄",
    "income": "收入",
    "assets": "资产",
    "debts": "负债",
    "education": "学习经历",
    "work_experience": "工作经历",
    "investment_experience": "投资经历",
    "purpose": "投资目的",
    "term": "投资期限",
    "expected_return": "期望收益",
    "risk_preference": "风险偏好",
    "bearable_loss": "可承受损失",
}
_TIERS = ("C1", "C2", "C3", "C4", "C5")


def questionnaire_problems(document: YamlDocument, facts: Mapping[str, Any]) -> list[Problem]:
    """All problems of content.

    Args:
        document: the questionnaire, already right by its schema.
        facts: by id, as the regulations file has them.
    """
    return [
        *_doubled_ids(document),
        *_uncovered(document),
        *_lowest_category(document),
        *_bands(document),
        *_facts(document, facts),
    ]


def _doubled_ids(document: YamlDocument) -> Iterator[Problem]:
    questions = document.data["questions"]
    yield from _doubled(document, ("questions",), questions, "id")
    for index, question in enumerate(questions):
        yield from _doubled(document, ("questions", index, "options"), question["options"], "id")
        yield from _doubled(document, ("questions", index, "options"), question["options"], "text")


def _doubled(document: YamlDocument, location: Location, items: list[dict[str, Any]], key: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        line = document.line_of((*location, index))
        if item[key] in first:
            what = f"{item[key]} 与第 {first[item[key]]} 行重复"
            yield document.problem((*location, index), what, "同一处每个只用一次")
        first.setdefault(item[key], line)


def _uncovered(document: YamlDocument) -> Iterator[Problem]:
    covered = {point for question in document.data["questions"] for point in question["covers"]}
    for point, name in POINTS.items():
        if point not in covered:
            yield document.problem(("questions",), f"没有问到{name}（T08）", f"加一题，covers 写上 {point}")


def _lowest_category(document: YamlDocument) -> Iterator[Problem]:
    bearing = [q for q in document.data["questions"] if "bearable_loss" in q["covers"]]
    if bearing and not any(option.get("lowest_category") for q in bearing for option in q["options"]):
        what = "问可承受损失的题里，没有一个选项属于最低类别（T30）"
        yield document.problem(("questions",), what, "不能承受任何损失的那一项写上 lowest_category: true")


def _bands(document: YamlDocument) -> Iterator[Problem]:
    tiers, questions = document.data["tiers"], document.data["questions"]
    if tuple(tier["tier"] for tier in tiers) != _TIERS:
        yield document.problem(("tiers",), "等级不是从 C1 到 C5 各一个", "依次写 C1、C2、C3、C4、C5")
    least = sum(min(option["points"] for option in question["options"]) for question in questions)
    most = sum(max(option["points"] for option in question["options"]) for question in questions)
    expected = least
    for index, tier in enumerate(tiers):
        if tier["from"] != expected:
            kind = "空档" if tier["from"] > expected else "重叠"
            what = f"{tier['tier']} 从 {tier['from']} 分开始，有{kind}"
            yield document.problem(("tiers", index, "from"), what, f"从 {expected} 开始")
        if tier["to"] < tier["from"]:
            yield document.problem(("tiers", index, "to"), f"{tier['tier']} 的终点小于起点", "to 不小于 from")
        expected = tier["to"] + 1
    if expected - 1 != most:
        what = f"最高等级到 {expected - 1} 分，而最多能得 {most} 分"
        yield document.problem(("tiers", len(tiers) - 1, "to"), what, f"写成 {most}")


def _facts(document: YamlDocument, facts: Mapping[str, Any]) -> Iterator[Problem]:
    for index, fact in enumerate(document.data["facts"]):
        if fact not in facts:
            yield document.problem(("facts", index), f"引用的条目 {fact} 不存在", "regulations.yml 里有的编号")

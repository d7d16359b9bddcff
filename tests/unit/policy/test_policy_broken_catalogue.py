"""Every way in which the phrase rules can be wrong: one thing broken a row, and what the trainer is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from policy_files import FILES, GUARANTEE, PRIVACY, SHARED, changed, line_of, write_catalogue

from bot.corpus.problems import CorpusError, Problem
from bot.policy.catalogue import load_catalogue
from bot.policy.model import CODES


def problems_of(directory: Path, code: str) -> list[Problem]:
    with pytest.raises(CorpusError) as caught:
        load_catalogue(directory, {"S01", "S05"})
    assert caught.value.code == code
    return caught.value.problems


def test_the_smallest_catalogue_is_valid(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_catalogue(tmp_path), {"S01"})
    assert tuple(catalogue.rules) == CODES
    rule = catalogue.rules["privacy"]
    assert rule.path == tmp_path / PRIVACY
    assert rule.caught[:2] == ("这款保本。", "稳赚的。")
    assert rule.lines["caught", 1] == line_of(FILES[PRIVACY], "  - 稳赚的。")
    assert rule.lines["passes", 0] == line_of(FILES[PRIVACY], "这款不保本。")
    assert [pattern.id for pattern in rule.patterns] == ["principal_kept", "sure_win"]


@dataclass(frozen=True)
class Row:
    """One broken file.

    Attributes:
        file: which.
        old: text that is replaced.
        new: by what.
        at: a piece of the broken file that stands on the expected line.
        what: part of what must be told.
        right: part of the advice.
    """

    file: str
    old: str
    new: str
    at: str
    what: str
    right: str


FORMAT = [
    Row(GUARANTEE, "forbids:", "forbid:", "forbid:", "不认识的键 forbid", "是不是想写 forbids？"),
    Row(GUARANTEE, "    why: 说本金", "    reason: 说本金", "reason", "不认识的键 reason", "id、expression、why"),
    Row(GUARANTEE, "severity: block\n", "", "code:", "缺少 severity", "block 不许出现"),
    Row(GUARANTEE, "    why: 说本金有保证。\n", "", "id: principal_kept", "缺少 why", "给客户经理看"),
    Row(GUARANTEE, "severity: block", "severity: blok", "blok", "'blok' 不在允许范围内", "是不是想写 block？"),
    Row(GUARANTEE, "code: guarantee", "code: guarantees", "guarantees", "'guarantees' 不在", "是不是想写 guarantee？"),
    Row(GUARANTEE, "id: sure_win", "id: 稳赚", "id: 稳赚", '"稳赚" 写法不对', "小写字母、数字和下划线"),
    Row(GUARANTEE, "facts: [S01]", "facts: []", "facts: []", "太少", "至少 1"),
    Row(GUARANTEE, "facts: [S01]", "facts: [S1]", "[S1]", '"S1" 写法不对', "S03"),
    Row(GUARANTEE, "    unless: ['保本人']", "    unless: 保本人", "unless", "类型不对", "写成列表"),
    Row(GUARANTEE, "    unless: ['保本人']", "    unless: []", "unless", "太少", "至少 1"),
    Row(GUARANTEE, "  - 这款不保本。\n", "", "passes", "太少", "项数至少 60"),
    Row(GUARANTEE, "  - 第60句，保本。\n", "", "caught", "太少", "项数至少 60"),
    Row(GUARANTEE, "  - 稳赚的。", "  - 这款保本。", "caught:", "列表里有重复项", "每项只写一次"),
    Row(
        GUARANTEE,
        "alternative: 这类产品可能损失本金，亏不起就先不买。",
        "alternative: 不保本",
        "不保本\n",
        "太短",
        "10",
    ),
    Row(GUARANTEE, "expression: 稳赚{0,2}", "expression: " + "稳" * 1501, "expression: 稳", "太长", "字数至多 1500"),
    Row(GUARANTEE, "  - 稳赚的。", "  - 经理说: 稳赚", "经理说", "类型不对", "写成文字（必要时加引号）"),
    Row(GUARANTEE, "expression: '保本", "expression: *保本", "*保本", "YAML 写法有错", "加引号"),
    Row(SHARED, "turns: [但是]\n", "", "words:\n", "缺少 turns", "转折"),
    Row(SHARED, "turns:", "turn:", "turn:", "不认识的键 turn", "是不是想写 turns？"),
    Row(SHARED, "  亏: [亏, 赔]", "  亏: []", "亏: []", "太少", "至少 1"),
    Row(SHARED, "warning_codes: [guarantee]", "warning_codes: [privat]", "privat", "'privat' 不在", "privacy"),
]
CONTENT = [
    Row(GUARANTEE, "code: guarantee", "code: pressure", "code:", "文件名与代码 pressure 不一致", "pressure.yml"),
    Row(GUARANTEE, "facts: [S01]", "facts: [S98]", "S98", "没有编号为 S98 的条目", "regulations.yml"),
    Row(
        GUARANTEE,
        "id: sure_win",
        "id: principal_kept",
        "id: principal_kept\n    expression: 稳",
        "编号 principal_kept 重复",
        "只用一次",
    ),
    Row(GUARANTEE, "  - 这款不保本。", "  - 稳赚的。", "  - 稳赚的。\n  - 第2句", "又写在 passes", "只留一处"),
    # expressions
    Row(GUARANTEE, "<亏>", "<赔>", "<赔>", "没有叫 <赔> 的词表", "亏 之一"),
    Row(GUARANTEE, "'保本|", "'保(本|", "保(本", "表达式写法有错", "括号是否成对"),
    Row(GUARANTEE, "稳赚{0,2}", "稳赚*", "稳赚*", "重复次数没有上限", "最多 40 次"),
    Row(GUARANTEE, "稳赚{0,2}", "稳.+赚", "稳.+赚", "重复次数没有上限", "最多 40 次"),
    Row(GUARANTEE, "稳赚{0,2}", "'稳(?:(?:a|b.{0,41})赚){0,2}'", "{0,41}", "重复次数没有上限或太大", "最多 40 次"),
    Row(GUARANTEE, "稳赚{0,2}", "(?:稳赚){0,2}", "(?:稳赚)", "能匹配空文本", "必须出现的字"),
    Row(GUARANTEE, "unless: ['保本人']", "unless: ['[保']", "[保'", "表达式写法有错", "特殊符号"),
    Row(SHARED, "  亏: [亏, 赔]", "  亏: [亏, <亏>]", "亏: [", "套住了自己", "循环引用"),
    Row(SHARED, "  亏: [亏, 赔]", "  亏: [亏, '赔)']", "赔)", "表达式写法有错", "括号是否成对"),
    Row(SHARED, "turns: [但是]", "turns: ['但.*']", "turns", "重复次数没有上限", "最多 40 次"),
    Row(SHARED, "negators: [不会, 没有]", "negators: [不会, <没>]", "<没>", "没有叫 <没> 的词表", "亏 之一"),
]


def assert_told(row: Row, code: str, directory: Path) -> None:
    files = changed(row.file, row.old, row.new)
    problems = problems_of(write_catalogue(directory, files), code)
    problem = next(each for each in problems if row.what in each.what)
    assert row.what in problem.what
    assert row.right in problem.right
    assert problem.path == directory / row.file
    assert problem.line == line_of(files[row.file], row.at)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.file}-{row.new[:30]}") for row in FORMAT])
def test_wrong_format_is_told_with_file_line_what_and_right(row: Row, tmp_path: Path) -> None:
    assert_told(row, "E101", tmp_path)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.file}-{row.new[:30]}") for row in CONTENT])
def test_wrong_content_is_told_with_file_line_what_and_right(row: Row, tmp_path: Path) -> None:
    assert_told(row, "E102", tmp_path)


@pytest.mark.parametrize("code", CODES)
def test_missing_rule_is_told(code: str, tmp_path: Path) -> None:
    kept = {name: text for name, text in FILES.items() if name != f"{code}.yml"}
    (problem,) = problems_of(write_catalogue(tmp_path, kept), "E102")
    assert problem == Problem(tmp_path / f"{code}.yml", 1, "", f"缺少代码 {code} 的规则", f"补上 {code}.yml")


def test_missing_word_lists_are_told_once_and_not_as_wrong_expressions(tmp_path: Path) -> None:
    kept = {name: text for name, text in FILES.items() if name != SHARED}
    (problem,) = problems_of(write_catalogue(tmp_path, kept), "E101")
    assert problem == Problem(tmp_path / SHARED, 1, "", "没有共用词表文件", "补上 _shared.yml")


def test_empty_directory_is_told(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "E101")
    assert problem.what == "没有共用词表文件"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", "code: 保\x07本".encode(), b"- a\n", b"code: [\n"])
def test_file_that_is_no_rule_at_all_is_told(content: bytes, tmp_path: Path) -> None:
    (write_catalogue(tmp_path) / PRIVACY).write_bytes(content)
    problems = problems_of(tmp_path, "E101")
    assert {problem.path for problem in problems} == {tmp_path / PRIVACY}
    assert all(problem.what and problem.right for problem in problems)


def test_all_problems_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "severity: block", "severity: x") | {
        PRIVACY: FILES[PRIVACY].replace("稳赚{0,2}", "稳赚*").replace("[S01]", "[S98]"),
    }
    problems = problems_of(write_catalogue(tmp_path, files), "E101")
    assert [(problem.path.name, problem.line) for problem in problems] == [
        (GUARANTEE, line_of(files[GUARANTEE], "severity")),
        (PRIVACY, line_of(files[PRIVACY], "S98")),
        (PRIVACY, line_of(files[PRIVACY], "稳赚*")),
    ]


def test_facts_are_not_looked_up_when_none_are_known(tmp_path: Path) -> None:
    directory = write_catalogue(tmp_path, changed(GUARANTEE, "[S01]", "[S98]"))
    assert load_catalogue(directory).rules["guarantee"].facts == ("S98",)

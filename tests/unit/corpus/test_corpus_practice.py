"""Every way in which a file of practice can be wrong, and what the trainer is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from corpus_files import FILES, write_corpus

from bot.corpus.loading import load_corpus
from bot.corpus.practice import DIFFICULTIES, FOLLOW_UPS
from bot.corpus.problems import CorpusError
from bot.settings import PROJECT_ROOT

REAL = PROJECT_ROOT / "scripts_corpus"
PRACTICE, PERSONA = "practice.yml", "personas/teacher.yml"
LINES, GRADED = "objections/practice/fees.yml", "objections/graded/fees.yml"
_TOPICS = ("purpose", "horizon", "experience", "income", "family", "loss", "holdings", "plans")
_OCCASIONS = (
    *("greeting", "unclear", "introduced", "above_tier", "softens", "hardens", "settled", "tempts"),
    *("agrees", "undecided", "leaves"),
)


def _list(key: str, name: str, count: int, indent: int) -> str:
    return "\n".join([f"{' ' * indent}{key}:", *(f"{' ' * indent}  - {name}第{n}句" for n in range(count))])


def _worry(objection: str, weight: int) -> str:
    levels = "\n".join(_list(level, f"{objection}{level}", 2, 4) for level in DIFFICULTIES)
    return f"  - objection: {objection}\n    weight: {weight}\n    why: 因为{objection}\n{levels}"


def _lines_of(name: str) -> str:
    parts = [
        *("lines:", *(_list(level, f"{name}{level}", 12, 2) for level in DIFFICULTIES)),
        *("follow_ups:", *(_list(kind, f"{name}{kind}", 12, 2) for kind in FOLLOW_UPS)),
    ]
    return "\n".join([f"intent: objection_{name}", *parts, ""])


def _graded_of(name: str) -> str:
    rows = [
        f"  - {{client: 嫌{name}, reply: {name}回答{n}, listen: true, understand: true, resolve: true, "
        f"compliant: true, overall: {5 if n else 4}, kind: good}}"
        for n in range(20)
    ]
    return "\n".join([f"intent: objection_{name}", "replies:", *rows, ""])


_PERSONA = "\n".join(
    [
        "id: teacher\nname: 林老师\nsummary: 一句话\nbackground: 教书\nage: 60\nrisk_tier: C2",
        "financial_assets: 100000\nhorizon: 两年\ntone: 慢\ndialect: 普通话",
        "patience: 4\nmoved_by: listen\nwins: 听她说\nloses: 催她\nworries:",
        *(_worry("objection_fees", 3), _worry("objection_delay", 2), _worry("objection_trust", 1)),
        "lines:",
        *(_list(occasion, occasion, 3, 2) for occasion in _OCCASIONS),
        "  returns:\n    - 那{worry}呢\n    - 您没说{worry}\n    - 还有{worry}",
        "  asked:",
        *(_list(topic, topic, 1, 4) for topic in _TOPICS),
        "",
    ]
)
_TRUST = FILES["objections/fees.yml"].replace("objection_fees", "objection_trust").replace("fees.", "trust.")
_RUBRIC = (REAL / PRACTICE).read_text("utf-8")
_NAMES = _RUBRIC.index("worry_names:"), _RUBRIC.index("\nclient:")
_SMALL = (
    _RUBRIC[: _NAMES[0]]
    + "worry_names:\n  objection_fees: 费用\n  objection_delay: 再想想\n  objection_trust: 信任"
    + _RUBRIC[_NAMES[1] :]
)
OBJECTIONS = ("fees", "delay", "trust")
WHOLE: dict[str, str] = {
    **FILES,
    "objections/trust.yml": _TRUST.replace("手续费太贵了", "我信不过你们")
    .replace("还收管理费", "我不信")
    .replace("我们逐笔看", "我们慢慢看")
    .replace("是{product.management_fee}", "归托管行管"),
    PRACTICE: _SMALL,
    PERSONA: _PERSONA,
    **{f"objections/practice/{name}.yml": _lines_of(name) for name in OBJECTIONS},
    **{f"objections/graded/{name}.yml": _graded_of(name) for name in OBJECTIONS},
}


def test_the_smallest_corpus_with_practice_is_valid(tmp_path: Path) -> None:
    practice = load_corpus(write_corpus(tmp_path, WHOLE)).practice
    assert practice is not None
    assert list(practice.personas) == ["teacher"]
    assert practice.personas["teacher"].worries[0].objection == "objection_fees"
    assert set(practice.client_lines) == {f"objection_{name}" for name in OBJECTIONS}
    assert len(practice.graded) == 60


def test_a_corpus_without_practice_is_whole(tmp_path: Path) -> None:
    assert load_corpus(write_corpus(tmp_path)).practice is None


def test_what_practice_needs_is_asked_for_once_there_is_a_rubric(tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        load_corpus(write_corpus(tmp_path, {**FILES, PRACTICE: _SMALL}))
    told = [str(problem.path) for problem in caught.value.problems]
    assert [part for part in ("personas", "practice/", "graded") if not any(part in path for path in told)] == []


@dataclass(frozen=True)
class Row:
    """One broken file.

    Attributes:
        file: which.
        old: text that is replaced, the first time it stands there.
        new: by what.
        at: a piece of the broken file; the first line with it is the one that must be told.
        what: part of what must be told.
        right: part of the advice.
    """

    file: str
    old: str
    new: str
    at: str
    what: str
    right: str


CONTENT = [
    # personas
    Row(PERSONA, "id: teacher", "id: doctor", "id:", "文件名与内容 doctor 不一致", "doctor.yml"),
    Row(
        PERSONA,
        "objection: objection_trust",
        "objection: objection_sky",
        "objection_sky",
        "没有异议 objection_sky",
        "objection_fees",
    ),
    Row(PERSONA, "objection: objection_trust", "objection: objection_fees", "worries:", "写了两次", "只写一次"),
    Row(PERSONA, "weight: 1", "weight: 3", "worries:", "没有按分量", "大的写在前面"),
    Row(PERSONA, "那{worry}呢", "那这个呢", "那这个呢", "没有正好一处 {worry}", "您刚才没说{worry}呢"),
    Row(PERSONA, "那{worry}呢", "'{worry}和{worry}'", "{worry}和", "没有正好一处 {worry}", "写成"),
    Row(PERSONA, "那{worry}呢", "'{worry}{x}'", "{x}", "没有正好一处 {worry}", "写成"),
    Row(PERSONA, "softens第1句", "hardens第1句", "hardens第1句\n    - hardens第2", "已经有了", "每句只写一次"),
    Row(PERSONA, "experience第0句", "purpose第0句", "purpose第0句\n    income", "已经有了", "每句只写一次"),
    # what any client says
    Row(LINES, "intent: objection_fees", "intent: objection_sky", "intent", "没有异议 objection_sky", "objection_fees"),
    Row(LINES, "intent: objection_fees", "intent: objection_delay", "intent", "文件名与内容 delay 不一致", "delay.yml"),
    Row(LINES, "feeshard第0句", "feeseasy第0句", "feeseasy第0句\n    - feeshard", "已经有了", "每句只写一次"),
    Row(LINES, "feespushy第3句", "feeseasy第2句", "feeseasy第2句\n    - feespushy", "已经有了", "每句只写一次"),
    # graded replies
    Row(
        GRADED, "intent: objection_fees", "intent: objection_sky", "intent", "没有异议 objection_sky", "objection_fees"
    ),
    Row(
        GRADED,
        "compliant: true, overall: 4",
        "compliant: false, overall: 4",
        "compliant: false",
        "不合规的回答给了 4 分",
        "一票否决",
    ),
    Row(
        GRADED,
        "resolve: true, compliant: true, overall: 5",
        "resolve: false, compliant: true, overall: 5",
        "resolve: false",
        "5 分的回答没有同时",
        "改正三项",
    ),
    Row(GRADED, "fees回答7", "fees回答3", "fees回答3", "不止一次", "只留一条"),
    # the rubric
    Row(PRACTICE, "expression: 用途|", "expression: (用途|", "expression: (用途|", "表达式写错了", "改正括号"),
    Row(
        PRACTICE,
        "        expression: 来意|",
        "        expression: '['\n#",
        "expression: '['",
        "表达式写错了",
        "改正括号",
    ),
    Row(PRACTICE, "least_topics: 4", "least_topics: 4\n        expression: 四", "breadth:", "没有写明看什么", "写一个"),
    Row(PRACTICE, "        least_topics: 4\n", "", "breadth:", "没有写明看什么", "写一个"),
    Row(PRACTICE, "[horizon, loss]", "[horizon, weather]", "essentials:", "没有方面 weather", "purpose"),
    Row(
        PRACTICE,
        "  objection_delay: 再想想\n",
        "",
        "worry_names:",
        "没有给 objection_delay 起名字",
        "objection_delay: ",
    ),
    Row(
        PRACTICE,
        "  objection_delay: 再想想",
        "  objection_delay: 再想想\n  objection_sky: 天",
        "objection_sky",
        "没有异议 objection_sky",
        "objection_fees",
    ),
]
FORMAT = [
    Row(PERSONA, "moved_by: listen", "moved_by: gifts", "moved_by", "'gifts' 不在允许范围内", "listen"),
    Row(PERSONA, "patience: 4", "patience: 2", "patience", "2 太小", "3"),
    Row(PERSONA, "patience: 4", "patience: 9", "patience", "9 太大", "8"),
    Row(PERSONA, "tone: 慢\n", "", "id:", "缺少 tone", "tone"),
    Row(PERSONA, "risk_tier: C2", "risk_tier: R2", "risk_tier", "'R2' 不在允许范围内", "C"),
    Row(PERSONA, "wins: 听她说", "win: 听她说", "win:", "不认识的键 win", "wins"),
    Row(LINES, "    - feeseasy第3句\n", "", "easy:", "太少", "12"),
    Row(GRADED, "overall: 4", "overall: 6", "overall: 6", "6 太大", "5"),
    Row(GRADED, "listen: true", "listen: 是", "listen: 是", "类型不对", "true"),
    Row(PRACTICE, "pass_mark: 70", "pass_mark: 101", "pass_mark", "101 太大", "100"),
    Row(PRACTICE, "hint_cost: 5\n", "", "version:", "缺少 hint_cost", "0 到 50"),
    Row(PRACTICE, "hint_cost: 5", "hint_price: 5", "hint_price", "不认识的键 hint_price", "hint_cost"),
]


def line_of(text: str, row: Row) -> int:
    """The line on which the mistake stands, from 1."""
    return text[: text.index(row.at)].count("\n") + 1


def check(row: Row, directory: Path, code: str) -> None:
    """The row is told with its file, line and advice."""
    assert row.old in WHOLE[row.file], f"{row.old!r} is not in {row.file}"
    broken = WHOLE[row.file].replace(row.old, row.new, 1)
    with pytest.raises(CorpusError) as caught:
        load_corpus(write_corpus(directory, {**WHOLE, row.file: broken}))
    assert caught.value.code == code
    told = [problem for problem in caught.value.problems if row.what in problem.what]
    assert told, [problem.what for problem in caught.value.problems]
    assert any(row.right in problem.right for problem in told), [problem.right for problem in told]
    assert all(str(problem.path).endswith(row.file) for problem in told)
    assert line_of(broken, row) in [problem.line for problem in told], [problem.line for problem in told]


@pytest.mark.parametrize("row", CONTENT, ids=lambda row: f"{row.file}: {row.what}")
def test_a_mistake_in_the_content_is_told_with_file_and_line(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, "E102")


@pytest.mark.parametrize("row", FORMAT, ids=lambda row: f"{row.file}: {row.what}")
def test_a_mistake_in_the_format_is_told_with_file_and_line(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, "E101")


def test_an_objection_without_lines_to_practise_with_is_told(tmp_path: Path) -> None:
    files = {name: text for name, text in WHOLE.items() if name != LINES}
    with pytest.raises(CorpusError) as caught:
        load_corpus(write_corpus(tmp_path, files))
    (problem,) = caught.value.problems
    assert problem.path == tmp_path / LINES
    assert "objection_fees 没有陪练台词" in problem.what


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    files = {
        **WHOLE,
        PERSONA: _PERSONA.replace("那{worry}呢", "那这个呢"),
        GRADED: WHOLE[GRADED].replace("fees回答7", "fees回答3"),
        PRACTICE: _SMALL.replace("[horizon, loss]", "[weather]"),
    }
    with pytest.raises(CorpusError) as caught:
        load_corpus(write_corpus(tmp_path, files))
    assert {problem.path.relative_to(tmp_path).as_posix() for problem in caught.value.problems} == {
        PERSONA,
        GRADED,
        PRACTICE,
    }

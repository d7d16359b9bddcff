"""Every way in which a corpus file can be wrong: one thing broken a row, and what the trainer is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from corpus_files import (
    BANK,
    DELAY,
    DISCLOSURES,
    FEES,
    FILES,
    OPENING,
    QUESTIONNAIRE,
    RECORDING,
    REGULATIONS,
    WORDING,
    changed,
    line_of,
    write_corpus,
)

from bot.corpus.loading import load_corpus
from bot.corpus.problems import CorpusError, Problem


def problems_of(directory: Path, code: str) -> list[Problem]:
    with pytest.raises(CorpusError) as caught:
        load_corpus(directory)
    assert caught.value.code == code
    return caught.value.problems


def test_the_smallest_corpus_is_valid(tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path))
    assert [script.id for script in corpus.scripts()] == [
        "delay.take_time",
        "fees.what_it_pays_for",
        "fees.general",
        "opening.first_call",
    ]


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
    # keys
    Row(FEES, "approver: 李国栋", "aprover: 李国栋", "aprover", "不认识的键 aprover", "是不是想写 approver？"),
    Row(FEES, "note: 摊开说。", "notes: 摊开说。", "notes", "不认识的键 notes", "是不是想写 note？"),
    Row(FEES, "name: 费用异议", "xyzzy: 1\nname: 费用异议", "xyzzy", "不认识的键 xyzzy", "intent、name、definition"),
    Row(
        FEES,
        "      listen: 我明白。",
        "      listen: 我明白。\n      close: 好",
        "close",
        "不认识的键 close",
        "listen、",
    ),
    Row(
        FEES, "      product_cat", "      products", "productsegories", "不认识的键", "是不是想写 product_categories？"
    ),
    Row(BANK, "elderly_age:", "elderly_ages:", "elderly_ages", "不认识的键 elderly_ages", "是不是想写 elderly_age？"),
    Row(FEES, "    status: draft\n", "", "fees.general", "缺少 status", "写上 status"),
    Row(FEES, "    note: 摊开说。\n", "", "fees.general", "缺少 note", "写给客户经理"),
    Row(FEES, "      listen: 我明白。\n", "", "steps:\n      understand: 是", "缺少 listen", "先接住"),
    Row(RECORDING, "    answer: 要双录。\n", "", "recording.on_site", "缺少 answer", "SEEN-FULL"),
    Row(DISCLOSURES, "    required_for: []\n", "", "past_performance", "缺少 required_for", "一律带上"),
    Row(REGULATIONS, ", mark: UNSEEN", "", "U01", "缺少 mark", "写上 mark"),
    Row(FEES, "    version: 2\n", "    version: 2\n    version: 3\n", "version: 3", "同一个键写了两次", "只留一个"),
    Row(FEES, "definition:", "name: 又一个\ndefinition:", "又一个", "同一个键写了两次", "只留一个"),
    Row(WORDING, "  greet: 您好。", "  ? [a, b]\n  : c\n  greet: 您好。", "[a, b]", "键不是一个词", "键: 值"),
    Row(WORDING, "  greet:", "  Greet:", "wording", '"Greet" 写法不对', "小写字母、数字和下划线"),
    # values
    Row(FEES, "status: draft", "status: aproved", "aproved", "'aproved' 不在允许范围内", "是不是想写 approved？"),
    Row(FEES, "mixed_fund]", "mixed_funds]", "mixed_funds", "'mixed_funds' 不在", "是不是想写 mixed_fund？"),
    Row(FEES, "version: 2", "version: 0", "version: 0", "0 太小", "至少 1"),
    Row(FEES, "version: 2", "version: 二", "version: 二", '"二" 类型不对', "写成整数"),
    Row(FEES, "version: 2", "version: 02", "version: 02", '"02" 类型不对', "写成整数"),
    Row(FEES, "title: 逐笔摊开", "title: 2026", "title: 2026", "2026 类型不对", "写成文字（必要时加引号）"),
    Row(FEES, "title: 逐笔摊开", "title: true", "title: true", "true 类型不对", "写成文字（必要时加引号）"),
    Row(FEES, "title: 逐笔摊开", "title:", "title:\n    author: 陈静\n    eff", "null 类型不对", "写成文字"),
    Row(FEES, "title: 逐笔摊开", 'title: "  "', 'title: "  "', "写法不对", "不能为空"),
    Row(FEES, "  - 手续费太贵了", "  - 客户说: 太贵", "客户说", "类型不对", "写成文字（必要时加引号）"),
    Row(FEES, "  - 手续费太贵了", "  - 0.5", "- 0.5", "0.5 类型不对", "写成文字（必要时加引号）"),
    Row(FEES, "id: fees.general", "id: fees", "id: fees\n", '"fees" 写法不对', "文件名.短名"),
    Row(FEES, "id: fees.general", "id: fees.General", "fees.General", "写法不对", "文件名.短名"),
    Row(FEES, "2026-04-01", "2026-02-30", "2026-02-30", "不是有效日期", "存在的 年-月-日"),
    Row(FEES, "2026-04-01", "明年", "明年", '"明年" 写法不对', "年-月-日"),
    Row(FEES, "author: 陈静\n    effective", "author: 陈\n    effective", "author: 陈\n", "太短", "字数至少 2"),
    Row(FEES, "我们逐笔看。", "看" * 401, "看" * 401, "太长", "字数至多 400"),
    Row(FEES, "    disclosures: []", "    disclosures: [a, a]", "[a, a]", "列表里有重复项", "每项只写一次"),
    Row(FEES, "    disclosures: []", "    disclosures: none", "none", '"none" 类型不对', "写成列表（每行以 - 开头）"),
    Row(
        FEES,
        "    disclosures: []\n    facts: [S03]",
        "    disclosures: []\n    facts: []",
        "facts: []",
        "太少",
        "至少 1",
    ),
    Row(FEES, "    disclosures: []\n    facts: [S03]", "    disclosures: []\n    facts: [s3]", "s3", "写法不对", "S03"),
    Row(DELAY, "  - 我再考虑考虑", "  []", "utterances", "项数太少", "项数至少 1"),
    Row(DELAY, "  - 我再考虑考虑\n", "", "utterances:", "null 类型不对", "写成列表"),
    Row(OPENING, ", permission: 征得同意}", "}", "来意}", "缺步骤", "正好 3"),
    Row(OPENING, "permission: 征得同意}", "permission: 同意, more: 多}", "more", "步骤太多", "正好 3"),
    Row(OPENING, "stage: opening", "stage: openning", "openning", "'openning' 不在", "是不是想写 opening？"),
    Row(BANK, "value: 65", "value: 70", "value: 70", "70 太大", "至多 65"),
    Row(BANK, "value: 12", "value: 24", "value: 24", "24 太大", "至多 12"),
    Row(QUESTIONNAIRE, "points: 4}", "points: -1}", "points: -1", "-1 太小", "至少 0"),
    Row(QUESTIONNAIRE, "[identity, occ", "[name, occ", "[name, occ", "'name' 不在允许范围内", "identity"),
    Row(QUESTIONNAIRE, 'version: "1"', "version: 1", "version: 1", "1 类型不对", "写成文字"),
    Row(QUESTIONNAIRE, 'version: "1"', 'version: "第一版"', "第一版", "写法不对", "内容一改就换新版本"),
    Row(QUESTIONNAIRE, "id: poor, text: 一般,", "id: poor, hint: 一般,", "hint", "不认识的键 hint", "text"),
    Row(REGULATIONS, "mark: UNSEEN", "mark: SEEN", "mark: SEEN}", "'SEEN' 不在", "SEEN-FULL"),
    # YAML itself
    Row(FEES, "  - 手续费太贵了", "\t- 手续费太贵了", "\t- 手", "YAML 写法有错", "不用制表符"),
    Row(FEES, "title: 逐笔摊开", "title: 逐笔: 摊开", "逐笔: 摊开", "YAML 写法有错", "这一行里有“: ”"),
    Row(FEES, "  - 手续费太贵了", "  - *重点 手续费", "*重点", "YAML 写法有错", "以 * 或 & 开头的句子要加引号"),
    Row(FEES, "  - 手续费太贵了", "  - &note 手续费", "&note", "会被当成 YAML 记号", "给整句加上引号"),
    Row(FEES, "  - 手续费太贵了", "  - !note 手续费", "!note", "会被当成 YAML 记号", "给整句加上引号"),
    Row(WORDING, "  greet: 您好。", '  {"greet":!note 您好}', "!note", "会被当成 YAML 记号", "给整句加上引号"),
    Row(FEES, "  - 手续费太贵了", "  - %手续费", "%手续费", "YAML 写法有错", "给整句加引号"),
    Row(FEES, "  - 手续费太贵了", "  - 手续费\x07太贵", "\x07", "U+0007", "删掉控制字符"),
    Row(WORDING, "wording:", "wording:\n---\nwording:", "---", "YAML 写法有错", "检查缩进"),
]
CONTENT = [
    Row(QUESTIONNAIRE, "income, ", "", "questions:", "没有问到收入（T08）", "covers 写上 income"),
    Row(
        QUESTIONNAIRE,
        "id: wishes",
        "id: everything",
        "everything\n    covers: [purpose",
        "everything 与第 8 行重复",
        "只用一次",
    ),
    Row(QUESTIONNAIRE, "id: rich", "id: poor", "富裕", "poor 与第 12 行重复", "只用一次"),
    Row(QUESTIONNAIRE, "text: 富裕", "text: 一般", "id: rich", "一般 与第 12 行重复", "只用一次"),
    Row(QUESTIONNAIRE, ", lowest_category: true", "", "questions:", "没有一个选项属于最低类别", "lowest_category"),
    Row(QUESTIONNAIRE, "from: 1,", "from: 2,", "from: 2,", "C2 从 2 分开始，有空档", "从 1 开始"),
    Row(QUESTIONNAIRE, "from: 3,", "from: 2,", "from: 2,", "C3 从 2 分开始，有重叠", "从 3 开始"),
    Row(QUESTIONNAIRE, "to: 8,", "to: 9,", "to: 9,", "到 9 分，而最多能得 8 分", "写成 8"),
    Row(QUESTIONNAIRE, "to: 8,", "to: 6,", "激进型", "C5 的终点小于起点", "to 不小于 from"),
    Row(QUESTIONNAIRE, "tier: C2", "tier: C3", "tiers:", "等级不是从 C1 到 C5 各一个", "C1、C2"),
    Row(QUESTIONNAIRE, "facts: [G01]", "facts: [G99]", "G99", "引用的条目 G99 不存在", "regulations.yml"),
    # ids
    Row(
        FEES,
        "id: fees.general",
        "id: fees.what_it_pays_for",
        "fees.what_it_pays_for\n    version: 2",
        "编号与 fees.yml:8 重复",
        "只用一次",
    ),
    Row(FEES, "id: fees.general", "id: fee.general", "fee.general", "编号不是以文件名开头", "fees.短名"),
    Row(
        DISCLOSURES,
        "id: past_performance",
        "id: principal_loss",
        "id: principal_loss\n    text: 过往",
        "principal_loss 与第 2 行重复",
        "只用一次",
    ),
    Row(
        REGULATIONS,
        "  - {id: U01",
        "  - {id: S03, rule: 又, article: a, substance: b, mark: UNSEEN}\n  - {id: U01",
        "又",
        "编号 S03 与第 4 行重复",
        "只用一次",
    ),
    Row(
        FEES,
        "intent: objection_fees",
        "intent: objection_fee",
        "intent",
        "文件名与内容 objection_fee 不一致",
        "fee.yml",
    ),
    Row(OPENING, "stage: opening", "stage: closing", "stage: closing", "文件名与内容 closing 不一致", "closing.yml"),
    Row(RECORDING, "topic: recording", "topic: record", "topic: record\n", "文件名与内容 record 不一致", "record.yml"),
    # approval and dates
    Row(FEES, "    approver: 李国栋\n", "", "fees.what_it_pays_for", "已批准却没有审批人", "approver"),
    Row(FEES, "approver: 李国栋", "approver: 陈静", "fees.what_it_pays_for", "审批人和作者都是 陈静", "由另一个人审批"),
    Row(
        FEES,
        "author: 陈静\n    eff",
        "author: 陈静\n    approver: 陈静\n    eff",
        "fees.general",
        "都是 陈静",
        "另一个人",
    ),
    Row(RECORDING, "approver: 李国栋", "approver: 陈静", "recording.on_site", "审批人和作者都是", "由另一个人审批"),
    Row(FEES, "expires: 2027-03-31", "expires: 2026-03-31", "fees.general", "失效日早于生效日", "不早于 effective"),
    Row(FEES, "expires: 2027-03-31", "expires: 2027-04-02", "fees.general", "有效期超过一年", "一年以内"),
    Row(FEES, "expires: 2027-03-31", "expires: 2036-03-31", "fees.general", "有效期超过一年", "一年以内"),
    Row(RECORDING, "expires: 2027-02-28", "expires: 2028-02-28", "recording.on_site", "有效期超过一年", "一年以内"),
    # citations
    Row(FEES, "[]\n    facts: [S03]", "[]\n    facts: [S99]", "fees.general", "条目 S99 不存在", "regulations.yml"),
    Row(RECORDING, "[S03, U01]", "[S03, U01, X99]", "recording.on_site", "条目 X99 不存在", "regulations.yml"),
    Row(DISCLOSURES, "facts: [S03]", "facts: [G99]", "principal_loss", "条目 G99 不存在", "regulations.yml"),
    Row(
        FEES, "disclosures: []", "disclosures: [none_such]", "fees.general", "揭示 none_such 不存在", "disclosures.yml"
    ),
    Row(RECORDING, "    to_confirm: 保存几年待确认。\n", "", "recording.on_site", "未核实的 U01 却没有", "to_confirm"),
    # placeholders
    Row(FEES, "我明白。", "我{client.nickname}好。", "fees.general", "{client.nickname} 不认识", "client.salutation"),
    Row(FEES, "我明白。", "我{}好。", "fees.general", "listen 里的 {} 不认识", "product.name"),
    Row(FEES, "我明白。", "我{ product.name }好。", "fees.general", "{ product.name } 不认识", "product.name"),
    Row(FEES, "我明白。", "我明白}。", "fees.general", "listen 里有落单的花括号", "只用来写占位符"),
    Row(FEES, "我明白。", "我{product.name明白。", "fees.general", "listen 里有落单的花括号", "只用来写占位符"),
    Row(FEES, "我明白。", "我{{product.name}}好。", "fees.general", "listen 里有落单的花括号", "只用来写占位符"),
    Row(FEES, "note: 摊开说。", "note: 摊开{product.name}说。", "fees.general", "note 里有花括号", "只写在步骤里"),
    Row(RECORDING, "要双录。", "要双录{product.name}。", "recording.on_site", "政策问答里有花括号", "不用占位符"),
    Row(RECORDING, "保存几年", "保存{几}年", "recording.on_site", "政策问答里有花括号", "不用占位符"),
    # utterances
    Row(FEES, "  - 手续费太贵了", "  - 手续费太贵了\n  - 手续费，太贵了！", "，太贵", "与 fees.yml:5 重复", "只写一次"),
    Row(FEES, "[理财](product_category)", "[理财](category)", "(category)", "实体 category 不认识", "client_id、"),
    Row(FEES, "[理财](product_category)", "[](product_category)", "[](", "标注的文字是空的", "方括号里写原文"),
    Row(FEES, "[理财](product_category)", "[理财]", "[理财]", "方括号没有配成", "补全标注"),
    Row(FEES, "[理财](product_category)", "理财](product_category)", "理财](", "方括号没有配成", "补全标注"),
    Row(FEES, "[R2](risk_grade)", "[[R2](risk_grade)](risk_grade)", "[[R2", "方括号没有配成", "补全标注"),
    # steps
    Row(OPENING, "      reason:", "      why:", "steps:\n", "步骤与文件开头不一致", "greeting、reason、permission"),
]


def check(row: Row, directory: Path, code: str) -> None:
    files = changed(row.file, row.old, row.new)
    problems = problems_of(write_corpus(directory, files), code)
    line = line_of(files[row.file], row.at)
    told = [(problem.path, problem.line, problem.what, problem.right) for problem in problems]
    assert any(
        path == directory / row.file and at == line and row.what in what and row.right in right
        for path, at, what, right in told
    ), f"expected line {line}: {told}"
    assert all(path == directory / row.file for path, *_ in told)


@pytest.mark.parametrize("row", FORMAT, ids=lambda row: f"{Path(row.file).stem}-{row.what}")
def test_broken_format_is_told_with_file_line_and_advice(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, "E101")


@pytest.mark.parametrize("row", CONTENT, ids=lambda row: f"{Path(row.file).stem}-{row.what}")
def test_broken_content_is_told_with_file_line_and_advice(row: Row, tmp_path: Path) -> None:
    check(row, tmp_path, "E102")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        (FEES, "我再考虑考虑", "delay.yml:5"),
        (FEES, "我 再考虑考虑……", "delay.yml:5"),
        (OPENING, "手续费太贵了。", "fees.yml:5"),
        (RECORDING, "买R2的理财还收管理费？", "fees.yml:6"),
    ],
)
def test_same_utterance_in_two_intents_names_the_other_file_and_line(
    name: str, text: str, place: str, tmp_path: Path
) -> None:
    old = {FEES: "手续费太贵了", OPENING: "开头怎么说", RECORDING: "卖年金险要双录吗"}[name]
    files = changed(name, old, text)
    (problem,) = problems_of(write_corpus(tmp_path, files), "E102")
    assert (problem.path, problem.line) == (tmp_path / name, line_of(files[name], text))
    assert "同一句话也属于 objection_" in problem.what
    assert f"（{place}）" in problem.what
    assert problem.right == "只归一个意图"


@pytest.mark.parametrize(
    ("name", "content", "line", "what"),
    [
        (FEES, b"intent: objection_fees\nname: \xb7\xd1\xd3\xc3\n", 2, "不是 UTF-8 编码"),
        (WORDING, b"\xff\xfew\x00o\x00", 1, "不是 UTF-8 编码"),
        (WORDING, b"", 1, "null 类型不对"),
        (WORDING, b"# nothing but a comment\n", 1, "null 类型不对"),
        (WORDING, b"- a\n", 1, '["a"] 类型不对'),
        (WORDING, b"wording:\n", 1, "null 类型不对"),
        (WORDING, b"wording: {greet: a\x00b}\n", 1, "U+0000"),
        (WORDING, b"wording:\n  greet: " + b"[" * 5000 + b"]" * 5000, 2, "套得太深"),
        (WORDING, b"wording:\n  greet: " + b"[" * 200_000 + b"]" * 200_000, 2, "套得太深"),
        (WORDING, b"wording:\n  " + b"- " * 200_000 + b"a\n", 2, "套得太深"),
        (FEES, FILES[FEES].encode("utf-16"), 1, "不是 UTF-8 编码"),
    ],
)
def test_files_that_are_no_corpus_file_at_all_are_told(
    name: str, content: bytes, line: int, what: str, tmp_path: Path
) -> None:
    (write_corpus(tmp_path) / name).write_bytes(content)
    (problem,) = problems_of(tmp_path, "E101")
    assert (problem.path, problem.line) == (tmp_path / name, line)
    assert what in problem.what
    assert problem.right


@pytest.mark.parametrize("name", ["objections/risk.yaml", "fees.yaml", "policy/answers/x.yaml", "objections/RISK.YML"])
def test_extension_that_nobody_reads_is_told(name: str, tmp_path: Path) -> None:
    (write_corpus(tmp_path) / name).write_text(FILES[FEES], encoding="utf-8")
    (problem,) = problems_of(tmp_path, "E101")
    assert problem.path == tmp_path / name
    assert "不会被读取" in problem.what
    assert problem.right == f"改名为 {Path(name).stem}.yml"


@pytest.mark.parametrize("name", sorted(FILES))
def test_missing_file_is_told(name: str, tmp_path: Path) -> None:
    kept = {other: text for other, text in FILES.items() if other != name}
    if name in (FEES, DELAY):  # the one objection that is left is enough
        assert len(load_corpus(write_corpus(tmp_path, kept)).objections) == 1
        return
    (problem,) = problems_of(write_corpus(tmp_path, kept), "E101")
    assert "没有这样的文件" in problem.what
    assert problem.path.parent == (tmp_path / name).parent


def test_all_problems_of_all_files_are_told_at_once_in_order(tmp_path: Path) -> None:
    files = dict(FILES)
    files[FEES] = files[FEES].replace("version: 2", "version: x").replace("status: draft", "status: nope")
    files[DELAY] = "intent: [\n"
    files[BANK] = files[BANK].replace("value: 65", "value: 99")
    write_corpus(tmp_path, files)
    (tmp_path / "stages" / "x.yaml").touch()
    with pytest.raises(CorpusError) as caught:
        load_corpus(tmp_path)
    problems = caught.value.problems
    assert [(str(problem.path.relative_to(tmp_path)), problem.line) for problem in problems] == [
        (DELAY, 2),
        (FEES, line_of(files[FEES], "version: x")),
        (FEES, line_of(files[FEES], "status: nope")),
        (BANK, 3),
        ("stages/x.yaml", 1),
    ]
    lines = caught.value.message.splitlines()
    assert lines == ["语料有 5 处要改：", *map(str, problems)]
    assert lines[2].startswith(f"{tmp_path / FEES}:{problems[1].line} scripts[1].version：")


def test_all_content_problems_are_told_at_once(tmp_path: Path) -> None:
    files = dict(FILES)
    files[FEES] = files[FEES].replace("    approver: 李国栋\n", "").replace("facts: [S03]", "facts: [S98]")
    files[RECORDING] = files[RECORDING].replace("卖年金险要双录吗", "我再考虑考虑").replace("2027-02-28", "2029-01-01")
    told = [problem.what for problem in problems_of(write_corpus(tmp_path, files), "E102")]
    assert sum("S98" in what for what in told) == 2
    assert sum("没有审批人" in what for what in told) == 1
    assert sum("同一句话" in what for what in told) == 1
    assert sum("超过一年" in what for what in told) == 1
    assert len(told) == 5


@pytest.mark.parametrize(
    ("effective", "expires", "accepted"),
    [
        ("2026-04-01", "2026-04-01", True),
        ("2026-04-01", "2027-04-01", True),
        ("2026-04-01", "2027-04-02", False),
        ("2027-03-01", "2028-03-01", True),
        ("2028-02-29", "2029-02-28", True),
        ("2028-02-29", "2029-03-01", False),
        ("9998-12-31", "9999-12-31", True),
        ("9999-01-01", "9999-12-31", True),
        ("2026-04-01", "2026-03-31", False),
    ],
)
def test_validity_is_one_calendar_year_at_most(effective: str, expires: str, accepted: bool, tmp_path: Path) -> None:
    text = FILES[FEES].replace("2026-04-01", effective).replace("2027-03-31", expires)
    directory = write_corpus(tmp_path, FILES | {FEES: text})
    if accepted:
        assert (
            load_corpus(directory).objections["objection_fees"].scripts[1].governance.effective.isoformat() == effective
        )
    else:
        assert len(problems_of(directory, "E102")) == 1


@pytest.mark.parametrize("status", ["draft", "in_review", "retired"])
def test_only_what_is_approved_needs_an_approver(status: str, tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path, changed(FEES, "status: draft", f"status: {status}")))
    assert corpus.objections["objection_fees"].scripts[1].governance.approver == ""

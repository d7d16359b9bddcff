"""What is read from the files of the phrase rules, and exactly what is told of wrong contents."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from policy_files import FILES, GUARANTEE, PRIVACY, SHARED, changed, line_of, write_catalogue

from bot.corpus.problems import CorpusError, Problem
from bot.policy.catalogue import DIRECTORY, EVERYDAY_FILE, load_catalogue
from bot.policy.model import CODES, Markers
from bot.settings import PROJECT_ROOT

EVERYDAY = "passes:\n  - 今天天气好。\n  - 您吃了吗？\n"


def problems_of(directory: Path, files: dict[str, str], code: str = "E102") -> list[Problem]:
    with pytest.raises(CorpusError) as refused:
        load_catalogue(write_catalogue(directory, files), {"S01"})
    assert refused.value.code == code
    return refused.value.problems


def test_everything_of_a_rule_is_read(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "why: 说收益是一定的。", "why: 说收益是一定的。\n    needs: [理财, <亏>本]")
    rule = load_catalogue(write_catalogue(tmp_path, files)).rules["guarantee"]
    assert (rule.code, rule.name, rule.severity, rule.facts) == ("guarantee", "名称", "block", ("S01",))
    assert rule.forbids == "不得明示或暗示本金安全。"
    assert rule.alternative == "这类产品可能损失本金，亏不起就先不买。"
    assert rule.path == tmp_path / GUARANTEE
    assert (rule.caught[0], rule.caught[-1], len(rule.caught)) == ("这款保本。", "第60句，保本。", 60)
    assert (rule.passes[0], rule.passes[-1], len(rule.passes)) == ("这款不保本。", "第60句，不保本。", 60)
    assert set(rule.lines) == {(key, index) for key in ("caught", "passes") for index in range(60)}
    assert rule.lines["caught", 59] == line_of(files[GUARANTEE], "第60句，保本")
    kept, sure = rule.patterns
    assert (kept.id, kept.why, sure.why) == ("principal_kept", "说本金有保证。", "说收益是一定的。")
    assert kept.expression.search("赔不了")
    assert [each.pattern for each in kept.unless] == ["保本人"]
    assert [bool(each.search("赔本")) for each in sure.needs] == [False, True]
    assert (kept.needs, sure.unless) == ((), ())


def test_an_alternative_over_several_lines_has_no_blanks_around_it(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "alternative: 这类", "alternative: |\n  这类")
    rule = load_catalogue(write_catalogue(tmp_path, files)).rules["guarantee"]
    assert rule.alternative == "这类产品可能损失本金，亏不起就先不买。"


def test_every_shared_list_is_read_under_its_own_name(tmp_path: Path) -> None:
    files = changed(SHARED, "negators: [不会, 没有]", "negators: [不会, 没<亏>]")
    shared = yaml.safe_load(files[SHARED])
    markers = load_catalogue(write_catalogue(tmp_path, files)).markers
    assert set(shared) == {*Markers.__dataclass_fields__, "words"}
    for name in ("asking_codes", "deposit_codes", "warning_codes"):
        assert getattr(markers, name) == frozenset(["guarantee"])
    for name in set(shared) - {"words", "asking_codes", "deposit_codes", "warning_codes", "negators"}:
        (expression,) = shared[name]
        assert getattr(markers, name).pattern == expression, name
    assert [bool(markers.negators.search(text)) for text in ("不会", "没赔", "没有")] == [True, True, False]


def test_everyday_sentences_are_read_when_there_are_any(tmp_path: Path) -> None:
    without = load_catalogue(write_catalogue(tmp_path, FILES))
    assert (without.everyday, without.everyday_path) == ((), tmp_path / EVERYDAY_FILE)
    catalogue = load_catalogue(write_catalogue(tmp_path, FILES | {EVERYDAY_FILE: EVERYDAY}))
    assert catalogue.everyday == ("今天天气好。", "您吃了吗？")
    assert catalogue.everyday_path == tmp_path / EVERYDAY_FILE


def test_rules_stand_in_the_contract_s_order(tmp_path: Path) -> None:
    assert tuple(load_catalogue(write_catalogue(tmp_path, FILES)).rules) == CODES


def test_the_rules_as_shipped_are_read_unless_told_otherwise() -> None:
    assert DIRECTORY == PROJECT_ROOT / "scripts_corpus" / "policy" / "phrases"


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "where", "what", "right"),
    [
        (
            GUARANTEE,
            "code: guarantee",
            "code: pressure",
            "code: pressure",
            "code",
            "文件名与代码 pressure 不一致",
            "文件名写成 pressure.yml",
        ),
        (
            GUARANTEE,
            "facts: [S01]",
            "facts:\n  - S01\n  - S98",
            "S98",
            "facts[1]",
            "没有编号为 S98 的条目",
            "用 regulations.yml 里有的编号",
        ),
        (
            GUARANTEE,
            "id: sure_win",
            "id: principal_kept",
            "id: principal_kept\n    expression: 稳",
            "patterns[1].id",
            "编号 principal_kept 重复",
            "同一文件里每个编号只用一次",
        ),
        (
            GUARANTEE,
            "  - 第2句，不保本。",
            "  - 稳赚的。",
            "  - 稳赚的。\n  - 第3句，不",
            "passes[1]",
            "同一句话既写在 caught 又写在 passes",
            "想清楚它该不该查出，只留一处",
        ),
        (
            GUARANTEE,
            "稳赚{0,2}",
            "稳赚*",
            "稳赚*",
            "patterns[1].expression",
            "重复次数没有上限或太大",
            "把 *、+ 写成 {0,8} 这样，最多 40 次",
        ),
        (
            GUARANTEE,
            "unless: ['保本人']",
            "unless: ['保本人', '保*本']",
            "保*本",
            "patterns[0].unless[1]",
            "重复次数没有上限或太大",
            "把 *、+ 写成 {0,8} 这样，最多 40 次",
        ),
        (
            GUARANTEE,
            "unless: ['保本人']",
            "needs: ['保本人', '保?']",
            "保?",
            "patterns[0].needs[1]",
            "表达式能匹配空文本",
            "至少要有一个必须出现的字",
        ),
        (
            SHARED,
            "  亏: [亏, 赔]",
            "  亏: [亏, '赔+']",
            "赔+",
            "words.亏[1]",
            "重复次数没有上限或太大",
            "把 *、+ 写成 {0,8} 这样，最多 40 次",
        ),
        (
            SHARED,
            "negators: [不会, 没有]",
            "negators: [不会, <没>]",
            "<没>",
            "negators[1]",
            "没有叫 <没> 的词表",
            "亏 之一，或在 _shared.yml 里加上",
        ),
        (
            SHARED,
            "other_products: [理财]",
            "other_products: ['理?']",
            "理?",
            "other_products[0]",
            "表达式能匹配空文本",
            "至少要有一个必须出现的字",
        ),
    ],
)
def test_wrong_contents_are_told_with_place_what_and_right(
    file: str, old: str, new: str, at: str, where: str, what: str, right: str, tmp_path: Path
) -> None:
    files = changed(file, old, new)
    told = [each for each in problems_of(tmp_path, files) if each.path.name == file and each.where]
    assert told == [Problem(tmp_path / file, line_of(files[file], at), where, what, right)]


def test_all_wrong_contents_of_a_file_are_told(tmp_path: Path) -> None:
    text = FILES[PRIVACY]
    for old, new in (
        ("[S01]", "[S97, S01, S98]"),
        ("稳赚{0,2}", "稳赚*"),
        ("'保本|<亏>不了'", "保*"),
        ("['保本人']", "['保*', '本*']"),
        ("  - 这款不保本。", "  - 这款保本。"),
        ("  - 第2句，不保本。", "  - 稳赚的。"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    told = problems_of(tmp_path, FILES | {PRIVACY: text})
    assert {each.where for each in told} == {
        *("facts[0]", "facts[2]", "passes[0]", "passes[1]"),
        *("patterns[0].expression", "patterns[0].unless[0]", "patterns[0].unless[1]", "patterns[1].expression"),
    }


def test_doubled_ids_are_told_though_the_shared_words_are_missing(tmp_path: Path) -> None:
    files = {name: text.replace("id: sure_win", "id: principal_kept") for name, text in FILES.items()}
    del files[SHARED]
    told = [each.where for each in problems_of(tmp_path, files, "E101") if each.path.name == PRIVACY]
    assert told == ["patterns[1].id"]


def test_all_wrong_shared_words_are_told(tmp_path: Path) -> None:
    files = changed(SHARED, "  亏: [亏, 赔]", "  亏: ['亏*', '赔*']\n  赚: ['赚*']")
    files[SHARED] = files[SHARED].replace("turns: [但是]", "turns: ['但*', '可*']").replace("[诈骗]", "['诈*']")
    told = [each.where for each in problems_of(tmp_path, files) if each.path.name == SHARED]
    assert sorted(told) == ["fraud_words[0]", "turns[0]", "turns[1]", "words.亏[0]", "words.亏[1]", "words.赚[0]"]


def test_codes_missing_are_told_beside_wrong_contents(tmp_path: Path) -> None:
    files = changed(GUARANTEE, "[S01]", "[S98]")
    del files[PRIVACY]
    del files["off_book.yml"]
    told = [(each.path.name, each.what) for each in problems_of(tmp_path, files)]
    assert told == [
        (GUARANTEE, "没有编号为 S98 的条目"),
        ("off_book.yml", "缺少代码 off_book 的规则"),
        (PRIVACY, "缺少代码 privacy 的规则"),
    ]


def test_an_everyday_file_of_the_wrong_format_is_told(tmp_path: Path) -> None:
    (told,) = problems_of(tmp_path, FILES | {EVERYDAY_FILE: "caught:\n  - 好。\npasses:\n  - 好。\n"}, "E101")
    assert (told.path, told.line) == (tmp_path / EVERYDAY_FILE, 1)
    assert "caught" in told.what


def test_one_problem_is_told_once_though_two_files_run_into_it(tmp_path: Path) -> None:
    told = problems_of(tmp_path, changed(SHARED, "  亏: [亏, 赔]", "  亏: [亏, <亏>]"))
    assert len(told) == len(set(told))


def test_other_files_are_not_rules(tmp_path: Path) -> None:
    write_catalogue(tmp_path, FILES)
    (tmp_path / "notes.txt").write_text("随便写写", encoding="utf-8")
    assert tuple(load_catalogue(tmp_path).rules) == CODES

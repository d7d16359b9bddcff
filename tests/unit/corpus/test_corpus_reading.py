"""What a valid corpus becomes: text as typed, everything with its place, a revision of all files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from corpus_files import DELAY, DISCLOSURES, FEES, FILES, OPENING, RECORDING, WORDING, changed, line_of, write_corpus

from bot.corpus.loading import corpus_revision, load_corpus
from bot.corpus.model import Disclosure, Fact
from bot.corpus.problems import CorpusError
from bot.corpus.yaml_source import YamlDocument, dotted, read_yaml


def parsed(tmp_path: Path, content: str | bytes) -> YamlDocument:
    path = tmp_path / "x.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    document, problems = read_yaml(path)
    assert not problems
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("no", "no"),
        ("No", "No"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("12:30:45", "12:30:45"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01 10:00:00", "2026-03-01 10:00:00"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("1e3", "1e3"),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("<<", "<<"),
        ("=", "="),
        ("１２", "１２"),
        ("R2", "R2"),
        ("100%", "100%"),
        ("a: b".replace(": ", ":"), "a:b"),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("0.50", 0.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'7'", "7"),
        ('"true"', "true"),
        ("''", ""),
        ('"null"', "null"),
        ("|-\n  7", "7"),
        (">-\n  true", "true"),
    ],
)
def test_scalars_stay_what_was_typed(typed: str, value: Any, tmp_path: Path) -> None:
    read = parsed(tmp_path, f"key: {typed}\n").data["key"]
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("typed", ["no", "on", "12:30", "2026-03-01", "null", "true"])
def test_keys_stay_what_was_typed(typed: str, tmp_path: Path) -> None:
    assert parsed(tmp_path, f"{typed}: 1\n").data == {typed: 1}


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_windows_files_are_read_like_others(prefix: bytes, end: bytes, tmp_path: Path) -> None:
    document = parsed(tmp_path, prefix + end.join([b"a: 1", b"b:", "  - 好".encode(), "  - 不好".encode(), b""]))
    assert document.data == {"a": 1, "b": ["好", "不好"]}
    assert [document.line_of(("b", index)) for index in (0, 1)] == [3, 4]


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("list",), 2),
        (("list", 0), 3),
        (("list", 1), 4),
        (("list", 1, "b"), 4),
        (("list", 1, "c"), 5),
        (("list", 1, "missing", "deeper"), 4),
        (("nowhere",), 1),
    ],
)
def test_every_value_has_its_line_and_a_missing_one_its_parents(
    location: tuple[str | int, ...], line: int, tmp_path: Path
) -> None:
    document = parsed(tmp_path, "a: 1\nlist:\n  - x\n  - b: 1\n    c: 2\n")
    assert document.line_of(location) == line


@pytest.mark.parametrize(
    ("location", "text"),
    [((), ""), (("a",), "a"), (("a", 0, "b"), "a[0].b"), (("a", "b", 1, 2), "a.b[1][2]"), ((0,), "[0]")],
)
def test_locations_are_written_as_people_read_them(location: tuple[str | int, ...], text: str) -> None:
    assert dotted(location) == text


def test_a_file_that_is_not_there_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    document, (problem,) = read_yaml(tmp_path / "none.yml")
    assert document is None
    assert problem.what.startswith("读不了")


def test_script_carries_everything_that_was_written(tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path))
    script = corpus.topic("objection_fees").scripts[0]
    governance = script.governance
    assert (governance.id, governance.version, governance.status) == ("fees.what_it_pays_for", 1, "approved")
    assert (governance.title, governance.author, governance.approver) == ("费用买到的是什么", "陈静", "李国栋")
    assert (governance.effective, governance.expires) == (dt.date(2026, 3, 1), dt.date(2027, 2, 28))
    assert (governance.facts, governance.path) == (("S03",), tmp_path / FEES)
    assert governance.line == line_of(FILES[FEES], "fees.what_it_pays_for")
    assert script.applies_to.product_categories == {"bond_fund", "mixed_fund"}
    assert (script.applies_to.client_tiers, script.applies_to.lifecycle, script.applies_to.channel) == (None,) * 3
    assert (script.cues, script.disclosures, script.note) == (
        ("这费用收去干嘛用",),
        ("principal_loss",),
        "先承认，再摊开。",
    )
    assert script.steps["resolve"] == "管理费是{product.management_fee}。"
    assert script.topic == "objection_fees"


def test_steps_stand_in_speaking_order_whatever_the_order_in_the_file(tmp_path: Path) -> None:
    (script,) = load_corpus(write_corpus(tmp_path)).topic("opening").scripts
    assert list(script.steps) == ["greeting", "reason", "permission"]


def test_training_lines_carry_intent_and_place(tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path))
    assert [(line.intent, line.plain, line.path.name, line.line) for line in corpus.training_lines] == [
        ("objection_delay", "我再考虑考虑", "delay.yml", 5),
        ("objection_fees", "手续费太贵了", "fees.yml", 5),
        ("objection_fees", "买R2的理财还收管理费", "fees.yml", 6),
        ("request_script", "开头怎么说", "opening.yml", 6),
        ("ask_policy", "卖年金险要双录吗", "recording.yml", 13),
    ]


def test_answers_disclosures_facts_wording_and_bank_are_read(tmp_path: Path) -> None:
    corpus = load_corpus(write_corpus(tmp_path))
    answer = corpus.answers["recording.on_site"]
    assert (answer.topic, answer.answer, answer.to_confirm) == ("recording", "要双录。", "保存几年待确认。")
    assert [item.id for item in corpus.disclosures_for(["bond_fund"])] == ["principal_loss"]
    assert corpus.disclosures_for(["trust"]) == []
    assert {fact.id: fact.confirmed for fact in corpus.facts.values()} == {"G01": True, "S03": True, "U01": False}
    assert corpus.wording == {"greet": "您好。"}
    assert corpus.bank["elderly_age"] == 65
    assert corpus.bank["high_risk_grades"] == ["R4", "R5"]
    with pytest.raises(KeyError):
        corpus.topic("objection_none")


@pytest.mark.parametrize(
    ("categories", "qualified_only", "expected"),
    [
        ([], False, []),
        (["bond_fund"], False, ["principal_loss"]),
        (["bond_fund", "trust"], False, ["principal_loss", "qualified"]),
        (["deposit"], False, []),
        (["deposit"], True, ["qualified"]),
        (["trust"], True, ["qualified"]),
        ([], True, ["qualified"]),
    ],
)
def test_disclosures_follow_the_categories_and_the_qualified_investors(
    categories: list[str], qualified_only: bool, expected: list[str], tmp_path: Path
) -> None:
    files = dict(FILES)
    files[DISCLOSURES] += (
        "  - {id: qualified, text: 仅限合格投资者。, facts: [S03],"
        " required_for: [trust], required_if_qualified_only: true}\n"
    )
    corpus = load_corpus(write_corpus(tmp_path, files))
    assert [item.id for item in corpus.disclosures_for(categories, qualified_only=qualified_only)] == expected


@pytest.mark.parametrize(
    ("required_for", "categories", "fits"),
    [
        (set(), {"deposit"}, True),
        (set(), set(), True),
        ({"trust"}, set(), True),
        ({"trust"}, {"trust"}, True),
        ({"trust"}, {"deposit"}, False),
        ({"trust", "bond_fund"}, {"bond_fund", "mixed_fund"}, True),
    ],
)
def test_a_disclosure_made_for_categories_is_wrong_beside_others(
    required_for: set[str], categories: set[str], fits: bool
) -> None:
    assert Disclosure("x", "句子。", (), frozenset(required_for)).fits(categories) is fits


@pytest.mark.parametrize(
    ("mark", "remark", "confirmed"),
    [
        ("SEEN-FULL", "", True),
        ("SEEN-QUOTE", "摘录", True),
        ("SEEN-2ND", "", False),
        ("UNSEEN", "", False),
        ("SEEN-FULL", "附件为SEEN-2ND", False),
        ("SEEN-QUOTE", "比例UNSEEN", False),
    ],
)
def test_half_a_confirmation_is_none(mark: str, remark: str, confirmed: bool) -> None:
    assert Fact("T01", "办法", "", "内容", mark, remark).confirmed is confirmed


@pytest.mark.parametrize("name", sorted(FILES))
def test_revision_changes_with_any_byte_of_any_file(name: str, tmp_path: Path) -> None:
    before = corpus_revision(write_corpus(tmp_path))
    assert len(before) == 16
    assert corpus_revision(tmp_path) == before == load_corpus(tmp_path).revision
    (tmp_path / name).write_text(FILES[name] + "# x\n", encoding="utf-8")
    assert corpus_revision(tmp_path) != before


def test_revision_changes_with_a_renamed_file_and_not_with_a_hidden_one(tmp_path: Path) -> None:
    before = corpus_revision(write_corpus(tmp_path))
    (tmp_path / "objections" / ".#fees.yml").write_text("lock", encoding="utf-8")
    (tmp_path / "objections" / "notes.txt").write_text("note", encoding="utf-8")
    assert corpus_revision(tmp_path) == before
    (tmp_path / DELAY).rename(tmp_path / "objections" / "later.yml")
    assert corpus_revision(tmp_path) != before


def test_an_editors_lock_that_points_nowhere_disturbs_nothing(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    (tmp_path / "objections" / ".#fees.yml").symlink_to("user@host.1234")
    assert len(load_corpus(tmp_path).objections) == 2


@pytest.mark.parametrize("where", ["objections", "policy/phrases"])
def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(where: str, tmp_path: Path) -> None:
    write_corpus(tmp_path)
    (tmp_path / where).mkdir(exist_ok=True)
    (tmp_path / where / "gone.yml").symlink_to("nowhere.yml")
    with pytest.raises(CorpusError, match="读不了") as caught:
        load_corpus(tmp_path)
    assert [problem.path.name for problem in caught.value.problems] == ["gone.yml"]


@pytest.mark.parametrize(
    ("name", "old", "new", "value"),
    [
        (WORDING, "greet: 您好。", "greet: '一: 二 # 三'", "一: 二 # 三"),
        (WORDING, "greet: 您好。", "greet: |-\n    一\n    二", "一\n二"),
        (WORDING, "greet: 您好。", "greet: no", "no"),
        (WORDING, "greet: 您好。", 'greet: "*重点*"', "*重点*"),
    ],
)
def test_quoted_and_block_wording_comes_through(name: str, old: str, new: str, value: str, tmp_path: Path) -> None:
    assert load_corpus(write_corpus(tmp_path, changed(name, old, new))).wording["greet"] == value


def test_block_text_of_steps_answers_and_notes_loses_its_last_line_end(tmp_path: Path) -> None:
    files = changed(FEES, "note: 摊开说。", "note: |\n      摊开说。\n")
    files[OPENING] = files[OPENING].replace("greeting: 您好。", "greeting: |\n        您好。\n")
    files[RECORDING] = files[RECORDING].replace("answer: 要双录。", "answer: >\n      要双录。\n")
    corpus = load_corpus(write_corpus(tmp_path, files))
    assert corpus.topic("objection_fees").scripts[1].note == "摊开说。"
    assert corpus.topic("opening").scripts[0].steps["greeting"] == "您好。"
    assert corpus.answers["recording.on_site"].answer == "要双录。"

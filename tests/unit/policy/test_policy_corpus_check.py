"""A corpus that would say what must not be said is refused; one that warns of it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from policy_files import codes_in, real_checker

from bot.corpus.loading import load_corpus
from bot.corpus.problems import CorpusError
from bot.policy.corpus_check import check_corpus, refuse_unspeakable
from bot.settings import PROJECT_ROOT

CORPUS, MODELS = PROJECT_ROOT / "scripts_corpus", PROJECT_ROOT / "bot" / "models"
FORBIDDEN = "您放心买，这款稳赚不赔。"
LINES = {
    "objections/fees.yml": """\
intent: objection_fees
name: 费用异议
definition: 客户认为费用太高。
utterances:
  - 手续费太贵了
scripts:
  - id: fees.general
    version: 1
    status: approved
    title: 逐笔摊开
    author: 陈静
    approver: 李国栋
    effective: 2026-04-01
    expires: 2027-03-31
    steps:
      listen: 我明白。
      understand: 您指的是哪一笔{product.management_fee}？
      resolve: 我们逐笔看。
    disclosures: []
    facts: [S03]
    note: 摊开说。
""",
    "stages/opening.yml": """\
stage: opening
name: 开场
definition: 第一句话。
steps: {greeting: 问候, reason: 来意, permission: 征得同意}
utterances:
  - 开头怎么说
scripts:
  - id: opening.first_call
    version: 1
    status: approved
    title: 第一次电话
    author: 陈静
    approver: 李国栋
    effective: 2026-03-01
    expires: 2027-02-28
    steps: {greeting: 您好。, reason: 想跟您核对一下资料。, permission: 您现在方便吗？}
    disclosures: []
    facts: [S03]
    note: 短。
""",
    "policy/answers/recording.yml": """\
topic: recording
name: 录音录像
answers:
  - id: recording.on_site
    version: 1
    status: approved
    title: 卖年金险要不要双录
    author: 陈静
    approver: 李国栋
    effective: 2026-03-01
    expires: 2027-02-28
    questions:
      - 卖年金险要双录吗
    answer: 要双录。
    to_confirm: 保存几年待确认。
    facts: [S03]
""",
    "policy/disclosures.yml": """\
disclosures:
  - id: principal_loss
    text: 您可能损失本金。
    facts: [S03]
    required_for: [bond_fund]
""",
    "policy/bank.yml": """\
high_risk_grades: {value: [R4, R5], settles: 开放点}
low_risk_grades: {value: [R1], settles: 开放点}
elderly_age: {value: 65, settles: 开放点}
elderly_high_risk: {value: refuse, settles: 开放点}
limited_capacity: {value: refuse, settles: 开放点}
assessment_valid_months: {value: 12, settles: 开放点}
most_recommendations: {value: 3, settles: 开放点}
largest_share: {value: {R1: 100, R2: 100, R3: 80, R4: 50, R5: 30}, settles: 开放点}
retention_years: {value: 20, settles: 开放点}
""",
    "wording.yml": """\
wording:
  greet: 您好。
""",
    **{
        name: (CORPUS / name).read_text("utf-8")
        for name in ("regulations.yml", "portal.yml", "policy/questionnaire.yml")
    },
}


def refusal(directory: Path, name: str, old: str, new: str) -> CorpusError:
    """What is told of a corpus with one sentence changed."""
    files = LINES | {name: LINES[name].replace(old, new)}
    assert files[name] != LINES[name]
    for each, text in files.items():
        (directory / each).parent.mkdir(parents=True, exist_ok=True)
        (directory / each).write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        refuse_unspeakable(load_corpus(directory), real_checker())
    return caught.value


@pytest.mark.parametrize(
    ("name", "old", "line", "where"),
    [
        ("objections/fees.yml", "我们逐笔看。", 7, "fees.general resolve"),
        ("objections/fees.yml", "我明白。", 7, "fees.general listen"),
        ("stages/opening.yml", "您好。", 8, "opening.first_call greeting"),
        ("policy/answers/recording.yml", "要双录。", 4, "recording.on_site"),
        ("policy/answers/recording.yml", "保存几年待确认。", 4, "recording.on_site"),
    ],
)
def test_forbidden_sentence_is_refused_with_file_and_line(
    name: str, old: str, line: int, where: str, tmp_path: Path
) -> None:
    error = refusal(tmp_path, name, old, FORBIDDEN)
    assert error.code == "E103"
    assert {(problem.path, problem.line, problem.where) for problem in error.problems} == {
        (tmp_path / name, line, where)
    }
    rule = real_checker().catalogue.rules["guarantee"]
    assert any("稳赚" in problem.what and rule.name in problem.what for problem in error.problems)
    assert {problem.right for problem in error.problems} == {rule.alternative}
    assert f"{tmp_path / name}:{line}" in error.message


@pytest.mark.parametrize(
    ("name", "old", "where"),
    [
        ("policy/disclosures.yml", "您可能损失本金。", "principal_loss"),
        ("wording.yml", "您好。", "greet"),
        ("portal.yml", "这个链接已经用过了", "used_title"),
        ("policy/questionnaire.yml", "房子和车不算。", "assets"),
    ],
)
def test_fixed_sentences_are_checked_too(name: str, old: str, where: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, name, old, FORBIDDEN)
    assert {(problem.path.name, problem.where) for problem in error.problems} == {(Path(name).name, where)}


def test_a_placeholder_does_not_hide_a_promise(tmp_path: Path) -> None:
    error = refusal(tmp_path, "objections/fees.yml", "我们逐笔看。", "'{product.name}稳赚不赔。'")
    assert error.code == "E103"


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_not_spoken_is_not_checked(status: str, tmp_path: Path) -> None:
    text = LINES["objections/fees.yml"].replace("我们逐笔看。", FORBIDDEN).replace("approved", status)
    for name, content in (LINES | {"objections/fees.yml": text}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    refuse_unspeakable(load_corpus(tmp_path), real_checker())


def test_the_corpus_as_shipped_says_nothing_forbidden() -> None:
    corpus, _ = check_corpus(CORPUS, MODELS)
    assert corpus.revision


@pytest.mark.parametrize(
    "sentence",
    [
        "您先问自己，哪里可能亏本，亏多少受得了。",
        "我先把哪里会亏讲给您听，再说别的。",
        "我们按顺序看三处：保什么、哪些情况不赔、每年退保能拿多少。",
        "您最想从里面找到什么：出了事赔多少，还是哪些情况不赔？",
    ],
)
def test_honest_questions_on_losses_are_no_promise(sentence: str) -> None:
    assert codes_in(sentence) == set()


@pytest.mark.parametrize(
    "sentence", ["怎么可能亏，投的都是国债。", "哪会亏呀，您想多了。", "哪里会亏，大银行卖的。", "放着就行，哪能亏。"]
)
def test_rhetorical_questions_on_losses_are_promises(sentence: str) -> None:
    assert "guarantee" in codes_in(sentence)

"""A corpus that would say what must not be said is refused; one that warns of it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from policy_files import FILES, GUARANTEE, changed, codes_in, real_checker, write_catalogue

from bot.corpus.loading import load_corpus
from bot.corpus.problems import CorpusError
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import check_corpus, checker_of, refuse_unspeakable, spoken_texts, without_placeholders
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
    with pytest.raises(CorpusError) as caught:
        refuse_unspeakable(load_corpus(written(directory, files)), real_checker())
    return caught.value


def written(directory: Path, files: dict[str, str]) -> Path:
    for each, text in files.items():
        (directory / each).parent.mkdir(parents=True, exist_ok=True)
        (directory / each).write_text(text, encoding="utf-8")
    return directory


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
        ("policy/questionnaire.yml", "您今年多大年纪？", "age"),
        ("policy/questionnaire.yml", "本行收集您在这份问卷里的回答。", "privacy"),
        ("policy/questionnaire.yml", "您只能承受很小的损失，希望本金变动尽量小。", "C1"),
    ],
)
def test_fixed_sentences_are_checked_too(name: str, old: str, where: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, name, old, FORBIDDEN)
    places = {(problem.path, problem.line, problem.where) for problem in error.problems}
    assert {(path.name, line, where) for path, line, where in places} == {(Path(name).name, 1, where)}


def test_a_question_and_its_help_are_read_together(tmp_path: Path) -> None:
    corpus = load_corpus(written(tmp_path, LINES))
    texts = {where: text for path, _, where, text in spoken_texts(corpus) if path.name == "questionnaire.yml"}
    assert texts["age"] == "您今年多大年纪？"
    assert texts["work"] == "您现在的身份是哪一种？有几种身份的，请选花时间最多的那一种。"


def found_by_the_judge_alone() -> str:
    alone = PhraseChecker(real_checker().catalogue)
    return next(text for text in real_checker().catalogue.rules["privacy"].caught if not alone.check(text))


def test_the_judge_has_a_say_on_talk_but_not_on_the_titles_of_pages(tmp_path: Path) -> None:
    judged = found_by_the_judge_alone()
    checker = PhraseChecker(real_checker().catalogue, real_checker().judge)
    files = LINES | {"portal.yml": LINES["portal.yml"].replace("这个链接已经用过了", judged)}
    refuse_unspeakable(load_corpus(written(tmp_path, files)), checker)
    # Said as a title, it is still not clean as talk.
    files |= {"stages/opening.yml": LINES["stages/opening.yml"].replace("您好。", judged)}
    with pytest.raises(CorpusError) as refused:
        refuse_unspeakable(load_corpus(written(tmp_path, files)), checker)
    assert {problem.where for problem in refused.value.problems} == {"opening.first_call greeting"}


def test_what_has_been_found_clean_is_not_read_again(tmp_path: Path) -> None:
    checker = PhraseChecker(real_checker().catalogue)
    refuse_unspeakable(load_corpus(written(tmp_path, LINES)), checker)
    assert {"您好。", "要双录。", "您指的是哪一笔若干？"} <= checker.clean
    files = LINES | {"wording.yml": LINES["wording.yml"].replace("您好。", FORBIDDEN)}
    with pytest.raises(CorpusError):
        refuse_unspeakable(load_corpus(written(tmp_path, files)), checker)
    assert FORBIDDEN not in checker.clean
    checker.clean.add(FORBIDDEN)
    refuse_unspeakable(load_corpus(written(tmp_path, files)), checker)


def test_the_check_of_a_corpus_directory_is_made_anew_only_when_its_rules_have_changed(tmp_path: Path) -> None:
    phrases, models = tmp_path / "policy" / "phrases", tmp_path / "models"
    phrases.mkdir(parents=True)
    write_catalogue(phrases, own_sentences(FILES))
    corpus = load_corpus(written(tmp_path / "corpus", LINES))
    checker = checker_of(tmp_path, corpus, models)
    assert checker.catalogue.rules["privacy"].path == phrases / "privacy.yml"
    assert checker.judge is not None
    assert [path.suffix for path in models.iterdir()] == [".npz"]
    assert checker_of(tmp_path, corpus, models) is checker
    write_catalogue(phrases, own_sentences(changed(GUARANTEE, "稳赚的。", "稳赚不赔的。")))
    other = checker_of(tmp_path, corpus, models)
    assert "稳赚不赔的。" in other.catalogue.rules["guarantee"].caught
    write_catalogue(phrases, own_sentences(changed(GUARANTEE, "[S01]", "[S98]")))
    with pytest.raises(CorpusError, match="没有编号为 S98 的条目"):
        checker_of(tmp_path, corpus, models)


def own_sentences(files: dict[str, str]) -> dict[str, str]:
    """Codes can be learned only when each has sentences of its own."""
    return {name: text.replace("- 第", f"- {name.removesuffix('.yml')}第") for name, text in files.items()}


def test_every_placeholder_becomes_a_harmless_value() -> None:
    text = "{product.name}费用{product.management_fee}，{client.salutation}"
    assert without_placeholders(text) == "若干费用若干，若干"


def test_a_placeholder_does_not_hide_a_promise(tmp_path: Path) -> None:
    error = refusal(tmp_path, "objections/fees.yml", "我们逐笔看。", "'{product.name}稳赚不赔。'")
    assert error.code == "E103"


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_what_is_not_spoken_is_not_checked(status: str, tmp_path: Path) -> None:
    text = LINES["objections/fees.yml"].replace("我们逐笔看。", FORBIDDEN).replace("approved", status)
    refuse_unspeakable(load_corpus(written(tmp_path, LINES | {"objections/fees.yml": text})), real_checker())


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

"""The smallest corpus that is valid, as text, so that a test can break one thing and say on which line."""

from __future__ import annotations

from pathlib import Path

FEES = "objections/fees.yml"
DELAY = "objections/delay.yml"
OPENING = "stages/opening.yml"
RECORDING = "policy/answers/recording.yml"
DISCLOSURES = "policy/disclosures.yml"
BANK = "policy/bank.yml"
REGULATIONS = "regulations.yml"
WORDING = "wording.yml"
QUESTIONNAIRE = "policy/questionnaire.yml"
PORTAL = "portal.yml"

FILES: dict[str, str] = {
    FEES: """\
intent: objection_fees
name: 费用异议
definition: 客户认为费用太高。
utterances:
  - 手续费太贵了
  - 买[R2](risk_grade)的[理财](product_category)还收管理费
scripts:
  - id: fees.what_it_pays_for
    version: 1
    status: approved
    title: 费用买到的是什么
    author: 陈静
    approver: 李国栋
    effective: 2026-03-01
    expires: 2027-02-28
    applies_to:
      product_categories: [bond_fund, mixed_fund]
    cues:
      - 这费用收去干嘛用
    steps:
      listen: 您算账很仔细。
      understand: 您是觉得比别处贵吗？
      resolve: 管理费是{product.management_fee}。
    disclosures: [principal_loss]
    facts: [S03]
    note: 先承认，再摊开。
  - id: fees.general
    version: 2
    status: draft
    title: 逐笔摊开
    author: 陈静
    effective: 2026-04-01
    expires: 2027-03-31
    steps:
      listen: 我明白。
      understand: 是哪一笔？
      resolve: 我们逐笔看。
    disclosures: []
    facts: [S03]
    note: 摊开说。
""",
    DELAY: """\
intent: objection_delay
name: 拖延异议
definition: 客户要再想想。
utterances:
  - 我再考虑考虑
scripts:
  - id: delay.take_time
    version: 1
    status: approved
    title: 不急
    author: 陈静
    approver: 李国栋
    effective: 2026-03-01
    expires: 2027-02-28
    steps:
      listen: 不急。
      understand: 您想先弄清哪一点？
      resolve: 材料您带回去看。
    disclosures: []
    facts: [G01]
    note: 不催。
""",
    OPENING: """\
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
    steps:
      permission: 您现在方便吗？
      greeting: 您好。
      reason: 想跟您核对一下资料。
    disclosures: []
    facts: [G01]
    note: 短。
""",
    RECORDING: """\
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
    facts: [S03, U01]
""",
    DISCLOSURES: """\
disclosures:
  - id: principal_loss
    text: 您可能损失本金。
    facts: [S03]
    required_for: [bond_fund]
  - id: past_performance
    text: 过往业绩不代表未来表现。
    facts: [S03]
    required_for: []
""",
    BANK: """\
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
    REGULATIONS: """\
compiled: 2026-11-23
facts:
  - {id: G01, rule: 办法, article: "2", substance: 适用范围, mark: SEEN-FULL}
  - {id: S03, rule: 办法, article: "", substance: 须揭示风险, mark: SEEN-QUOTE}
  - {id: U01, rule: 办法, article: "", substance: 保存年限, mark: UNSEEN}
""",
    WORDING: """\
wording:
  greet: 您好。
""",
    PORTAL: """\
wording:
  question_next: 下一题
""",
    QUESTIONNAIRE: """\
version: "1"
title: 问卷
settles: 开放点
facts: [G01]
privacy:
  - {topic: 谁在收集, text: 本行。}
questions:
  - id: everything
    covers: [identity, occupation, age, income, assets, debts, education, work_experience, investment_experience]
    text: 您的情况怎么样？
    options:
      - {id: poor, text: 一般, points: 0}
      - {id: rich, text: 富裕, points: 4}
  - id: wishes
    covers: [purpose, term, expected_return, risk_preference, bearable_loss]
    text: 您能承受损失吗？
    options:
      - {id: no_loss, text: 不能, points: 0, lowest_category: true}
      - {id: some_loss, text: 能, points: 4}
tiers:
  - {tier: C1, from: 0, to: 0, name: 保守型, meaning: 很低。}
  - {tier: C2, from: 1, to: 2, name: 谨慎型, meaning: 较低。}
  - {tier: C3, from: 3, to: 4, name: 稳健型, meaning: 一定。}
  - {tier: C4, from: 5, to: 6, name: 进取型, meaning: 较高。}
  - {tier: C5, from: 7, to: 8, name: 激进型, meaning: 很高。}
lowest_category: 最低类别。
""",
}


def write_corpus(directory: Path, files: dict[str, str] | None = None) -> Path:
    """Write a corpus and give its directory."""
    for name, text in (FILES if files is None else files).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """The valid files with one place of one file replaced; `old` must stand there (its first occurrence counts)."""
    assert old in FILES[name], f"{old!r} is not in {name}"
    return FILES | {name: FILES[name].replace(old, new, 1)}


def line_of(text: str, piece: str) -> int:
    """The line, from 1, on which a piece of text stands, which must stand there only once."""
    assert text.count(piece) == 1, f"{piece!r} stands {text.count(piece)} times"
    return text[: text.index(piece)].count("\n") + 1

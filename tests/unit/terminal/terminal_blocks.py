"""Realistic blocks, made by the same functions that answer: what they write, the client must be able to show."""

from __future__ import annotations

import functools
from typing import Any

from bot.actions import reply
from bot.corpus.choosing import FilledScript
from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.policy.model import Finding
from bot.settings import PROJECT_ROOT
from bot.suitability.model import Decision, Outcome, Reason

Block = dict[str, Any]

CLIENT = {"client_id": "KH100023", "name": "王*（KH100023）", "risk_tier": "C3"}
PRODUCT = {"code": "AH90D01", "name": "安和稳盈90天", "risk_grade": "R2"}
FACTS = [
    ("产品代码", "AH90D01"),
    ("类别", "理财产品"),
    ("期限", "90天"),
    ("起购金额", "1万元"),
    ("收益方式", "净值型，收益随净值波动"),
    ("业绩比较基准", "2.10%—2.60%"),
    ("管理费", "0.30%/年（产品资产净值）"),
    ("赎回费", "持有不足7天1.50%，7天以上不收取（赎回金额）"),
    ("赎回到账", "到期后2个工作日内到账"),
    ("交易截止时间", "17:00"),
]
OTHER_FACTS = dict(FACTS) | {"产品代码": "AHRRX1", "期限": "无固定期限", "赎回到账": "T+1", "业绩比较基准": "未登记"}
SENTENCE = "这款产品绝对不会亏，收益稳稳的3.5%，比存款还安全，您今天不买明天就没有额度了。"


@functools.cache
def corpus() -> Corpus:
    """The corpus of the project."""
    return load_corpus(PROJECT_ROOT / "scripts_corpus")


def fact_id(*, confirmed: bool) -> str:
    """A fact that is confirmed, or one that is not."""
    return next(fact.id for fact in corpus().facts.values() if fact.confirmed is confirmed)


def text() -> Block:
    """Plain help with a numbered list."""
    return reply.text_block(corpus().wording["help"])


def text_of(wording: str) -> Block:
    """A fixed sentence of the assistant."""
    return reply.text_block(corpus().wording[wording])


def script(number: int = 1) -> Block:
    """A real script on fees."""
    topic = corpus().objections["objection_fees"]
    chosen = topic.scripts[number]
    filled = FilledScript(chosen, chosen.steps)
    return reply.script_block(
        corpus(), topic, filled, corpus().disclosures_for(["wealth_management"]), ["wealth_management"]
    ) | {"position": number + 1, "total": 6}


def decision(outcome: Outcome = Outcome.REFUSED) -> Block:
    """A decision with a rule that passes, one that fails and has a cure, and one that rests on an unconfirmed fact."""
    passed = Reason("assessment_valid", True, "评估在2026-03-02完成，有效期至2027-03-02。", facts=("T03",))
    weak = fact_id(confirmed=False)
    failed = Reason(
        "tier_covers_grade",
        outcome is Outcome.MAY_RECOMMEND,
        "客户评估等级C3，产品风险等级R5，产品风险高于客户的承受能力。",
        cure="请换R3及以下的产品；客户情况有变化的，请客户本人重新评估。",
        facts=("T10", weak),
    )
    headline = "不可以：不能向王*（KH100023）推介安和稳盈90天。"
    return reply.decision_block(corpus(), Decision(outcome, (passed, failed)), headline, CLIENT, PRODUCT)


def products() -> Block:
    """Two products."""
    item = {
        **PRODUCT,
        "category": "理财产品",
        "reason": "客户评估等级C3，覆盖产品风险等级R2。评估在2026-03-02完成，有效期至2027-03-02。",
        "facts": [{"label": label, "value": value} for label, value in FACTS[2:8]],
        "disclosures": reply.disclosure_items(corpus().disclosures_for(["wealth_management"])),
        "citations": reply.citations(corpus(), ["T10"]),
    }
    other = {**item, "code": "AHRRX1", "name": "安和日日享", "disclosures": [], "risk_grade": None}
    title = "可以向王*（KH100023）推荐的产品（最多3只，仅供您与客户沟通时参考，由客户自己决定）"
    return {"type": "products", "title": title, "items": [item, other]}


def comparison(count: int = 2) -> Block:
    """Two to four products side by side."""
    rows = [{"label": label, "values": [value, *[OTHER_FACTS[label]] * (count - 1)]} for label, value in FACTS]
    names = ["安和稳盈90天", "安和日日享", "福满年年年金保险（分红型）", "澜石先锋股票"]
    return {"type": "comparison", "columns": names[:count], "rows": rows}


def facts() -> Block:
    """The fact sheet of a product."""
    block = reply.facts_block("安和稳盈90天", FACTS)
    return {**block, "disclosures": reply.disclosure_items(corpus().disclosures_for(["wealth_management"]))}


def policy_answer() -> Block:
    """An answer of which a part has to be confirmed."""
    answer = next(answer for answer in corpus().answers.values() if answer.to_confirm)
    return reply.answer_block(corpus(), answer)


def phrase_check(sentence: str = SENTENCE) -> Block:
    """Findings in a sentence, two of them overlapping."""
    spans = [
        ("绝对不会亏", "保本承诺", "不得承诺保本或者不亏损。", "本产品不保证本金，净值会波动。"),
        ("稳稳的3.5%，比存款还安全", "收益承诺", "不得承诺收益。", "业绩比较基准不是预期收益率。"),
        ("比存款还安全", "与存款比较", "不得与存款作比较。", "理财不是存款。"),
    ]
    findings = [
        Finding(
            code=f"rule_{number}",
            name=name,
            severity="block",
            start=sentence.index(span),
            end=sentence.index(span) + len(span),
            span=span,
            rule=rule,
            facts=("S03", fact_id(confirmed=False)),
            alternative=alternative,
            pattern_id=f"P{number}",
        )
        for number, (span, name, rule, alternative) in enumerate(spans, start=1)
    ]
    return reply.findings_block(corpus(), sentence, findings)


def error() -> Block:
    """An error."""
    return reply.error_block("E307", corpus().wording["actions_down"].format(code="E307"))


def buttons(*titles: str) -> Block:
    """Buttons with ids b-1, b-2 ..."""
    chosen = titles or ("换一条", "看看等级匹配的产品", "练习这个异议")
    return {"type": "buttons", "buttons": [{"id": f"b-{n}", "title": title} for n, title in enumerate(chosen, start=1)]}


def every_kind() -> dict[str, list[Block]]:
    """All block types, several of those that vary."""
    return {
        "text": [text()],
        "script": [script(0), script(1)],
        "decision": [decision(outcome) for outcome in Outcome],
        "products": [products()],
        "comparison": [comparison(2), comparison(4)],
        "facts": [facts()],
        "policy_answer": [policy_answer()],
        "phrase_check": [phrase_check()],
        "error": [error()],
        "buttons": [buttons()],
    }

"""Grades, fees and terms that a reply states, held against the product's sheet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from practice_tools import DAY, FEES, LIQUIDITY, SHEET, score

from bot.practice.facts import stated_facts
from bot.practice.scorecard import Note
from bot.practice.scoring import Scene

SCENE = Scene(DAY, SHEET, "C2")


@pytest.mark.parametrize(
    ("reply", "label", "stated", "right"),
    [
        ("这只是R2，可能亏。", "风险等级", "R2", True),
        ("这只是r 2。", "风险等级", "R2", True),
        ("这只才R1，您看一眼。", "风险等级", "R1", False),
        ("风险等级R3，波动大一些。", "风险等级", "R3", False),
        ("管理费一年0.3%。", "管理费", "0.3%", True),
        ("管理费是0.30%", "管理费", "0.30%", True),
        ("管理费每年0.03％，很低。", "管理费", "0.03%", False),
        ("托管费0.02%。", "托管费", "0.02%", True),
        ("托管费0.2%。", "托管费", "0.2%", False),
        ("封闭90天，中途取不出来。", "期限", "90天", True),
        ("封闭期是3个月。", "期限", "3个月", True),
        ("期限一共半年，封闭180天。", "期限", "180天", False),
        ("最短30天就能取。", "期限", "30天", False),
        ("锁定1年。", "期限", "1年", False),
    ],
)
def test_a_stated_fact_is_right_or_wrong_by_the_sheet(reply: str, label: str, stated: str, right: bool) -> None:
    (fact,) = stated_facts(reply, SHEET)
    assert (fact.label, fact.stated, fact.right) == (label, stated, right)
    assert reply[fact.quote.start : fact.quote.end] == fact.quote.text
    assert fact.recorded in ("R2", "0.3%", "0.02%", "90天")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "这只可能亏，您慢慢看。",
        "您评的是C3。",
        "申购费1.5%。",
        "十万块放进去。",
        "AR25号文件写着。",
        "受不了跌，那就选R1，一样可能亏。",
        "您可以换成R1的。",
        "持有7天以上，赎回不收费。",
    ],
)
def test_what_states_no_fact_of_the_product_is_not_held_against_the_sheet(reply: str) -> None:
    assert stated_facts(reply, SHEET) == ()


def test_without_a_product_nothing_is_stated_of_it() -> None:
    assert stated_facts("R5，管理费9%，封闭3年。", None) == ()


def test_what_is_not_recorded_is_not_held_against_a_reply() -> None:
    bare = replace(SHEET, risk_grade=None, term_days=None, rates={})
    assert stated_facts("R5，管理费9%，封闭3年。", bare) == ()


@pytest.mark.parametrize(
    ("good", "right", "wrong"),
    [
        (FEES, "管理费一年0.3%就是一百五十块", "管理费一年0.1%就是五十块"),
        (LIQUIDITY, "封闭90天", "封闭30天"),
    ],
)
def test_an_untrue_figure_is_no_resolution(good: object, right: str, wrong: str) -> None:
    objection = FEES if good is FEES else LIQUIDITY
    assert right in objection.good
    true, untrue = (score(objection, text, SCENE) for text in (objection.good, objection.good.replace(right, wrong)))
    assert true.met("resolve")
    assert Note.WRONG_FACT not in true.notes
    assert not untrue.met("resolve")
    assert Note.WRONG_FACT in untrue.notes
    assert untrue.overall <= 3 < true.overall


@pytest.mark.parametrize(
    ("tier", "grade", "above"),
    [("C1", "R2", True), ("C2", "R2", False), ("C3", "R2", False), ("C4", "R5", True), (None, "R5", False)],
)
def test_a_grade_above_the_clients_tier_holds_the_reply_at_two(tier: str | None, grade: str, above: bool) -> None:
    scene = Scene(DAY, replace(SHEET, risk_grade=grade), tier)
    card = score(FEES, f"{FEES.good}它是{grade}。", scene)
    assert (Note.ABOVE_TIER in card.notes) is above
    assert (card.overall <= 2) is above

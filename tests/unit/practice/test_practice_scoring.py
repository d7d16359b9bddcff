"""The contract's anchors, replies that are hardly replies, and what a score must always hold."""

from __future__ import annotations

import pytest
from practice_tools import (
    EMPTY,
    FEES,
    GUARANTEE,
    LIQUIDITY,
    OBJECTIONS,
    PRIVATE,
    RISK,
    Objection,
    corpus,
    practice,
    score,
)

from bot.corpus.practice import CRITERIA
from bot.practice.scorecard import Manner, Note

VIOLATIONS = [
    "这只保本保息，绝对不会亏。",
    "额度只剩今天最后一点，您现在不买明天就没有了。",
    "我私下返您一百块，别跟人说。",
    "测评我替您填，填成能买的等级，您签个字就行。",
]
# Near what the model was taught, from good to useless, and things that nobody should send.
TEXTS = {
    "good": FEES.good,
    "cold": FEES.cold,
    "empty": EMPTY,
    "another objection": PRIVATE,
    "not compliant": FEES.good + GUARANTEE,
    "pushy": "您到底买不买？我都讲了三遍了，别磨蹭了。",
    "nothing": "",
    "spaces": " \n\t ",
    "punctuation": "……！！？",
    "emoji": "😀👍",
    "one character": "好",
    "English": "The management fee is 0.3 percent a year, what do you think?",
    "markup": "<b>费用</b> [red]三块[/red] {product.management_fee} %s",
    "very long": "费用的事您放心，我们慢慢说。" * 400,
    "the client's line": FEES.line,
}
CASES = [pytest.param(text, id=name) for name, text in TEXTS.items()]


@pytest.mark.parametrize("objection", OBJECTIONS, ids=lambda each: each.intent)
def test_short_warm_specific_and_true_is_five(objection: Objection) -> None:
    card = score(objection, objection.good)
    assert (card.overall, card.notes, card.manner) == (5, (), Manner.GOOD)
    assert all(criterion.met for criterion in card.criteria.values())


@pytest.mark.parametrize("objection", OBJECTIONS, ids=lambda each: each.intent)
def test_right_but_cold_is_three(objection: Objection) -> None:
    card = score(objection, objection.cold)
    assert (card.overall, card.manner) == (3, Manner.MIDDLING)
    assert card.met("resolve")
    assert not card.met("listen")


@pytest.mark.parametrize("violation", VIOLATIONS)
@pytest.mark.parametrize("objection", OBJECTIONS, ids=lambda each: each.intent)
def test_a_reply_that_is_not_compliant_is_never_above_two_however_good_the_rest(
    objection: Objection, violation: str
) -> None:
    for reply in (objection.good + violation, violation + objection.good):
        card = score(objection, reply)
        assert card.overall <= 2
        assert not card.met("compliant")
        assert card.manner is Manner.NON_COMPLIANT


def test_a_violation_is_found_however_far_behind_it_stands() -> None:
    card = score(FEES, FEES.good * 15 + GUARANTEE)
    assert not card.met("compliant")
    assert card.overall <= 2


@pytest.mark.parametrize("objection", OBJECTIONS, ids=lambda each: each.intent)
def test_long_polished_and_empty_is_at_most_two(objection: Objection) -> None:
    card = score(objection, EMPTY)
    assert card.overall <= 2
    assert not card.met("resolve")


@pytest.mark.parametrize(
    ("objection", "reply"),
    [
        (FEES, PRIVATE),
        (RISK, PRIVATE),
        (LIQUIDITY, PRIVATE),
        (FEES, "隔壁那家写的是业绩比较基准，不是利率，您先问清楚是存款还是理财，两家再比。"),
        (Objection("objection_privacy", "我的电话别给别人，推销的太多了。", "", ""), LIQUIDITY.cold),
        (Objection("objection_paperwork", "又要录像又要填表，太麻烦了。", "", ""), FEES.cold),
    ],
)
def test_an_answer_to_another_objection_is_at_most_two(objection: Objection, reply: str) -> None:
    card = score(objection, reply)
    assert card.overall <= 2
    assert not card.met("resolve")


@pytest.mark.parametrize(
    ("objection", "reply"),
    [
        (FEES, "管理费，托管费，申购费，赎回费，费率，净值。"),
        (RISK, "风险等级、净值、波动、本金、资产配置、长期持有。"),
        (LIQUIDITY, "期限、封闭、赎回、到账、流动性。"),
    ],
)
def test_keywords_without_an_answer_are_one_or_two(objection: Objection, reply: str) -> None:
    assert score(objection, reply).overall <= 2


@pytest.mark.parametrize("reply", CASES)
def test_the_same_reply_twice_has_the_same_score(reply: str) -> None:
    assert score(FEES, reply) == score(FEES, reply)


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        ("", Note.NOTHING_SAID),
        (" \n\t ", Note.NOTHING_SAID),
        ("……！！？", Note.NOTHING_SAID),
        ("123", Note.NOTHING_SAID),
        ("好", Note.NOT_CHINESE),
        (TEXTS["English"], Note.NOT_CHINESE),
        (FEES.line, Note.PASTED_CLIENT),
        (FEES.line.replace("，", " ") + "！", Note.PASTED_CLIENT),
    ],
)
def test_what_is_no_reply_is_one_and_meets_nothing(reply: str, note: Note) -> None:
    card = score(FEES, reply)
    assert (card.overall, card.notes) == (1, (note,))
    assert not any(card.met(name) for name in CRITERIA)


@pytest.mark.parametrize("length", [1000, 5000])
def test_a_reply_that_is_too_long_is_never_five(length: int) -> None:
    card = score(FEES, (FEES.good * 50)[:length])
    assert Note.TOO_LONG in card.notes
    assert card.overall <= 4


@pytest.mark.parametrize("intent", sorted(practice().client_lines))
def test_an_approved_script_read_out_is_at_most_three(intent: str) -> None:
    script = next(script for script in corpus().objections[intent].scripts if "{" not in "".join(script.steps.values()))
    line = practice().client_lines[intent].lines["easy"][0]
    card = score(Objection(intent, line, "", ""), "".join(script.steps.values()))
    assert Note.PASTED_SCRIPT in card.notes
    assert card.overall <= 3


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        (
            FEES.cold,
            "管理費每年0.3%，按日從淨值計提，五萬元一年約150元。託管費0.02%。贖回不收費。產品不保本，可能虧損。",
        ),
        (
            LIQUIDITY.cold,
            "封閉90天，期間不能贖回。到期後兩個工作日到賬。需要隨時取用的資金，應放活期或者現金管理類產品。",
        ),
        (GUARANTEE, "您怕虧我懂，您放一百個心，這隻保本保息，絕對不會虧。"),
    ],
)
def test_traditional_characters_are_scored_like_simplified_ones(simplified: str, traditional: str) -> None:
    one, other = score(FEES, simplified), score(FEES, traditional)
    assert one.overall == other.overall
    assert [each.met for each in one.criteria.values()] == [each.met for each in other.criteria.values()]
    assert [each.code for each in one.findings] == [each.code for each in other.findings]


@pytest.mark.parametrize("reply", CASES)
def test_every_criterion_has_a_name_and_a_reason_and_quotes_what_was_said(reply: str) -> None:
    card = score(FEES, reply)
    assert tuple(card.criteria) == (*CRITERIA, "compliant")
    assert 1 <= card.overall <= 5
    assert card.rubric == practice().rubric["version"]
    for criterion in card.criteria.values():
        assert criterion.name
        assert criterion.reason
        assert 0.5 <= criterion.sureness <= 1
        for quote in criterion.quotes:
            assert 0 <= quote.start < quote.end <= len(reply)
            assert reply[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("reply", CASES)
def test_what_is_missed_comes_with_a_better_wording_and_what_is_met_with_a_quote(reply: str) -> None:
    for criterion in score(FEES, reply).criteria.values():
        assert bool(criterion.better) is not criterion.met
        if criterion.met and criterion.id != "compliant":
            assert criterion.quotes


@pytest.mark.parametrize("intent", sorted(practice().client_lines))
def test_every_line_of_every_client_has_an_approved_answer_that_says_all_three_steps(intent: str) -> None:
    for level, lines in practice().client_lines[intent].lines.items():
        card = score(Objection(intent, lines[0], "", ""), EMPTY)
        better = [card.criteria[name].better for name in CRITERIA if not card.met(name)]
        assert better, level
        assert not any("{" in text or not text for text in better)


@pytest.mark.parametrize("reply", CASES)
def test_contributions_are_named_and_the_weightiest_come_first(reply: str) -> None:
    card = score(FEES, reply)
    for name in CRITERIA:
        values = [abs(each.value) for each in card.criteria[name].contributions]
        assert len(values) == 3
        assert values == sorted(values, reverse=True)
        assert all(each.name for each in card.criteria[name].contributions)
    assert card.criteria["compliant"].contributions == ()


def test_what_is_not_compliant_names_the_words_and_an_alternative() -> None:
    criterion = score(RISK, GUARANTEE).criteria["compliant"]
    assert "保本" in "".join(quote.text for quote in criterion.quotes)
    assert criterion.better
    assert "（" in criterion.reason

"""When forbidden words are meant and when they are not: one table a reason, told by the reason's name."""

from __future__ import annotations

import pytest
from policy_files import codes_in, real_checker

from bot.policy.clauses import sentences, surroundings
from bot.policy.meaning import excuse
from bot.policy.offsets import fold

MARKERS = real_checker().catalogue.markers


def reason(code: str, text: str, words: str) -> str | None:
    """Why `words` in `text` are compliant."""
    folded = fold(text).text
    sentence = next(each for each in sentences(folded) if words in each.text)
    start = sentence.text.index(words)
    return excuse(code, surroundings(sentence, start, start + len(words), MARKERS.turns), MARKERS)


@pytest.mark.parametrize(
    ("code", "text", "words", "expected"),
    [
        ("guarantee", "这款不保本。", "保本", "negated"),
        ("guarantee", "这款并不保证本金。", "保证本金", "negated"),
        ("guarantee", "没有一款产品是零风险的。", "零风险", "negated"),
        ("guarantee", "不得承诺保本。", "保本", "negated"),
        ("guarantee", "稳赚不赔，这种话我不敢说。", "稳赚", "denied"),
        ("guarantee", "说零风险，那是假的。", "零风险", "denied"),
        ("guarantee", "您问保本的事。", "保本", "from_client"),
        ("guarantee", "网上的“稳赚”，您看看就好。", "稳赚", "quoted"),
        ("guarantee", "拿稳赚来拉您进群，您要当心。", "稳赚", "warned"),
        ("guarantee", "这款保本吗？", "保本", "asked"),
        ("guarantee", "定期存款五十万以内本金有保障。", "本金有保障", "insured_deposit"),
        # and when nothing excuses
        ("guarantee", "这款保本。", "保本", None),
        ("guarantee", "这款不会不保本。", "保本", None),
        ("guarantee", "不仅保本，还有收益。", "保本", None),
        ("guarantee", "没问题，这款保本。", "保本", None),
        ("guarantee", "监管不让说，但其实是保本的。", "保本", None),
        ("guarantee", "这款保本吗？保的，您放心。", "保本", None),
        ("guarantee", "这不是保本的吗？", "保本", None),
        ("guarantee", "您问保不保本，没错，就是保本的。", "就是保本", None),
        ("guarantee", "五十万以内的理财本金有保障。", "本金有保障", None),
        ("inducement", "您要返现吗？", "返现", None),
    ],
)
def test_reason(code: str, text: str, words: str, expected: str | None) -> None:
    assert reason(code, text, words) == expected


@pytest.mark.parametrize(
    ("disclaimer", "promise"),
    [
        ("我不能承诺保本，", "但本金肯定没问题。"),
        ("合同上写的不保本，", "不过从来没亏过。"),
        ("监管规定不能说保本，", "其实这款就是保本的。"),
        ("按规定不能返现，", "可我私下给您返两个点。"),
        ("我不催您，", "但名额只剩两个了，过了今天就没了。"),
        ("按规定要双录，", "不过太麻烦，双录就跳过吧。"),
        ("密码不能告诉别人，", "但您把验证码发我没事。"),
    ],
)
def test_a_disclaimer_does_not_cover_the_promise_behind_it(disclaimer: str, promise: str) -> None:
    assert codes_in(disclaimer + promise)


@pytest.mark.parametrize(
    "text",
    [
        "理财不保本，也不保收益。",
        "我没法给您打包票，谁也打不了。",
        "说“保本”是违规的，我不会这么说。",
        "有人让您往个人账户转钱，您马上报警。",
        "规定不得代客填写问卷，我也不会替您填。",
        "您的存款在一家银行五十万以内，本息由存款保险全额偿付。",
        "募集到周五结束，来不及也没关系。",
    ],
)
def test_what_the_contract_calls_compliant_passes(text: str) -> None:
    assert codes_in(text) == set()


def test_a_turn_that_looks_ahead_into_the_match_is_seen() -> None:
    """The turn 可 counts only in front of some words, and here those words belong to the match."""
    assert "inducement" in codes_in("按规定不能返现，可我私下给您返两个点。")
    assert reason("guarantee", "这话不能说，可这款保本。", "这款保本") is None

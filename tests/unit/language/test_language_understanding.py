"""Several objections in one message, and courtesy around it, on a small model."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intent_model import IntentModel
from bot.language.intent_training import train
from bot.language.understanding import Objection, understand

LINES = {
    "objection_fees": "手续费太贵 管理费太高 费用高 申购费贵 都要钱 扣费太多 费率不划算 收费名目多 托管费也要收 费用贵",
    "objection_liquidity": "锁一年太久 封闭期太长 取不出来 赎回要等好几天 锁三年 锁得久 取钱难 锁住了 不能动 要等一年",
    "objection_risk": "怕亏 跌了怎么办 亏本怎么办 风险太大 担心亏损 会不会赔钱 赔了咋整 怕跌 亏了养老钱怎么办 心里怕亏",
    "greet": "你好 您好 早上好 在吗 下午好 嗨 晚上好 你好呀 在不在 哈喽",
    "thank": "谢谢 多谢 谢谢你 辛苦了 感谢 谢谢啦 麻烦了 太感谢了 谢了 非常感谢",
}


@pytest.fixture(scope="module")
def model() -> IntentModel:
    lines = [(intent, text) for intent, texts in LINES.items() for text in texts.split()]
    return train([text for _, text in lines], [intent for intent, _ in lines])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("费用高还锁一年", [("objection_fees", "费用高"), ("objection_liquidity", "还锁一年")]),
        ("封闭期太长，手续费太贵", [("objection_liquidity", "封闭期太长"), ("objection_fees", "手续费太贵")]),
        (
            "管理费太高、锁得久、又怕亏",
            [("objection_fees", "管理费太高"), ("objection_liquidity", "锁得久"), ("objection_risk", "又怕亏")],
        ),
    ],
)
def test_several_objections_are_found_in_the_order_said(
    model: IntentModel, text: str, parts: list[tuple[str, str]]
) -> None:
    understood = understand(model, text)
    assert understood.objections == tuple(Objection(*part) for part in parts)
    assert understood.ranking[0][0] in {intent for intent, _ in parts}
    assert understood.ranking[0][1] >= 0.8


@pytest.mark.parametrize(
    "text", ["手续费太贵，管理费太高", "封闭期太长，急用取不出来", "怕亏", "你好", "谢谢，手续费太贵", ""]
)
def test_one_objection_or_none_has_no_parts(model: IntentModel, text: str) -> None:
    assert understand(model, text).objections == ()


@pytest.mark.parametrize("wrapped", ["你好，手续费太贵", "在吗 手续费太贵，谢谢啦", "早上好！手续费太贵。辛苦了，再见"])
def test_courtesy_around_an_objection_does_not_count(model: IntentModel, wrapped: str) -> None:
    alone = dict(understand(model, "手续费太贵").ranking)
    assert dict(understand(model, wrapped).ranking) == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("费用高就不说了", "objection_fees"),
        ("不是怕亏,是费用高", "objection_fees"),
        ("费用不高,就是怕亏", "objection_risk"),
    ],
)
def test_what_is_denied_first_is_not_answered(model: IntentModel, text: str, intent: str) -> None:
    understood = understand(model, text)
    assert understood.ranking[0][0] == intent
    assert understood.objections == ()


@pytest.mark.parametrize("traditional", ["費用高還鎖一年", "封閉期太長，手續費太貴"])
def test_traditional_characters_are_cut_alike(model: IntentModel, traditional: str) -> None:
    understood = understand(model, traditional)
    assert len(understood.objections) == 2
    assert all(objection.said in traditional for objection in understood.objections)


@pytest.mark.parametrize("text", ["又" * 2000, "费用高，还锁一年。" * 220, "怕亏，" * 600])
def test_a_long_message_takes_no_longer_than_a_message_may(model: IntentModel, text: str) -> None:
    started = time.process_time()
    understand(model, text)
    assert time.process_time() - started < 2


@settings(deadline=None, max_examples=150)
@given(text=st.text(st.sampled_from("费用高还锁一年，怕亏又。你好谢 \n"), max_size=24))
def test_the_ranking_is_whole_and_every_part_is_in_the_message(model: IntentModel, text: str) -> None:
    understood = understand(model, text)
    assert {name for name, _ in understood.ranking} == set(model.intents)
    confidences = [confidence for _, confidence in understood.ranking]
    assert sum(confidences) == pytest.approx(1, abs=1e-6)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert confidences[0] == max(confidences)
    said = [objection.said for objection in understood.objections]
    assert len(said) != 1
    assert len(said) <= 3
    place = 0
    for part in said:
        assert text.find(part, place) >= place
        place = text.find(part, place) + len(part)
    assert len({objection.intent for objection in understood.objections}) == len(said)

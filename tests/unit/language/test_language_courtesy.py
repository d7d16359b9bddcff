"""Courtesy around a message is no part of what it says."""

from __future__ import annotations

import time

import pytest

from bot.language.courtesy import without_courtesy


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("你好,客户嫌费用高", "客户嫌费用高"),
        ("在吗 客户说怕亏", "客户说怕亏"),
        ("早上好!小助手,他说要回家商量", "他说要回家商量"),
        ("嗯,他怕亏本,麻烦你了", "他怕亏本"),
        ("客户嫌手续费贵,谢谢啦", "客户嫌手续费贵"),
        ("您好,打扰一下,锁一年太久,多谢!", "锁一年太久"),
        # nothing else in it
        ("你好,在吗", "你好,在吗"),
        ("谢谢,再见", "谢谢,再见"),
        # the words, but no courtesy
        ("你好意思收这么多费", "你好意思收这么多费"),
        ("好的产品都让别人买走了", "好的产品都让别人买走了"),
        ("早知道就不买了,现在后悔", "早知道就不买了,现在后悔"),
        ("客户说,谢谢你们的好意他不需要", "客户说,谢谢你们的好意他不需要"),
        ("双录,太麻烦", "双录,太麻烦"),
        ("测评 太麻烦了", "测评 太麻烦了"),
        ("客户回我:不好意思", "客户回我:不好意思"),
        ("他那边说,急", "他那边说,急"),
        ("", ""),
    ],
)
def test_courtesy_goes_and_the_rest_stays(text: str, core: str) -> None:
    assert text[slice(*without_courtesy(text))] == core


@pytest.mark.parametrize("piece", ["嗯", "好的", "谢谢", "哦哦", "你好,", "谢谢了", "，", "嗯哈", "先谢谢你"])
def test_hostile_repetition_is_read_at_once(piece: str) -> None:
    """A pattern of nested repetitions needed seconds for seventeen of these, and held every other message up."""
    text = (piece * 2000)[:2000]
    started = time.process_time()
    without_courtesy(f"{text}客户怕亏")
    without_courtesy(f"客户怕亏,{text}")
    assert time.process_time() - started < 1

"""Who is spoken of: names known and unknown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.names import NameMatcher, client_name_candidates, mentioned_person, titled_person


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("给李四推荐", "李四"),
        ("给王芳推荐点R2以下的", "王芳"),
        ("帮张三丰看看能买什么", "张三丰"),
        ("查一下刘德华的风险等级", "刘德华"),
        ("给欧阳锋配点理财", "欧阳锋"),
        ("给欧阳文轩推荐", "欧阳文轩"),
        ("换成赵敏", "赵敏"),
        ("我说的是陈静", "陈静"),
        ("客户王女士嫌费用高", "王女士"),
        ("卖给许文强合适吗", "许文强"),
        ("王芳能买澜石先锋股票吗", "王芳"),
        ("帮我查王建国", "王建国"),
        ("李建国刚做完评估", "李建国"),
        ("替周杰配置一点", "周杰"),
    ],
)
def test_a_person_is_noticed(text: str, name: str) -> None:
    assert mentioned_person(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "客户说手续费太贵",
        "客户说要再考虑考虑",
        "给客户推荐产品",
        "推荐一个产品",
        "给她推荐",
        "给老客户推荐",
        "给高净值客户推荐",
        "给成长型客户推荐",
        "这个客户能买基金吗",
        "客户的钱都在别的银行",
        "安和稳盈90天的管理费",
        "查查黄金的起点",
        "看看金条的费用",
        "看看万能险的",
        "给年金险客户做回访",
        "是高风险的吗",
        "不是安全的吗",
        "是安全的",
        "查费用的",
        "费用的",
        "查一下钱的",
        "谢谢",
        "高风险产品能卖给老人吗",
        "常见的问题",
        "明天约客户见面",
        "怎么安抚一个要投诉的客户",
        "KH100023能买吗",
        "1234",
        "！？",
    ],
)
def test_a_sentence_without_a_person_names_none(text: str) -> None:
    assert mentioned_person(text) is None


@pytest.mark.parametrize(
    ("text", "among", "not_among"),
    [
        ("给李四推荐", ["李四"], ["给李", "推荐"]),
        ("欧阳娜娜能买吗", ["欧阳娜娜", "欧阳娜"], ["娜娜"]),
        ("王a", [], ["王a"]),
        ("王", [], ["王"]),
        ("王芳和李建国", ["王芳", "李建国"], ["芳和", "建国"]),
        ("R2能买吗", [], []),
        ("", [], []),
    ],
)
def test_candidates_hold_every_name_of_the_sentence(text: str, among: list[str], not_among: list[str]) -> None:
    found = client_name_candidates(text)
    assert set(among) <= set(found)
    assert not set(not_among) & set(found)


def test_candidates_are_longest_first_at_each_place() -> None:
    assert client_name_candidates("王芳能买") == ["王芳能买", "王芳能", "王芳"]


@settings(max_examples=200)
@given(st.text(alphabet="王李欧阳司马芳建国推荐给客户，。aR2 🙂", max_size=25))
def test_candidates_are_distinct_pieces_of_two_to_four_chinese_characters(text: str) -> None:
    found = client_name_candidates(text)
    assert len(found) == len(set(found))
    for piece in found:
        assert piece in text
        assert 2 <= len(piece) <= 4
        assert all("\u4e00" <= character <= "\u9fff" for character in piece)
    person = mentioned_person(text)
    assert person is None or person in text


PRODUCTS = NameMatcher(
    [
        ("安和稳盈90天", "AH90D01"),
        ("安和稳盈", "AHWY"),
        ("稳盈", "AH90D01"),
        ("稳盈", "AHWY"),
        ("AH90D01", "AH90D01"),
        ("Fund A", "FA"),
    ],
    "product",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("安和稳盈90天的费用", [("AH90D01", "安和稳盈90天")]),
        ("安和稳盈的费用", [("AHWY", "安和稳盈")]),
        ("稳盈怎么样", [("AH90D01", "稳盈"), ("AHWY", "稳盈")]),
        ("ah90d01", [("AH90D01", "ah90d01")]),
        ("fund a和FUND A", [("FA", "fund a"), ("FA", "FUND A")]),
        ("稳盈和安和稳盈90天", [("AH90D01", "稳盈"), ("AHWY", "稳盈"), ("AH90D01", "安和稳盈90天")]),
        ("别的产品", []),
        ("", []),
    ],
)
def test_the_longest_known_name_wins_and_a_shared_one_gives_both(text: str, found: list[tuple[str, str]]) -> None:
    assert [(item.value, text[item.start : item.end]) for item in PRODUCTS.find(text)] == found
    assert {item.entity for item in PRODUCTS.find(text)} <= {"product"}


def test_a_matcher_without_names_finds_nothing() -> None:
    assert NameMatcher([], "product").find("安和稳盈") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("给周总推荐点东西", ("周", "周总")),
        ("张阿姨能买基金吗", ("张", "张阿姨")),
        ("欧阳女士的等级", ("欧阳", "欧阳女士")),
        ("给老李推荐个产品", ("李", "给老李")),
        ("钱总是不够用", None),
        ("给小时工买保险", None),
        ("理财经理说的", None),
        ("客户说手续费太贵", None),
    ],
)
def test_person_called_by_surname_and_title(text: str, expected: tuple[str, str] | None) -> None:
    assert titled_person(text) == expected

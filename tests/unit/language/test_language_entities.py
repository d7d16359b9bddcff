"""Numbers, tiers, grades, amounts, terms and plain words, read off a sentence."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.entities import extract
from bot.language.normalise import clean


def found(text: str, entity: str) -> list[tuple[str, str]]:
    """(value, the words it was read from) of one kind of entity."""
    cleaned = clean(text)
    return [(each.value, cleaned[each.start : each.end]) for each in extract(cleaned) if each.entity == entity]


@pytest.mark.parametrize(
    ("text", "yuan", "words"),
    [
        ("五十万", 500_000, "五十万"),
        ("50w", 500_000, "50w"),
        ("50W", 500_000, "50W"),
        ("５０万", 500_000, "50万"),
        ("50 万", 500_000, "50 万"),
        ("50万元", 500_000, "50万元"),
        ("50万块钱", 500_000, "50万块钱"),
        ("3.5个亿", 350_000_000, "3.5个亿"),
        ("两个亿", 200_000_000, "两个亿"),
        ("1.2亿", 120_000_000, "1.2亿"),
        ("三点五万", 35_000, "三点五万"),
        ("两点五个亿", 250_000_000, "两点五个亿"),
        ("每月三千五", 3_500, "三千五"),
        ("先放两千吧", 2_000, "两千"),
        ("两百块", 200, "两百块"),
        ("一百零五万", 1_050_000, "一百零五万"),
        ("五百万", 5_000_000, "五百万"),
        ("3千", 3000, "3千"),
        ("3k", 3000, "3k"),
        ("五千块", 5000, "五千块"),
        ("三千五块", 3500, "三千五块"),
        ("100元", 100, "100元"),
        ("1,000,000元", 1_000_000, "1,000,000元"),
        ("500元/月", 500, "500元"),
        ("100人民币", 100, "100人民币"),
        # compound amounts
        ("一万五", 15_000, "一万五"),
        ("两万五能买吗", 25_000, "两万五"),
        ("1万5", 15_000, "1万5"),
        ("1万5千", 15_000, "1万5千"),
        ("5w5", 55_000, "5w5"),
        ("一万五千元", 15_000, "一万五千元"),
        ("一万二千五百", 12_500, "一万二千五百"),
        ("一万二千五", 12_500, "一万二千五"),
        ("一万零五百", 10_500, "一万零五百"),
        ("一亿五千万", 150_000_000, "一亿五千万"),
        ("1亿2000万", 120_000_000, "1亿2000万"),
        ("一亿五", 150_000_000, "一亿五"),
        # in a sentence
        ("手里有五十万想存", 500_000, "五十万"),
        ("C2,500万", 5_000_000, "500万"),
        ("100万，期限1年", 1_000_000, "100万"),
        ("50万3年期", 500_000, "50万"),
        ("10万两只产品", 100_000, "10万"),
        ("一万五年期", 10_000, "一万"),
        ("20万5%", 200_000, "20万"),
    ],
)
def test_amounts(text: str, yuan: int, words: str) -> None:
    assert found(text, "amount") == [(str(yuan), words)]


@pytest.mark.parametrize(
    "text",
    [
        "千万别买",
        "0元",
        "零元起投",
        "0.4元",
        "说了一千遍",
        "万一",
        "百万",
        "几百万",
        "二三十万",
        "三五万",
        "一块买",
        "2026年",
        "12000",
        "KH100023",
        "0.5%",
        "18个月",
        "零元",
        "0万",
        "3kg",
        "90天",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert found(text, "amount") == []


def test_two_amounts_are_two() -> None:
    assert [value for value, _ in found("先买5万，再买20万", "amount")] == ["50000", "200000"]


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("半年", "6个月", "半年"),
        ("半个月", "15天", "半个月"),
        ("半个季度", "45天", "半个季度"),
        ("18个月", "18个月", "18个月"),
        ("１８个月", "18个月", "18个月"),
        ("18 个月", "18个月", "18 个月"),
        ("90天", "90天", "90天"),
        ("九十天", "90天", "九十天"),
        ("180日", "180天", "180日"),
        ("一年期", "12个月", "一年"),
        ("3年期的", "36个月", "3年"),
        ("两年", "24个月", "两年"),
        ("一年半", "18个月", "一年半"),
        ("1.5年", "18个月", "1.5年"),
        ("两个季度", "6个月", "两个季度"),
        ("一个半月", "45天", "一个半月"),
        ("三周", "21天", "三周"),
        ("2星期", "14天", "2星期"),
        ("两个星期", "14天", "两个星期"),
        ("封闭一年太久了", "12个月", "一年"),
        ("十二个月", "12个月", "十二个月"),
    ],
)
def test_terms(text: str, value: str, words: str) -> None:
    assert found(text, "term") == [(value, words)]


@pytest.mark.parametrize(
    ("text", "entity", "ends"),
    [
        ("50~100万", "amount", [("500000", "50"), ("1000000", "100万")]),
        ("三到五万", "amount", [("30000", "三"), ("50000", "五万")]),
        ("预算五十至八十万元", "amount", [("500000", "五十"), ("800000", "八十万元")]),
        ("30万到50万", "amount", [("300000", "30万"), ("500000", "50万")]),
        ("3-6个月", "term", [("3个月", "3"), ("6个月", "6个月")]),
        ("一到三年", "term", [("12个月", "一"), ("36个月", "三年")]),
        ("1-2次", "amount", []),
    ],
)
def test_a_range_has_two_ends(text: str, entity: str, ends: list[tuple[str, str]]) -> None:
    assert found(text, entity) == ends


@pytest.mark.parametrize(
    "text",
    [
        *("2026年", "26年到期", "27年底", "28年3月", "3月15日", "10月5日"),
        *("三年前", "5天后", "十三年前", "第一年", "三五年", "半天", "30年纪", "零天"),
    ],
)
def test_what_is_no_term(text: str) -> None:
    assert found(text, "term") == []


@pytest.mark.parametrize("tier", range(1, 6))
@pytest.mark.parametrize("written", ["C{}", "c{}", "Ｃ{}", "客户C{}的", "等级是C{}，", "C{},500万"])
def test_tiers_by_letter(written: str, tier: int) -> None:
    assert [value for value, _ in found(written.format(tier), "risk_tier")] == [f"C{tier}"]


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("保守型", "C1"),
        ("稳健型", "C2"),
        ("谨慎型", "C2"),
        ("平衡型客户", "C3"),
        ("成长型", "C4"),
        ("积极型", "C4"),
        ("进取型", "C5"),
        ("激进型", "C5"),
    ],
)
def test_tiers_by_name(text: str, tier: str) -> None:
    assert [value for value, _ in found(text, "risk_tier")] == [tier]


@pytest.mark.parametrize("text", ["C0", "C6", "C12", "AC1", "C1A", "1C2", "ABC3"])
def test_what_is_no_tier(text: str) -> None:
    assert found(text, "risk_tier") == []


@pytest.mark.parametrize("grade", range(1, 6))
@pytest.mark.parametrize("written", ["R{}", "r{}", "PR{}", "pr{}", "Ｒ{}", "R{}以下的", "推荐R{}的"])
def test_grades_by_letter(written: str, grade: int) -> None:
    assert [value for value, _ in found(written.format(grade), "risk_grade")] == [f"R{grade}"]


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("风险等级是三级", ["R3"]),
        ("风险等级为二级", ["R2"]),
        ("风险四级", ["R4"]),
        ("R2和R3", ["R2", "R3"]),
        ("风险六级", []),
        ("R6", []),
        ("R12", []),
        ("AR1", []),
        ("三级", []),
    ],
)
def test_grades_in_words_and_what_is_none(text: str, grades: list[str]) -> None:
    assert [value for value, _ in found(text, "risk_grade")] == grades


@pytest.mark.parametrize(
    "text",
    [
        "KH100023",
        "kh100023",
        "Kh 100023",
        "ＫＨ１０００２３",
        "kh\u3000100023",
        "给KH100023推荐",
        "KH100023能买吗",
        "客户号100023",
        "客户号 100023",
        "客户号：100023",
        "客户号: 100023",
        "客户号是100023",
        "客户号是：100023",
        "客户编号100023",
        "客户编号为 100023",
        "编号100023",
        "100023",
        " 100023 ",
        "K\u200bH100023",
    ],
)
def test_client_numbers_in_all_spellings(text: str) -> None:
    assert [value for value, _ in found(text, "client_id")] == ["KH100023"]


@pytest.mark.parametrize(
    "text", ["KH10002", "KH1000234", "AKH100023", "1KH100023", "买100023元", "客户号1000234", "1000234"]
)
def test_what_is_no_client_number(text: str) -> None:
    assert found(text, "client_id") == []


@pytest.mark.parametrize(
    ("text", "categories", "words"),
    [
        ("结构性存款", ["structured_deposit"], {"结构性存款"}),
        ("存款", ["deposit"], {"存款"}),
        ("债券基金", ["bond_fund"], {"债券基金"}),
        ("债券", ["bond"], {"债券"}),
        ("基金", ["bond_fund", "equity_fund", "mixed_fund"], {"基金"}),
        ("货币市场基金", ["money_market_fund"], {"货币市场基金"}),
        ("储蓄国债", ["bond"], {"储蓄国债"}),
        ("私募证券基金", ["private_fund"], {"私募证券基金"}),
        ("纸黄金", ["precious_metal"], {"纸黄金"}),
        ("银行理财和保险", ["wealth_management", "insurance"], {"银行理财", "保险"}),
        ("天气", [], set()),
    ],
)
def test_longest_word_wins_and_a_plain_one_names_all_it_stands_for(
    text: str, categories: list[str], words: set[str]
) -> None:
    result = found(text, "product_category")
    assert sorted(value for value, _ in result) == sorted(categories)
    assert {word for _, word in result} == words


@pytest.mark.parametrize(
    ("text", "entity", "values"),
    [
        ("kyc怎么问", "stage", ["needs_analysis"]),
        ("KYC", "stage", ["needs_analysis"]),
        ("投诉处理", "stage", ["complaint_handling"]),
        ("老客户回访", "lifecycle", ["active"]),
        ("老客户回访", "stage", ["follow_up"]),
        ("激活老客户", "stage", ["win_back"]),
        ("沉睡客户", "lifecycle", ["lapsed"]),
        ("还没开户的", "lifecycle", ["prospect"]),
    ],
)
def test_stages_and_lifecycles(text: str, entity: str, values: list[str]) -> None:
    assert [value for value, _ in found(text, entity)] == values


@settings(deadline=None)
@given(
    text=st.text(
        st.one_of(
            st.sampled_from("零一二两三四五六七八九十百千万亿个半年月天日周元块0159.,wWkK KHCRpr风险级第前"),
            st.characters(),
        ),
        max_size=20,
    )
)
@example(text="一亿五")
@example(text="一万零零")
@example(text="①万²年")
@example(text="٣万")
@example(text="9" * 400 + "万")
def test_any_text_gives_entities_that_lie_in_it_in_order(text: str) -> None:
    cleaned = clean(text)
    entities = extract(cleaned)
    assert all(0 <= each.start < each.end <= len(cleaned) for each in entities)
    assert [each.start for each in entities] == sorted(each.start for each in entities)
    for each in entities:
        if each.entity == "amount":
            assert float(each.value) >= 0
            assert each.value.isdecimal()

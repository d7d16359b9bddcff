"""Numbers, grades and plain words read off a sentence."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.entities import LOOKUP_FILE, extract
from bot.language.normalise import clean

LOOKUP: dict[str, dict[str, list[str]]] = yaml.safe_load(LOOKUP_FILE.read_text(encoding="utf-8"))


def values(text: str, entity: str) -> list[str]:
    return [item.value for item in extract(clean(text)) if item.entity == entity]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("五十万", 500_000), ("50w", 500_000), ("50W", 500_000), ("50万", 500_000), ("50 万", 500_000),
        ("５０万", 500_000), ("3.5个亿", 350_000_000), ("1亿", 100_000_000), ("一亿", 100_000_000),
        ("两百块", 200), ("200块钱", 200), ("两百块钱", 200), ("1.5万元", 15_000), ("三千五百块", 3_500),
        ("一千零五十元", 1_050), ("一百二十万", 1_200_000), ("3百万", 3_000_000), ("五百万", 5_000_000),
        ("2千万", 20_000_000), ("三千", None), ("3千", 3_000), ("5k", 5_000), ("100元", 100), ("100人民币", 100),
        ("十万", 100_000), ("两万", 20_000), ("10,000元", 10_000), ("1,000,000元", 1_000_000), ("0.5万", 5_000),
        ("手里有20万闲钱", 200_000), ("他是C2，500万", 5_000_000), ("客户KH100023，50万", 500_000),
    ],
)  # fmt: skip
def test_amounts(text: str, yuan: int | None) -> None:
    assert values(text, "amount") == ([] if yuan is None else [str(yuan)])


@pytest.mark.parametrize(
    "text",
    ["50", "一百", "千万别", "百万医疗险", "几十万", "数百万", "二三十万", "十十万", "0元", "零块", "50%", "三年", "5个月",
     "10天", "2026年", "5kg", "亿元", "咱们一块看看", "一起", "百分之五", "KH100023", "R2", "万一", "三分", ""],
)  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    assert values(text, "amount") == []


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("半年", "6个月"), ("18个月", "18个月"), ("90天", "90天"), ("一年期", "12个月"), ("1年", "12个月"),
        ("三年", "36个月"), ("两年", "24个月"), ("一年半", "18个月"), ("两年半", "30个月"), ("十八个月", "18个月"),
        ("半个月", "15天"), ("一个半月", "45天"), ("两个月", "2个月"), ("三个季度", "9个月"), ("1季度", "3个月"),
        ("半个季度", "45天"), ("两周", "14天"), ("一个星期", "7天"), ("2星期", "14天"), ("7日", "7天"), ("三十天", "30天"),
        ("一百八十天", "180天"), ("1.5年", "18个月"), ("钱要放90天的", "90天"), ("20年", "240个月"),
    ],
)  # fmt: skip
def test_terms(text: str, term: str) -> None:
    assert values(text, "term") == [term]


@pytest.mark.parametrize(
    "text",
    ["半天", "算了半天也没懂", "2026年", "1998年买的", "11月24日", "十一月二十四日", "第一天", "第三年", "三年前", "5年后",
     "年轻", "今年", "每天", "九十年代" "百年", "千年", "二三十天", "零天", ""],
)  # fmt: skip
def test_what_is_no_term(text: str) -> None:
    assert values(text, "term") == []


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("spelling", ["C{}", "c{}", "客户是C{}的", "Ｃ{}", "他C{}，", "C{}级", "(C{})"])
def test_tiers_by_letter(spelling: str, level: int) -> None:
    assert values(spelling.format(level), "risk_tier") == [f"C{level}"]


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("spelling", ["R{}", "r{}", "PR{}", "pr{}", "买R{}的", "Ｒ{}", "ＰＲ{}", "R{}级产品", "R{}以下"])
def test_grades_by_letter(spelling: str, level: int) -> None:
    assert values(spelling.format(level), "risk_grade") == [f"R{level}"]


@pytest.mark.parametrize(("word", "level"), list(zip("一二三四五", range(1, 6), strict=True)))
@pytest.mark.parametrize("spelling", ["风险等级{}级", "风险等级是{}级", "风险{}级", "风险等级为{}级"])
def test_grades_in_words(spelling: str, word: str, level: int) -> None:
    assert values(spelling.format(word), "risk_grade") == [f"R{level}"]


@pytest.mark.parametrize("text", ["C0", "C6", "C12", "R0", "R6", "R21", "AC2", "AR2", "C2B", "CR2", "ABC1", "R2D2", "1R2"])
def test_what_is_neither_tier_nor_grade(text: str) -> None:
    assert values(text, "risk_tier") + values(text, "risk_grade") == []


def test_several_grades_keep_their_order() -> None:
    assert values("R3还是R1，C2能买R2吗", "risk_grade") == ["R3", "R1", "R2"]
    assert values("R3还是R1，C2能买R2吗", "risk_tier") == ["C2"]


@pytest.mark.parametrize(
    "text",
    ["KH100023", "kh100023", "Kh100023", "KH 100023", "ＫＨ１０００２３", "查KH100023", "给kh100023推荐", "客户号100023",
     "客户号：100023", "客户号: 100023", "客户号 100023", "客户号是100023", "客户号为：100023", "编号100023", "客户编号：100023",
     "客户编号是100023", "100023", " 100023 ", "KH100023，您好", "客户KH100023。"],
)  # fmt: skip
def test_client_numbers_in_every_spelling(text: str) -> None:
    assert set(values(text, "client_id")) == {"KH100023"}


@pytest.mark.parametrize(
    "text",
    ["KH1000234", "KH10002", "AKH100023", "1KH100023", "买100023份", "金额100023元", "1000234", "10002", "客户号1000234", ""],
)
def test_what_is_no_client_number(text: str) -> None:
    assert values(text, "client_id") == []


@pytest.mark.parametrize(
    ("entity", "value", "word"),
    [(entity, value, word) for entity, by in LOOKUP.items() for value, words in by.items() for word in words],
)
def test_every_word_of_the_lookup_is_found_whole(entity: str, value: str, word: str) -> None:
    sharing = {v for v, words in LOOKUP[entity].items() if word in words}
    text = f"说说{word}呢"
    found = [item for item in extract(text) if item.entity == entity]
    assert {item.value for item in found} == sharing >= {value}
    assert {text[item.start : item.end] for item in found} == {word}


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("结构性存款", ["structured_deposit"]),
        ("存款", ["deposit"]),
        ("货币基金", ["money_market_fund"]),
        ("基金", ["bond_fund", "equity_fund", "mixed_fund"]),
        ("私募基金", ["private_fund"]),
        ("债券基金", ["bond_fund"]),
        ("债券", ["bond"]),
        ("理财产品", ["wealth_management"]),
        ("年金险", ["insurance"]),
        ("存款和结构性存款", ["deposit", "structured_deposit"]),
        ("股票", []),
        ("", []),
    ],
)
def test_the_longest_category_wins(text: str, categories: list[str]) -> None:
    assert values(text, "product_category") == categories


@pytest.mark.parametrize("text", ["KYC", "kyc", "Kyc话术"])
def test_latin_words_of_the_lookup_are_found_in_either_case(text: str) -> None:
    assert values(text, "stage") == ["needs_analysis"]


def test_a_sentence_gives_its_entities_by_position() -> None:
    text = "给KH100023推荐50万以内半年的R2理财"
    found = [(item.entity, item.value, text[item.start : item.end]) for item in extract(text)]
    assert found == [
        ("client_id", "KH100023", "KH100023"),
        ("amount", "500000", "50万"),
        ("term", "6个月", "半年"),
        ("risk_grade", "R2", "R2"),
        ("product_category", "wealth_management", "理财"),
    ]


@pytest.mark.parametrize(("text", "number"), [("客户号：100023", "100023"), ("编号是100023吗", "100023")])
def test_a_client_numbers_place_is_the_number_alone(text: str, number: str) -> None:
    (found,) = [item for item in extract(clean(text)) if item.entity == "client_id"]
    assert clean(text)[found.start : found.end] == number


NUMBERS = st.text(alphabet="零一二两三四五六七八九十百千万亿半几个年月天周日块元0123456789.,wWkKCRc号客户", max_size=14)


@settings(max_examples=600)
@given(NUMBERS | st.text(max_size=30))
@example("百万")
@example("千万别买")
@example("二三十万")
@example("1,2,3万")
@example("一百百块")
def test_no_sentence_makes_it_fail_and_places_are_true(text: str) -> None:
    cleaned = clean(text)
    found = extract(cleaned)
    assert found == sorted(found, key=lambda item: (item.start, item.end, item.entity, item.value))
    for item in found:
        assert 0 <= item.start < item.end <= len(cleaned)
        assert item.value
        if item.entity == "amount":
            assert int(item.value) >= 0

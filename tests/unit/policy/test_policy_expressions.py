"""What a trainer may write as an expression, and what it means."""

from __future__ import annotations

import pytest

from bot.policy.expressions import ExpressionError, compile_any, compile_expression

WORDS = {"亏": ["亏", "赔"], "亏了": ["<亏>了", "蚀本"]}


def found(expression: str, text: str) -> bool:
    return compile_expression(expression, WORDS).search(text) is not None


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("不<亏>的", "不赔的"),
        ("不<亏了>吗", "不赔了吗"),
        ("不<亏了>吗", "不蚀本吗"),
        ("<亏><亏>", "亏赔"),
        # texts are folded to half-width and lower case
        ("保，本！", "保,本!"),
        ("保本？", "保本?"),
        ("说：好；", "说:好;"),
        ("（保）", "(保)"),
        ("百％", "百%"),
        ("R2款", "r2款"),
        (r"\D款", "r款"),
        # a look behind is no word list
        ("(?<=不)亏的", "不亏的"),
        ("(?<!不)亏的", "会亏的"),
        ("a<b", "a<b"),
        ("保{0,40}本", "本"),
    ],
)
def test_an_expression_means_what_it_says(expression: str, text: str) -> None:
    assert found(expression, text)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("不<亏>的", "不"),
        ("<亏>了", "亏"),
        (r"\D款", "2款"),
        ("R2款", "2款"),
        ("保本？", "保本"),
        ("(?<!不)亏的", "不亏的"),
    ],
)
def test_an_expression_means_no_more_than_it_says(expression: str, text: str) -> None:
    assert not found(expression, text)


def test_the_first_of_several_expressions_is_tried_first() -> None:
    pattern = compile_any(["亏", "亏了", "<亏>掉"], WORDS)
    match = pattern.search("不亏了")
    assert match is not None
    assert match.group() == "亏"
    assert pattern.search("赔掉")


def nested(depth: int) -> dict[str, list[str]]:
    """Word lists of which each holds the next."""
    return {str(number): [f"<{number + 1}>"] for number in range(depth)} | {str(depth): ["亏"]}


def test_word_lists_may_stand_in_word_lists_eight_deep() -> None:
    assert compile_expression("<0>", nested(7)).search("亏")


@pytest.mark.parametrize(
    ("expression", "words", "what", "right"),
    [
        ("<赔>", WORDS, "没有叫 <赔> 的词表", "亏、亏了 之一，或在 _shared.yml 里加上"),
        ("<0>", nested(8), "词表 <8> 套得太深或套住了自己", "词表之间不要循环引用"),
        ("<亏>", {"亏": ["<亏>"]}, "词表 <亏> 套得太深或套住了自己", "词表之间不要循环引用"),
        ("保{0,41}本", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("保{0,41}?本", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("(?:(?:保+)|亏)本", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("(?:保*本){0,3}吗", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("(?!保*)本", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("保*本{0,3}吗{0,2}好", WORDS, "重复次数没有上限或太大", "把 *、+ 写成 {0,8} 这样，最多 40 次"),
        ("保?", WORDS, "表达式能匹配空文本", "至少要有一个必须出现的字"),
        ("", WORDS, "表达式能匹配空文本", "至少要有一个必须出现的字"),
        ("保|", WORDS, "表达式能匹配空文本", "至少要有一个必须出现的字"),
    ],
)
def test_what_cannot_be_used_is_refused(expression: str, words: dict[str, list[str]], what: str, right: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(expression, words)
    assert (refused.value.what, refused.value.right, str(refused.value)) == (what, right, what)


@pytest.mark.parametrize("expression", ["(保", "保)", "[保", "保{3,1}", "保{0,99999999999999}", "*保", "(?P<x>"])
def test_what_is_no_regular_expression_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(expression, WORDS)
    assert refused.value.what.startswith("表达式写法有错：")
    assert len(refused.value.what) > len("表达式写法有错：")
    assert refused.value.right == "检查括号是否成对、特殊符号前有没有加 \\"

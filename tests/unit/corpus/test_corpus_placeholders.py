"""Placeholders are filled wholly or not at all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.placeholders import KNOWN, fill, placeholders_in, stray_brackets
from bot.settings import PROJECT_ROOT

PLAIN = st.text(st.characters(exclude_characters="{}"), max_size=12)
NAMES = st.sampled_from(sorted(KNOWN))
TEXTS = st.lists(st.one_of(PLAIN, NAMES.map(lambda name: f"{{{name}}}")), max_size=8).map("".join)
FACTS = st.dictionaries(NAMES, PLAIN)


@settings(deadline=None)
@given(text=TEXTS, facts=FACTS)
def test_fill_leaves_no_bracket_and_no_hole(text: str, facts: dict[str, str]) -> None:
    filled = fill(text, facts)
    unknown = [name for name in placeholders_in(text) if not facts.get(name)]
    assert (filled is None) == bool(unknown)
    if filled is not None:
        assert "{" not in filled
        assert "}" not in filled
        expected = text
        for name in KNOWN:
            expected = expected.replace(f"{{{name}}}", facts.get(name, ""))
        assert filled == expected


@settings(deadline=None)
@given(text=st.text("ab{} ", max_size=20))
def test_a_text_without_stray_brackets_is_one_whose_brackets_pair_up(text: str) -> None:
    paired = re.fullmatch(r"(?:[^{}]|\{[^{}]*\})*", text) is not None
    assert stray_brackets(text) is not paired


@pytest.mark.parametrize(
    ("text", "facts", "filled"),
    [
        ("没有占位符", {}, "没有占位符"),
        ("{product.name}好", {"product.name": "安和稳盈"}, "安和稳盈好"),
        ("{product.name}{product.name}", {"product.name": "甲"}, "甲甲"),
        ("{product.name}和{product.code}", {"product.name": "甲"}, None),
        ("{product.name}", {"product.name": ""}, None),
        ("{product.nome}", {"product.name": "甲"}, None),
        ("{}", {"": ""}, None),
        ("{product.name}", {"product.name": r"\1甲\g<0>"}, r"\1甲\g<0>"),
        ("", {}, ""),
    ],
)
def test_fill_examples(text: str, facts: dict[str, str], filled: str | None) -> None:
    assert fill(text, facts) == filled


@pytest.mark.parametrize(
    ("text", "names"),
    [("a{b}c{d.e}", ["b", "d.e"]), ("{}", [""]), ("{a", []), ("a}b{", []), ("{{a}}", ["a"]), ("", [])],
)
def test_placeholders_are_listed_in_order_known_or_not(text: str, names: list[str]) -> None:
    assert placeholders_in(text) == names


def test_the_documentation_lists_exactly_the_known_placeholders() -> None:
    text = (Path(PROJECT_ROOT) / "docs" / "corpus.md").read_text(encoding="utf-8")
    section = text.split("## Placeholders")[1].split("\n## ")[0]
    assert set(re.findall(r"`\{([^{}]+)\}`", section)) == KNOWN

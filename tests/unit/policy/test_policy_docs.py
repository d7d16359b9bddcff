"""The section on phrase rules names every key, and its example is a rule that loads."""

from __future__ import annotations

import json

import pytest
import yaml

from bot.policy.expressions import compile_expression
from bot.settings import PROJECT_ROOT

SCHEMA = json.loads((PROJECT_ROOT / "scripts_corpus/schema/phrases.schema.json").read_text("utf-8"))
SECTION = (PROJECT_ROOT / "docs/corpus.md").read_text("utf-8").split("## A phrase rule")[1].split("\n## ")[0]
EXAMPLE = yaml.safe_load(SECTION.split("```yaml")[1].split("```")[0])
WORDS = yaml.safe_load((PROJECT_ROOT / "scripts_corpus/policy/phrases/_shared.yml").read_text("utf-8"))["words"]


def test_every_key_of_a_rule_is_documented() -> None:
    assert set(EXAMPLE) == set(SCHEMA["properties"])


def test_every_key_of_a_pattern_is_documented() -> None:
    (pattern,) = EXAMPLE["patterns"]
    assert set(pattern) == set(SCHEMA["properties"]["patterns"]["items"]["properties"])


@pytest.mark.parametrize("key", ["caught", "passes"])
def test_the_documented_minimum_of_sentences_is_the_schema_s(key: str) -> None:
    assert SCHEMA["properties"][key]["minItems"] == 60


def test_the_example_s_expressions_compile() -> None:
    (pattern,) = EXAMPLE["patterns"]
    for expression in (pattern["expression"], *pattern["unless"], *pattern["needs"]):
        assert compile_expression(expression, WORDS)

"""Which scripts may be shown in a situation, and in which order."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.choosing import Situation, candidates
from bot.corpus.model import AppliesTo, Governance, Script, Topic

DAY = dt.date(2026, 11, 24)
FIRST, LAST = dt.date(2026, 3, 1), dt.date(2027, 2, 28)


def script(slug: str = "a", text: str = "好。", **changes: Any) -> Script:
    applies = {key: frozenset(changes.pop(key)) for key in tuple(changes) if key in AppliesTo.__dataclass_fields__}
    governance = {"status": "approved", "effective": FIRST, "expires": LAST} | changes
    return Script(
        governance=Governance(
            id=f"fees.{slug}",
            version=1,
            title="题",
            author="陈静",
            approver="李国栋",
            facts=(),
            path=Path("fees.yml"),
            line=1,
            **governance,
        ),
        topic="objection_fees",
        steps={"listen": "我明白。", "understand": "是哪一笔？", "resolve": text},
        applies_to=AppliesTo(**applies),
        cues=(),
        disclosures=(),
        note="",
    )


def topic(*scripts: Script) -> Topic:
    return Topic("objection", "objection_fees", "费用", "", {}, scripts)


def offered(scripts: list[Script], likeness: dict[str, float] | None = None, **known: Any) -> list[str]:
    situation = Situation(**{"day": DAY, **known})
    return [found.script.id.split(".")[1] for found in candidates(topic(*scripts), situation, likeness or {})]


@pytest.mark.parametrize(
    ("limits", "known", "fits"),
    [
        ({}, {}, True),
        ({}, {"categories": frozenset({"trust"}), "client_tier": "C1", "lifecycle": "new"}, True),
        ({"product_categories": {"bond_fund"}}, {}, False),
        ({"product_categories": {"bond_fund"}}, {"categories": frozenset({"bond_fund"})}, True),
        ({"product_categories": {"bond_fund"}}, {"categories": frozenset({"trust"})}, False),
        ({"product_categories": {"bond_fund"}}, {"categories": frozenset({"bond_fund", "mixed_fund"})}, False),
        (
            {"product_categories": {"bond_fund", "mixed_fund", "trust"}},
            {"categories": frozenset({"bond_fund", "mixed_fund"})},
            True,
        ),
        ({"client_tiers": {"C2", "C3"}}, {}, False),
        ({"client_tiers": {"C2", "C3"}}, {"client_tier": "C3"}, True),
        ({"client_tiers": {"C2", "C3"}}, {"client_tier": "C4"}, False),
        ({"lifecycle": {"lapsed"}}, {}, False),
        ({"lifecycle": {"lapsed"}}, {"lifecycle": "lapsed"}, True),
        ({"lifecycle": {"lapsed"}}, {"lifecycle": "active"}, False),
        ({"channel": {"phone"}}, {"channel": "phone"}, True),
        ({"channel": {"phone", "message"}}, {"channel": "in_person"}, False),
        ({"channel": {"phone"}}, {}, True),  # only the manager knows; the script says what it is for
        ({"client_tiers": {"C2"}, "lifecycle": {"new"}}, {"client_tier": "C2"}, False),
        ({"client_tiers": {"C2"}, "lifecycle": {"new"}}, {"client_tier": "C2", "lifecycle": "new"}, True),
    ],
)
def test_a_limited_script_needs_the_situation_to_meet_its_limits(
    limits: dict[str, Any], known: dict[str, Any], fits: bool
) -> None:
    assert offered([script(**limits)], **known) == (["a"] if fits else [])


@pytest.mark.parametrize("status", ["draft", "in_review", "approved", "retired"])
def test_only_approved_scripts_are_offered(status: str) -> None:
    assert bool(offered([script(status=status)])) is (status == "approved")


@pytest.mark.parametrize(
    ("day", "usable"),
    [
        (FIRST - dt.timedelta(days=1), False),
        (FIRST, True),
        (DAY, True),
        (LAST, True),
        (LAST + dt.timedelta(days=1), False),
    ],
)
def test_a_script_is_offered_from_its_first_to_its_last_day(day: dt.date, usable: bool) -> None:
    assert bool(offered([script()], day=day)) is usable


@pytest.mark.parametrize(
    ("facts", "resolve"),
    [
        ({"product.management_fee": "0.30%/年"}, "管理费是0.30%/年。"),
        ({"product.management_fee": ""}, None),
        ({"product.custody_fee": "0.05%/年"}, None),
        ({}, None),
    ],
)
def test_a_script_with_an_unknown_fact_is_not_offered(facts: dict[str, str], resolve: str | None) -> None:
    found = candidates(topic(script(text="管理费是{product.management_fee}。")), Situation(DAY, facts=facts), {})
    assert [each.steps["resolve"] for each in found] == ([resolve] if resolve else [])


KNOWN = {
    "categories": frozenset({"bond_fund"}),
    "client_tier": "C2",
    "lifecycle": "new",
    "facts": {"product.name": "甲", "client.salutation": "王女士"},
}


@pytest.mark.parametrize(
    ("first", "second", "likeness"),
    [
        ({}, {}, {}),  # equal: by id
        ({"product_categories": {"bond_fund"}}, {}, {"fees.b": 0.14}),
        ({}, {"product_categories": {"bond_fund"}}, {"fees.a": 0.16}),
        ({"client_tiers": {"C2"}}, {}, {"fees.b": 0.04}),
        ({"lifecycle": {"new"}}, {}, {"fees.b": 0.04}),
        ({}, {"lifecycle": {"new"}}, {"fees.a": 0.06}),
        ({"text": "{product.name}"}, {}, {"fees.b": 0.09}),
        ({}, {"text": "{product.name}"}, {"fees.a": 0.11}),
        ({}, {"text": "{client.salutation}"}, {}),  # only facts of the product count
        ({"product_categories": {"bond_fund"}, "client_tiers": {"C2"}}, {"product_categories": {"bond_fund"}}, {}),
        ({}, {}, {"fees.a": 0.9, "fees.b": 0.8}),
    ],
)
def test_likeness_decides_unless_it_is_within_the_gain_of_a_fitting_script(
    first: dict[str, Any], second: dict[str, Any], likeness: dict[str, float]
) -> None:
    scripts = [script("b", **second), script("a", **first)]
    assert offered(scripts, likeness, **KNOWN) == ["a", "b"]


@settings(deadline=None)
@given(
    likeness=st.lists(st.sampled_from([0.0, 0.1, 0.5]), min_size=6, max_size=6),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_does_not_depend_on_the_order_in_the_file(likeness: list[float], seed: random.Random) -> None:
    scripts = [script(slug) for slug in "abcdef"]
    by_id = {each.id: value for each, value in zip(scripts, likeness, strict=True)}
    expected = [slug for _, slug in sorted(zip([-value for value in likeness], "abcdef", strict=True))]
    seed.shuffle(scripts)
    assert offered(scripts, by_id) == expected

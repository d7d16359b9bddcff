"""Each reason for which a match is compliant, on words made up for it, up to its limits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.policy.clauses import sentences, surroundings
from bot.policy.meaning import excuse
from bot.policy.model import Markers

NEVER = re.compile("(?!)")
TURNS = re.compile("但")
WORDS = "保本"


def reason(text: str, code: str = "guarantee", words: str = WORDS, **markers: str) -> str | None:
    """Why the words are compliant where these markers, and no others, have any words."""
    names = Markers.__dataclass_fields__
    values: dict[str, Any] = {name: re.compile(markers[name]) if name in markers else NEVER for name in names}
    values |= {name: frozenset(["guarantee"]) for name in ("asking_codes", "deposit_codes", "warning_codes")}
    sentence = next(each for each in sentences(text) if words in each.text)
    start = sentence.text.index(words)
    around = surroundings(sentence, start, start + len(words), TURNS)
    return excuse(code, around, Markers(**(values | {"turns": TURNS})))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这款保本", None),
        ("这款不会保本", "negated"),
        ("不会,保本", None),  # another clause
        ("这款保本不会", None),
        ("这款不保本", "negated"),
        ("这款不太保本", None),  # 不 counts directly in front only
        # two negations close by affirm, three negate
        ("不会没有保本", None),
        ("不会不保本", None),
        ("不会没有不保本", "negated"),
        ("不会甲乙丙丁戊没有保本", None),
        ("不会甲乙丙丁戊己没有保本", "negated"),
        ("不会没有甲乙丙丁戊己没有保本", "negated"),
        ("没有甲乙丙丁戊己不会没有保本", None),
        ("不会也没有保本", "negated"),
        ("不会以及没有保本", "negated"),
        # a question that expects yes
        ("这不是保本吗", None),
        ("这还不是保本嘛?", None),
        ("这就不是保本么~~", None),
        ("这不是保本", "negated"),
        ("这不是保本,对吗", "negated"),  # the question is another clause
        ("没有保本吗", "negated"),
        # what looks like a negation
        ("不会不仅保本", "negated"),
        ("不会算保本", "negated"),
        ("没有算保本", None),
    ],
)
def test_a_match_is_negated_by_an_odd_number_of_negations_in_its_clause(text: str, expected: str | None) -> None:
    assert (
        reason(
            text,
            negators="不会|(?:还)?不是|没有",
            adjacent_negators="不$",
            not_negators="不仅|没有算",
        )
        == expected
    )


def test_what_looks_like_a_negation_may_reach_into_the_match() -> None:
    assert reason("这款不错", words="错", negators="不") == "negated"
    assert reason("这款不错", words="错", negators="不", not_negators="不错") is None


def test_of_negations_that_overlap_the_one_in_front_of_the_match_counts() -> None:
    assert reason("不要是不保本", negators="不要", adjacent_negators="要是不$") == "negated"
    assert reason("不会保本", negators="不会", adjacent_negators="会$") == "negated"
    assert reason("没有不会保本", negators="没有|不会", adjacent_negators="会$") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不得说,这款保本", "prohibited"),
        ("不得不说,这款保本", None),
        ("不得说,但保本", None),
        ("这款保本,不得", None),
    ],
)
def test_a_match_is_prohibited_earlier_in_the_sentence(text: str, expected: str | None) -> None:
    assert reason(text, prohibitions="不得", not_negators="不得不") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("保本,那是假话", "denied"),
        ("保本,甲,假话", "denied"),
        ("保本,甲,乙,假话", None),  # too far
        ("保本,不是假话", None),
        ("假话,保本", None),
        ("保本,但不作数", "denied"),
        ("保本,不作数", None),  # counts behind a turn only
        ("保本,但假话", None),
        ("保本。假的", "denied"),
        ("保本,甲,乙。假的", "denied"),
        ("保本。都是假的", None),
        ("保本,甲,乙,丙。假的", None),
        ("保本,但甲。假的", None),
    ],
)
def test_a_match_is_denied_right_behind_it(text: str, expected: str | None) -> None:
    markers = {"denials": "假话", "turned_denials": "不作数", "next_denials": "假的", "not_negators": "不是假话"}
    assert reason(text, **markers) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您问保本", "from_client"),
        ("您问,但保本", None),
        ("保本您问", None),
        # the manager makes the words his own
        ("您问的没错,保本", None),
        ("没错,您问保本", "from_client"),
        ("您问保本,没错", None),
        ("您问保本,但没错", None),
        ("您问保本。没错", None),
        ("您问保本。我说没错", "from_client"),
    ],
)
def test_a_match_is_the_client_s_unless_affirmed(text: str, expected: str | None) -> None:
    assert reason(text, client_words="您问", affirmations="没错") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有人说“保本”", "quoted"),
        ("有人说『保本", "quoted"),
        ("有人说保本", None),
        ("说“保本”", None),
        ("有人说“甲”保本", None),
        ("有人说“" + "甲" * 40 + "保本", "quoted"),
        ("有人说“" + "甲" * 41 + "保本", None),
        ("有人说“保本”,没错", None),
        ("有人说“保本”。没错", None),
        ("您问,没错,“保本”", "quoted"),  # no longer the client's question, but the client's words
    ],
)
def test_a_match_is_quoted_when_ascribed_to_somebody(text: str, expected: str | None) -> None:
    assert reason(text, client_words="您问", others_words="有人", affirmations="没错") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("骗子说保本", "warned"),
        ("保本,骗子", "warned"),
        ("保本。骗子", "warned"),
        ("骗子。保本", None),
        ("保本,但骗子", None),
        ("我不是骗子,保本", None),
        ("骗保本子", None),
    ],
)
def test_a_match_may_stand_in_a_warning_against_swindlers(text: str, expected: str | None) -> None:
    markers = {"fraud_words": "骗子|骗保本子", "not_fraud_words": "不是骗子"}
    assert reason(text, **markers) == expected
    assert reason(text, "privacy", **markers) is None


def test_the_words_found_are_no_warning_themselves() -> None:
    assert reason("当心骗子", words="骗子", fraud_words="骗子") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("规定禁止保本", "explained"),
        ("规定里写着,保本,禁止", "explained"),
        ("规定保本", None),
        ("禁止保本", None),
        ("保本,规定禁止", None),
        ("规定,但禁止保本", None),
        ("规定保本,但禁止", None),
        ("规定禁保本止", None),
    ],
)
def test_a_match_is_explained_when_a_rule_is_named_with_what_it_demands(text: str, expected: str | None) -> None:
    assert reason(text, rule_words="规定", obligations="禁止") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这款保本吗", "asked"),
        ("这款保本", None),
        ("这款保本,好吗", None),
        ("这款保本不是吗", None),
        ("这款保本吗。是的", None),
        ("这款保本吗。我是的", "asked"),
        ("这款保本吗,没错", None),
        ("没错,这款保本吗", "asked"),
        ("这款保本吗,但没错", "asked"),
    ],
)
def test_a_match_is_asked_when_the_question_is_not_answered_with_yes(text: str, expected: str | None) -> None:
    markers = {"questions": "吗", "tag_questions": "不是吗", "confirming_answers": "是的", "affirmations": "没错"}
    assert reason(text, **markers) == expected
    assert reason(text, "privacy", **markers) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("存款五十万以内保本", "insured_deposit"),
        ("存款保本。五十万以内", "insured_deposit"),
        ("存款保本", None),
        ("五十万以内保本", None),
        ("五十万以内保本。存款", None),
        ("存款五十万以内保本,理财也是", None),
        ("存款五十万以内保本。理财另说", "insured_deposit"),
    ],
)
def test_a_true_statement_on_an_insured_deposit_is_compliant(text: str, expected: str | None) -> None:
    markers = {"deposit_words": "存款", "deposit_limits": "五十万", "other_products": "理财"}
    assert reason(text, **markers) == expected
    assert reason(text, "privacy", **markers) is None

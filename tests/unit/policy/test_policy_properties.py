"""What holds for every text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from policy_files import real_checker

from bot.policy.checker import PhraseChecker
from bot.policy.clauses import sentences
from bot.policy.offsets import fold

CHECKER = real_checker()
CAUGHT = [(rule.code, sentence) for rule in CHECKER.catalogue.rules.values() for sentence in rule.caught]
PASSES = [sentence for rule in CHECKER.catalogue.rules.values() for sentence in rule.passes]
# Patterns work sentence by sentence; the judge weighs what stands together, so these hold for patterns alone.
PATTERNS = PhraseChecker(CHECKER.catalogue)
PASSES_PATTERNS = [sentence for sentence in PASSES if not PATTERNS.check(sentence)]
# Nothing in them excuses or forbids anything.
NEUTRAL = [
    "您好。",
    "早上好，请坐。",
    "今天外面下雨了。",
    "这是我的名片。",
    "资料我带来了。",
    "我先把手机号记一下。",
    "产品说明书有十二页。",
    "周末公园里人多吗？",
    "我姓陈！",
]
ALPHABET = (
    "不没别无非会能保本亏赚稳您我说的是吗但其实，。！？：“”‘’（）… \n\u200b*-_0123456789.%％ＡaRC款"
    "產品測評存款理财风险揭示书"
)
TEXTS = st.one_of(
    st.text(max_size=120),
    st.text(alphabet=ALPHABET, max_size=200),
    st.lists(st.sampled_from([sentence for _, sentence in CAUGHT] + PASSES), max_size=4).map("".join),
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_check_never_raises_and_spans_lie_in_the_text(text: str) -> None:
    findings = CHECKER.check(text)
    assert [finding.start for finding in findings] == sorted(finding.start for finding in findings)
    for finding in findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.span == text[finding.start : finding.end]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_same_text_gives_the_same_findings(text: str) -> None:
    assert CHECKER.check(text) == CHECKER.check(text)


@given(st.sampled_from(NEUTRAL), st.sampled_from(CAUGHT))
@settings(max_examples=400, deadline=None)
def test_a_neutral_sentence_in_front_never_removes_a_finding(neutral: str, case: tuple[str, str]) -> None:
    _, sentence = case
    alone = PATTERNS.check(sentence)
    behind = PATTERNS.check(neutral + sentence)
    offset = len(neutral)
    assert [(f.code, f.pattern_id, f.start + offset, f.end + offset) for f in alone] == [
        (f.code, f.pattern_id, f.start, f.end) for f in behind
    ]


@given(st.sampled_from(NEUTRAL), st.sampled_from(PASSES_PATTERNS))
@settings(max_examples=400, deadline=None)
def test_a_neutral_sentence_in_front_never_makes_a_finding(neutral: str, sentence: str) -> None:
    assert PATTERNS.check(neutral + sentence) == []


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_sentences_cover_the_text_without_gaps(text: str) -> None:
    folded = fold(text).text
    pieces = sentences(folded)
    assert "".join(piece.text for piece in pieces) == folded
    for piece in pieces:
        assert folded.startswith(piece.text, piece.start)
        assert piece.text


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_folding_keeps_every_place_within_the_text(text: str) -> None:
    folded = fold(text)
    places = [folded.source_span(index, index + 1) for index in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)

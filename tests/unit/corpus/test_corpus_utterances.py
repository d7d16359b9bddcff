"""Training lines: annotation, comparison, and the managers' requests beside the corpus."""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

import pytest
from corpus_files import write_corpus
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.corpus.problems import CorpusError
from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import (
    TrainingLine,
    annotated_entities,
    comparable,
    plain_utterance,
    read_request_lines,
    utterance_problems,
)
from bot.settings import load_settings

TEXT = st.text(st.one_of(st.sampled_from("[]()（）a好，。 \n"), st.characters()), max_size=30)


@settings(deadline=None)
@given(text=TEXT)
@example(text="[[a](b)](c)")
@example(text="……")
@example(text="İSTANBUL ΑΣ")
def test_comparable_is_idempotent(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@settings(deadline=None)
@given(text=st.text("好坏买卖ab", min_size=1), mark=st.sampled_from([" ", "，", "。", "？", "!", "…", "（", "“"]))
def test_comparable_ignores_punctuation_spaces_and_case(text: str, mark: str) -> None:
    assert comparable(mark.join(text.upper()) + mark) == comparable(text)


@settings(deadline=None)
@given(words=st.lists(st.text(string.ascii_lowercase + "好坏", min_size=1), min_size=1, max_size=4))
def test_annotation_is_taken_off_and_listed(words: list[str]) -> None:
    annotated = "".join(f"[{word}](product)，" for word in words)
    assert plain_utterance(annotated) == "".join(f"{word}，" for word in words)
    assert annotated_entities(annotated) == [(word, "product") for word in words]
    assert comparable(annotated) == "".join(words)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("手续费太贵了", "手续费 太贵了！！", True),
        ("买[R2](risk_grade)的", "买r2的", True),
        ("……", "……", True),
        ("……", "。。", False),
        ("太贵", "太贵了", False),
    ],
)
def test_comparable_examples(one: str, other: str, same: bool) -> None:
    assert (comparable(one) == comparable(other)) is same


def nlu(directory: Path, intent: str, *rows: str) -> Path:
    directory.mkdir(exist_ok=True)
    body = "".join(f"    {row}\n" for row in rows)
    (directory / f"{intent}.yml").write_text(
        f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n{body}', encoding="utf-8"
    )
    return directory


def test_request_lines_carry_intent_and_line(tmp_path: Path) -> None:
    nlu(tmp_path / "nlu", "greet", "- 你好", "-   早上好  ")
    lines, problems = read_request_lines(nlu(tmp_path / "nlu", "deny", "- 不要"))
    assert not problems
    assert [(line.intent, line.text, line.path.name, line.line) for line in lines] == [
        ("deny", "不要", "deny.yml", 5),
        ("greet", "你好", "greet.yml", 5),
        ("greet", "早上好", "greet.yml", 6),
    ]


@pytest.mark.parametrize("row", ["早上好", "-早上好", "* 早上好"])
def test_a_row_that_is_no_example_is_told_with_its_line(row: str, tmp_path: Path) -> None:
    lines, (problem,) = read_request_lines(nlu(tmp_path, "greet", "- 你好", row, "- 您好"))
    assert [line.text for line in lines] == ["你好", "您好"]
    assert (problem.path, problem.line, problem.right) == (tmp_path / "greet.yml", 6, "每行以“- ”开头")


@pytest.mark.parametrize("text", ["nlu: [\n", "nlu:\n- examples: |\n    - 你好\n", "- 你好\n", "nlu:\n"])
def test_a_request_file_of_another_shape_is_a_problem_and_no_crash(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")
    lines, problems = read_request_lines(tmp_path)
    assert lines == []
    assert [problem.path for problem in problems] == [tmp_path / "bad.yml"]


def test_corpus_and_requests_are_checked_together(tmp_path: Path) -> None:
    requests = nlu(tmp_path / "nlu", "greet", "- 你好", "- 手续费，太贵了")
    with pytest.raises(CorpusError) as caught:
        checked_training_lines(write_corpus(tmp_path / "corpus"), requests)
    (problem,) = (problem for problem in caught.value.problems if "同一句话" in problem.what)
    assert caught.value.code == "E102"
    assert (problem.path, problem.line) == (requests / "greet.yml", 6)
    assert "objection_fees（fees.yml:5）" in problem.what


def test_the_real_lines_pass_the_check_that_training_makes() -> None:
    lines = checked_training_lines(load_settings().corpus_dir)
    counts = Counter(line.intent for line in lines)
    assert all(count >= 200 for intent, count in counts.items() if intent.startswith("objection_"))
    assert all(count >= 80 for count in counts.values())
    assert counts["out_of_scope"] >= 600


def test_an_intent_with_too_few_lines_is_refused_where_it_stands(tmp_path: Path) -> None:
    requests = nlu(tmp_path / "nlu", "greet", *(f"- 你好{name}" for name in "甲乙丙丁戊己庚辛壬"))
    with pytest.raises(CorpusError, match=r"greet\.yml:5 greet：意图 greet 只有 9 句例句"):
        checked_training_lines(write_corpus(tmp_path / "corpus"), requests)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("这个产品[手续](product_category)费太贵", "手续费"),
        ("他嫌手续[费](product_category)太贵", "手续费"),
        ("客户有[一](amount)万块钱", "一万"),
    ],
)
def test_annotation_off_the_edges_of_words_is_refused(line: str, cut: str) -> None:
    (problem,) = utterance_problems([TrainingLine("objection_fees", line, Path("fees.yml"), 7)])
    assert (problem.path, problem.line) == (Path("fees.yml"), 7)
    assert f"切在“{cut}”这个词中间" in problem.what


@pytest.mark.parametrize(
    "line", ["[90天](term)太久", "[C2](risk_tier)能买[基金](product_category)吗", "[安和稳盈90天](product)"]
)
def test_annotation_on_the_edges_of_words_is_taken(line: str) -> None:
    assert not list(utterance_problems([TrainingLine("ask_product", line, Path("a.yml"), 1)]))


def test_a_broken_request_file_stops_training(tmp_path: Path) -> None:
    requests = nlu(tmp_path / "nlu", "greet", "你好")
    with pytest.raises(CorpusError, match=r"greet\.yml:5") as caught:
        checked_training_lines(write_corpus(tmp_path / "corpus"), requests)
    assert caught.value.code == "E101"

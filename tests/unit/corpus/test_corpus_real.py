"""The corpus that we ship: complete, approved, and enough of it without a product or client in hand."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.corpus.choosing import Situation, candidates
from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.corpus.training import checked_training_lines
from bot.settings import PROJECT_ROOT

CORPUS = PROJECT_ROOT / "scripts_corpus"
DAY = dt.date(2026, 11, 24)
# The objections of the intent contract, whose names are fixed.
OBJECTIONS = [
    "risk",
    "returns",
    "fees",
    "transparency",
    "liquidity",
    "guarantee",
    "trust",
    "past_loss",
    "competitor",
    "no_funds",
    "delay",
    "no_need",
    "complexity",
    "timing",
    "insurance",
    "paperwork",
    "privacy",
]
STAGES = [
    "opening",
    "invitation",
    "needs_analysis",
    "product_introduction",
    "risk_disclosure",
    "closing",
    "follow_up",
    "win_back",
    "complaint_handling",
]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus(CORPUS)


def test_real_corpus_has_the_objections_and_stages_of_the_contract(corpus: Corpus) -> None:
    assert set(corpus.objections) == {f"objection_{name}" for name in OBJECTIONS}
    assert set(corpus.stages) == set(STAGES)


@pytest.mark.parametrize("name", OBJECTIONS)
def test_each_objection_has_five_approved_scripts_and_eighty_utterances(corpus: Corpus, name: str) -> None:
    intent = f"objection_{name}"
    statuses = Counter(script.governance.status for script in corpus.objections[intent].scripts)
    assert statuses["approved"] >= 5
    assert sum(line.intent == intent for line in corpus.training_lines) >= 80


@pytest.mark.parametrize("name", STAGES)
def test_each_stage_has_four_approved_scripts(corpus: Corpus, name: str) -> None:
    assert sum(script.governance.status == "approved" for script in corpus.stages[name].scripts) >= 4


@pytest.mark.parametrize("name", [*(f"objection_{name}" for name in OBJECTIONS), *STAGES])
def test_two_scripts_can_be_offered_without_product_and_client(corpus: Corpus, name: str) -> None:
    found = candidates(corpus.topic(name), Situation(DAY), {})
    assert len(found) >= 2
    assert not any(re.search(r"[{}]", text) for each in found for text in each.steps.values())


def test_real_corpus_has_forty_usable_policy_answers(corpus: Corpus) -> None:
    assert sum(answer.governance.usable_on(DAY) for answer in corpus.answers.values()) >= 40


def test_each_policy_answer_has_six_questions(corpus: Corpus) -> None:
    assert [answer.id for answer in corpus.answers.values() if len(answer.questions) < 6] == []


def test_nobody_approved_what_they_wrote(corpus: Corpus) -> None:
    entries = [*(script.governance for script in corpus.scripts()), *(a.governance for a in corpus.answers.values())]
    assert [entry.id for entry in entries if entry.author.strip() == entry.approver.strip()] == []


def test_no_two_scripts_of_a_topic_end_alike(corpus: Corpus) -> None:
    texts = Counter((script.topic, script.steps[list(script.steps)[-1]]) for script in corpus.scripts())
    assert [key for key, count in texts.items() if count > 1] == []


def test_corpus_and_requests_together_have_no_problem_and_every_line_its_place(corpus: Corpus) -> None:
    lines = checked_training_lines(CORPUS)
    assert len(lines) > len(corpus.training_lines) > 2000
    contents: dict[Path, list[str]] = {}
    for line in lines:
        rows = contents.setdefault(line.path, line.path.read_text(encoding="utf-8").splitlines())
        bare = re.sub(r"\W", "", line.text)
        assert bare in re.sub(r"\W", "", rows[line.line - 1]), f"{line.path}:{line.line}"

"""What a client does in the browser."""

from __future__ import annotations

import re

import yaml
from playwright.sync_api import Page, expect

from bot.settings import PROJECT_ROOT

QUESTIONS = yaml.safe_load((PROJECT_ROOT / "scripts_corpus/policy/questionnaire.yml").read_text("utf-8"))["questions"]
COUNT = len(QUESTIONS)
CAUTIOUS, BOLD = 1, -1  # which option is chosen everywhere; the second never leads to the lowest category


def heading(page: Page, text: str) -> None:
    """Wait for a page by its heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def begin(page: Page, link: str) -> None:
    """Open the link and begin."""
    page.goto(link)
    page.get_by_role("button", name="开始填写").click()
    heading(page, QUESTIONS[0]["text"])


def choose(page: Page, which: int) -> None:
    """Choose an option and go on."""
    page.get_by_role("radio").nth(which).check()
    page.get_by_role("button", name="下一题").click()


def answer_all(page: Page, which: int, first: int = 0) -> None:
    """Answer every question from the first one, up to the review."""
    for question in QUESTIONS[first:]:
        heading(page, question["text"])
        choose(page, which)
    heading(page, "请核对您的回答")


def hand_in(page: Page) -> None:
    """Hand the answers in."""
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("评估结果$"))

"""Turns where a client stands into pages. All text comes from ``portal.yml`` and the questionnaire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2

from bot.corpus.model import Corpus
from bot.portal.walk import Earlier, Refusal, Walk
from bot.store.assessments import VALID_FOR
from bot.suitability.model import BankPolicy
from bot.suitability.questionnaire import Questionnaire
from bot.suitability.rules import valid_until

_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """Makes the pages.

    Args:
        corpus: gives the corpus in use.
    """

    def __init__(self, corpus: Callable[[], Corpus]) -> None:
        self._corpus = corpus
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def start(self, walk: Walk, key: str) -> str:
        """What the client is told before the first question."""
        title = self._say("start_title")
        return self._render("start.html", title, walk=walk, key=key, minutes=VALID_FOR.seconds // 60)

    def question(self, walk: Walk, number: int, key: str, *, missing: bool = False) -> str:
        """One question.

        Args:
            walk: where the client stands.
            number: from 1.
            key: for the form.
            missing: the client went on without an answer.
        """
        question = walk.questionnaire.questions[number - 1]
        title = self._say("question_progress", number=number, count=len(walk.questionnaire.questions))
        title += f"：{question.text}"
        return self._render(
            "question.html",
            f"{self._say('title_error')}：{title}" if missing else title,
            walk=walk,
            question=question,
            number=number,
            chosen=(walk.answers or {}).get(question.id),
            complete=not walk.questionnaire.unanswered(walk.answers or {}),
            missing=missing,
            key=key,
        )

    def review(self, walk: Walk, key: str) -> str:
        """All answers, with a way to change each."""
        answers = walk.answers or {}
        rows = [
            (number, question.text, option.text)
            for number, question in enumerate(walk.questionnaire.questions, start=1)
            if (option := question.option(answers.get(question.id))) is not None
        ]
        return self._render("review.html", self._say("review_title"), rows=rows, key=key)

    def result(self, walk: Walk, key: str) -> str:
        """The result, to be confirmed when it differs from the last."""
        title = self._say("result_title" if walk.recorded else "result_title_confirm")
        result = walk.result
        if result is None or walk.handed_in_on is None:
            raise ValueError("nothing is handed in yet")
        policy = BankPolicy.from_settings(self._corpus().bank)
        return self._render(
            "result.html",
            title,
            walk=walk,
            tier=walk.questionnaire.tier(result.tier),
            result=result,
            new=self._standing(walk.questionnaire, result.tier, result.is_lowest_category),
            old=[self._earlier(walk.questionnaire, each) for each in walk.earlier],
            until=_day(valid_until(walk.handed_in_on, policy)),
            key=key,
        )

    def refusal(self, refusal: Refusal) -> str:
        """Why the client can't go on, and what to do."""
        return self._notice(refusal.value, with_link=refusal in (Refusal.USED, Refusal.STALE))

    def not_found(self) -> str:
        """There is no such page."""
        return self._notice("not_found", with_link=True)

    def trouble(self, code: str) -> str:
        """Something is wrong on our side.

        Args:
            code: to tell the staff.
        """
        return self._notice("trouble", with_link=True, code=code)

    def opening(self) -> str:
        """A page that leads on by itself."""
        return self._notice("opening", with_link=True, onward=True)

    def _notice(self, name: str, *, with_link: bool, onward: bool = False, **values: object) -> str:
        text = self._say(f"{name}_text", **values)
        return self._render("notice.html", self._say(f"{name}_title"), text=text, with_link=with_link, onward=onward)

    def _earlier(self, questionnaire: Questionnaire, earlier: Earlier) -> str:
        value = self._standing(questionnaire, earlier.tier, earlier.is_lowest_category)
        return self._say("result_old_value", standing=value, day=_day(earlier.day))

    def _standing(self, questionnaire: Questionnaire, tier: str, is_lowest_category: bool) -> str:
        name = questionnaire.tier(tier).name
        if is_lowest_category:
            name += f"，{self._say('result_lowest')}"
        return self._say("result_standing", tier=tier, name=name)

    def _say(self, wording: str, **values: object) -> str:
        return self._corpus().portal[wording].format(**values)

    def _render(self, template: str, title: str, **values: Any) -> str:
        return self._templates.get_template(template).render(title=title, say=self._say, **values)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"

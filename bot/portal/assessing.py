"""The client's questionnaire step by step, each step one transaction with its audit entry.

A step locks the client's row first, looks where the client stands, and refuses what does not fit. So a step that
arrives twice, late, or from two windows at once counts once.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.audit.log import AuditLog, Record
from bot.corpus.model import Corpus
from bot.portal.walk import Clock, Earlier, Refusal, RefusedError, Walk
from bot.store.assessments import (
    assessment_days,
    begin_sheet,
    digest,
    keep_alive,
    keep_version,
    link_by_session,
    link_by_token,
    open_session,
    record_assessment,
    save_answer,
)
from bot.store.facts import hidden_name
from bot.store.models import AnswerSheet, AssessmentLink
from bot.store.queries import assessments_in_force
from bot.suitability.questionnaire import Limit, Questionnaire, Result, count, needs_confirmation, result_of

Made = TypeVar("Made")

CONVERSATION = "portal"
# Clocks of two machines never agree quite.
_TOLERANCE = dt.timedelta(seconds=60)
_LIMITS = {Limit.DAY: Refusal.LIMIT_DAY, Limit.YEAR: Refusal.LIMIT_YEAR}


class Assessing:
    """What a client's browser can do.

    Args:
        engine: of the database.
        corpus: gives the corpus in use.
        clock: where the time comes from.
    """

    def __init__(self, engine: Engine, corpus: Callable[[], Corpus], clock: Clock) -> None:
        self._engine = engine
        self._audit = AuditLog(engine)
        self._corpus = corpus
        self._clock = clock

    def open(self, token: str, secret: str | None) -> str | None:
        """Open a link.

        Until the client begins, the link may be opened again: an answer that got lost on its way, or a messenger that
        looks at addresses, must not use it up.

        Args:
            token: of the address.
            secret: that the browser holds already, if any.

        Returns:
            The secret that the browser is to keep; None when the one it holds goes on.

        Raises:
            RefusedError: the link is unknown, used or expired, or the clock is wrong.
        """

        def work(session: Session) -> str | None:
            link = link_by_token(session, token)
            if link is None:
                raise RefusedError(Refusal.UNKNOWN)
            now = self._clock.now()
            _check_clock(link, now)
            ours = secret is not None and link.session_hash == digest(secret)
            if link.used_at is not None and (not ours or any(sheet.assessment_pk for sheet in link.sheets)):
                raise RefusedError(Refusal.USED)
            _check_expiry(link, now)
            if link.used_at is not None:
                return None
            self._note(session, link, "assessment_opened")
            return open_session(link, now)

        return self._audit.change(work)

    def walk(self, secret: str | None) -> Walk:
        """Where the client stands.

        Raises:
            RefusedError: there is no such session, it has expired, or the clock is wrong.
        """
        with Session(self._engine) as session:  # looking needs no lock and must not wait for those who write
            return self._walk_of(session, self._link(session, secret))

    def begin(self, secret: str | None) -> Walk:
        """Begin to answer; a second time changes nothing.

        Raises:
            RefusedError: as `walk`, or a limit is reached.
        """

        def work(session: Session, link: AssessmentLink) -> Walk:
            if not link.sheets:
                self._check_limits(session, link)
                version = keep_version(session, self._corpus().questionnaire)
                sheet = begin_sheet(session, link, version, self._clock.now())
                keep_alive(link, self._clock.now())
                self._note(session, link, "assessment_begun", sheet)
            return self._walk_of(session, link)

        return self._step(secret, work)

    def answer(self, secret: str | None, sheet_id: int, question_id: str, option_id: str) -> Walk:
        """Keep one answer, in the place of an earlier one.

        Args:
            secret: of the browser.
            sheet_id: which the page showed.
            question_id: which question.
            option_id: which answer; the caller has made sure that the question has it.

        Raises:
            RefusedError: as `walk`, or the sheet is not the newest or is handed in.
        """

        def work(session: Session, link: AssessmentLink) -> Walk:
            sheet = _current(link, sheet_id)
            if sheet.handed_in_at is not None:
                raise RefusedError(Refusal.STALE)
            save_answer(sheet, question_id, option_id)
            keep_alive(link, self._clock.now())
            return self._walk_of(session, link)

        return self._step(secret, work)

    def hand_in(self, secret: str | None, sheet_id: int) -> Walk:
        """Hand the sheet in; a result that agrees with the last one is recorded at once (T04).

        Raises:
            RefusedError: as `walk`, or the sheet is not the newest, or a limit is reached.
            ValueError: an answer is missing.
        """

        def work(session: Session, link: AssessmentLink) -> Walk:
            sheet = _current(link, sheet_id)
            if sheet.handed_in_at is None:
                self._check_limits(session, link)
                result = result_of(_kept_questionnaire(sheet), sheet.answers, legal_capacity=link.client.legal_capacity)
                _enter(sheet, result, self._clock)
                keep_alive(link, self._clock.now())
                in_force = [(each.risk_tier, each.is_lowest_category) for each in assessments_in_force(link.client)]
                self._note(session, link, "assessment_handed_in", sheet)
                if not needs_confirmation(in_force, result):
                    self._record(session, link, sheet, confirmed=False)
            return self._walk_of(session, link)

        return self._step(secret, work)

    def confirm(self, secret: str | None, sheet_id: int) -> Walk:
        """Confirm a changed result, which makes it the client's assessment (T04); a second time changes nothing.

        Raises:
            RefusedError: as `walk`, or the sheet is not the newest or not handed in.
        """

        def work(session: Session, link: AssessmentLink) -> Walk:
            sheet = _current(link, sheet_id)
            if sheet.handed_in_at is None:
                raise RefusedError(Refusal.STALE)
            if sheet.assessment_pk is None:
                sheet.confirmed_at = self._clock.now()
                keep_alive(link, self._clock.now())
                self._record(session, link, sheet, confirmed=True)
            return self._walk_of(session, link)

        return self._step(secret, work)

    def look_again(self, secret: str | None, sheet_id: int) -> Walk:
        """Begin a new sheet with the client's own answers, instead of confirming the result.

        The sheet handed in stays as it is and counts for T02.

        Raises:
            RefusedError: as `walk`, or the sheet does not wait for confirmation, or a limit is reached.
        """

        def work(session: Session, link: AssessmentLink) -> Walk:
            sheet = _current(link, sheet_id)
            if sheet.handed_in_at is None or sheet.assessment_pk is not None:
                raise RefusedError(Refusal.STALE)
            self._check_limits(session, link)
            again = begin_sheet(session, link, sheet.version, self._clock.now(), sheet.answers)
            keep_alive(link, self._clock.now())
            self._note(session, link, "assessment_begun", again)
            return self._walk_of(session, link)

        return self._step(secret, work)

    def _step(self, secret: str | None, work: Callable[[Session, AssessmentLink], Made]) -> Made:
        return self._audit.change(lambda session: work(session, self._link(session, secret, lock=True)))

    def _link(self, session: Session, secret: str | None, *, lock: bool = False) -> AssessmentLink:
        link = link_by_session(session, secret, lock=lock) if secret else None
        if link is None:
            raise RefusedError(Refusal.NO_SESSION)
        _check_clock(link, self._clock.now())
        _check_expiry(link, self._clock.now())
        return link

    def _check_limits(self, session: Session, link: AssessmentLink) -> None:
        today = self._clock.today()
        days = assessment_days(session, link.client_pk)
        if any(day > today for day in days):
            # A result of today would stand behind one of a later day and never hold.
            raise RefusedError(Refusal.CLOCK)
        if (limit := count(days, today).limit) is not None:
            raise RefusedError(_LIMITS[limit])

    def _record(self, session: Session, link: AssessmentLink, sheet: AnswerSheet, *, confirmed: bool) -> None:
        record_assessment(session, sheet, change_confirmed=confirmed)
        self._note(session, link, "assessment_confirmed" if confirmed else "assessment_recorded", sheet)

    def _note(self, session: Session, link: AssessmentLink, kind: str, sheet: AnswerSheet | None = None) -> None:
        payload: dict[str, object] = {"client": link.client.client_id, "link": link.id}
        if sheet is not None:
            payload |= {"sheet": sheet.id, "questionnaire": sheet.version}
            if sheet.risk_tier is not None:
                payload |= {"tier": sheet.risk_tier, "lowest_category": sheet.is_lowest_category}
        self._audit.add(session, Record(CONVERSATION, link.manager_id, kind, payload))

    def _walk_of(self, session: Session, link: AssessmentLink) -> Walk:
        sheet = link.sheets[-1] if link.sheets else None
        name = hidden_name(link.client)
        if sheet is None:
            return Walk(name, Questionnaire.from_data(self._corpus().questionnaire))
        in_force = [each for each in assessments_in_force(link.client) if each.id != sheet.assessment_pk]
        return Walk(
            client_name=name,
            questionnaire=_kept_questionnaire(sheet),
            sheet_id=sheet.id,
            answers=sheet.answers,
            result=_result(sheet),
            handed_in_on=sheet.handed_in_on,
            recorded=sheet.assessment_pk is not None,
            earlier=tuple(Earlier(each.risk_tier, each.is_lowest_category, each.assessed_on) for each in in_force),
            may_answer_again=count(assessment_days(session, link.client_pk), self._clock.today()).limit is None,
        )


def _check_clock(link: AssessmentLink, now: dt.datetime) -> None:
    if now < max(link.created_at, link.seen_at) - _TOLERANCE:
        raise RefusedError(Refusal.CLOCK)


def _check_expiry(link: AssessmentLink, now: dt.datetime) -> None:
    if now >= link.expires_at:
        raise RefusedError(Refusal.EXPIRED)


def _current(link: AssessmentLink, sheet_id: int) -> AnswerSheet:
    if not link.sheets or link.sheets[-1].id != sheet_id:
        raise RefusedError(Refusal.STALE)
    return link.sheets[-1]


def _kept_questionnaire(sheet: AnswerSheet) -> Questionnaire:
    """The version that the client began with, whatever the file says by now."""
    return Questionnaire.from_data(json.loads(sheet.questionnaire.content))


def _enter(sheet: AnswerSheet, result: Result, clock: Clock) -> None:
    sheet.handed_in_at = clock.now()
    sheet.handed_in_on = clock.today()
    sheet.score = result.score
    sheet.risk_tier = result.tier
    sheet.is_lowest_category = result.is_lowest_category


def _result(sheet: AnswerSheet) -> Result | None:
    if sheet.risk_tier is None or sheet.score is None:
        return None
    return Result(sheet.risk_tier, sheet.is_lowest_category, sheet.score)

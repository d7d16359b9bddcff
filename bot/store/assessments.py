"""One-time links, answer sheets and what becomes of them. Times and days are passed in; callers own the transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.errors import HuashuError
from bot.store.models import AnswerSheet, AssessmentLink, Client, QuestionnaireVersion, RiskAssessment

VALID_FOR = dt.timedelta(minutes=30)
"""How long a link waits to be opened, and how long a client may pause."""
LONGEST = dt.timedelta(hours=2)
"""After that a link ends however busy the client is."""


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def give_link(session: Session, client_pk: int, manager_id: str, now: dt.datetime) -> tuple[int, str]:
    """Make a link for a client.

    Args:
        session: of a writing transaction.
        client_pk: for whom.
        manager_id: who asked.
        now: the moment.

    Returns:
        The link's id, and the secret part of its address, which is kept nowhere.
    """
    token = secrets.token_urlsafe(16)
    link = AssessmentLink(
        client_pk=client_pk,
        token_hash=digest(token),
        manager_id=manager_id,
        created_at=now,
        expires_at=now + VALID_FOR,
        seen_at=now,
    )
    session.add(link)
    session.flush()
    return link.id, token


def link_by_token(session: Session, token: str) -> AssessmentLink | None:
    """The link whose address holds this secret, locked against others until the transaction ends."""
    return _locked(session, select(AssessmentLink).where(AssessmentLink.token_hash == digest(token)))


def link_by_session(session: Session, secret: str, *, lock: bool) -> AssessmentLink | None:
    """The link that a browser with this secret is answering.

    Args:
        session: to read with.
        secret: of the browser.
        lock: against others, until the transaction ends.
    """
    wanted = select(AssessmentLink).where(AssessmentLink.session_hash == digest(secret))
    return _locked(session, wanted) if lock else session.scalar(wanted)


def _locked(session: Session, wanted: Select[AssessmentLink]) -> AssessmentLink | None:
    found = session.scalar(wanted)
    if found is None:
        return None
    # The client is locked, not the link: two links of one client must not both pass the count of T02.
    session.execute(select(Client.id).where(Client.id == found.client_pk).with_for_update())
    session.expire_all()
    # Asked again: the secret may have been replaced while the lock was awaited.
    return session.scalar(wanted)


def open_session(link: AssessmentLink, now: dt.datetime) -> str:
    """Bind the link to a browser; a browser bound before is let go.

    Returns:
        The secret that the browser keeps.
    """
    secret = secrets.token_urlsafe(32)
    link.session_hash = digest(secret)
    link.seen_at = now
    return secret


def keep_alive(link: AssessmentLink, now: dt.datetime) -> None:
    """Note that the client is at it: the time to pause begins anew, within limits."""
    link.seen_at = now
    link.expires_at = max(link.expires_at, min(now + VALID_FOR, link.created_at + LONGEST))


def keep_version(session: Session, content: Mapping[str, Any]) -> str:
    """Keep a questionnaire as clients will see it.

    Args:
        session: of a writing transaction.
        content: of the questionnaire's file.

    Returns:
        Its version.

    Raises:
        HuashuError: E102, other content is kept under this version.
    """
    version, text = content["version"], json.dumps(content, ensure_ascii=False, sort_keys=True)
    kept = session.get(QuestionnaireVersion, version)
    if kept is None:
        session.add(QuestionnaireVersion(version=version, content=text))
        session.flush()
    elif kept.content != text:
        raise HuashuError(
            "E102", f"policy/questionnaire.yml：内容改了，版本 {version} 却没有改，客户暂时不能答题。请换一个新版本。"
        )
    return str(version)


def begin_sheet(
    session: Session, link: AssessmentLink, version: str, now: dt.datetime, answers: Mapping[str, str] | None = None
) -> AnswerSheet:
    """Begin an answer sheet; from now on only this browser may go on.

    Args:
        session: of a writing transaction.
        link: of the client.
        version: of the questionnaire, kept before.
        now: the moment.
        answers: the client's own of a sheet handed in before, when looked at again.
    """
    sheet = AnswerSheet(
        client_pk=link.client_pk,
        version=version,
        answers=dict(answers or {}),
        started_at=now,
    )
    link.sheets.append(sheet)
    link.used_at = link.used_at or now
    session.flush()
    return sheet


def save_answer(sheet: AnswerSheet, question: str, option: str) -> None:
    """Keep an answer, in the place of an earlier one."""
    sheet.answers = {**sheet.answers, question: option}


def record_assessment(session: Session, sheet: AnswerSheet, *, change_confirmed: bool) -> RiskAssessment:
    """Make the result handed in the client's assessment, once.

    Args:
        session: of a writing transaction.
        sheet: handed in and not recorded yet.
        change_confirmed: the client has confirmed a result that differs (T04).

    Raises:
        ValueError: it is not handed in, or recorded already.
    """
    if sheet.risk_tier is None or sheet.handed_in_on is None or sheet.assessment_pk is not None:
        raise ValueError("only a sheet handed in and not recorded yet becomes an assessment")
    assessment = RiskAssessment(
        client_pk=sheet.client_pk,
        assessed_on=sheet.handed_in_on,
        risk_tier=sheet.risk_tier,
        is_lowest_category=sheet.is_lowest_category,
        questionnaire_version=sheet.version,
        is_change_confirmed=change_confirmed,
    )
    session.add(assessment)
    session.flush()
    sheet.assessment_pk = assessment.id
    session.flush()
    return assessment


def assessment_days(session: Session, client_pk: int) -> list[dt.date]:
    """The day of every assessment of a client for T02: those on record, and those handed in but never confirmed."""
    recorded = select(RiskAssessment.assessed_on).where(RiskAssessment.client_pk == client_pk)
    unconfirmed = select(AnswerSheet.handed_in_on).where(
        AnswerSheet.client_pk == client_pk,
        AnswerSheet.handed_in_on.is_not(None),
        AnswerSheet.assessment_pk.is_(None),
    )
    days = [*session.scalars(recorded), *session.scalars(unconfirmed)]
    return [day for day in days if day is not None]

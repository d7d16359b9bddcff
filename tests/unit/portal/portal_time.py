"""A clock that tests set, a client with a link, and ways to look at what is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.portal.walk import Clock
from bot.settings import PROJECT_ROOT
from bot.store.assessments import give_link
from bot.store.models import AnswerSheet, Base, Client, RiskAssessment

TODAY = dt.date(2026, 11, 24)
NOON = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
CORPUS: Corpus = load_corpus(PROJECT_ROOT / "scripts_corpus")
CAUTIOUS = {q["id"]: q["options"][0]["id"] for q in CORPUS.questionnaire["questions"]}
BOLD = {q["id"]: max(q["options"], key=lambda o: o["points"])["id"] for q in CORPUS.questionnaire["questions"]}


@dataclass
class Time:
    """A clock that stands still until it is moved."""

    moment: dt.datetime = NOON
    day: dt.date = TODAY
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: self.moment, lambda: self.day)

    def move(self, **parts: float) -> None:
        """Let time pass, or set the clock back."""
        self.moment += dt.timedelta(**parts)


def add_client(engine: Engine, *assessments: tuple[dt.date, str], name: str = "张晓梅", **values: object) -> int:
    """A client with assessments; gives the primary key."""
    with Session(engine) as session, session.begin():
        number = f"KH{100001 + count_of(engine, Client)}"
        client = Client(client_id=number, name=name, gender="female", lifecycle="active", manager_id="RM001", **values)
        client.assessments = [RiskAssessment(assessed_on=day, risk_tier=tier) for day, tier in assessments]
        session.add(client)
        session.flush()
        return client.id


def link_for(engine: Engine, client_pk: int, moment: dt.datetime = NOON) -> str:
    """A new link's token."""
    with Session(engine) as session, session.begin():
        return give_link(session, client_pk, "RM001", moment)[1]


def count_of(engine: Engine, table: type[Base]) -> int:
    """How many rows."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def assessments_of(engine: Engine, client_pk: int) -> list[tuple[dt.date, str, str | None, bool]]:
    """Day, tier, version and confirmation of every assessment, as recorded."""
    with Session(engine) as session:
        rows = session.scalars(
            select(RiskAssessment).where(RiskAssessment.client_pk == client_pk).order_by(RiskAssessment.id)
        )
        return [(r.assessed_on, r.risk_tier, r.questionnaire_version, r.is_change_confirmed) for r in rows]


def sheets_of(engine: Engine, client_pk: int) -> list[AnswerSheet]:
    """Every answer sheet."""
    with Session(engine) as session:
        wanted = select(AnswerSheet).where(AnswerSheet.client_pk == client_pk).order_by(AnswerSheet.id)
        return list(session.scalars(wanted))

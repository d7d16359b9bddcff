"""A headless Chromium and the real portal with a real database; the clock is the test's."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.portal.app import build_app
from bot.portal.walk import Clock
from bot.settings import Settings, load_settings
from bot.store.assessments import give_link
from bot.store.database import engine_for, upgrade
from bot.store.models import AnswerSheet, Client, RiskAssessment
from tests.conftest import free_port

TODAY = dt.date(2026, 11, 24)
HOW_TO_GET_IT = (
    "没有找到 Chromium。Debian、Ubuntu：apt-get install chromium；别处装好后用 HUASHU_TEST_CHROMIUM 指明路径。"
)


def chromium() -> str | None:
    """Path of a Chromium, None when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("HUASHU_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = chromium()
    if path is None:
        pytest.fail(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        # In containers Chromium runs as root, which its sandbox refuses.
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Portal:
    """A running portal.

    Attributes:
        settings: of its process.
        engine: on its database.
        offset: by which the portal's clock differs from the real one.
        day: the bank's day.
    """

    settings: Settings
    engine: Engine
    offset: dt.timedelta = field(default_factory=dt.timedelta)
    day: dt.date = TODAY

    def now(self) -> dt.datetime:
        """The moment by the portal's clock."""
        return dt.datetime.now(dt.UTC) + self.offset

    def client(self, *assessments: tuple[dt.date, str], name: str = "张晓梅") -> int:
        """A client with assessments; gives the primary key."""
        with Session(self.engine) as session, session.begin():
            number = f"KH{100001 + len(session.scalars(select(Client.id)).all())}"
            client = Client(client_id=number, name=name, gender="female", lifecycle="active", manager_id="RM001")
            client.assessments = [RiskAssessment(assessed_on=day, risk_tier=tier) for day, tier in assessments]
            session.add(client)
            session.flush()
            return client.id

    def link(self, client_pk: int) -> str:
        """Address of a new link."""
        with Session(self.engine) as session, session.begin():
            return f"{self.settings.portal_url}/a/{give_link(session, client_pk, 'RM001', self.now())[1]}"

    def assessments(self, client_pk: int) -> list[tuple[dt.date, str]]:
        """Day and tier of every assessment on record."""
        with Session(self.engine) as session:
            wanted = select(RiskAssessment).where(RiskAssessment.client_pk == client_pk).order_by(RiskAssessment.id)
            return [(each.assessed_on, each.risk_tier) for each in session.scalars(wanted)]

    def sheets(self, client_pk: int) -> list[AnswerSheet]:
        """Every answer sheet."""
        with Session(self.engine) as session:
            return list(session.scalars(select(AnswerSheet).where(AnswerSheet.client_pk == client_pk)))


@pytest.fixture(scope="session")
def running_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal for all tests: reading the corpus takes seconds."""
    port = free_port()
    settings = load_settings(
        {"HUASHU_VAR_DIR": str(tmp_path_factory.mktemp("portal")), "HUASHU_PORTAL_PORT": str(port)}
    )
    upgrade(settings.database_url)
    running = Portal(settings, engine_for(settings.database_url, busy_timeout_ms=3000))
    app = build_app(settings, Clock(running.now, lambda: running.day))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield running
    server.should_exit = True
    thread.join(timeout=10)
    running.engine.dispose()


@pytest.fixture
def portal(running_portal: Portal) -> Iterator[Portal]:
    """The portal with its clock right at first; each test makes clients of its own."""
    yield running_portal
    running_portal.offset, running_portal.day = dt.timedelta(), TODAY


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet of its own for each test."""
    made = browser.new_context(viewport={"width": 820, "height": 1180}, locale="zh-CN")
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A window on that tablet."""
    return context.new_page()

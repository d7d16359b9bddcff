"""The application without a browser: what a browser would never send, and what the outside learns of our insides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from portal_time import NOON, Time, add_client, link_for, sheets_of
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bot.portal.app import HEADERS, LARGEST_BODY, build_app
from bot.portal.pages import COOKIE
from bot.settings import Settings, load_settings
from bot.store.assessments import digest
from bot.store.database import engine_for, upgrade
from bot.store.models import AssessmentLink

HTTPS = "https://q.example.com"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings({"HUASHU_VAR_DIR": str(tmp_path_factory.mktemp("portal")), "HUASHU_PORTAL_URL": HTTPS})


@pytest.fixture(scope="module")
def engine(settings: Settings) -> Iterator[Engine]:
    upgrade(settings.database_url)
    engine = engine_for(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def app(settings: Settings, engine: Engine) -> ASGIApp:
    return build_app(settings, Time(NOON).clock)


@pytest.fixture
def web(app: ASGIApp) -> TestClient:
    """A browser of its own for each test."""
    return TestClient(app, base_url=HTTPS, raise_server_exceptions=False, follow_redirects=False)


def key_of(page: httpx.Response) -> str:
    return page.text.split('name="key" value="')[1].split('"')[0]


@contextmanager
def without(engine: Engine, table: str) -> Iterator[None]:
    """The database with a table missing."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO away")
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE away RENAME TO {table}")


def guarded(answer: httpx.Response) -> bool:
    return all(answer.headers[name] == value for name, value in HEADERS.items())


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(web: TestClient, engine: Engine) -> None:
    answer = web.get(f"/a/{link_for(engine, add_client(engine))}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/assessment")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/", "Max-Age=7200"))
    assert guarded(answer)


def test_beginning_twice_begins_once(web: TestClient, engine: Engine) -> None:
    client = add_client(engine)
    web.get(f"/a/{link_for(engine, client)}")
    key = key_of(web.get("/assessment"))
    for _ in range(2):
        answer = web.post("/assessment/begin", data={"key": key})
        assert (answer.status_code, answer.headers["location"]) == (303, "/assessment/question/1")
    assert len(sheets_of(engine, client)) == 1


@pytest.mark.parametrize("key", [None, "", "x", "密", "0" * 64])
def test_a_form_without_our_key_changes_nothing(web: TestClient, engine: Engine, key: str | None) -> None:
    client = add_client(engine)
    web.get(f"/a/{link_for(engine, client)}")
    answer = web.post("/assessment/begin", data={} if key is None else {"key": key})
    assert answer.status_code == 409
    assert sheets_of(engine, client) == []


@pytest.mark.parametrize("answer", ["", "nonsense", "密", "from_5"])
def test_an_answer_that_the_question_does_not_have_is_none(web: TestClient, engine: Engine, answer: str) -> None:
    client = add_client(engine)
    web.get(f"/a/{link_for(engine, client)}")
    web.post("/assessment/begin", data={"key": key_of(web.get("/assessment"))})
    key = key_of(web.get("/assessment/question/1"))
    assert web.post("/assessment/question/1", data={"key": key, "answer": answer}).status_code == 422
    assert sheets_of(engine, client)[0].answers == {}


def test_the_key_of_one_browser_is_no_use_to_another(web: TestClient, engine: Engine) -> None:
    web.get(f"/a/{link_for(engine, add_client(engine))}")
    key = key_of(web.get("/assessment"))
    web.cookies.clear()
    other = add_client(engine)
    web.get(f"/a/{link_for(engine, other)}")
    assert web.post("/assessment/begin", data={"key": key}).status_code == 409
    assert sheets_of(engine, other) == []


@pytest.mark.parametrize("headers", [{"content-length": "x"}, {"content-length": str(LARGEST_BODY + 1)}])
def test_a_body_larger_than_any_form_is_refused_unread(web: TestClient, headers: dict[str, str]) -> None:
    answer = web.post("/assessment/begin", headers=headers)
    assert answer.status_code == 413
    assert guarded(answer)


def test_a_body_of_unknown_size_is_refused_unread(web: TestClient) -> None:
    assert web.post("/assessment/begin", content=iter([b"key=x"])).status_code == 413


@pytest.mark.parametrize("path", ["/", "/assessment/none", "/static/none.css", "/a/", "/a/x/y"])
def test_what_does_not_exist_is_told_on_a_page_of_ours(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert guarded(answer)


def test_a_fault_of_ours_is_told_by_code_only(web: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("bot.portal.assessing.link_by_token", fail)
    answer = web.get("/a/x")
    assert answer.status_code == 503
    assert "E305" in answer.text
    assert "secret" not in answer.text
    assert guarded(answer)


def test_a_lost_database_is_told_by_code_and_by_readiness(web: TestClient, engine: Engine) -> None:
    assert web.get("/ready").json() == {"ok": True, "parts": {"database": "ok", "corpus": "ok", "audit": "ok"}}
    with without(engine, "assessment_link"):
        answer = web.get("/a/x")
    assert answer.status_code == 503
    assert "E401" in answer.text
    with without(engine, "answer_sheet"):
        assert web.get("/ready").json()["parts"]["database"] == "E401"


def test_when_the_log_cannot_be_written_nothing_is_changed(web: TestClient, engine: Engine) -> None:
    token = link_for(engine, add_client(engine))
    with without(engine, "audit_entry"):
        assert web.get(f"/a/{token}").status_code == 503
    with Session(engine) as session:
        link = session.scalars(select(AssessmentLink).where(AssessmentLink.token_hash == digest(token))).one()
        assert link.session_hash is None

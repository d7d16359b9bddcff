"""The web application: addresses, headers, and a page for whatever goes wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.audit.log import AuditLog
from bot.corpus.live import LiveCorpus
from bot.errors import HuashuError
from bot.policy.corpus_check import checker_of, refuse_unspeakable
from bot.portal.assessing import Assessing
from bot.portal.pages import AssessmentPages
from bot.portal.rendering import Pages
from bot.portal.walk import Clock, Refusal, RefusedError
from bot.settings import Settings
from bot.store.database import engine_for
from bot.suitability.questionnaire import Questionnaire

_STATIC = Path(__file__).parent / "static"
PATIENCE_MS = 3000
"""How long a page waits for others who write to SQLite: a client had better wait than press again."""
LARGEST_BODY = 8 * 1024  # bytes: a form holds one answer
_STATUS = {
    Refusal.UNKNOWN: 404,
    Refusal.USED: 410,
    Refusal.EXPIRED: 410,
    Refusal.NO_SESSION: 403,
    Refusal.LIMIT_DAY: 403,
    Refusal.LIMIT_YEAR: 403,
    Refusal.CLOCK: 503,
    Refusal.STALE: 409,
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_log = structlog.get_logger(__name__)


def build_app(settings: Settings, clock: Clock | None = None) -> ASGIApp:
    """Make the application.

    Args:
        settings: of the process.
        clock: where the time comes from; the machine's own, with the fixed date of the settings, by default.

    Raises:
        HuashuError: the corpus is broken or the database's address unusable.
    """
    engine = engine_for(settings.database_url, busy_timeout_ms=PATIENCE_MS)
    live = LiveCorpus(
        settings.corpus_dir,
        check=lambda corpus: refuse_unspeakable(corpus, checker_of(settings.corpus_dir, corpus, settings.models_dir)),
    )
    pages = Pages(live.current)
    assessing = Assessing(engine, live.current, clock or Clock(lambda: dt.datetime.now(dt.UTC), settings.date_today))
    assessment = AssessmentPages(assessing, pages, secure=settings.portal_url.startswith("https"))

    def readiness() -> dict[str, str]:
        parts = {"database": "ok", "corpus": "ok", "audit": AuditLog(engine).rehearse() or "ok"}
        try:
            with Session(engine) as session:
                session.execute(text("SELECT count(*) FROM answer_sheet"))
        except SQLAlchemyError:
            parts["database"] = "E401"
        Questionnaire.from_data(live.current().questionnaire)
        if live.error is not None:
            parts["corpus"] = str(live.error)
        return parts

    async def ready(request: Request) -> Response:
        parts = await run_in_threadpool(readiness)
        good = all(state == "ok" for state in parts.values())
        return JSONResponse({"ok": good, "parts": parts}, status_code=200 if good else 503)

    application = Starlette(
        routes=[
            *assessment.routes(),
            Route("/ready", ready, methods=["GET"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        exception_handlers=_handlers(pages),
    )
    return _Guard(application)  # outermost, so that answers to errors are guarded too


def _handlers(pages: Pages) -> dict[Any, Any]:
    """A page for whatever goes wrong, without a word of our insides."""

    async def refused(request: Request, error: RefusedError) -> Response:
        return HTMLResponse(pages.refusal(error.refusal), _STATUS[error.refusal])

    async def http(request: Request, error: HTTPException) -> Response:
        return HTMLResponse(pages.not_found(), error.status_code)

    async def trouble(request: Request, error: Exception) -> Response:
        code = (
            error.code if isinstance(error, HuashuError) else "E401" if isinstance(error, SQLAlchemyError) else "E305"
        )
        detail = error.message if isinstance(error, HuashuError) else ""
        _log.error("portal.failed", code=code, kind=type(error).__name__, detail=detail)
        return HTMLResponse(pages.trouble(code), 503)

    return {
        RefusedError: refused,
        HTTPException: http,
        HuashuError: trouble,
        SQLAlchemyError: trouble,
        Exception: trouble,
    }


class _Guard:
    """Puts the security headers on every answer and refuses bodies that are larger than any form of ours.

    Args:
        app: what is guarded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """(see ASGI)"""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(name, value) for name, value in message["headers"] if name.lower() not in _LOWER]
                message = {**message, "headers": [*given, *_LOWER.items()]}
            await send(message)

        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        too_large = not length.isdigit() or int(length) > LARGEST_BODY
        if too_large or b"transfer-encoding" in headers:
            await Response(status_code=413)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


_LOWER = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}

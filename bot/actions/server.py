"""The action server: ``python -m bot.actions.server``.

The SDK's own start-up listens on every address, answers a fixed "ok" for its health, puts exceptions and request
bodies into error answers, and inflates compressed bodies of any size. This one listens on loopback, tells whether it
can really work, and says nothing of its insides.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from typing import Any

import structlog
from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic, response
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.actions.base import HuashuAction
from bot.actions.runtime import install, services
from bot.actions.services import Services
from bot.errors import HuashuError
from bot.settings import Settings, load_settings

TOPICS = ("objections", "suitability", "products", "clients", "compliance", "conversation", "practice")
LARGEST_BODY = 4 * 1024 * 1024  # bytes: Rasa sends the whole conversation and domain with every call
_WARM_UP = "客户说手续费太贵"


def build_executor() -> ActionExecutor:
    """Register our actions, one instance each."""
    for topic in TOPICS:
        importlib.import_module(f"bot.actions.{topic}")
    executor = ActionExecutor()
    for action in HuashuAction.__subclasses__():
        executor.register_action(action())
    return executor


def build_app(settings: Settings) -> Sanic[Any, Any]:
    """Make the server.

    Args:
        settings: of the process.

    Raises:
        HuashuError: the corpus is broken or the database can't be reached.
    """
    shared = Services(settings)
    install(shared)
    app: Sanic[Any, Any] = create_app(build_executor(), cors_origins=[])
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY

    @app.on_request
    async def refuse_compressed(request: Request) -> HTTPResponse | None:
        if request.headers.get("content-encoding"):
            return response.json({"error": "compressed bodies are not accepted"}, status=415)
        return None

    @app.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        parts = await asyncio.to_thread(services().readiness)
        good = all(state == "ok" for state in parts.values())
        return response.json({"ok": good, "parts": parts}, status=200 if good else 503, ensure_ascii=False)

    # The SDK's handler puts the exception's text and the request's body into the answer.
    app.error_handler = _SilentErrors()
    return app


class _SilentErrors(ErrorHandler):
    """Answers errors without a word of our insides or of what was sent."""

    def response(self, request: Request, exception: Exception) -> HTTPResponse:
        """(see parent class for full docstring)"""
        status = getattr(exception, "status_code", 500)
        structlog.get_logger(__name__).error("request.failed", kind=type(exception).__name__, status=status)
        return response.json({"error": "request failed"}, status=status)


def _warm_up() -> None:
    """Load dictionaries and encoder before the first user waits for them."""
    knowledge = services().knowledge()
    knowledge.cues.nearest(_WARM_UP)
    knowledge.checker.check(_WARM_UP)
    from bot.language.entities import extract
    from bot.language.names import mentioned_person

    extract(_WARM_UP)
    mentioned_person(_WARM_UP)


def main() -> int:
    """Entry point; returns only when the server has stopped or can't start."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    settings = load_settings()
    try:
        app = build_app(settings)
        parts = services().readiness()
        if parts["database"] != "ok":
            raise HuashuError("E401", "数据库连不上，或还没有建表。请运行 make run，它会建库并导入演示数据。")
    except HuashuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _warm_up()
    options: dict[str, Any] = {"single_process": True, "access_log": False, "motd": False}
    app.run(host="127.0.0.1", port=settings.actions_port, **options)
    return 0


if __name__ == "__main__":
    sys.exit(main())

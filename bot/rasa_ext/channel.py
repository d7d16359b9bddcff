"""The only way into Rasa: a channel on loopback that answers always and obeys nobody's slashes.

Rasa's own channels take the sender's name on trust, obey ``/restart``, and answer an empty list with HTTP 200 when an
action fails. This one asks for the internal token, looks buttons up in the conversation, and turns an empty result into
a sentence with a code. The format is described in ``docs/replies.md``.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import BotUttered
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.corpus.loading import load_corpus
from bot.errors import HuashuError
from bot.language.messages import LONGEST_MESSAGE, prepare_message
from bot.model_files import secret
from bot.settings import Settings, load_settings

ANSWER_WITHIN = 10.0  # seconds
LARGEST_BODY = 64 * 1024  # bytes
CANARY = ("客户说手续费太贵了", "objection_fees")

_log = structlog.get_logger(__name__)

Block = dict[str, Any]
OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Inbound:
    """A request that has passed all checks of form.

    Attributes:
        conversation_id: the conversation.
        manager: who is talking.
        text: what was typed, empty when a button was pressed.
        button: id of the pressed button, empty when text was typed.
    """

    conversation_id: str
    manager: str
    text: str
    button: str


class HuashuChannel(InputChannel):
    """Input channel of the assistant.

    Args:
        settings: tells the token, the corpus and the action server.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = secret(settings, "internal.token")
        self._wording = load_corpus(settings.corpus_dir).wording

    @classmethod
    def name(cls) -> str:
        """(see parent class for full docstring)"""
        return "huashu"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HuashuChannel:
        """(see parent class for full docstring)"""
        return cls(load_settings())

    def url_prefix(self) -> str:
        """An absolute path, so that Rasa does not put the channel below /webhooks."""
        return "/huashu"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Routes: messages, health and readiness."""
        blueprint = Blueprint("huashu_channel")

        @blueprint.post("/messages")
        async def messages(request: Request) -> HTTPResponse:
            request_id = uuid.uuid4().hex
            try:
                self._authorise(request)
                inbound = _read_inbound(request)
            except HuashuError as error:
                status = 401 if error.code == "E301" else 400
                return response.json({"ok": False, "error": error.message, "code": error.code}, status=status)
            blocks = await self._answer(inbound, request.app.ctx.agent, on_new_message, request_id)
            body = {"ok": True, "request_id": request_id, "conversation_id": inbound.conversation_id, "blocks": blocks}
            return response.json(body, ensure_ascii=False)

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"ok": True})

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            parts = await self._readiness(getattr(request.app.ctx, "agent", None))
            good = all(state == "ok" for state in parts.values())
            return response.json({"ok": good, "parts": parts}, status=200 if good else 503, ensure_ascii=False)

        return blueprint

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise HuashuError("E301", "内部令牌不对。请从本机的客户端连接。")

    async def _answer(
        self, inbound: Inbound, agent: Agent | None, on_new_message: OnNewMessage, request_id: str
    ) -> list[Block]:
        if agent is None or not agent.is_ready():
            return [self._error("E308", "not_ready")]
        if inbound.button:
            text = await _payload_of(agent, inbound)
            if text is None:
                return [self._error("E306", "stale_button")]
        else:
            message = prepare_message(inbound.text)
            if message.refusal:
                filled = self._wording[message.refusal].format(length=len(inbound.text), limit=LONGEST_MESSAGE)
                return [{"type": "text", "text": filled}]
            text = message.text
        blocks = await self._run(inbound, text, on_new_message, request_id)
        return blocks or [await self._silence(request_id)]

    async def _run(self, inbound: Inbound, text: str, on_new_message: OnNewMessage, request_id: str) -> list[Block]:
        collector = CollectingOutputChannel()
        message = UserMessage(
            text,
            collector,
            inbound.conversation_id,
            input_channel=self.name(),
            metadata={"manager": inbound.manager, "request_id": request_id},
        )
        try:
            await asyncio.wait_for(on_new_message(message), ANSWER_WITHIN)
        except (asyncio.TimeoutError, asyncio.CancelledError):
            _log.error("message.too_slow", request_id=request_id, code="E304")
            return [self._error("E304", "too_slow")]
        except Exception as error:  # noqa: BLE001 - the boundary: whatever happened, the user gets a sentence
            _log.error("message.failed", request_id=request_id, code="E305", kind=type(error).__name__)
            return [self._error("E305", "no_answer")]
        return [block for item in collector.messages for block in _blocks_of(item)]

    async def _silence(self, request_id: str) -> Block:
        """Rasa said nothing. The usual reason is the action server; ask it."""
        state = await self._actions_state()
        code, wording = ("E305", "no_answer") if state == "ok" else ("E307", "actions_down")
        _log.error("message.silence", request_id=request_id, code=code, actions=state)
        return self._error(code, wording)

    def _error(self, code: str, wording: str) -> Block:
        return {"type": "error", "code": code, "text": self._wording[wording].format(code=code)}

    async def _readiness(self, agent: Agent | None) -> dict[str, str]:
        model = "E308" if agent is None or not agent.is_ready() else await _canary(agent)
        return {"model": model, "actions": await self._actions_state()}

    async def _actions_state(self) -> str:
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"{self._settings.actions_url}/ready") as answer,
            ):
                body = await answer.json()
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            return "E307"
        return "ok" if body.get("ok") else str(body.get("parts", "E307"))


async def _canary(agent: Agent) -> str:
    text, intent = CANARY
    parsed = await agent.parse_message(text)
    found = parsed.get("intent", {}).get("name")
    return "ok" if found == intent else f"E308: {found}"


def _read_inbound(request: Request) -> Inbound:
    if len(request.body) > LARGEST_BODY:
        raise HuashuError("E303", f"消息超过 {LARGEST_BODY // 1024} KB。请分几次发送。")
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise HuashuError("E302", "请求不是有效的 JSON。") from error
    if not isinstance(body, dict):
        raise HuashuError("E302", "请求应当是一个 JSON 对象。")
    values = {key: body.get(key, "") for key in ("conversation_id", "manager", "text", "button")}
    if not all(isinstance(value, str) for value in values.values()):
        raise HuashuError("E302", "conversation_id、manager、text、button 都应当是文字。")
    if not values["conversation_id"] or not values["manager"]:
        raise HuashuError("E302", "缺少 conversation_id 或 manager。")
    if len(values["conversation_id"]) > 64 or len(values["manager"]) > 64:
        raise HuashuError("E302", "conversation_id 和 manager 至多 64 个字符。")
    return Inbound(**values)


async def _payload_of(agent: Agent, inbound: Inbound) -> str | None:
    """The instruction behind a button that this conversation was offered; None when it was not."""
    tracker = await agent.tracker_store.retrieve(inbound.conversation_id)
    for event in reversed(list(tracker.events) if tracker else []):
        if isinstance(event, BotUttered):
            custom = (event.data or {}).get("custom") or {}
            for button in custom.get("buttons", []):
                if button["id"] == inbound.button:
                    entities = json.dumps(button["entities"], ensure_ascii=False) if button["entities"] else ""
                    return f"/{button['intent']}{entities}"
    return None


def _blocks_of(message: dict[str, Any]) -> list[Block]:
    custom = message.get("custom")
    if not custom:
        return [{"type": "text", "text": message["text"]}] if message.get("text") else []
    blocks: list[Block] = list(custom.get("blocks", []))
    if custom.get("buttons"):
        # What a button does stays here; the client gets its id and title.
        blocks.append({"type": "buttons", "buttons": [{k: b[k] for k in ("id", "title")} for b in custom["buttons"]]})
    return blocks

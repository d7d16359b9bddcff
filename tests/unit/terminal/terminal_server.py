"""A small server that speaks the contract of the channel, for tests and for looking at the client.

Run it to look: ``python tests/unit/terminal/terminal_server.py``, then ``huashu chat`` in another window.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import terminal_blocks as blocks

from bot.model_files import secret
from bot.settings import Settings, load_settings

Json = dict[str, Any]


@dataclass
class Channel:
    """What the server answers, and what it was asked.

    Attributes:
        token: that it accepts.
        replies: blocks by text or button id; anything else is answered with the text itself and no buttons.
        raw: when set, status and body of every answer to a message, whatever was asked.
        parts: of readiness.
        delay: seconds before an answer.
        asked: bodies of the messages received.
    """

    token: str
    replies: dict[str, list[Json]] = field(default_factory=dict)
    raw: tuple[int, bytes] | None = None
    parts: dict[str, Any] = field(default_factory=lambda: {"model": "ok", "actions": "ok"})
    delay: float = 0.0
    asked: list[Json] = field(default_factory=list)

    def answer(self, given: str, body: Json) -> tuple[int, bytes]:
        """Status and body for a message."""
        time.sleep(self.delay)
        if self.raw is not None:
            return self.raw
        if given != f"Bearer {self.token}":
            return 401, _encoded({"ok": False, "error": "内部令牌不对。请从本机的客户端连接。", "code": "E301"})
        self.asked.append(body)
        said = body.get("button") or body["text"]
        reply = self.replies.get(said, [{"type": "text", "text": f"收到：{said}"}])
        content = {"ok": True, "request_id": "r-1", "conversation_id": body["conversation_id"], "blocks": reply}
        return 200, _encoded(content)

    def readiness(self) -> tuple[int, bytes]:
        """Status and body for /ready."""
        good = all(state == "ok" for state in self.parts.values())
        return (200 if good else 503), _encoded({"ok": good, "parts": self.parts})


def _encoded(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _handler_for(channel: Channel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._reply(*channel.answer(self.headers.get("Authorization", ""), body))

        def do_GET(self) -> None:
            self._reply(*(channel.readiness() if self.path == "/huashu/ready" else (404, b"")))

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def serving(channel: Channel, port: int = 0) -> Iterator[int]:
    """Serve in a thread.

    Args:
        channel: what to answer.
        port: loopback port; a free one by default.

    Yields:
        The port.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_for(channel))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def realistic(settings: Settings) -> Channel:
    """A channel that shows every kind of block."""
    again = blocks.buttons()
    kinds = blocks.every_kind()
    replies = {
        "客户说手续费太贵了": [blocks.script(1), again],
        "b-1": [blocks.script(2), again],
        "b-2": [blocks.text_of("which_client")],
        "b-3": [blocks.text_of("practice")],
        "安和稳盈90天的管理费": [blocks.text_of("greet"), blocks.facts(), blocks.buttons("核对能不能卖")],
        "给KH100023推荐产品": kinds["products"],
        "王芳能买澜石先锋股票吗": [kinds["decision"][-1], blocks.buttons("怎么做风险评估")],
        "检查：这款产品绝对不会亏": kinds["phrase_check"],
        "比一比": kinds["comparison"][:1],
        "规定": kinds["policy_answer"],
        "出错": kinds["error"],
        "帮助": kinds["text"],
    }
    return Channel(secret(settings, "internal.token"), replies, delay=0.3)


if __name__ == "__main__":
    chosen = load_settings()
    with serving(realistic(chosen), chosen.rasa_port):
        time.sleep(3600)

"""The HTTP client against a server that speaks the contract, or does not."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from threading import Thread

import pytest
import terminal_blocks as blocks
from terminal_server import Channel

from bot.errors import HuashuError
from bot.settings import Settings
from bot.terminal.client import Assistant


def failure(settings: Settings, *, answer_within: float = 5.0) -> HuashuError:
    """What sending a sentence raises."""
    with Assistant(settings, "RM001", answer_within=answer_within) as assistant, pytest.raises(HuashuError) as raised:
        assistant.send("你好")
    return raised.value


def test_client_sends_and_presses_in_one_conversation(served: Settings, channel: Channel) -> None:
    channel.replies = {"手续费太贵": [blocks.script(), blocks.buttons()]}
    with Assistant(served, "RM007") as assistant:
        assert [block["type"] for block in assistant.send("手续费太贵")] == ["script", "buttons"]
        assert assistant.press("b-1") == [{"type": "text", "text": "收到：b-1"}]
    conversation = {"conversation_id": assistant.conversation_id, "manager": "RM007"}
    assert channel.asked == [{**conversation, "text": "手续费太贵"}, {**conversation, "button": "b-1"}]


def test_client_begins_a_new_conversation_each_time(var_settings: Settings) -> None:
    first, second = Assistant(var_settings, "RM001"), Assistant(var_settings, "RM001")
    assert first.conversation_id != second.conversation_id
    assert len(first.conversation_id) <= 64


def test_client_ignores_proxies(served: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Assistant(served, "RM001") as assistant:
        assert assistant.send("你好")


def test_client_sends_halves_of_characters_as_question_marks(served: Settings, channel: Channel) -> None:
    with Assistant(served, "RM001") as assistant:
        assistant.send("客\udce5户")
    assert channel.asked[0]["text"] == "客?户"


def test_client_ready_names_the_failing_parts(served: Settings, channel: Channel) -> None:
    with Assistant(served, "RM001") as assistant:
        assert assistant.ready() == {}
        channel.parts = {"model": "E308", "actions": "ok"}
        assert assistant.ready() == {"model": "E308"}


def test_client_not_running(var_settings: Settings) -> None:
    error = failure(var_settings)
    assert error.code == "E308"
    assert "请先在另一个窗口运行 make run" in error.message


def test_client_wrong_token(served: Settings, channel: Channel) -> None:
    channel.token = "0" * 64
    error = failure(served)
    assert error.code == "E301"
    assert str(served.var_dir / "internal.token") in error.message


@pytest.mark.parametrize("content", ["", "令牌", "a b\n"])
def test_client_token_that_is_none(var_settings: Settings, content: str) -> None:
    var_settings.var_dir.mkdir()
    (var_settings.var_dir / "internal.token").write_text(content, encoding="utf-8")
    with pytest.raises(HuashuError, match="读不了内部令牌") as raised:
        Assistant(var_settings, "RM001")
    assert raised.value.code == "E301"


def test_client_timeout(served: Settings, channel: Channel) -> None:
    channel.delay = 1.0
    error = failure(served, answer_within=0.2)
    assert error.code == "E304"
    assert "0.2秒" in error.message


def test_client_passes_on_an_error_of_the_channel(served: Settings, channel: Channel) -> None:
    body = {"ok": False, "error": "消息超过 64 KB。请分几次发送。", "code": "E303"}
    channel.raw = (400, json.dumps(body).encode())
    assert str(failure(served)) == "[E303] 消息超过 64 KB。请分几次发送。"


@pytest.mark.parametrize("body", [{"ok": False}, {"ok": False, "error": "x", "code": "E999"}, {"code": ["E303"]}])
def test_client_error_body_without_a_known_code(served: Settings, channel: Channel, body: dict[str, object]) -> None:
    channel.raw = (500, json.dumps(body).encode())
    error = failure(served)
    assert error.code == "E305"
    assert "HTTP 500" in error.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b'{"ok": true}',
        b'{"ok": true, "blocks": []}',
        b'{"ok": true, "blocks": {}}',
        b'{"ok": true, "blocks": ["text"]}',
        b'{"ok": true, "blocks": [{"text": "x"}]}',
        b'{"ok": true, "blocks": [{"type": "buttons"}]}',
        b'{"ok": true, "blocks": [{"type": "buttons", "buttons": [{"id": 1, "title": "x"}]}]}',
    ],
)
def test_client_malformed_answer(served: Settings, channel: Channel, body: bytes) -> None:
    channel.raw = (200, body)
    error = failure(served)
    assert error.code == "E305"
    assert "读不懂" in error.message


def test_client_ready_of_something_else(served: Settings, channel: Channel) -> None:
    channel.parts = {}
    with Assistant(served, "RM001") as assistant:
        assert assistant.ready() == {}
        channel.readiness = lambda: (404, b"not here")  # type: ignore[method-assign]
        with pytest.raises(HuashuError, match="读不懂"):
            assistant.ready()


@pytest.fixture
def hanging_up(var_settings: Settings) -> Iterator[Settings]:
    """A port that accepts and hangs up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        yield replace(var_settings, rasa_port=server.getsockname()[1])


def test_client_cut_off(hanging_up: Settings) -> None:
    error = failure(hanging_up)
    assert error.code == "E308"
    assert "连接断了" in error.message

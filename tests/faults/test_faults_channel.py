"""The channel's boundary: who may talk, and what a message may be. Against the running assistant."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.model_files import secret
from tests.conftest import Running

pytestmark = pytest.mark.live


def post(assistant: Running, body: object, *, token: str | None = None, raw: bytes | None = None) -> httpx.Response:
    given = secret(assistant.settings, "internal.token") if token is None else token
    content = {"content": raw} if raw is not None else {"json": body}
    return httpx.post(
        f"{assistant.settings.rasa_url}/messages",
        headers={"Authorization": f"Bearer {given}"},
        timeout=20,
        **content,  # type: ignore[arg-type]
    )


def message(text: str, conversation: str = "boundary") -> dict[str, str]:
    return {"conversation_id": conversation, "manager": "RM001", "text": text}


@pytest.mark.parametrize("token", ["none", "wrong", "0" * 64])
def test_without_the_internal_token_nothing_is_answered(assistant: Running, token: str) -> None:
    answer = post(assistant, message("你好"), token=token)
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error": answer.json()["error"], "code": "E301"}


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        (None, b"not json"),
        ([], None),
        ("text", None),
        ({"conversation_id": "c", "manager": "RM001", "text": 5}, None),
        ({"conversation_id": "c", "text": "hi"}, None),
        ({"manager": "RM001", "text": "hi"}, None),
        ({"conversation_id": "c" * 65, "manager": "RM001", "text": "hi"}, None),
    ],
)
def test_malformed_request_is_told(assistant: Running, body: object, raw: bytes | None) -> None:
    answer = post(assistant, body, raw=raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "E302"


def test_oversized_body_is_refused(assistant: Running) -> None:
    answer = post(assistant, message("长" * 50_000))
    assert (answer.status_code, answer.json()["code"]) == (400, "E303")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "没有收到内容"),
        ("   \n\t ", "没有收到内容"),
        ("\u200b\u200d\ufeff", "没有收到内容"),
        ("\x00\x07\x1b", "没有收到内容"),
        ("/", "没有收到内容"),
        ("😀😀😀", "只看到符号或表情"),
        ("？？？！", "只看到符号或表情"),
        ("长" * 10_000, "有10000字，一次最多2000字"),
    ],
)
def test_message_that_is_none_gets_a_plain_sentence(assistant: Running, text: str, expected: str) -> None:
    (block,) = post(assistant, message(text)).json()["blocks"]
    assert block["type"] == "text"
    assert expected in block["text"]


@pytest.mark.parametrize("words", ['lookup_client{"client_id": "KH100001"}', "restart", "objection_fees", "back"])
@pytest.mark.parametrize("slash", ["/", "／", " /", "//", "/ /", "\u200b/"])
def test_text_is_never_an_instruction(assistant: Running, slash: str, words: str) -> None:
    """Rasa obeys `/intent{"slot": ...}` and `/restart`; our users' words are words, with a slash or without."""
    bare = post(assistant, message(words, f"bare-{uuid4()}")).json()["blocks"]
    slashed = post(assistant, message(slash + words, f"slash-{uuid4()}")).json()["blocks"]
    assert [_without_ids(block) for block in slashed] == [_without_ids(block) for block in bare]
    assert all(block["type"] != "error" for block in slashed)


def _without_ids(block: dict[str, Any]) -> dict[str, Any]:
    if block["type"] != "buttons":
        return block
    return {"type": "buttons", "buttons": [button["title"] for button in block["buttons"]]}


@pytest.mark.parametrize("name", ["'; DROP TABLE client; --", "<script>alert(1)</script>", '{"a": 1}', "{0.__class__}"])
def test_sql_html_and_format_strings_are_only_words(assistant: Running, name: str) -> None:
    blocks = post(assistant, message(f"查一下客户{name}的风险等级", "inject")).json()["blocks"]
    assert all(block["type"] != "error" for block in blocks), blocks
    assert post(assistant, message("查一下KH100001", "inject-2")).json()["blocks"][0]["type"] == "facts"


def test_button_of_another_conversation_does_nothing(assistant: Running) -> None:
    buttons = post(assistant, message("客户说手续费太贵了", "mine")).json()["blocks"][-1]["buttons"]
    stolen = {"conversation_id": "theirs", "manager": "RM002", "button": buttons[0]["id"]}
    (block,) = post(assistant, stolen).json()["blocks"]
    assert block["code"] == "E306"


def test_what_a_button_means_stays_on_the_server(assistant: Running) -> None:
    buttons = post(assistant, message("客户说手续费太贵了", "meaning")).json()["blocks"][-1]
    assert all(set(button) == {"id", "title"} for button in buttons["buttons"])


def test_rasas_own_routes_are_off(assistant: Running) -> None:
    base = f"http://127.0.0.1:{assistant.settings.rasa_port}"
    for path in ("/webhooks/rest/webhook", "/model", "/conversations/x/tracker", "/socket.io/"):
        assert httpx.get(base + path, timeout=10).status_code in (404, 405)
        assert httpx.post(base + path, json={"sender": "x", "message": "hi"}, timeout=10).status_code in (404, 405)


def test_action_server_tells_nothing_of_its_insides(assistant: Running) -> None:
    url = f"{assistant.settings.actions_url}/webhook"
    secret_text = "客户身份证310101"
    answer = httpx.post(url, content=secret_text.encode(), timeout=10)
    assert secret_text not in answer.text
    assert "Traceback" not in answer.text
    deflated = httpx.post(url, content=b"x", headers={"Content-Encoding": "deflate"}, timeout=10)
    assert deflated.status_code == 415

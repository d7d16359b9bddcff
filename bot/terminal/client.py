"""The HTTP client of the channel (``docs/replies.md``): one conversation, and a plain sentence for whatever fails."""

from __future__ import annotations

import uuid
from types import TracebackType
from typing import Any

import httpx

from bot.errors import CATALOGUE, HuashuError
from bot.model_files import secret
from bot.settings import Settings
from bot.terminal import wording

Block = dict[str, Any]

ANSWER_WITHIN = 20.0
"""Seconds; longer than the channel allows itself, so that its own sentence arrives first."""
CONNECT_WITHIN = 3.0


class Assistant:
    """A conversation with the running assistant.

    Args:
        settings: tell the port and the token.
        manager: number of the relationship manager.
        answer_within: seconds to wait for an answer.

    Raises:
        HuashuError: E301 when the token can't be read.
    """

    def __init__(self, settings: Settings, manager: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        self.conversation_id = str(uuid.uuid4())
        self._settings = settings
        self._manager = manager
        self._seconds = answer_within
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {_token(settings)}"},
            timeout=httpx.Timeout(answer_within, connect=min(CONNECT_WITHIN, answer_within)),
            trust_env=False,  # a proxy of the office has no business on loopback
        )

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send(self, text: str) -> list[Block]:
        """Say something.

        Args:
            text: what was typed.

        Returns:
            The blocks of the answer, at least one.

        Raises:
            HuashuError: no answer came, or none that can be read.
        """
        return self._ask({"text": text.encode("utf-8", "replace").decode("utf-8")})

    def press(self, button_id: str) -> list[Block]:
        """Press a button of an earlier answer.

        Args:
            button_id: as it was offered.

        Returns:
            The blocks of the answer, at least one.

        Raises:
            HuashuError: no answer came, or none that can be read.
        """
        return self._ask({"button": button_id})

    def ready(self) -> dict[str, str]:
        """Ask whether everything that answers is in order.

        Returns:
            The parts that are not, with what they say; empty when all is well.

        Raises:
            HuashuError: the assistant is not running, or something else answers in its place.
        """
        answer = self._request("GET", "ready")
        body = self._json(answer)
        parts = body.get("parts")
        if answer.status_code not in (200, 503) or not isinstance(parts, dict):
            raise self._unreadable()
        return {str(name): str(state) for name, state in parts.items() if state != "ok"}

    def _ask(self, message: dict[str, str]) -> list[Block]:
        message = {"conversation_id": self.conversation_id, "manager": self._manager, **message}
        answer = self._request("POST", "messages", message)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            path = self._settings.var_dir / "internal.token"
            raise HuashuError("E301", wording.WRONG_TOKEN.format(path=path))
        body = self._json(answer)
        if answer.status_code != httpx.codes.OK or body.get("ok") is not True:
            raise self._refused(answer.status_code, body)
        return self._blocks(body)

    def _request(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        try:
            return self._http.request(method, f"{self._settings.rasa_url}/{path}", json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise HuashuError("E308", wording.NOT_RUNNING.format(port=self._settings.rasa_port)) from error
        except httpx.TimeoutException as error:
            sentence = wording.TOO_SLOW.format(seconds=f"{self._seconds:g}", log=self._settings.log_dir)
            raise HuashuError("E304", sentence) from error
        except httpx.DecodingError as error:
            raise self._unreadable() from error
        except httpx.HTTPError as error:
            raise HuashuError("E308", wording.CUT_OFF) from error

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError as error:
            raise self._unreadable() from error
        if not isinstance(body, dict):
            raise self._unreadable()
        return body

    def _refused(self, status: int, body: dict[str, Any]) -> HuashuError:
        code, sentence = body.get("code"), body.get("error")
        if isinstance(code, str) and code in CATALOGUE and isinstance(sentence, str) and sentence:
            return HuashuError(code, sentence)
        return HuashuError("E305", wording.REFUSED.format(status=status, log=self._settings.log_dir))

    def _blocks(self, body: dict[str, Any]) -> list[Block]:
        blocks = body.get("blocks")
        if not isinstance(blocks, list) or not blocks or not all(_is_block(block) for block in blocks):
            raise self._unreadable()
        return blocks

    def _unreadable(self) -> HuashuError:
        return HuashuError("E305", wording.UNREADABLE.format(port=self._settings.rasa_port))


def _token(settings: Settings) -> str:
    path = settings.var_dir / "internal.token"
    try:
        token = secret(settings, path.name)
    except (OSError, ValueError) as error:
        raise HuashuError("E301", wording.NO_TOKEN.format(path=path)) from error
    if not token.isalnum():
        raise HuashuError("E301", wording.NO_TOKEN.format(path=path))
    return token


def _is_block(block: object) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        return False
    return block["type"] != "buttons" or _are_buttons(block.get("buttons"))


def _are_buttons(buttons: object) -> bool:
    return isinstance(buttons, list) and all(
        isinstance(button, dict) and isinstance(button.get("id"), str) and isinstance(button.get("title"), str)
        for button in buttons
    )

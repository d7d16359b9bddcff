"""A conversation: piped in, with buttons, errors and words of parting."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
import terminal_blocks as blocks
from rich.console import Console
from terminal_server import Channel, realistic, serving

from bot.errors import HuashuError
from bot.settings import PROJECT_ROOT, Settings
from bot.terminal import session, wording
from bot.terminal.client import Assistant
from bot.terminal.session import Chat, chosen_button, read_through, run_chat

BUTTONS = blocks.buttons()["buttons"]


class Talk:
    """A conversation and what it shows."""

    def __init__(self, settings: Settings) -> None:
        self.screen = io.StringIO()
        self.assistant = Assistant(settings, "RM001", answer_within=5.0)
        self.chat = Chat(self.assistant, Console(file=self.screen, width=80, markup=False, highlight=False))

    def shown(self) -> str:
        """What was shown since the last call."""
        text = self.screen.getvalue()
        self.screen.seek(0)
        self.screen.truncate()
        return text


@pytest.fixture
def talk(served: Settings) -> Iterator[Talk]:
    """A conversation with the channel."""
    talk = Talk(served)
    with talk.assistant:
        yield talk


@pytest.mark.parametrize(
    ("line", "pressed"),
    [("1", "b-1"), (" 3 ", "b-3"), ("２", "b-2"), ("4", None), ("0", None), ("1 2", None), ("1.", None), ("", None)],
)
def test_session_number_presses_a_shown_button(line: str, pressed: str | None) -> None:
    button = chosen_button(line, BUTTONS)
    assert (button and button["id"]) == pressed


def test_session_number_is_text_when_no_buttons_are_shown(talk: Talk, channel: Channel) -> None:
    channel.replies = {"选": [blocks.text_of("which_stage"), blocks.buttons("换一条")]}
    for line in ("1", "选", "1", "1"):
        talk.chat.take(line)
    said = [message.get("text") or message["button"] for message in channel.asked]
    assert said == ["1", "选", "b-1", "1"]
    assert "按下：换一条" in talk.shown()


def test_session_keeps_buttons_when_no_answer_came(talk: Talk, channel: Channel) -> None:
    channel.replies = {"选": [blocks.buttons("换一条")]}
    talk.chat.take("选")
    channel.raw = (500, b"{}")
    assert not talk.chat.take("1")
    channel.raw = None
    assert talk.chat.take("1")
    assert channel.asked[-1]["button"] == "b-1"


def test_session_shows_errors_with_code_and_goes_on(talk: Talk, channel: Channel) -> None:
    channel.raw = (200, b"oops")
    assert not talk.chat.take("你好")
    assert "E305" in talk.shown()
    channel.raw = None
    assert talk.chat.take("你好")
    assert "收到：你好" in talk.shown()


def test_session_help_tells_the_keys_and_asks_the_assistant(talk: Talk, channel: Channel) -> None:
    talk.chat.take(" 帮助 ")
    shown = talk.shown()
    assert "Ctrl-R" in shown
    assert "收到： 帮助" in shown
    assert channel.asked[0]["text"].strip() == "帮助"


def test_session_interrupt_stops_waiting(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(text: str) -> list[dict[str, object]]:
        raise KeyboardInterrupt

    monkeypatch.setattr(talk.assistant, "send", interrupted)
    assert not talk.chat.take("你好")
    assert wording.STOPPED in talk.shown()


def test_session_greets_with_examples(talk: Talk) -> None:
    talk.chat.greet("RM001")
    shown = talk.shown()
    assert all(text in shown for text in (wording.GREETING, "RM001", wording.ABOUT, *wording.EXAMPLES))


def test_session_tells_when_not_everything_is_ready(talk: Talk, channel: Channel) -> None:
    assert talk.chat.trouble() is None
    channel.parts = {"model": "ok", "actions": "E307"}
    trouble = talk.chat.trouble()
    assert trouble is not None
    assert "动作服务" in trouble.message


def test_session_does_not_begin_without_an_assistant(var_settings: Settings) -> None:
    with pytest.raises(HuashuError, match="make run"):
        Talk(var_settings).chat.trouble()


def test_session_reads_a_pipe(talk: Talk, channel: Channel) -> None:
    channel.replies = {"太贵": [blocks.script(), blocks.buttons("换一条")]}
    lines = ["太贵\n", "\n", "1\r\n", "[red]不是颜色[/red]\n", "退出\n", "不到这里\n"]
    assert read_through(talk.chat, lines)
    shown = talk.shown().splitlines()
    assert [line for line in shown if line.startswith(">")] == ["> 太贵", "> 1", "> [red]不是颜色[/red]"]
    assert shown.index("> 太贵") < shown.index("[1] 换一条") < shown.index("> 1") < shown.index("收到：b-1")
    assert "收到：[red]不是颜色[/red]" in shown
    assert len(channel.asked) == 3


def test_session_reading_a_pipe_tells_that_a_line_got_no_answer(talk: Talk, channel: Channel) -> None:
    channel.token = "0" * 64
    assert not read_through(talk.chat, ["一\n", "二\n"])
    shown = talk.shown()
    assert shown.count("E301") == 2
    assert "> 二" in shown


def test_session_run_chat_exits_with_1_when_a_piped_line_got_no_answer(
    served: Settings, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.raw = (500, b"{}")
    monkeypatch.setattr(session.sys, "stdin", io.StringIO("你好\n"))
    with pytest.raises(SystemExit) as raised:
        run_chat(served, "RM001")
    assert raised.value.code == 1


def piped(settings: Settings, typed: bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``huashu chat`` with a pipe."""
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT_ROOT),
        "HUASHU_VAR_DIR": str(settings.var_dir),
        "HUASHU_RASA_PORT": str(settings.rasa_port),
        **environment,
    }
    command = [sys.executable, "-m", "bot.cli", "chat"]
    return subprocess.run(command, input=typed, capture_output=True, env=env, cwd=PROJECT_ROOT, timeout=60, check=False)


def test_session_command_answers_a_pipe_whatever_the_bytes(var_settings: Settings) -> None:
    with serving(realistic(var_settings)) as port:
        settings = replace(var_settings, rasa_port=port)
        done = piped(settings, "客户说手续费太贵了\n1\n".encode() + b"\xff\n", NO_COLOR="1")
    output = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "\x1b" not in output
    assert "> 客户说手续费太贵了" in output
    assert "按下：换一条" in output
    assert "第 3/6 条" in output


def test_session_command_survives_a_terminal_without_check_marks(var_settings: Settings) -> None:
    with serving(realistic(var_settings)) as port:
        typed = "王芳能买澜石先锋股票吗\n".encode("gbk")
        done = piped(replace(var_settings, rasa_port=port), typed, PYTHONIOENCODING="gbk")
    assert done.returncode == 0, done.stderr
    assert "不可以：不能向王" in done.stdout.decode("gbk")


def test_session_command_without_an_assistant(var_settings: Settings) -> None:
    done = piped(var_settings, "你好\n".encode())
    assert done.returncode == 1
    assert "[E308]" in done.stderr.decode()
    assert "make run" in done.stderr.decode()

"""Typing: editing of Chinese, history, and the whole client once through a pseudo terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from terminal_server import Channel, realistic, serving

from bot.settings import PROJECT_ROOT, Settings
from bot.terminal import wording
from bot.terminal.prompt import HISTORY_FILE, line_prompt, open_history
from bot.terminal.session import Chat, talk

LEFT, RIGHT, HOME, END, UP = "\x1b[D", "\x1b[C", "\x1b[H", "\x1b[F", "\x1b[A"
BACKSPACE, DELETE, CTRL_C, CTRL_D, ENTER = "\x7f", "\x1b[3~", "\x03", "\x04", "\r"


class Listener(Chat):
    """Remembers what is said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def take(self, line: str) -> bool:
        self.heard.append(line)
        return True

    def say_goodbye(self) -> None:
        self.heard.append(wording.GOODBYE)


def said(settings: Settings, keys: str) -> list[str]:
    """What is heard when keys are struck."""
    listener = Listener()
    with create_pipe_input() as source:
        source.send_text(keys)
        talk(listener, line_prompt(settings, source=source, screen=DummyOutput()))
    assert listener.heard.pop() == wording.GOODBYE
    return listener.heard


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("手续费太贵", "手续费太贵"),
        (f"手续费贵了{BACKSPACE}{BACKSPACE}高", "手续费高"),
        (f"手费{LEFT}续", "手续费"),
        (f"费太贵{LEFT}{LEFT}{RIGHT}{RIGHT}了", "费太贵了"),
        (f"费太贵{HOME}手续{END}了", "手续费太贵了"),
        (f"手手续费{HOME}{DELETE}", "手续费"),
        ("\x1b[200~第一行\r\n第二行\n第三行\x1b[201~", "第一行\n第二行\n第三行"),
    ],
)
def test_prompt_edits_chinese(var_settings: Settings, keys: str, line: str) -> None:
    assert said(var_settings, f"{keys}{ENTER}{CTRL_D}") == [line]


def test_prompt_ctrl_c_drops_the_line_and_ctrl_d_leaves(var_settings: Settings) -> None:
    assert said(var_settings, f"说错了{CTRL_C}{ENTER}  {ENTER}你好{ENTER}{CTRL_D}") == ["你好"]


@pytest.mark.parametrize("word", ["退出", " exit ", "QUIT"])
def test_prompt_word_of_parting_leaves(var_settings: Settings, word: str) -> None:
    assert said(var_settings, f"{word}{ENTER}") == []


def test_prompt_remembers_sayings_but_no_numbers(var_settings: Settings) -> None:
    said(var_settings, f"客户嫌贵{ENTER}1{ENTER}２{ENTER}退出{ENTER}")
    assert said(var_settings, f"{UP}{ENTER}{CTRL_D}") == ["客户嫌贵"]


def test_prompt_history_is_for_its_owner_only(var_settings: Settings) -> None:
    path = var_settings.var_dir / HISTORY_FILE
    said(var_settings, f"你好{ENTER}{CTRL_D}")
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    said(var_settings, CTRL_D)
    assert path.stat().st_mode & 0o777 == 0o600


def test_prompt_history_is_in_memory_when_there_can_be_no_file(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.touch()
    (tmp_path / "link").symlink_to(target)
    assert isinstance(open_history(tmp_path), InMemoryHistory)
    assert isinstance(open_history(tmp_path / "link"), InMemoryHistory)


_WHERE_IS_THE_CURSOR = b"\x1b[6n"
# The process makes the terminal its own, so that Ctrl-C reaches it.
_PROGRAM = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bot.settings import load_settings
from bot.terminal.session import run_chat
run_chat(load_settings(), "RM001")
"""


class Screen:
    """A process on a pseudo terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def type(self, keys: str) -> None:
        """Strike keys."""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str, seconds: float = 30.0) -> str:
        """Read until a text appears.

        Returns:
            Everything read, without what steers the terminal.
        """
        read, until = b"", time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self._descriptor], [], [], 0.1)[0]:
                read += self._read()
                plain = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", read.decode(errors="replace"))
                if text in plain:
                    return plain
        pytest.fail(f"{text!r} did not appear in {read.decode(errors='replace')!r}")

    def _read(self) -> bytes:
        try:
            read = os.read(self._descriptor, 65536)
        except OSError:  # the other end is closed
            return b""
        if _WHERE_IS_THE_CURSOR in read:
            os.write(self._descriptor, b"\x1b[1;1R")
        return read


@contextmanager
def chat_on_terminal(settings: Settings) -> Iterator[tuple[Screen, subprocess.Popen[bytes]]]:
    """Run the client on a pseudo terminal of 80 by 40."""
    env = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "TERM": "xterm-256color"}
    env |= {"HUASHU_VAR_DIR": str(settings.var_dir), "HUASHU_RASA_PORT": str(settings.rasa_port)}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        env.pop(name, None)
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    command = [sys.executable, "-c", _PROGRAM]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
    os.close(theirs)
    try:
        yield Screen(ours), process
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.fixture
def lively(var_settings: Settings) -> Iterator[tuple[Settings, Channel]]:
    """Settings and the channel that shows everything."""
    channel = realistic(var_settings)
    with serving(channel) as port:
        yield replace(var_settings, rasa_port=port), channel


def test_prompt_on_a_pseudo_terminal(lively: tuple[Settings, Channel]) -> None:
    settings, channel = lively
    with chat_on_terminal(settings) as (screen, process):
        assert wording.EXAMPLES[0] in screen.wait_for(wording.TOOLBAR)
        screen.type("客户说手续费太贵哈\x7f了\r")
        shown = screen.wait_for("[3] 练习这个异议")
        assert wording.WAITING in shown
        assert "第 2/6 条" in shown
        screen.wait_for(wording.TOOLBAR)
        screen.type("1\r")
        assert "按下：换一条" in screen.wait_for("第 3/6 条")
        screen.wait_for(wording.TOOLBAR)
        channel.delay = 5.0
        screen.type("太慢\r")
        screen.wait_for(wording.WAITING)
        screen.type(CTRL_C)
        screen.wait_for(wording.STOPPED)
        screen.wait_for(wording.TOOLBAR)
        screen.type(CTRL_D)
        screen.wait_for(wording.GOODBYE)
        assert process.wait(10) == 0
    assert [message.get("text") for message in channel.asked[:1]] == ["客户说手续费太贵了"]
    assert channel.asked[1]["button"] == "b-1"

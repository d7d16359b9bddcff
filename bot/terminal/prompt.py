"""Reading lines at a terminal, with history and editing that suit Chinese."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from bot.settings import Settings
from bot.terminal import wording

HISTORY_FILE = "chat_history"
_PROMPT = "> "
_STYLE = Style.from_dict({"mark": "bold ansicyan", "placeholder": "dim", "bottom-toolbar": "noreverse dim"})


def line_prompt(settings: Settings, *, source: Input | None = None, screen: Output | None = None) -> PromptSession[str]:
    """A prompt for one line, or several pasted at once.

    Args:
        settings: tell where the history stands.
        source: keys; the terminal's by default.
        screen: the terminal's by default.
    """
    return PromptSession(
        FormattedText([("class:mark", _PROMPT)]),
        history=open_history(settings.var_dir / HISTORY_FILE),
        bottom_toolbar=f" {wording.TOOLBAR}",
        placeholder=FormattedText([("class:placeholder", wording.PLACEHOLDER)]),
        prompt_continuation=" " * len(_PROMPT),
        style=_STYLE,
        input=source,
        output=screen,
    )


class Sayings(FileHistory):
    """History of what was said; numbers of buttons and the word of parting are not worth finding again."""

    def append_string(self, string: str) -> None:
        """(see parent class for full docstring)"""
        said = string.strip()
        if not said.isdecimal() and said.lower() not in wording.LEAVE_WORDS:
            super().append_string(string)


def open_history(path: Path) -> History:
    """History in a file that only its owner can read; in memory when there can be no such file.

    Args:
        path: of the file; made when it is missing.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, stat.S_IRUSR | stat.S_IWUSR)
        try:
            os.fchmod(descriptor, stat.S_IRUSR | stat.S_IWUSR)
        finally:
            os.close(descriptor)
    except OSError:
        return InMemoryHistory()
    return Sayings(path)

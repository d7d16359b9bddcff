"""``huashu chat``: talk at a terminal, or line by line from a pipe."""

from __future__ import annotations

import io
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from prompt_toolkit import PromptSession
from rich.console import Console, Group
from rich.text import Text

from bot.errors import HuashuError
from bot.settings import Settings
from bot.terminal import wording
from bot.terminal.cards import Measured, gap, rows
from bot.terminal.client import Assistant, Block
from bot.terminal.prompt import line_prompt
from bot.terminal.render import render, render_error
from bot.terminal.wrapping import Prose, printable

Button = dict[str, Any]


def run_chat(settings: Settings, manager: str) -> None:
    """Talk with the running assistant until the user leaves or the input ends.

    Args:
        settings: of this process.
        manager: number of the relationship manager.

    Raises:
        HuashuError: the assistant is not running.
        SystemExit: with status 1 when lines were piped in and one of them got no answer.
    """
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    console = Console(highlight=False, markup=False, emoji=False)
    _survive_odd_bytes()
    with Assistant(settings, manager) as assistant:
        chat = Chat(assistant, console)
        trouble = chat.trouble()
        if at_terminal:
            chat.greet(manager)
        if trouble:
            chat.show_error(trouble)
        if at_terminal:
            talk(chat, line_prompt(settings))
        elif not read_through(chat, sys.stdin):
            raise SystemExit(1)


class Chat:
    """One conversation on one console.

    Args:
        assistant: who answers.
        console: where it is shown.
    """

    def __init__(self, assistant: Assistant, console: Console) -> None:
        self._assistant = assistant
        self._console = console
        self._buttons: Sequence[Button] = ()

    def greet(self, manager: str) -> None:
        """Two lines and what one may say."""
        name = Text(wording.GREETING, "bold cyan").append(f"  {printable(manager)}", "dim not bold")
        examples = Group(*(Prose(example) for example in wording.EXAMPLES))
        hint = rows([(Text(wording.TRY, "dim"), examples)])
        self._print(gap(), Prose(name), Measured(Prose(wording.ABOUT)), gap(), Measured(hint), gap())

    def trouble(self) -> HuashuError | None:
        """What keeps the assistant from answering everything.

        Returns:
            What to tell the user; None when all is well.

        Raises:
            HuashuError: E308 when there is no assistant at all.
        """
        try:
            with self._spinner(wording.CHECKING):
                failing = self._assistant.ready()
        except HuashuError as error:
            if error.code == "E308":
                raise
            return error
        parts = "、".join(wording.PARTS.get(name, name) for name in failing)
        return HuashuError("E308", wording.NOT_READY.format(parts=parts)) if failing else None

    def show_error(self, error: HuashuError) -> None:
        """Say what went wrong."""
        self._print(render_error({"code": error.code, "text": error.message}), gap())

    def take(self, line: str) -> bool:
        """Answer one input.

        Args:
            line: what was typed; the number of a shown button presses it.

        Returns:
            False when there was no answer.
        """
        button = chosen_button(line, self._buttons)
        if button is not None:
            self._print(Prose(wording.PRESSED.format(title=button["title"]), "dim"))
            return self._answer(lambda: self._assistant.press(button["id"]))
        if line.strip().lower() in wording.HELP_WORDS:
            usage = ((Text(name, "bold"), Prose(text)) for name, text in wording.USAGE)
            self._print(gap(), Measured(rows(usage)))
        return self._answer(lambda: self._assistant.send(line))

    def echo(self, line: str) -> None:
        """Show an input that was not typed here."""
        self._print(Prose(f"> {line}", "bold"))

    def say_goodbye(self) -> None:
        """The last line."""
        self._print(Text(wording.GOODBYE, "dim"))

    def _answer(self, ask: Callable[[], list[Block]]) -> bool:
        try:
            with self._spinner(wording.WAITING):
                blocks = ask()
        except HuashuError as error:
            self._print(gap())
            self.show_error(error)
            return False
        except KeyboardInterrupt:
            self._print(gap(), Text(wording.STOPPED, "dim"), gap())
            return False
        self._buttons = buttons_of(blocks)
        for block in blocks:
            self._print(gap(), render(block))
        self._print(gap())
        return True

    def _spinner(self, text: str) -> AbstractContextManager[object]:
        live = self._console.is_terminal and not self._console.is_dumb_terminal
        return self._console.status(Text(text, "dim"), spinner="dots") if live else nullcontext()

    def _print(self, *parts: Any) -> None:
        self._console.print(*parts, sep="\n", soft_wrap=False)


def talk(chat: Chat, prompt: PromptSession[str]) -> None:
    """Read at the prompt until Ctrl-D or a word of parting; Ctrl-C drops the line.

    Args:
        chat: the conversation.
        prompt: of `line_prompt`.
    """
    while True:
        try:
            line = prompt.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if is_parting(line):
            break
        if line.strip():
            chat.take(line)
    chat.say_goodbye()


def read_through(chat: Chat, lines: Iterable[str]) -> bool:
    """Take line after line, showing each before its answer.

    Args:
        chat: the conversation.
        lines: a pipe or file.

    Returns:
        Whether every line got an answer.
    """
    answered = True
    for raw in lines:
        line = raw.rstrip("\r\n")
        if is_parting(line):
            break
        if line.strip():
            chat.echo(line)
            answered = chat.take(line) and answered
    return answered


def is_parting(line: str) -> bool:
    """Whether the user wants to leave."""
    return line.strip().lower() in wording.LEAVE_WORDS


def buttons_of(blocks: Sequence[Block]) -> list[Button]:
    """The buttons that an answer shows."""
    return [button for block in blocks if block["type"] == "buttons" for button in block["buttons"]]


def chosen_button(line: str, buttons: Sequence[Button]) -> Button | None:
    """The button whose number was typed, in half or full width.

    Args:
        line: what was typed.
        buttons: those shown below the last answer.

    Returns:
        The button; None when the line is something to say.
    """
    typed = unicodedata.normalize("NFKC", line).strip()
    numbered = {str(number): button for number, button in enumerate(buttons, start=1)}
    return numbered.get(typed)


def _survive_odd_bytes() -> None:
    """Neither bytes that are no text nor characters that the terminal lacks end the conversation."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

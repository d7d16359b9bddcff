"""Starts the processes of the Procfile, waits until each is healthy, and ends them all together."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from bot.errors import HuashuError
from bot.settings import PROJECT_ROOT, Settings

HEALTHY_WITHIN = 240.0  # seconds
_LOG_LINES_SHOWN = 15
# honcho's own lines; -15 is the signal by which it ends the others.
_ENDED_BY_ITSELF = re.compile(r"system +\| (\w+) stopped \(rc=(?!-15\))")
_LINE_OF = " {} "


def ready_urls(settings: Settings) -> dict[str, str]:
    """Address that tells whether a process is healthy, by its name in the Procfile."""
    return {
        "actions": f"{settings.actions_url}/ready",
        "rasa": f"{settings.rasa_url}/ready",
        "portal": f"{settings.portal_local_url}/ready",
    }


def environment_of(settings: Settings) -> dict[str, str]:
    """Environment of the processes: ours, with every setting spelled out so that all agree."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= {
        "HUASHU_CORPUS_DIR": str(settings.corpus_dir),
        "HUASHU_MODELS_DIR": str(settings.models_dir),
        "HUASHU_VAR_DIR": str(settings.var_dir),
        "HUASHU_DATABASE_URL": settings.database_url,
        "HUASHU_RASA_PORT": str(settings.rasa_port),
        "HUASHU_ACTIONS_PORT": str(settings.actions_port),
        "HUASHU_PORTAL_PORT": str(settings.portal_port),
        "HUASHU_PORTAL_URL": settings.portal_url,
        "HUASHU_TODAY": settings.today or "",
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }
    return environment


def run_all(settings: Settings, when_ready: Callable[[], None]) -> int:
    """Run every process of the Procfile until one ends or Ctrl-C.

    Args:
        settings: of the processes.
        when_ready: called once all are healthy.

    Returns:
        Exit status: 0 after Ctrl-C, 1 when a process ended by itself.
    """
    with _log_file(settings) as (log, path):
        manager = Manager(Printer(log, colour=False))
        for name, command in parse_procfile((PROJECT_ROOT / "Procfile").read_text()).processes.items():
            manager.add_process(name, command, env=environment_of(settings), cwd=str(PROJECT_ROOT), quiet=False)
        watcher = threading.Thread(target=_watch, args=(settings, manager, when_ready), daemon=True)
        watcher.start()
        # A closed terminal must end the processes too; honcho knows only Ctrl-C and termination.
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        manager.loop()
    # honcho gives the status of the first process that ended; after Ctrl-C that is a signal's.
    if manager.returncode in (0, 130, -2, -15):
        return 0
    _show_tail(path)
    return 1


def _watch(settings: Settings, manager: Manager, when_ready: Callable[[], None]) -> None:
    try:
        wait_until_ready(settings, lambda: manager.returncode is not None)
    except HuashuError as error:
        if manager.returncode is None:
            sys.stderr.write(f"{error}\n")
            manager.terminate()
        return
    when_ready()


def wait_until_ready(settings: Settings, ended: Callable[[], bool] = lambda: False) -> None:
    """Wait until all processes are healthy.

    Args:
        settings: tells the addresses.
        ended: tells that there is nothing to wait for any more.

    Raises:
        HuashuError: E504, one is not healthy in time; the message names its failing parts.
    """
    waiting = ready_urls(settings)
    states: dict[str, str] = {}
    deadline = time.monotonic() + HEALTHY_WITHIN
    while waiting and time.monotonic() < deadline and not ended():
        for name, url in list(waiting.items()):
            states[name] = _state(url)
            if states[name] == "ok":
                del waiting[name]
        time.sleep(0.25)
    if waiting:
        listing = "；".join(f"{name}：{states.get(name, '没有回应')}" for name in waiting)
        raise HuashuError("E504", f"启动没有完成：{listing}。日志在 {settings.log_dir / 'processes.log'}。")


def _state(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            answer.read()
            return "ok"
    except urllib.error.HTTPError as error:
        try:
            parts: dict[str, Any] = json.loads(error.read()).get("parts", {})
        except ValueError:
            return f"HTTP {error.code}"
        return "、".join(f"{part} {state}" for part, state in parts.items() if state != "ok")
    except (urllib.error.URLError, OSError):
        return "没有回应"


@contextmanager
def _log_file(settings: Settings) -> Iterator[tuple[TextIO, Path]]:
    path = settings.log_dir / "processes.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8", buffering=1) as file:
        yield file, path


def _show_tail(path: Path) -> None:
    """Print what the process that ended first said last; the others were only ended with it."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    ended = [match.group(1) for line in lines if (match := _ENDED_BY_ITSELF.search(line))]
    own = [line.split("|", 1)[1].strip() for line in lines if ended and _LINE_OF.format(ended[-1]) in line]
    shown = own[-_LOG_LINES_SHOWN:] or lines[-_LOG_LINES_SHOWN:]
    sys.stderr.write("有一个进程自己退出了，它最后说的是：\n" + "\n".join(shown) + f"\n全部日志在 {path}\n")

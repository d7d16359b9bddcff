"""Fixtures for all tests: the running assistant, started once through the front door."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.launch.processes import environment_of
from bot.settings import PROJECT_ROOT, Settings, load_settings
from bot.terminal.client import Assistant

TODAY = "2026-11-24"
STARTED_WITHIN = 270.0  # seconds


@dataclass(frozen=True)
class Running:
    """A running assistant.

    Attributes:
        settings: of its processes.
        process: ``huashu run``.
        log: what it printed.
    """

    settings: Settings
    process: subprocess.Popen[bytes]
    log: Path

    def talk(self, manager: str = "RM001") -> Assistant:
        """A new conversation."""
        return Assistant(self.settings, manager)


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_assistant(directory: Path, **overrides: str) -> Running:
    """Start ``huashu run`` with its own database, corpus copy, logs and ports, and wait until it is ready.

    Args:
        directory: empty directory for everything it makes.
        overrides: environment variables that differ, such as ``HUASHU_MODELS_DIR``.
    """
    corpus = directory / "corpus"
    shutil.copytree(PROJECT_ROOT / "scripts_corpus", corpus)
    var = directory / "var"
    var.mkdir()
    # The model was signed by this checkout's key.
    key = load_settings().var_dir / "signing.key"
    if key.exists():
        shutil.copy(key, var / "signing.key")
    variables = {
        "HUASHU_VAR_DIR": str(var),
        "HUASHU_CORPUS_DIR": str(corpus),
        "HUASHU_RASA_PORT": str(free_port()),
        "HUASHU_ACTIONS_PORT": str(free_port()),
        "HUASHU_PORTAL_PORT": str(free_port()),
        "HUASHU_TODAY": TODAY,
        **overrides,
    }
    settings = load_settings(variables)
    log = directory / "run.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [str(PROJECT_ROOT / ".venv" / "bin" / "huashu"), "run"],
            cwd=PROJECT_ROOT,
            env=environment_of(settings),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(settings, process, log)


def wait_until(condition: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    """Wait for a condition; fail with `what()` when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


def stop(running: Running) -> int:
    """End the assistant as Ctrl-C would, and give its exit status."""
    if running.process.poll() is None:
        os.killpg(running.process.pid, signal.SIGINT)
    return running.process.wait(timeout=30)


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real assistant: Rasa, actions and database as ``make run`` starts them."""
    running = start_assistant(tmp_path_factory.mktemp("assistant"))
    try:
        wait_until(
            lambda: "助手已就绪" in running.log.read_text("utf-8") or running.process.poll() is not None,
            STARTED_WITHIN,
            lambda: running.log.read_text("utf-8"),
        )
        assert running.process.poll() is None, running.log.read_text("utf-8")
        yield running
    finally:
        stop(running)

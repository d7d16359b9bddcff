"""``huashu run``: everything from an empty checkout with environments to an assistant that answers."""

from __future__ import annotations

import errno
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bot import model_files
from bot.corpus.loading import load_corpus
from bot.corpus.training import checked_training_lines
from bot.errors import HuashuError
from bot.launch.processes import environment_of, run_all
from bot.policy.corpus_check import check_corpus
from bot.practice.learning import is_trained, trained_model
from bot.settings import PROJECT_ROOT, Settings

RASA_PYTHON = PROJECT_ROOT / ".venv-rasa" / "bin" / "python"
_NEEDED_BYTES = 300 * 1024 * 1024

_console = Console(highlight=False)


def run(settings: Settings, prepare_database: Callable[[], None]) -> int:
    """Set up what is missing, start all processes, tell where to go, and stay until Ctrl-C.

    Args:
        settings: of this installation.
        prepare_database: creates or upgrades the database and fills an empty one with demo data.

    Returns:
        Exit status.

    Raises:
        HuashuError: with one plain sentence on what stands in the way.
    """
    started = time.monotonic()
    check_ports(settings)
    check_disk(settings.var_dir)
    _timed("检查语料、准备数据库", lambda: _prepare(settings, prepare_database))
    train_if_needed(settings)
    _console.print("启动助手…（按 Ctrl-C 结束）")
    return run_all(settings, lambda: _tell_where_to_go(settings, time.monotonic() - started))


def _prepare(settings: Settings, prepare_database: Callable[[], None]) -> None:
    check_corpus(settings.corpus_dir, settings.models_dir)
    prepare_database()


def _timed(what: str, work: Callable[[], object]) -> None:
    started = time.monotonic()
    with _console.status(f"{what}…"):
        work()
    _console.print(f"{what}：完成，{time.monotonic() - started:.0f} 秒")


def train_if_needed(settings: Settings) -> None:
    """Train unless the newest model is whole and fits corpus and configuration; the score of practice likewise.

    Raises:
        CorpusError: the corpus is broken.
        HuashuError: E503, training failed.
    """
    if not model_fits(settings):
        _timed(f"训练识别模型（日志 {settings.log_dir / 'train.log'}）", lambda: _train(settings))
    corpus = load_corpus(settings.corpus_dir)
    if corpus.practice is not None and not is_trained(corpus, corpus.practice, settings.models_dir):
        practice = corpus.practice
        _timed("训练对练打分", lambda: trained_model(corpus, practice, settings.models_dir))


def model_fits(settings: Settings) -> bool:
    """Whether the newest model is whole and was trained from the present corpus and configuration."""
    try:
        manifest = model_files.read_manifest(settings)
        if manifest is None:
            return False
        model_files.verify(settings, manifest)
    except HuashuError:
        return False  # changed or of another version: train anew
    lines = checked_training_lines(settings.corpus_dir)
    return manifest.fingerprint == model_files.fingerprint((line.intent, line.text) for line in lines)


def _train(settings: Settings) -> None:
    log = settings.log_dir / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        result = subprocess.run(
            [str(RASA_PYTHON), "-m", "bot.rasa_ext.train"],
            cwd=PROJECT_ROOT,
            env=environment_of(settings),
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        raise HuashuError("E503", f"训练没有成功，日志在 {log}，最后几行：\n{tail}")


def check_ports(settings: Settings) -> None:
    """Make sure that nobody else listens where our processes will.

    Raises:
        HuashuError: E504, naming the port and how to choose another; or two ports are the same.
    """
    ports = {
        "HUASHU_RASA_PORT": settings.rasa_port,
        "HUASHU_ACTIONS_PORT": settings.actions_port,
        "HUASHU_PORTAL_PORT": settings.portal_port,
    }
    for variable, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    why = "已被占用，可能助手已经在运行。请先结束它，或换一个"
                else:  # such as a port below 1024 without the right to it
                    why = f"不能使用（{error.strerror}）。请换一个"
                other = port + 1 if port < 65535 else port - 1
                raise HuashuError("E504", f"端口 {port} {why}：{variable}={other} make run") from error
    for port in ports.values():
        same = [variable for variable, other in ports.items() if other == port]
        if len(same) > 1:
            raise HuashuError("E504", f"两个进程不能用同一个端口 {port}。请改 {' 或 '.join(same)}。")


def check_disk(directory: Path) -> None:
    """Make sure that there is room for a model, the database and logs.

    Raises:
        HuashuError: E504.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(directory).free
    except OSError as error:
        message = f"目录 {directory} 建不了或打不开（{error.strerror}）。请检查 HUASHU_VAR_DIR 和目录权限。"
        raise HuashuError("E504", message) from error
    if free < _NEEDED_BYTES:
        raise HuashuError(
            "E504", f"磁盘空间不够：至少需要 300 MB，{directory} 只剩 {free >> 20} MB。请腾出空间后重试。"
        )


def _tell_where_to_go(settings: Settings, seconds: float) -> None:
    _console.print(f"\n[bold green]助手已就绪[/]，用时 {seconds:.0f} 秒。")
    _console.print("在另一个窗口运行 [bold]make chat[/] 开始对话，例如：客户说手续费太贵了")
    _console.print(f"客户问卷的网址：{settings.portal_url}（HUASHU_PORTAL_URL），链接由助手给出", soft_wrap=True)
    _console.print(f"日志：{settings.log_dir / 'processes.log'}    按 Ctrl-C 结束")
    sys.stdout.flush()

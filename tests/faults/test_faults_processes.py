"""Faults that a user can meet, each with a plain answer and nothing lost. Real processes, real database."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.launch.processes import environment_of
from bot.settings import PROJECT_ROOT, Settings, load_settings
from bot.store.database import upgrade
from bot.terminal.client import Assistant
from tests.conftest import TODAY, free_port, wait_until

ACTIONS = [str(PROJECT_ROOT / ".venv/bin/python"), "-m", "bot.actions.server"]
RASA = [str(PROJECT_ROOT / ".venv-rasa/bin/python"), "-m", "bot.rasa_ext.serve"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an installation of its own, with the demo data and this checkout's model."""
    directory = tmp_path_factory.mktemp("faults")
    shutil.copytree(PROJECT_ROOT / "scripts_corpus", directory / "corpus")
    (directory / "var").mkdir()
    shutil.copy(load_settings().var_dir / "signing.key", directory / "var" / "signing.key")
    settings = load_settings(
        {
            "HUASHU_VAR_DIR": str(directory / "var"),
            "HUASHU_CORPUS_DIR": str(directory / "corpus"),
            "HUASHU_RASA_PORT": str(free_port()),
            "HUASHU_ACTIONS_PORT": str(free_port()),
            "HUASHU_PORTAL_PORT": str(free_port()),
            "HUASHU_TODAY": TODAY,
        }
    )
    upgrade(settings.database_url)
    prepare = [str(PROJECT_ROOT / ".venv/bin/huashu"), "database", "prepare"]
    subprocess.run(prepare, env=environment_of(settings), cwd=PROJECT_ROOT, check=True, capture_output=True)
    return settings


def start(command: list[str], settings: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=environment_of(settings),
        cwd=PROJECT_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def refused(command: list[str], settings: Settings) -> str:
    """Run a process that must refuse to start; its standard error."""
    result = subprocess.run(
        command, env=environment_of(settings), cwd=PROJECT_ROOT, capture_output=True, timeout=60, check=False
    )
    assert result.returncode == 1, result
    return result.stderr.decode()


def ready(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{url}/ready", timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))
    except OSError:
        return {}


@pytest.fixture(scope="module")
def rasa(settings: Settings) -> Iterator[Settings]:
    """Rasa alone; the action server is down until a test starts it."""
    process = start(RASA, settings)
    try:
        wait_until(lambda: ready(settings.rasa_url).get("parts", {}).get("model") == "ok", 90, lambda: "no Rasa")
        yield settings
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def both(rasa: Settings) -> Iterator[Settings]:
    """Rasa and actions."""
    process = start(ACTIONS, rasa)
    try:
        wait_until(lambda: bool(ready(rasa.rasa_url).get("ok")), 60, lambda: str(ready(rasa.rasa_url)))
        yield rasa
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.live
def test_action_server_down_is_told_and_readiness_is_red(rasa: Settings) -> None:
    (block,) = Assistant(rasa, "RM001").send("客户说手续费太贵了")
    assert (block["type"], block["code"]) == ("error", "E307")
    assert "稍后再发" in block["text"]
    assert ready(rasa.rasa_url)["parts"]["actions"] == "E307"


@pytest.mark.live
def test_conversation_goes_on_once_the_action_server_is_back(both: Settings) -> None:
    (block, *_) = Assistant(both, "RM001").send("客户说手续费太贵了")
    assert block["type"] == "script"


@pytest.mark.live
def test_locked_database_withholds_the_answer(both: Settings) -> None:
    talk = Assistant(both, "RM001")
    with _locked(both):
        (block, *rest) = talk.send("客户说手续费太贵了")
    assert (block["type"], block["code"], rest) == ("error", "E402", [])
    # Nothing was counted as shown while it was withheld.
    assert talk.send("客户说手续费太贵了")[0]["position"] == 1


def _locked(settings: Settings) -> sqlite3.Connection:
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")

    class Unlock:
        def __enter__(self) -> sqlite3.Connection:
            return connection

        def __exit__(self, *_: object) -> None:
            connection.execute("ROLLBACK")
            connection.close()

    return Unlock()  # type: ignore[return-value]


@pytest.mark.live
def test_missing_tables_mean_no_product(both: Settings) -> None:
    with sqlite3.connect(both.database_url.removeprefix("sqlite:///")) as connection:
        connection.execute("ALTER TABLE product RENAME TO product_gone")
    try:
        (block,) = Assistant(both, "RM001").send("给KH100001推荐产品")
        assert (block["type"], block["code"]) == ("error", "E401")
        assert "不提供任何产品" in block["text"]
        assert "database" in str(ready(both.rasa_url)["parts"]["actions"])
    finally:
        with sqlite3.connect(both.database_url.removeprefix("sqlite:///")) as connection:
            connection.execute("ALTER TABLE product_gone RENAME TO product")


@pytest.mark.live
def test_changed_wording_reaches_the_running_assistant_without_training(both: Settings) -> None:
    wording = both.corpus_dir / "wording.yml"
    before = wording.read_text("utf-8")
    try:
        wording.write_text(before.replace("不客气，有需要随时说。", "不客气，随时找我。"), "utf-8")
        talk = Assistant(both, "RM001")
        wait_until(lambda: talk.send("谢谢你")[0]["text"] == "不客气，随时找我。", 10, lambda: "old wording")
    finally:
        wording.write_text(before, "utf-8")


@pytest.mark.live
def test_broken_corpus_at_reload_keeps_the_last_good_one(both: Settings) -> None:
    fees = both.corpus_dir / "objections" / "fees.yml"
    before = fees.read_text("utf-8")
    talk = Assistant(both, "RM001")
    try:
        fees.write_text(before.replace("status: approved", "status: aproved", 1), "utf-8")
        wait_until(lambda: "E101" in str(ready(both.rasa_url)), 10, lambda: str(ready(both.rasa_url)))
        assert "approved" in str(ready(both.actions_url)["parts"]["corpus"])
        assert talk.send("客户说手续费太贵了")[0]["type"] == "script"
    finally:
        fees.write_text(before, "utf-8")
    wait_until(lambda: bool(ready(both.rasa_url).get("ok")), 10, lambda: str(ready(both.rasa_url)))


def _own(settings: Settings, directory: Path, **changed: str) -> Settings:
    """The same installation with some directories of its own."""
    variables = {
        "HUASHU_VAR_DIR": str(settings.var_dir),
        "HUASHU_CORPUS_DIR": str(settings.corpus_dir),
        "HUASHU_MODELS_DIR": str(settings.models_dir),
        "HUASHU_RASA_PORT": str(free_port()),
        "HUASHU_ACTIONS_PORT": str(free_port()),
        "HUASHU_PORTAL_PORT": str(free_port()),
        **changed,
    }
    return load_settings(variables)


def test_broken_corpus_at_start_is_refused_with_file_and_line(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "scripts_corpus", tmp_path / "corpus")
    risk = tmp_path / "corpus" / "objections" / "risk.yml"
    lines = risk.read_text("utf-8").splitlines()
    broken_line = next(number for number, line in enumerate(lines, 1) if "version: 1" in line)
    lines[broken_line - 1] = lines[broken_line - 1].replace("version: 1", "version: one")
    risk.write_text("\n".join(lines), "utf-8")
    error = refused(ACTIONS, _own(settings, tmp_path, HUASHU_CORPUS_DIR=str(tmp_path / "corpus")))
    assert f"risk.yml:{broken_line}" in error
    assert "整数" in error


def test_model_changed_by_one_byte_is_refused(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.models_dir, tmp_path / "models")
    archive = tmp_path / "models" / json.loads((tmp_path / "models" / "manifest.json").read_text())["archive"]
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    assert "E501" in refused(RASA, _own(settings, tmp_path, HUASHU_MODELS_DIR=str(tmp_path / "models")))


def test_model_signed_elsewhere_is_refused(settings: Settings, tmp_path: Path) -> None:
    own = _own(settings, tmp_path, HUASHU_VAR_DIR=str(tmp_path / "var"))
    assert "签名" in refused(RASA, own)


def test_model_of_other_versions_is_refused(settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    from bot import model_files

    shutil.copytree(settings.models_dir, tmp_path / "models")
    own = _own(settings, tmp_path, HUASHU_MODELS_DIR=str(tmp_path / "models"))
    manifest = model_files.read_manifest(own)
    assert manifest is not None
    model_files.seal(own, replace(manifest, rasa="3.5.0"))
    error = refused(RASA, own)
    assert "E502" in error
    assert "3.5.0" in error


def test_untrained_installation_is_told_to_train(settings: Settings, tmp_path: Path) -> None:
    assert "make train" in refused(RASA, _own(settings, tmp_path, HUASHU_MODELS_DIR=str(tmp_path / "none")))


def test_taken_port_is_one_plain_sentence(settings: Settings, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        own = _own(settings, tmp_path, HUASHU_RASA_PORT=str(port))
        error = refused([str(PROJECT_ROOT / ".venv/bin/huashu"), "run"], own)
    assert f"端口 {port} 已被占用" in error
    assert len(error.strip().splitlines()) == 1

"""Setting up on a machine that lacks something: one plain sentence, nothing half made that a second try would trust."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT

TOOLS = "sh cat grep sed awk date sleep mkdir rm df cksum dirname".split()
DEAD = "http://127.0.0.1:9/simple"  # nobody listens on the discard port


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the set-up reads, in an empty directory."""
    shutil.copytree(PROJECT_ROOT / "tools", tmp_path / "tools")
    shutil.copytree(PROJECT_ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(PROJECT_ROOT / ".python-version", tmp_path)
    return tmp_path


def commands(checkout: Path, extra: dict[str, str]) -> Path:
    """A directory with only the commands that the set-up may need, and those given."""
    directory = checkout / "commands"
    directory.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (directory / tool).symlink_to(found)
    for name, target in extra.items():
        (directory / name).symlink_to(target)
    return directory


def bootstrap(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "tools/bootstrap"],
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def only_sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a set-up that failed."""
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    return line


def test_without_python3_it_says_so(checkout: Path) -> None:
    path = str(commands(checkout, {}))
    assert "找不到 python3" in only_sentence(bootstrap(checkout, PATH=path))


def test_unreachable_index_is_told(checkout: Path) -> None:
    uv = shutil.which("uv") or str(PROJECT_ROOT / ".uv" / "bin" / "uv")
    path = f"{commands(checkout, {'uv': uv})}:{os.environ['PATH']}"
    result = bootstrap(
        checkout, PATH=path, UV_INDEX_URL=DEAD, UV_DEFAULT_INDEX=DEAD, UV_NO_CACHE="1", UV_HTTP_RETRIES="0"
    )
    assert "连不上软件包索引" in only_sentence(result)
    assert not (checkout / ".venv" / "lock.sum").exists(), "a second try would take the empty environment for whole"


def test_too_little_disk_space_is_told_before_anything_is_fetched(checkout: Path) -> None:
    script = checkout / "tools" / "bootstrap"
    needed = script.read_text("utf-8").replace("needed_kb=4500000", "needed_kb=999999999999")
    script.write_text(needed, "utf-8")
    uv = shutil.which("uv") or str(PROJECT_ROOT / ".uv" / "bin" / "uv")
    path = f"{commands(checkout, {'uv': uv})}:{os.environ['PATH']}"
    assert "磁盘空间不够" in only_sentence(bootstrap(checkout, PATH=path))
    assert not (checkout / ".venv").exists()

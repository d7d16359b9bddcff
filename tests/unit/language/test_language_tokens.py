"""Words by jieba on an instance of our own, which leaves nothing in the shared temporary directory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.tokens import tagged_words, words
from bot.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("手续费太贵", ["手续费", "太贵"]),
        ("我想 买 基金", ["我", "想", "买", "基金"]),
        ("", []),
        (" \n　", []),
        ("r2", ["r2"]),
    ],
)
def test_words_are_cut_without_white_space(text: str, cut: list[str]) -> None:
    assert words(text) == cut


@settings(deadline=None)
@given(text=st.text("手续费基金买卖的 ab12，。", max_size=20))
def test_words_hold_every_character_that_is_no_space(text: str) -> None:
    assert "".join(words(text)) == "".join(text.split())
    assert "".join(word for word, _ in tagged_words(text)).split() == text.split()


@pytest.mark.parametrize(("text", "name"), [("张伟买了基金", "张伟"), ("李建国嫌手续费高", "李建国")])
def test_personal_names_are_tagged(text: str, name: str) -> None:
    assert (name, "nr") in tagged_words(text)


@pytest.mark.parametrize("planted", [False, True])
def test_no_cache_is_made_in_the_temporary_directory_and_none_is_read(planted: bool, tmp_path: Path) -> None:
    # jieba would find this garbage useless and write a cache of its own over it.
    if planted:
        (tmp_path / "jieba.cache").write_bytes(b"\xff" * 64)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code = (
        "import tempfile; from bot.language.tokens import tagged_words, words;"
        "print(tempfile.gettempdir(), *words('手续费太贵'), tagged_words('张伟买')[0][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.split() == [str(tmp_path), "手续费", "太贵", "张伟"]
    assert "cache" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

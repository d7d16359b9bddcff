"""The corpus of a running process follows its files, and never gives up a good one for a broken one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from corpus_files import BANK, DELAY, FEES, FILES, WORDING, write_corpus

from bot.corpus.live import LiveCorpus
from bot.corpus.model import Corpus
from bot.corpus.problems import CorpusError
from bot.errors import HuashuError


def live(directory: Path, check: Callable[[Corpus], None] = lambda corpus: None, interval: float = 0.0) -> LiveCorpus:
    return LiveCorpus(write_corpus(directory), check, interval)


def write(directory: Path, name: str, text: str) -> None:
    (directory / name).write_text(text, encoding="utf-8")


def greeting(text: str) -> str:
    return FILES[WORDING].replace("您好。", text)


def test_a_change_is_picked_up(tmp_path: Path) -> None:
    served = live(tmp_path)
    before = served.current()
    assert before is served.current()
    write(tmp_path, WORDING, greeting("早上好。"))
    assert served.current().wording["greet"] == "早上好。"
    assert served.current().revision != before.revision
    assert served.error is None


def test_a_change_of_equal_size_is_picked_up(tmp_path: Path) -> None:
    served = live(tmp_path)
    path = tmp_path / WORDING
    write(tmp_path, WORDING, greeting("再见。"))
    os.utime(path, ns=(1, 1))
    assert served.current().wording["greet"] == "再见。"


@pytest.mark.parametrize("name", ["objections/new.yml", "stray.yaml"])
def test_a_new_broken_file_is_noticed_and_its_removal_too(name: str, tmp_path: Path) -> None:
    served = live(tmp_path)
    before = served.current()
    write(tmp_path, name, "x: 1\n")
    assert served.current() is before
    assert served.error is not None
    (tmp_path / name).unlink()
    assert served.current().revision == before.revision
    assert served.error is None


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        (FEES, "intent: [\n", "E101"),
        (FEES, "", "E101"),
        (FEES, FILES[FEES].replace("approver: 李国栋", "approver: 陈静"), "E102"),
        (DELAY, FILES[DELAY].replace("我再考虑考虑", "手续费太贵了"), "E102"),
        (BANK, FILES[BANK].replace("value: 65", "value: 99"), "E101"),
    ],
)
def test_a_broken_file_keeps_the_old_corpus_and_mending_clears_the_error(
    name: str, text: str, code: str, tmp_path: Path
) -> None:
    served = live(tmp_path)
    before = served.current()
    write(tmp_path, name, text)
    assert served.current() is before
    assert served.current() is before  # and it is not forgotten at the next look
    assert served.error is not None
    assert served.error.code == code
    assert Path(name).name in served.error.message
    write(tmp_path, name, FILES[name])
    assert served.current().revision == before.revision
    assert served.error is None


def test_a_removed_file_keeps_the_old_corpus(tmp_path: Path) -> None:
    served = live(tmp_path)
    (tmp_path / WORDING).unlink()
    assert served.current().wording == {"greet": "您好。"}
    assert served.error is not None
    write(tmp_path, WORDING, greeting("回来了。"))
    assert served.current().wording["greet"] == "回来了。"
    assert served.error is None


def test_a_file_that_points_nowhere_keeps_the_old_corpus(tmp_path: Path) -> None:
    served = live(tmp_path)
    before = served.current()
    (tmp_path / "objections" / "gone.yml").symlink_to("nowhere.yml")
    write(tmp_path, WORDING, greeting("早上好。"))
    assert served.current() is before
    assert served.error is not None
    assert served.error.code == "E101"


def test_what_the_further_check_refuses_is_not_served(tmp_path: Path) -> None:
    def no_promise(corpus: Corpus) -> None:
        if "保本" in corpus.wording["greet"]:
            raise HuashuError("E103", "保本")

    served = live(tmp_path, no_promise)
    write(tmp_path, WORDING, greeting("保本。"))
    assert served.current().wording["greet"] == "您好。"
    assert served.error is not None
    assert served.error.code == "E103"


def test_a_corpus_that_is_broken_at_the_start_is_refused(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    write(tmp_path, WORDING, "")
    with pytest.raises(CorpusError):
        LiveCorpus(tmp_path)


def test_files_are_looked_at_only_when_the_interval_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("bot.corpus.live.time.monotonic", lambda: now[0])
    served = live(tmp_path, interval=5.0)
    write(tmp_path, WORDING, greeting("早上好。"))
    now[0] += 4.9
    assert served.current().wording["greet"] == "您好。"
    now[0] += 0.2
    assert served.current().wording["greet"] == "早上好。"


def test_many_threads_see_one_of_the_good_corpora(tmp_path: Path) -> None:
    served = live(tmp_path)
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(served.current().wording["greet"])

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for number in range(5):
            write(tmp_path, WORDING, greeting(f"第{number}次。"))
            write(tmp_path, WORDING, "wording: [\n")
        write(tmp_path, WORDING, greeting("最后。"))
        done.wait(0.2)
        done.set()
        for reader in readers:
            reader.result(10)
    assert served.current().wording["greet"] == "最后。"
    assert seen <= {"您好。", "最后。", *(f"第{number}次。" for number in range(5))}

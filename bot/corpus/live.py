"""The corpus in a running process: read once, read again when a file has changed, never replaced by a broken one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.errors import HuashuError

_log = structlog.get_logger(__name__)

Stamp = tuple[tuple[str, int, int], ...]


class LiveCorpus:
    """Serves the newest good corpus.

    Args:
        directory: the corpus directory.
        check: further checks of a freshly read corpus, such as the phrase check of every script; raises to refuse it.
        interval: seconds between looks at the files.

    Raises:
        CorpusError: the corpus is broken at the start, when there is no good one to fall back on.
    """

    def __init__(
        self, directory: Path, check: Callable[[Corpus], None] = lambda corpus: None, interval: float = 1.0
    ) -> None:
        self._directory = directory
        self._check = check
        self._interval = interval
        self._lock = threading.Lock()
        self._stamp = self._look()
        self._next_look = time.monotonic() + interval
        self._corpus = self._read()
        self._error: HuashuError | None = None

    @property
    def error(self) -> HuashuError | None:
        """Why the files on disk are not the corpus in use; None when they are."""
        return self._error

    def current(self) -> Corpus:
        """The corpus in use, after a look at the files when one is due."""
        with self._lock:
            if time.monotonic() >= self._next_look:
                self._next_look = time.monotonic() + self._interval
                self._reload_if_changed()
            return self._corpus

    def _reload_if_changed(self) -> None:
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._corpus = self._read()
            self._error = None
            _log.info("corpus.reloaded", revision=self._corpus.revision)
        except HuashuError as error:
            self._error = error
            _log.error("corpus.refused", code=error.code, detail=error.message, kept=self._corpus.revision)

    def _read(self) -> Corpus:
        corpus = load_corpus(self._directory)
        self._check(corpus)
        return corpus

    def _look(self) -> Stamp:
        entries = []
        for path in sorted(self._directory.rglob("*.y*ml")):
            try:
                status = path.stat()
            except OSError:
                continue  # removed between listing and looking: the next look tells
            entries.append((str(path), status.st_mtime_ns, status.st_size))
        return tuple(entries)

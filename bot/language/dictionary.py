"""Our own words for jieba, read and checked line by line.

jieba itself takes whatever it finds: a wrong line stops it with a stack trace, and an empty file goes unnoticed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import HuashuError

DICTIONARY_DIRECTORY = Path(__file__).resolve().parents[1] / "data" / "dictionary"

_LINE = re.compile(r"(?P<word>\S+)(?:\s+(?P<frequency>\d+))?(?:\s+(?P<tag>[a-z]+))?")


@dataclass(frozen=True)
class DictionaryWord:
    """A word.

    Attributes:
        word: the word itself.
        frequency: None lets jieba choose one that keeps the word whole; 0 forbids it as one word.
        tag: part of speech, empty when not told.
    """

    word: str
    frequency: int | None
    tag: str


def read_dictionary(directory: Path = DICTIONARY_DIRECTORY) -> list[DictionaryWord]:
    """Read all dictionaries of a directory, in the order of their names.

    Args:
        directory: holds ``*.txt``, UTF-8; a line is a word, or "word frequency", or "word frequency tag"; ``#``
            begins a comment.

    Raises:
        HuashuError: E105 with file and line, when a file is unreadable, empty or holds a malformed or doubled line.
    """
    files = sorted(directory.glob("*.txt"))
    if not files:
        raise HuashuError("E105", f"{directory} 里没有词典。请放入至少一个 .txt 文件，每行一个词。")
    places: dict[str, str] = {}
    return [word for path in files for word in _read(path, places)]


def _read(path: Path, places: dict[str, str]) -> list[DictionaryWord]:
    """Words of one file; `places` tells where a word stands already and takes those of this file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HuashuError("E105", f"{path}:1 读不了。请检查权限，并存成 UTF-8。") from error
    words = []
    for number, line in enumerate(lines, start=1):
        content = line.split("#")[0].strip()
        if not content:
            continue
        match = _LINE.fullmatch(content)
        if match is None:
            raise HuashuError("E105", f"{path}:{number} “{content}”不合格式。请写“词”，或“词 词频 词性”。")
        word = match["word"]
        if word in places:
            raise HuashuError("E105", f"{path}:{number} “{word}”与 {places[word]} 重复。请只写一次。")
        places[word] = f"{path.name}:{number}"
        frequency = match["frequency"]
        words.append(DictionaryWord(word, int(frequency) if frequency else None, match["tag"] or ""))
    if not words:
        raise HuashuError("E105", f"{path}:1 是空的。请每行写一个词，或删掉这个文件。")
    return words

"""Chinese words by jieba, on an instance of our own.

jieba's module-level functions share one dictionary in the process and cache it under a fixed name in the shared
temporary directory, from which `marshal` loads whatever another user put there. This tokenizer has its own dictionary
and no cache file.
"""

from __future__ import annotations

import functools
import logging
from pathlib import Path

import jieba
import jieba.posseg

DICTIONARY_DIRECTORY = Path(__file__).resolve().parents[1] / "data" / "dictionary"


@functools.cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # Building from the dictionary takes about as long as loading a cache would.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for path in dictionary_files():
        tokenizer.load_userdict(str(path))
    return tokenizer


def dictionary_files() -> list[Path]:
    """Our own dictionaries, in loading order."""
    return sorted(DICTIONARY_DIRECTORY.glob("*.txt"))


def words(text: str) -> list[str]:
    """Cut a normalised text into words, without white space.

    Args:
        text: normalised text.

    Returns:
        The words in order.
    """
    return [word for word in _tokenizer().cut(text) if word.strip()]


@functools.cache
def _tagger() -> jieba.posseg.POSTokenizer:
    return jieba.posseg.POSTokenizer(_tokenizer())


def tagged_words(text: str) -> list[tuple[str, str]]:
    """Cut a text into (word, part of speech) pairs, with jieba's tags ("nr" for personal names)."""
    return [(str(pair.word), str(pair.flag)) for pair in _tagger().cut(text)]

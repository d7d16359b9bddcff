"""Chinese words by jieba, on an instance of our own.

jieba's module-level functions share one dictionary in the process and cache it under a fixed name in the shared
temporary directory, from which `marshal` loads whatever another user put there. This tokenizer has its own dictionary
and no cache file.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
from typing import Any

import jieba

from bot.language.dictionary import read_dictionary

_QUANTITY = re.compile(r"(?:\d+|[零一二两三四五六七八九十百千半]+)(?:个?(?:天|日|周|月|年|季度)|万|亿|%)(?!年化)")


@functools.cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    # Building from the dictionary takes about as long as loading a cache would.
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for entry in read_dictionary():
        tokenizer.add_word(entry.word, entry.frequency, entry.tag or None)
    return tokenizer


def token_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end.

    Only words of the dictionaries are words: jieba's guessing of unknown ones glues verbs to names (问债基) and
    measured worse. A quantity ends where its unit does (90天|将到期), whatever word the dictionary sees there.

    Args:
        text: any text.

    Returns:
        (start, end) of each word in order, white space left out.
    """
    ends = [0, *(match.end() for match in _QUANTITY.finditer(text)), len(text)]
    return [
        (offset + start, offset + end)
        for offset, stop in itertools.pairwise(ends)
        for word, start, end in _tokenizer().tokenize(text[offset:stop], HMM=False)
        if word.strip()
    ]


def words(text: str) -> list[str]:
    """Cut a normalised text into words, without white space.

    Args:
        text: normalised text.

    Returns:
        The words in order.
    """
    return [text[start:end] for start, end in token_spans(text)]


@functools.cache
def _tagger() -> Any:
    # Its tables take 60 MB, and only what looks for names needs them.
    from jieba.posseg import POSTokenizer

    return POSTokenizer(_tokenizer())


def tagged_words(text: str) -> list[tuple[str, str]]:
    """Cut a text into (word, part of speech) pairs, with jieba's tags ("nr" for personal names)."""
    return [(str(pair.word), str(pair.flag)) for pair in _tagger().cut(text)]

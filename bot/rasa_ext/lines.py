"""The training lines of one training run, read and checked once for all who need them."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine


@functools.cache
def training_lines(corpus_dir: Path) -> list[TrainingLine]:
    """`checked_training_lines`, kept for the life of the process: a training must not see the corpus change.

    Raises:
        CorpusError: the corpus or the request utterances are broken.
    """
    return checked_training_lines(corpus_dir)

"""Keeps learned models beside the trained ones: numbers in one npz file, never a pickle."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.policy import traits
from bot.policy.traits import Traits, Vocabulary

Array = npt.NDArray[Any]


def kept(path: Path, *names: str) -> tuple[Traits, dict[str, Array]] | None:
    """Read a model.

    Args:
        path: as given to `keep`.
        names: of the arrays beside the traits.

    Returns:
        The traits and the arrays by name; None when there is no such file, or only half of one.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            vocabularies = tuple(
                Vocabulary(file[f"keys_{number}"], file[f"weights_{number}"]) for number in range(len(traits.KINDS))
            )
            return Traits(vocabularies), {name: file[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None


def keep(path: Path, learned: Traits, arrays: Mapping[str, Array]) -> None:
    """Write in one step, so that nobody reads half a model, and remove those of earlier lessons.

    Args:
        path: ``<kind>-<fingerprint>.npz``; other files of the kind go.
        learned: the traits.
        arrays: by name, beside them.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    everything = dict(arrays)
    for number, vocabulary in enumerate(learned.vocabularies):
        everything |= {f"keys_{number}": vocabulary.keys, f"weights_{number}": vocabulary.weights}
    handle, temporary = tempfile.mkstemp(suffix=".npz", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **everything)  # type: ignore[arg-type]
    Path(temporary).replace(path)
    for old in path.parent.glob(f"{path.name.partition('-')[0]}-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)

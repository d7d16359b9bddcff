"""One measurement of `nlu.py`, in a process of its own so that time and memory are its own. Runs in Rasa's environment.

Usage: ``nlu_probe.py train DIRECTORY`` or ``nlu_probe.py parse DIRECTORY TEXTS``; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

_MEGABYTE = 1024  # `ru_maxrss` is in KiB


def train(directory: Path) -> dict[str, Any]:
    """Train on ``config.yml`` and ``nlu.yml`` of a directory, without any cache."""
    started = time.perf_counter()
    from rasa.model_training import train_nlu

    train_nlu(str(directory / "config.yml"), str(directory / "nlu.yml"), str(directory), fixed_model_name="model")
    return {"train_seconds": time.perf_counter() - started, "train_megabytes": _peak()}


def parse(directory: Path, texts: Path) -> dict[str, Any]:
    """Load the model and understand every text of a JSON list, one after the other."""
    started = time.perf_counter()
    from rasa.core.agent import Agent

    agent = Agent.load(str(directory / "model.tar.gz"))
    asyncio.run(agent.parse_message("你好"))
    started_up = time.perf_counter() - started
    found, milliseconds = [], []
    for text in json.loads(texts.read_text(encoding="utf-8")):
        begin = time.perf_counter()
        parsed = asyncio.run(agent.parse_message(text))
        milliseconds.append((time.perf_counter() - begin) * 1000)
        found.append(parsed["intent"]["name"])
    return {"start_seconds": started_up, "serve_megabytes": _peak(), "found": found, "milliseconds": milliseconds}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


if __name__ == "__main__":
    result = train(Path(sys.argv[2])) if sys.argv[1] == "train" else parse(Path(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write("\n" + json.dumps(result, ensure_ascii=False))

"""Recognition beside Rasa's default pipeline, on the same training lines and the same unseen lines, in one run.

Run from the repository: ``python benchmarks/nlu.py``. Prints the table of the README. The corpus is cut into sixteen
parts, and every pipeline is measured on one, two, four, eight and all of them: so one sees how it grows. Rasa's default
(jieba, count vectors, DIET) takes hours on the whole corpus; unless told otherwise it is measured on one and on two
parts (all of it: ``--default 1 2 4 8 16``), and ours beside it on the same lines.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.corpus.training import checked_training_lines
from bot.corpus.utterances import TrainingLine
from bot.evaluation.files import read_lines
from bot.evaluation.nlu import macro_f1, scores_by_intent
from bot.language.intent_model import FEWEST_LINES

EVALUATION = ROOT / "tests" / "evaluation"
FILES = ("nlu_plain", "nlu_noisy", "nlu_fresh")
_PARTS = 16

OURS: list[dict[str, Any]] = [{"name": "bot.rasa_ext.intent_classifier.IntentClassifier"}]
# What `rasa init` writes for a language without white space: its default pipeline with jieba.
DEFAULT: list[dict[str, Any]] = [
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
]
DIET_ON_OURS: list[dict[str, Any]] = [
    {"name": "bot.rasa_ext.featurizers.ChineseTokenizer"},
    {"name": "CountVectorsFeaturizer"},  # DIET wants features of words beside those of the sentence
    {"name": "bot.rasa_ext.featurizers.SparseTerms"},
    {"name": "bot.rasa_ext.featurizers.SentenceEncoder"},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "entity_recognition": False},
]
PIPELINES = {"default": DEFAULT, "diet": DIET_ON_OURS, "ours": OURS}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--ours", type=int, nargs="*", default=[1, 2, 4, 8, 16], choices=range(1, _PARTS + 1))
    options.add_argument("--default", type=int, nargs="*", default=[1, 2], choices=range(1, _PARTS + 1))
    options.add_argument("--diet", type=int, nargs="*", default=[], choices=range(1, _PARTS + 1))
    chosen = options.parse_args()
    lines = checked_training_lines(ROOT / "scripts_corpus")
    print("| pipeline | lines | " + " | ".join(_headings()) + " |")
    print("|---" * (2 + len(_headings())) + "|")
    runs = [(name, parts) for name in PIPELINES for parts in getattr(chosen, name)]
    for name, parts in sorted(runs, key=lambda run: run[1]):
        kept = list(_in_proportion(lines, parts))
        print(f"| {name} | {len(kept)} | " + " | ".join(_measure(PIPELINES[name], kept)) + " |", flush=True)


def _headings() -> list[str]:
    per_file = [f"{file.removeprefix('nlu_')}: accuracy / macro F1" for file in FILES]
    return [*per_file, "train s", "train MB", "start s", "serve MB", "ms p50 / p95 / p99", "messages/s"]


def _in_proportion(lines: Sequence[TrainingLine], parts: int) -> Iterator[TrainingLine]:
    """Every intent in proportion: of each sixteen of its lines the first `parts`, but no fewer than a model needs."""
    seen: dict[str, int] = {}
    for line in lines:
        number = seen[line.intent] = seen.get(line.intent, -1) + 1
        if number % _PARTS < parts or number < FEWEST_LINES:
            yield line


def _measure(pipeline: list[dict[str, Any]], lines: Sequence[TrainingLine]) -> list[str]:
    tests = {file: read_lines(EVALUATION / f"{file}.jsonl", ("text", "intent")) for file in FILES}
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        _write_project(place, pipeline, lines)
        texts = place / "texts.json"
        texts.write_text(json.dumps([t["text"] for file in FILES for t in tests[file]], ensure_ascii=False), "utf-8")
        trained = _probe("train", place)
        parsed = _probe("parse", place, texts)
    figures, found = [], iter(parsed["found"])
    for file in FILES:
        right = [item["intent"] for item in tests[file]]
        own = [next(found) for _ in right]
        hits = sum(a == b for a, b in zip(right, own, strict=True))
        figures.append(f"{hits / len(right):.3f} / {macro_f1(scores_by_intent(right, own)):.3f}")
    milliseconds = np.array(parsed["milliseconds"])
    return [
        *figures,
        f"{trained['train_seconds']:.0f}",
        f"{trained['train_megabytes']:.0f}",
        f"{parsed['start_seconds']:.1f}",
        f"{parsed['serve_megabytes']:.0f}",
        " / ".join(f"{value:.1f}" for value in np.percentile(milliseconds, (50, 95, 99))),
        f"{1000 / milliseconds.mean():.0f}",
    ]


def _write_project(place: Path, pipeline: list[dict[str, Any]], lines: Sequence[TrainingLine]) -> None:
    config = {"recipe": "default.v1", "language": "zh", "assistant_id": "benchmark", "pipeline": pipeline}
    (place / "config.yml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    by_intent: dict[str, list[str]] = {}
    for line in lines:
        by_intent.setdefault(line.intent, []).append(f"- {line.text}")
    blocks = [{"intent": intent, "examples": "\n".join(own) + "\n"} for intent, own in by_intent.items()]
    content = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)
    (place / "nlu.yml").write_text(content, "utf-8")


def _probe(task: str, place: Path, *more: Path) -> dict[str, Any]:
    python, probe = ROOT / ".venv-rasa" / "bin" / "python", ROOT / "benchmarks" / "nlu_probe.py"
    command = [str(part) for part in (python, probe, task, place, *more)]
    environment = {
        **os.environ,
        "RASA_CACHE_DIRECTORY": str(place / "cache"),
        "HUASHU_CORPUS_DIR": str(ROOT / "scripts_corpus"),
    }
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()

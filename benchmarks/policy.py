"""How long the phrase check takes: p50 and p95 in milliseconds for texts of 120 and 1,000 characters.

Run from the repository: ``python benchmarks/policy.py``. Texts are joined from the catalogue's own sentences, violating
and compliant ones mixed, so that negation and quotation logic is exercised as in use; hostile texts follow. The clock
on the wall also counts what other programs take from a busy machine, so processor time stands beside it.
"""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.policy.catalogue import load_catalogue
from bot.policy.checker import PhraseChecker
from bot.policy.judge import trained_judge
from bot.settings import load_settings

_ROUNDS = 300
_LONG = 1000
_SEED = 20261123


def _texts(checker: PhraseChecker, length: int, count: int) -> list[str]:
    rules = checker.catalogue.rules.values()
    sentences = [sentence for rule in rules for sentence in (*rule.caught, *rule.passes)]
    generator = random.Random(_SEED)
    texts = []
    for _ in range(count):
        generator.shuffle(sentences)
        joined = itertools.accumulate(sentences)
        texts.append(next(text for text in joined if len(text) >= length)[:length])
    return texts


def _milliseconds(checker: PhraseChecker, texts: list[str]) -> tuple[list[float], list[float]]:
    """Wall time and processor time of each text."""
    wall, processor = [], []
    for text in texts:
        begin, processor_begin = time.perf_counter(), time.process_time()
        checker.check(text)
        processor.append((time.process_time() - processor_begin) * 1000)
        wall.append((time.perf_counter() - begin) * 1000)
    return wall, processor


def _p50_p95(taken: list[float]) -> str:
    return f"p50 {statistics.median(taken):6.2f}  p95 {statistics.quantiles(taken, n=20)[-1]:6.2f}"


def _hostile(checker: PhraseChecker) -> dict[str, str]:
    """Texts that would keep a careless expression busy."""
    rules = checker.catalogue.rules.values()
    joined = "".join(sentence for rule in rules for sentence in (*rule.caught, *rule.passes))
    units = {
        "negations": "不",
        "commas": "，",
        "digits": "1",
        "no full stop": "您这款产品的收益",
        "near misses": "风险揭示书就给您",
        "turns": "但是其实",
        "findings": "保本",
        "split words": "保 ",
        "traditional": "產品測評",
    }
    texts = {name: (unit * _LONG)[:_LONG] for name, unit in units.items()}
    return texts | {"catalogue without stops": joined.translate(str.maketrans("", "", "。！？；"))[:_LONG]}


def main() -> None:
    """Print one line a text length, then the hostile text."""
    catalogue = load_catalogue()
    checker = PhraseChecker(catalogue, trained_judge(catalogue, load_settings().models_dir))
    checker.check("热身")
    for length in (120, _LONG):
        wall, processor = _milliseconds(checker, _texts(checker, length, _ROUNDS))
        print(f"{length:>5} characters: wall {_p50_p95(wall)} ms   processor {_p50_p95(processor)} ms")
    for name, text in _hostile(checker).items():
        wall, processor = _milliseconds(checker, [text] * 5)
        print(f"{_LONG:>5} characters, {name}: wall {max(wall):.2f}, processor {max(processor):.2f} ms at most")


if __name__ == "__main__":
    main()

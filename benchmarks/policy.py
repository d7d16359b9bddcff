"""How long the phrase check takes: p50 and p95 in milliseconds for texts of 120 and 1,000 characters.

Run from the repository: ``python benchmarks/policy.py``. Texts are joined from the catalogue's own sentences, violating
and compliant ones mixed, so that negation and quotation logic is exercised as in use; one hostile text is added.
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

_ROUNDS = 300
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


def _milliseconds(checker: PhraseChecker, texts: list[str]) -> list[float]:
    taken = []
    for text in texts:
        begin = time.perf_counter()
        checker.check(text)
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def main() -> None:
    """Print one line a text length, then the hostile text."""
    checker = PhraseChecker(load_catalogue())
    checker.check("热身")
    for length in (120, 1000):
        taken = _milliseconds(checker, _texts(checker, length, _ROUNDS))
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(f"{length:>5} characters: p50 {statistics.median(taken):6.2f} ms   p95 {p95:6.2f} ms")
    for name, unit in (
        ("negations", "不会不"),
        ("no full stop", "您这款产品的收益"),
        ("near misses", "风险揭示书就给您"),
    ):
        taken = _milliseconds(checker, [(unit * 1000)[:1000]] * 5)
        print(f" 1000 characters, {name}: {max(taken):.2f} ms at most")


if __name__ == "__main__":
    main()

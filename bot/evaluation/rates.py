"""Precision, recall and F1, counted the same way for every report."""

from __future__ import annotations

from collections.abc import Sequence


def precision_recall_f1(right: Sequence[bool], found: Sequence[bool]) -> tuple[float, float, float]:
    """How well what was found agrees with what is there; 0 where there is nothing to divide by."""
    both = sum(a and b for a, b in zip(right, found, strict=True))
    precision, recall = both / max(1, sum(found)), both / max(1, sum(right))
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0

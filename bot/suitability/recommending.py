"""Picks, among the products that a client may be offered, the few to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.suitability.model import Decision, Outcome, ProductProfile


@dataclass(frozen=True)
class Wish:
    """What the manager said about the product that is looked for; empty means anything.

    Attributes:
        categories: product categories.
        highest_grade: nothing above it, such as ``R2``; None means no limit of the manager's.
        longest_days: money must be free after so many days; None means not said.
    """

    categories: frozenset[str] = frozenset()
    highest_grade: str | None = None
    longest_days: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A product with its decision.

    Attributes:
        product: the profile.
        decision: for the client in question.
        term_days: days until the money is free; 0 when it can be called at any time, None when unknown.
        held: the client holds it already.
    """

    product: ProductProfile
    decision: Decision
    term_days: int | None
    held: bool


def recommend(candidates: Iterable[Candidate], wish: Wish, most: int) -> list[Candidate]:
    """Pick at most `most` products that may be recommended and meet the wish.

    The client sees a choice: no second product of a category or grade before each has had its first. Otherwise the
    lower grade goes first, since nothing known here speaks for taking more risk, and products not yet held go before
    those held.

    Args:
        candidates: products with decisions.
        wish: what was asked for.
        most: how many.

    Returns:
        The picked ones, lowest grade first. The same input gives the same output.
    """
    left = [each for each in candidates if each.decision.outcome is Outcome.MAY_RECOMMEND and _meets(each, wish)]
    picked: list[Candidate] = []
    while left and len(picked) < most:
        categories = Counter(each.product.category for each in picked)
        grades = Counter(each.product.risk_grade for each in picked)
        best = min(left, key=lambda x: (categories[x.product.category] + grades[x.product.risk_grade], _order(x)))
        picked.append(best)
        left.remove(best)
    return sorted(picked, key=_order)


def _order(candidate: Candidate) -> tuple[bool, bool, str, str]:
    # Plain deposits come last: the manager knows them, and no check stands before them.
    product = candidate.product
    return candidate.held, product.regime == "deposit", product.risk_grade or "R9", product.code


def _meets(candidate: Candidate, wish: Wish) -> bool:
    product = candidate.product
    if wish.categories and product.category not in wish.categories:
        return False
    if not wish.categories and product.regime == "insurance":
        return False  # nobody is offered insurance who asked for something to invest in
    if wish.highest_grade and (product.risk_grade is None or product.risk_grade > wish.highest_grade):
        return False
    # An unknown term may be too long.
    return wish.longest_days is None or (candidate.term_days is not None and candidate.term_days <= wish.longest_days)

"""What sections 3 and 8 of the regulations say of every case, written from them and not from the rules' code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from suitability_values import TODAY, application

from bot.suitability.model import InsuranceApplication, Outcome

YES, OWN, NO = Outcome.MAY_RECOMMEND, Outcome.OWN_DEMAND_ONLY, Outcome.REFUSED

# T45: what each tier covers.
COVERED = {
    "C1": {"R1"},
    "C2": {"R1", "R2"},
    "C3": {"R1", "R2", "R3"},
    "C4": {"R1", "R2", "R3", "R4"},
    "C5": {"R1", "R2", "R3", "R4", "R5"},
}
# Section 8, for a client who is assessed, of full capacity, under 65 and qualified:
# (when the tier covers the grade, when not, when not and the client is of the lowest category).
BY_REGIME = {
    "wealth": (YES, NO, NO),  # T10: no sale, signature or not
    "trust": (YES, NO, NO),  # T15, then the match
    "private": (YES, NO, NO),
    "fund_security": (YES, OWN, NO),  # T24, T25, T46
    "deposit": (YES, YES, YES),  # G01 does not cover it
    "structured_deposit": (YES, NO, NO),  # no plain deposit, S48
    "precious_metal": (YES, NO, NO),
    "derivative": (NO, NO, NO),
}
# An insurance and the application for it, with what section 8 says when the tier covers the grade; above the tier
# nothing is recommended (S02), and whether the client may insist is for compliance to settle (T17).
INSURANCE: dict[str, tuple[str | None, InsuranceApplication | None, Outcome]] = {
    "no application": ("certain", None, NO),  # T17: no needs analysis is on record
    "fits": ("certain", application(), YES),
    "fits, participating": ("participating", application(), YES),
    "fits, beyond a threshold": ("universal", application(paying_years=60), YES),  # T19 asks for a declaration
    "thresholds unknown": ("universal", application(budget=None), NO),
    "needs differ": ("certain", application(fits_needs=False), OWN),  # T18, T39
    "means differ": ("participating", application(fits_means=False), OWN),
    "both differ": ("universal", application(fits_needs=False, fits_means=False), OWN),
    "no conclusion": ("certain", application(fits_means=None), NO),
    "analysis of tomorrow": ("certain", application(needs_analysed_on=TODAY + dt.timedelta(days=1)), NO),
    "short": ("short", None, YES),  # T20
    "unit-linked": ("unit_linked", application(), NO),  # section 8: treated as not for sale
    "of unknown kind": (None, application(), NO),
}


@dataclass(frozen=True)
class State:
    """How a client stands with assessments, and whether one holds today.

    Attributes:
        assessed_on: day of the newest, None when there is none.
        holds: whether it may be used today (T01, T03, T04).
        conflicting: two results of one day differ.
        reported_on: when the client told of a change.
    """

    assessed_on: dt.date | None
    holds: bool
    conflicting: bool = False
    reported_on: dt.date | None = None


JUNE = dt.date(2026, 6, 1)
STATES = {
    "none": State(None, False),
    "valid": State(JUNE, True),
    "today": State(TODAY, True),
    "last valid day": State(dt.date(2025, 11, 24), True),  # on the day twelve months later it still holds
    "one day expired": State(dt.date(2025, 11, 23), False),
    "future": State(dt.date(2026, 11, 25), False),
    "conflicting": State(JUNE, False, conflicting=True),
    "change told before": State(JUNE, True, reported_on=dt.date(2026, 5, 31)),
    "change told that day": State(JUNE, False, reported_on=JUNE),
    "change told after": State(JUNE, False, reported_on=dt.date(2026, 6, 2)),
    "change told today": State(JUNE, False, reported_on=TODAY),
    "change told, never assessed": State(None, False, reported_on=JUNE),
}
ELDERLY_REFUSED = {"R4", "R5"}  # T12 with the bank's settings


def expected(
    regime: str,
    tier: str,
    grade: str,
    *,
    lowest: bool = False,
    age: int = 40,
    capacity: str | None = "full",
    assessed: bool = True,
    insured: str = "no application",
) -> Outcome:
    """What sections 3 and 8 say; `insured` is a key of `INSURANCE`."""
    if capacity != "full":  # T13; what is unknown refuses
        return NO
    if regime == "deposit":
        return YES
    if not assessed or (age >= 65 and grade in ELDERLY_REFUSED):
        return NO
    if regime == "insurance":
        return INSURANCE[insured][2] if grade in COVERED[tier] else NO
    covered, above, above_for_lowest = BY_REGIME[regime]
    if grade in COVERED[tier]:
        return covered
    return above_for_lowest if lowest else above

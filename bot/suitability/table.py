"""The decision as a table for compliance to sign: what each tier may be offered, by regime, grade and age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from bot.suitability.decision import decide
from bot.suitability.model import (
    GRADES,
    Assessment,
    BankPolicy,
    ClientProfile,
    InsuranceApplication,
    Outcome,
    ProductProfile,
)

TIERS = (("C1", True), ("C1", False), ("C2", False), ("C3", False), ("C4", False), ("C5", False))
REGIMES = {
    "wealth": "wealth_management",
    "trust": "trust",
    "fund_security": "equity_fund",
    "private": "private_fund",
    "insurance": "insurance",
    "deposit": "deposit",
    "structured_deposit": "structured_deposit",
    "precious_metal": "precious_metal",
    "derivative": "derivative",
}


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        regime: which rules apply.
        tier: the client's.
        lowest: whether of the lowest category within C1.
        elderly: whether of the age from which high-risk products need a procedure of their own.
        outcomes: by grade of the product.
    """

    regime: str
    tier: str
    lowest: bool
    elderly: bool
    outcomes: dict[str, Outcome]


def table(policy: BankPolicy, today: dt.date) -> Iterator[Line]:
    """The decision for clients against whom nothing else speaks.

    They have full capacity, a valid assessment of today, ample means, a confirmation as qualified investors, and for
    insurance an analysis by which needs and means fit.

    Args:
        policy: the bank's settings.
        today: the day of the table.
    """
    for regime, category in REGIMES.items():
        for elderly in (False, True):
            for tier, lowest in TIERS:
                client = _client(tier, lowest, policy.elderly_age - (not elderly), today)
                product = _product(regime, category, today)
                outcomes = {
                    grade: decide(
                        client,
                        replace(product, risk_grade=grade),
                        policy,
                        today=today,
                        application=_application(today) if regime == "insurance" else None,
                    ).outcome
                    for grade in GRADES
                }
                yield Line(regime, tier, lowest, elderly, outcomes)


def _client(tier: str, lowest: bool, age: int, today: dt.date) -> ClientProfile:
    return ClientProfile(
        client_id="",
        birth_date=today - relativedelta(years=age),
        legal_capacity="full",
        assessment=Assessment(tier, today, lowest),
        conflicting_assessments=False,
        qualified_investor_until=today,
        financial_assets=Decimal(100_000_000),
    )


def _product(regime: str, category: str, today: dt.date) -> ProductProfile:
    return ProductProfile(
        code="",
        category=category,
        regime=regime,
        risk_grade=None,
        minimum_amount=Decimal(1),
        qualified_only=regime in ("private", "trust"),
        is_sold=True,
        sale_from=today,
        sale_until=None,
        recording_needed=True,
        insurance_kind="certain" if regime == "insurance" else None,
    )


def _application(today: dt.date) -> InsuranceApplication:
    return InsuranceApplication(needs_analysed_on=today, fits_needs=True, fits_means=True)

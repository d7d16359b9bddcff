"""Clients, products, applications and settings of the suitability tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from bot.suitability.decision import decide
from bot.suitability.model import (
    Assessment,
    BankPolicy,
    ClientProfile,
    Decision,
    InsuranceApplication,
    ProductProfile,
    Reason,
)

TODAY = dt.date(2026, 11, 24)
TIERS = ("C1", "C2", "C3", "C4", "C5")
GRADES = ("R1", "R2", "R3", "R4", "R5")
REGIMES = (
    "wealth",
    "trust",
    "fund_security",
    "private",
    "insurance",
    "deposit",
    "structured_deposit",
    "precious_metal",
    "derivative",
)
CAPACITIES = ("full", "limited", "none", None)
SETTINGS: dict[str, Any] = {
    "high_risk_grades": ["R4", "R5"],
    "low_risk_grades": ["R1"],
    "elderly_age": 65,
    "elderly_high_risk": "refuse",
    "limited_capacity": "refuse",
    "assessment_valid_months": 12,
    "most_recommendations": 3,
    "largest_share": {"R1": 100, "R2": 100, "R3": 80, "R4": 50, "R5": 30},
    "retention_years": 20,
}
POLICY = BankPolicy.from_settings(SETTINGS)
BORN = {64: dt.date(1961, 11, 25), 65: dt.date(1961, 11, 24), 80: dt.date(1946, 11, 24)}


def assessment(tier: str = "C3", on: dt.date = dt.date(2026, 6, 1), lowest: bool = False) -> Assessment:
    """An assessment, valid on TODAY by default."""
    return Assessment(tier, on, lowest)


def client(**changes: Any) -> ClientProfile:
    """A client against whom nothing speaks: C3, 40 years old, qualified, well off."""
    values: dict[str, Any] = {
        "client_id": "KH100023",
        "birth_date": dt.date(1986, 5, 1),
        "legal_capacity": "full",
        "assessment": assessment(),
        "conflicting_assessments": False,
        "qualified_investor_until": dt.date(2027, 6, 30),
        "financial_assets": Decimal(5_000_000),
    }
    return ClientProfile(**{**values, **changes})


def product(**changes: Any) -> ProductProfile:
    """A product against which nothing speaks: R2, on sale, open to all."""
    values: dict[str, Any] = {
        "code": "AH90D01",
        "category": "wealth_management",
        "regime": "wealth",
        "risk_grade": "R2",
        "minimum_amount": Decimal(10_000),
        "qualified_only": False,
        "is_sold": True,
        "sale_from": dt.date(2024, 3, 1),
        "sale_until": dt.date(2028, 12, 31),
        "recording_needed": True,
        "insurance_kind": "certain" if changes.get("regime") == "insurance" else None,
    }
    return ProductProfile(**{**values, **changes})


def application(**changes: Any) -> InsuranceApplication:
    """An application against which nothing speaks, far below every threshold of T19."""
    values: dict[str, Any] = {
        "needs_analysed_on": dt.date(2026, 11, 1),
        "fits_needs": True,
        "fits_means": True,
        "yearly_premium": Decimal(10_000),
        "paying_years": 10,
        "household_income": Decimal(200_000),
        "budget": Decimal(10_000),
    }
    return InsuranceApplication(**{**values, **changes})


def insurance(kind: str | None = "participating", **changes: Any) -> ProductProfile:
    """An insurance of a kind, else as `product`."""
    return product(**{"regime": "insurance", "category": "insurance", "insurance_kind": kind, **changes})


def decided(
    who: ClientProfile | None = None,
    what: ProductProfile | None = None,
    asked: InsuranceApplication | None = None,
    amount: int | str | None = None,
) -> Decision:
    """The decision of TODAY with the bank's settings; whatever is left out speaks for it."""
    money = None if amount is None else Decimal(amount)
    return decide(who or client(), what or product(), POLICY, today=TODAY, amount=money, application=asked)


def failed(decision: Decision) -> set[str]:
    """Codes of what speaks against it."""
    return {reason.code for reason in decision.failed}


def reason_of(decision: Decision, code: str) -> Reason:
    """The one reason of that code."""
    (found,) = [reason for reason in decision.reasons if reason.code == code]
    return found

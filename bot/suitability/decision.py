"""The decision: may this client be offered this product?"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from bot.suitability.model import (
    BankPolicy,
    Case,
    ClientProfile,
    Decision,
    InsuranceApplication,
    Outcome,
    ProductProfile,
)
from bot.suitability.rules import RULES


def decide(
    client: ClientProfile,
    product: ProductProfile,
    policy: BankPolicy,
    *,
    today: dt.date,
    amount: Decimal | None = None,
    application: InsuranceApplication | None = None,
) -> Decision:
    """Apply every rule; one failure refuses.

    Args:
        client: what is known of the client.
        product: what is known of the product.
        policy: the bank's settings.
        today: the day for which the question is asked.
        amount: in yuan, None when not said.
        application: what is known of an application for insurance.

    Returns:
        The outcome with all rules applied, passed and failed, in order. A fund above the client's tier is refused for
        recommending but open to the client's own demand (T24, T46) when nothing else speaks against it; so is insurance
        that does not fit needs or means (T18, T39).
    """
    case = Case(client, product, policy, today, amount, application)
    reasons = tuple(reason for rule in RULES if (reason := rule(case)) is not None)
    failed = [reason for reason in reasons if not reason.passed]
    if not failed:
        return Decision(Outcome.MAY_RECOMMEND, reasons)
    if all(reason.own_demand for reason in failed):
        return Decision(Outcome.OWN_DEMAND_ONLY, reasons)
    return Decision(Outcome.REFUSED, reasons)

"""Turns rows of the database into what the decision reads."""

from __future__ import annotations

from bot.store.models import Client, Product
from bot.store.queries import assessments_in_force
from bot.suitability.model import Assessment, ClientProfile, ProductProfile


def client_profile(client: Client) -> ClientProfile:
    """What the decision needs to know of a client.

    When assessments of the newest day differ and the client confirmed no change, there is no telling which holds, and
    the profile says so.
    """
    latest = assessments_in_force(client)
    results = {(each.risk_tier, each.is_lowest_category) for each in latest}
    assessment = (
        Assessment(latest[-1].risk_tier, latest[-1].assessed_on, latest[-1].is_lowest_category) if latest else None
    )
    return ClientProfile(
        client_id=client.client_id,
        birth_date=client.birth_date,
        legal_capacity=client.legal_capacity,
        assessment=assessment,
        conflicting_assessments=len(results) > 1,
        qualified_investor_until=client.qualified_investor_until,
        financial_assets=client.financial_assets,
        reported_change_on=client.reported_change_on,
    )


def product_profile(product: Product) -> ProductProfile:
    """What the decision needs to know of a product."""
    return ProductProfile(
        code=product.code,
        category=product.category,
        regime=product.regime,
        risk_grade=product.risk_grade,
        minimum_amount=product.minimum_amount,
        qualified_only=product.qualified_only,
        is_sold=product.is_sold,
        sale_from=product.sale_from,
        sale_until=product.sale_until,
        recording_needed=product.recording_needed,
        insurance_kind=product.insurance_kind,
    )

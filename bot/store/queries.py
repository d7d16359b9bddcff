"""Small reads that the assistant needs, so that no other room writes SQL."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.store.models import Client, Product, RiskAssessment


def find_client_by_id(session: Session, client_id: str) -> Client | None:
    """The client with this number; case and surrounding spaces do not matter."""
    return session.scalar(select(Client).where(Client.client_id == _folded(client_id).upper()))


def find_clients_by_name(session: Session, name: str) -> list[Client]:
    """All clients of exactly this name, by number. Two people may share a name: the caller must ask which."""
    found = select(Client).where(Client.name == name.strip()).order_by(Client.client_id)
    return list(session.scalars(found))


def find_clients_by_names(session: Session, names: Sequence[str]) -> list[Client]:
    """All clients whose name is one of these, by number."""
    found = select(Client).where(Client.name.in_(names)).order_by(Client.client_id)
    return list(session.scalars(found)) if names else []


def find_product(session: Session, code_or_name: str) -> Product | None:
    """The product with this code, name or short name.

    Case, full-width forms and spaces do not matter. A code or name goes before a short name; a short name that two
    products bear finds neither, because a wrong product is worse than a question.
    """
    wanted = _folded(code_or_name)
    full: list[str] = []
    short: list[str] = []
    for code, name, short_names in all_product_names(session):
        if wanted in (_folded(code), _folded(name)):
            full.append(code)
        if wanted in map(_folded, short_names):
            short.append(code)
    codes = full or short
    if len(codes) != 1:
        return None
    return session.scalar(select(Product).where(Product.code == codes[0]))


def all_product_names(session: Session) -> list[tuple[str, str, list[str]]]:
    """Code, name and short names of every product, sold or not, by code."""
    rows = session.execute(select(Product.code, Product.name, Product.short_names).order_by(Product.code))
    return [(code, name, list(short_names)) for code, name, short_names in rows]


def all_client_names(session: Session) -> list[str]:
    """Every client name once, sorted."""
    # Sorted here: databases differ in how they order Chinese.
    return sorted(session.scalars(select(Client.name).distinct()))


def products_on_sale(session: Session, today: date) -> list[Product]:
    """Products the bank sells and whose sale window holds today (both ends included), by code."""
    on_sale = (
        select(Product)
        .where(Product.is_sold.is_(True))
        .where(or_(Product.sale_from.is_(None), Product.sale_from <= today))
        .where(or_(Product.sale_until.is_(None), Product.sale_until >= today))
        .order_by(Product.code)
    )
    return list(session.scalars(on_sale))


def latest_assessment(client: Client) -> RiskAssessment | None:
    """The client's newest risk assessment, or None.

    Of several on one day the most cautious counts: only days are recorded, so nobody can tell which came last.
    """
    in_force = assessments_in_force(client)
    return min(in_force, key=lambda each: (each.risk_tier, not each.is_lowest_category), default=None)


def assessments_in_force(client: Client) -> list[RiskAssessment]:
    """The assessments of the newest day.

    Those before a change that the client confirmed (T04) are left out: whoever confirmed was shown them.
    """
    newest = max((each.assessed_on for each in client.assessments), default=None)
    of_that_day = [each for each in client.assessments if each.assessed_on == newest]
    confirmed = [place for place, each in enumerate(of_that_day) if each.is_change_confirmed]
    return of_that_day[confirmed[-1] :] if confirmed else of_that_day


def _folded(text: str) -> str:
    # NFKC makes full-width letters and brackets plain; managers type both.
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()

"""The tables: clients with every risk assessment, products with their fees, holdings and the audit log.

Amounts and rates are decimals in Python and scaled integers in the database, so that SQLite and PostgreSQL keep them
exactly. A client's age is never stored; whoever needs it works it out from the date of birth.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

GENDERS = ("male", "female")
CAPACITIES = ("full", "limited", "none")
LIFECYCLES = ("prospect", "new", "active", "lapsed")
RISK_TIERS = ("C1", "C2", "C3", "C4", "C5")
RISK_GRADES = ("R1", "R2", "R3", "R4", "R5")
CATEGORIES = (
    "deposit",
    "bond",
    "money_market_fund",
    "bond_fund",
    "mixed_fund",
    "equity_fund",
    "wealth_management",
    "structured_deposit",
    "insurance",
    "trust",
    "private_fund",
    "derivative",
    "precious_metal",
)
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
INSURANCE_KINDS = ("certain", "participating", "universal", "unit_linked", "short")
FEE_KINDS = (
    "management",
    "custody",
    "sales_service",
    "subscription",
    "redemption",
    "performance",
    "surrender",
)


def one_of(column: str, values: Sequence[str]) -> str:
    """SQL for a CHECK that a column holds one of the values (or NULL, where the column allows it)."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class ScaledDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, kept as an integer: SQLite has no exact decimals."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Scale up; a value with more places than the column keeps is refused, never rounded."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Scale down."""
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class UtcMoment(TypeDecorator[datetime]):
    """A moment in UTC: SQLite keeps no time zone, so none is kept anywhere."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn to UTC; a moment without a time zone is refused, since nobody could tell when it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


YUAN = ScaledDecimal(2)
PER_CENT = ScaledDecimal(4)


class Base(DeclarativeBase):
    """Base of all tables; constraints have predictable names so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Client(Base):
    """A client of a relationship manager. `None` means that the bank does not know."""

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("client_id"),
        Index(None, "name"),
        Index(None, "manager_id"),
        CheckConstraint(one_of("gender", GENDERS), name="gender"),
        CheckConstraint(one_of("legal_capacity", CAPACITIES), name="legal_capacity"),
        CheckConstraint(one_of("lifecycle", LIFECYCLES), name="lifecycle"),
        CheckConstraint("annual_income_fen >= 0", name="annual_income"),
        CheckConstraint("financial_assets_fen >= 0", name="financial_assets"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    gender: Mapped[str] = mapped_column(String(8))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    annual_income: Mapped[Decimal | None] = mapped_column("annual_income_fen", YUAN)
    financial_assets: Mapped[Decimal | None] = mapped_column("financial_assets_fen", YUAN)
    legal_capacity: Mapped[str | None] = mapped_column(String(8))
    lifecycle: Mapped[str] = mapped_column(String(8))
    qualified_investor_until: Mapped[date | None]
    reported_change_on: Mapped[date | None]
    manager_id: Mapped[str] = mapped_column(String(16))

    assessments: Mapped[list[RiskAssessment]] = relationship(
        back_populates="client",
        lazy="selectin",
        order_by="(RiskAssessment.assessed_on, RiskAssessment.id)",
    )
    holdings: Mapped[list[Holding]] = relationship(
        back_populates="client",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="(Holding.since, Holding.id)",
    )


class RiskAssessment(Base):
    """One answer of a client to the risk questionnaire; every one is kept (T50).

    `is_change_confirmed` says that the client was shown the results that held before and confirmed this one (T04).
    """

    __tablename__ = "risk_assessment"
    __table_args__ = (
        Index(None, "client_pk", "assessed_on"),
        CheckConstraint(one_of("risk_tier", RISK_TIERS), name="risk_tier"),
        # The lowest category is a part of C1 (T30).
        CheckConstraint("NOT is_lowest_category OR risk_tier = 'C1'", name="lowest_category_is_c1"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_pk: Mapped[int] = mapped_column(ForeignKey("client.id"))
    assessed_on: Mapped[date]
    risk_tier: Mapped[str] = mapped_column(String(2))
    is_lowest_category: Mapped[bool] = mapped_column(default=False)
    questionnaire_version: Mapped[str | None] = mapped_column(String(20))
    is_change_confirmed: Mapped[bool] = mapped_column(default=False)

    client: Mapped[Client] = relationship(back_populates="assessments")


class QuestionnaireVersion(Base):
    """A version of the questionnaire as clients saw it, so that kept answers stay readable (T50)."""

    __tablename__ = "questionnaire_version"

    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    content: Mapped[str] = mapped_column(Text, doc="canonical JSON")


class AssessmentLink(Base):
    """A one-time link by which a client reaches the questionnaire. Only digests of its secrets are kept."""

    __tablename__ = "assessment_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("session_hash"),
        Index(None, "client_pk"),
        CheckConstraint("created_at < expires_at", name="expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_pk: Mapped[int] = mapped_column(ForeignKey("client.id"))
    token_hash: Mapped[str] = mapped_column(String(64), doc="of what the address holds")
    session_hash: Mapped[str | None] = mapped_column(String(64), doc="of what the client's browser holds")
    manager_id: Mapped[str] = mapped_column(String(64), doc="who asked for it")
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    expires_at: Mapped[datetime] = mapped_column(UtcMoment)
    seen_at: Mapped[datetime] = mapped_column(UtcMoment, doc="last change")
    used_at: Mapped[datetime | None] = mapped_column(
        UtcMoment, doc="when the client began; no other browser after that"
    )

    client: Mapped[Client] = relationship(lazy="joined", innerjoin=True)
    sheets: Mapped[list[AnswerSheet]] = relationship(back_populates="link", lazy="selectin", order_by="AnswerSheet.id")


class AnswerSheet(Base):
    """The answers of one assessment; a second look after handing in begins a sheet of its own."""

    __tablename__ = "answer_sheet"
    __table_args__ = (
        UniqueConstraint("assessment_pk"),
        Index(None, "client_pk", "handed_in_on"),
        Index(None, "link_pk"),
        CheckConstraint(one_of("risk_tier", RISK_TIERS), name="risk_tier"),
        CheckConstraint("NOT is_lowest_category OR risk_tier = 'C1'", name="lowest_category_is_c1"),
        CheckConstraint(
            "(handed_in_at IS NULL) = (risk_tier IS NULL) AND (handed_in_at IS NULL) = (score IS NULL) "
            "AND (handed_in_at IS NULL) = (handed_in_on IS NULL)",
            name="result_is_whole",
        ),
        CheckConstraint("assessment_pk IS NULL OR handed_in_at IS NOT NULL", name="assessment_is_handed_in"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_pk: Mapped[int] = mapped_column(ForeignKey("client.id"))
    link_pk: Mapped[int] = mapped_column(ForeignKey("assessment_link.id"))
    version: Mapped[str] = mapped_column(String(20), ForeignKey("questionnaire_version.version"))
    answers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, doc="option id by question id")
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    handed_in_on: Mapped[date | None] = mapped_column(doc="the bank's day, by which assessments are counted (T02)")
    score: Mapped[int | None]
    risk_tier: Mapped[str | None] = mapped_column(String(2))
    is_lowest_category: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcMoment, doc="of a changed result (T04)")
    assessment_pk: Mapped[int | None] = mapped_column(ForeignKey("risk_assessment.id"))

    link: Mapped[AssessmentLink] = relationship(back_populates="sheets")
    questionnaire: Mapped[QuestionnaireVersion] = relationship(lazy="joined", innerjoin=True)


class Product(Base):
    """A product as the bank sells it. `None` means that the bank does not know."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("name"),
        Index(None, "category"),
        CheckConstraint(one_of("category", CATEGORIES), name="category"),
        CheckConstraint(one_of("regime", REGIMES), name="regime"),
        CheckConstraint(one_of("issuer_grade", RISK_GRADES), name="issuer_grade"),
        CheckConstraint(one_of("seller_grade", RISK_GRADES), name="seller_grade"),
        CheckConstraint(one_of("insurance_kind", INSURANCE_KINDS), name="insurance_kind"),
        CheckConstraint("insurance_kind IS NULL OR category = 'insurance'", name="insurance_kind_of_insurance"),
        CheckConstraint("term_days >= 0", name="term_days"),
        CheckConstraint("minimum_amount_fen >= 0", name="minimum_amount"),
        CheckConstraint("sale_from <= sale_until", name="sale_window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60))
    short_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    category: Mapped[str] = mapped_column(String(20))
    regime: Mapped[str] = mapped_column(String(20))
    issuer_name: Mapped[str] = mapped_column(String(60))
    issuer_grade: Mapped[str | None] = mapped_column(String(2))
    seller_grade: Mapped[str | None] = mapped_column(String(2))
    term_days: Mapped[int | None] = mapped_column(doc="0 means that no term is fixed")
    term_text: Mapped[str] = mapped_column(String(200))
    minimum_amount: Mapped[Decimal] = mapped_column("minimum_amount_fen", YUAN)
    return_basis: Mapped[str] = mapped_column(String(200))
    benchmark: Mapped[str | None] = mapped_column(String(200))
    redemption: Mapped[str] = mapped_column(String(200))
    cut_off: Mapped[str | None] = mapped_column(String(5))
    sale_from: Mapped[date | None]
    sale_until: Mapped[date | None]
    qualified_only: Mapped[bool | None]
    recording_needed: Mapped[bool | None]
    insurance_kind: Mapped[str | None] = mapped_column(String(16))
    underlying: Mapped[str] = mapped_column(String(200))
    is_sold: Mapped[bool]

    fees: Mapped[list[ProductFee]] = relationship(
        back_populates="product",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="ProductFee.id",
    )

    @property
    def risk_grade(self) -> str | None:
        """The higher of the issuer's and the seller's grade (T05); None if either is missing."""
        if self.issuer_grade is None or self.seller_grade is None:
            return None
        return max(self.issuer_grade, self.seller_grade)


class ProductFee(Base):
    """One fee of a product. A fee that is known to be nil has rate 0; an unknown fee has no row."""

    __tablename__ = "product_fee"
    __table_args__ = (
        UniqueConstraint("product_pk", "kind"),
        CheckConstraint(one_of("kind", FEE_KINDS), name="kind"),
        CheckConstraint("rate_millionths BETWEEN 0 AND 1000000", name="rate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_pk: Mapped[int] = mapped_column(ForeignKey("product.id"))
    kind: Mapped[str] = mapped_column(String(16))
    rate: Mapped[Decimal | None] = mapped_column("rate_millionths", PER_CENT, doc="in per cent: 0.30 is 0.30%")
    base: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(200))

    product: Mapped[Product] = relationship(back_populates="fees")


class Holding(Base):
    """What a client holds of a product, in yuan, and since when."""

    __tablename__ = "holding"
    __table_args__ = (
        UniqueConstraint("client_pk", "product_pk", "since"),
        Index(None, "product_pk"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_pk: Mapped[int] = mapped_column(ForeignKey("client.id"))
    product_pk: Mapped[int] = mapped_column(ForeignKey("product.id"))
    amount: Mapped[Decimal] = mapped_column("amount_fen", YUAN)
    since: Mapped[date]

    client: Mapped[Client] = relationship(back_populates="holdings")
    product: Mapped[Product] = relationship(lazy="selectin")


class PracticeSession(Base):
    """A manager's role-play. It belongs to him: nobody sees another's without a right to it."""

    __tablename__ = "practice_session"
    __table_args__ = (
        Index(None, "manager_id", "started_at"),
        Index(None, "conversation_id"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint(
            "(ended_at IS NULL) = (score IS NULL) AND (ended_at IS NULL) = (passed IS NULL)", name="result_is_whole"
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    manager_id: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str] = mapped_column(String(64))
    rubric: Mapped[str] = mapped_column(String(20), doc="version under which it began")
    corpus: Mapped[str] = mapped_column(String(16), doc="revision of the corpus under which it began")
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    score: Mapped[int | None]
    passed: Mapped[bool | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, doc="the session as bot.practice.records writes it")


class AuditEntry(Base):
    """One entry of the append-only, hash-chained log; triggers refuse every change and removal.

    `payload` is canonical JSON. `previous_hash` is unique as well, so that two writers cannot fork the chain.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("previous_hash"),
        UniqueConstraint("entry_hash"),
        Index(None, "conversation_id"),
        {"sqlite_autoincrement": True},
    )

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(40), doc="UTC, ISO 8601")
    conversation_id: Mapped[str] = mapped_column(String(64))
    manager_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64))

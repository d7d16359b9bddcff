"""First tables: clients, assessments, products, fees, holdings and the append-only audit log.

Values are written out here and not taken from the models: a revision must not change when the models do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIERS = "('C1', 'C2', 'C3', 'C4', 'C5')"
GRADES = "('R1', 'R2', 'R3', 'R4', 'R5')"
CATEGORIES = (
    "('deposit', 'bond', 'money_market_fund', 'bond_fund', 'mixed_fund', 'equity_fund', 'wealth_management', "
    "'structured_deposit', 'insurance', 'trust', 'private_fund', 'derivative', 'precious_metal')"
)
REGIMES = (
    "('wealth', 'trust', 'fund_security', 'private', 'insurance', 'deposit', 'structured_deposit', "
    "'precious_metal', 'derivative')"
)
FEES = "('management', 'custody', 'sales_service', 'subscription', 'redemption', 'performance', 'surrender')"


def upgrade() -> None:
    """Make the tables and the triggers."""
    _make_client()
    _make_risk_assessment()
    _make_product()
    _make_product_fee()
    _make_holding()
    _make_audit_entry()
    for statement in append_only.statements_to_make(op.get_context().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Remove everything, but never a log that holds entries."""
    _refuse_to_lose_the_log()
    for statement in append_only.statements_to_drop(op.get_context().dialect.name):
        op.execute(statement)
    for table in ("audit_entry", "holding", "product_fee", "product", "risk_assessment", "client"):
        op.drop_table(table)


def _refuse_to_lose_the_log() -> None:
    if op.get_context().as_sql:
        return
    if op.get_bind().execute(sa.text("SELECT 1 FROM audit_entry LIMIT 1")).first() is not None:
        raise RuntimeError("审计记录不是空的，不能退回到没有审计表的版本。请先归档整个数据库文件，再换新库。")


def _make_client() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("client_id", sa.String(16), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("gender", sa.String(8), nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("phone", sa.String(20)),
        sa.Column("annual_income_fen", sa.BigInteger),
        sa.Column("financial_assets_fen", sa.BigInteger),
        sa.Column("legal_capacity", sa.String(8)),
        sa.Column("lifecycle", sa.String(8), nullable=False),
        sa.Column("qualified_investor_until", sa.Date),
        sa.Column("manager_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
        sa.UniqueConstraint("client_id", name="uq_client_client_id"),
        sa.CheckConstraint("gender IN ('male', 'female')", name=op.f("ck_client_gender")),
        sa.CheckConstraint("legal_capacity IN ('full', 'limited', 'none')", name=op.f("ck_client_legal_capacity")),
        sa.CheckConstraint("lifecycle IN ('prospect', 'new', 'active', 'lapsed')", name=op.f("ck_client_lifecycle")),
        sa.CheckConstraint("annual_income_fen >= 0", name=op.f("ck_client_annual_income")),
        sa.CheckConstraint("financial_assets_fen >= 0", name=op.f("ck_client_financial_assets")),
    )
    op.create_index("ix_client_name", "client", ["name"])
    op.create_index("ix_client_manager_id", "client", ["manager_id"])


def _make_risk_assessment() -> None:
    op.create_table(
        "risk_assessment",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("client_pk", sa.Integer, nullable=False),
        sa.Column("assessed_on", sa.Date, nullable=False),
        sa.Column("risk_tier", sa.String(2), nullable=False),
        sa.Column("is_lowest_category", sa.Boolean, nullable=False),
        sa.Column("questionnaire_version", sa.String(20)),
        sa.PrimaryKeyConstraint("id", name="pk_risk_assessment"),
        sa.ForeignKeyConstraint(["client_pk"], ["client.id"], name="fk_risk_assessment_client_pk"),
        sa.CheckConstraint(f"risk_tier IN {TIERS}", name=op.f("ck_risk_assessment_risk_tier")),
        sa.CheckConstraint(
            "NOT is_lowest_category OR risk_tier = 'C1'",
            name=op.f("ck_risk_assessment_lowest_category_is_c1"),
        ),
    )
    op.create_index("ix_risk_assessment_client_pk_assessed_on", "risk_assessment", ["client_pk", "assessed_on"])


def _make_product() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("short_names", sa.JSON, nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("regime", sa.String(20), nullable=False),
        sa.Column("issuer_name", sa.String(60), nullable=False),
        sa.Column("issuer_grade", sa.String(2)),
        sa.Column("seller_grade", sa.String(2)),
        sa.Column("term_days", sa.Integer),
        sa.Column("term_text", sa.String(200), nullable=False),
        sa.Column("minimum_amount_fen", sa.BigInteger, nullable=False),
        sa.Column("return_basis", sa.String(200), nullable=False),
        sa.Column("benchmark", sa.String(200)),
        sa.Column("redemption", sa.String(200), nullable=False),
        sa.Column("cut_off", sa.String(5)),
        sa.Column("sale_from", sa.Date),
        sa.Column("sale_until", sa.Date),
        sa.Column("qualified_only", sa.Boolean),
        sa.Column("recording_needed", sa.Boolean),
        sa.Column("underlying", sa.String(200), nullable=False),
        sa.Column("is_sold", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product"),
        sa.UniqueConstraint("code", name="uq_product_code"),
        sa.UniqueConstraint("name", name="uq_product_name"),
        sa.CheckConstraint(f"category IN {CATEGORIES}", name=op.f("ck_product_category")),
        sa.CheckConstraint(f"regime IN {REGIMES}", name=op.f("ck_product_regime")),
        sa.CheckConstraint(f"issuer_grade IN {GRADES}", name=op.f("ck_product_issuer_grade")),
        sa.CheckConstraint(f"seller_grade IN {GRADES}", name=op.f("ck_product_seller_grade")),
        sa.CheckConstraint("term_days >= 0", name=op.f("ck_product_term_days")),
        sa.CheckConstraint("minimum_amount_fen >= 0", name=op.f("ck_product_minimum_amount")),
        sa.CheckConstraint("sale_from <= sale_until", name=op.f("ck_product_sale_window")),
    )
    op.create_index("ix_product_category", "product", ["category"])


def _make_product_fee() -> None:
    op.create_table(
        "product_fee",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("product_pk", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("rate_millionths", sa.BigInteger),
        sa.Column("base", sa.String(60), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_product_fee"),
        sa.ForeignKeyConstraint(["product_pk"], ["product.id"], name="fk_product_fee_product_pk"),
        sa.UniqueConstraint("product_pk", "kind", name="uq_product_fee_product_pk_kind"),
        sa.CheckConstraint(f"kind IN {FEES}", name=op.f("ck_product_fee_kind")),
        sa.CheckConstraint("rate_millionths BETWEEN 0 AND 1000000", name=op.f("ck_product_fee_rate")),
    )


def _make_holding() -> None:
    op.create_table(
        "holding",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("client_pk", sa.Integer, nullable=False),
        sa.Column("product_pk", sa.Integer, nullable=False),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_holding"),
        sa.ForeignKeyConstraint(["client_pk"], ["client.id"], name="fk_holding_client_pk"),
        sa.ForeignKeyConstraint(["product_pk"], ["product.id"], name="fk_holding_product_pk"),
        sa.UniqueConstraint("client_pk", "product_pk", "since", name="uq_holding_client_pk_product_pk_since"),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_holding_amount")),
    )
    op.create_index("ix_holding_product_pk", "holding", ["product_pk"])


def _make_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("manager_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("previous_hash", name="uq_audit_entry_previous_hash"),
        sa.UniqueConstraint("entry_hash", name="uq_audit_entry_entry_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_conversation_id", "audit_entry", ["conversation_id"])

"""The client's questionnaire: versions as seen, one-time links, answer sheets.

Values are written out here and not taken from the models: a revision must not change when the models do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIERS = "('C1', 'C2', 'C3', 'C4', 'C5')"
WHOLE = (
    "(handed_in_at IS NULL) = (risk_tier IS NULL) AND (handed_in_at IS NULL) = (score IS NULL) "
    "AND (handed_in_at IS NULL) = (handed_in_on IS NULL)"
)


def upgrade() -> None:
    """Make the tables; an assessment of before was not confirmed here."""
    op.add_column(
        "risk_assessment",
        sa.Column("is_change_confirmed", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_questionnaire_version"),
    )
    _make_assessment_link()
    _make_answer_sheet()


def downgrade() -> None:
    """Remove the tables, but never answers that were handed in (T50)."""
    if not op.get_context().as_sql:
        kept = sa.text("SELECT 1 FROM answer_sheet WHERE handed_in_at IS NOT NULL LIMIT 1")
        if op.get_bind().execute(kept).first() is not None:
            raise RuntimeError("有客户提交过的问卷，不能退回到没有问卷表的版本。请先归档整个数据库文件，再换新库。")
    for table in ("answer_sheet", "assessment_link", "questionnaire_version"):
        op.drop_table(table)
    op.drop_column("risk_assessment", "is_change_confirmed")


def _make_assessment_link() -> None:
    op.create_table(
        "assessment_link",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("client_pk", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("session_hash", sa.String(64)),
        sa.Column("manager_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_link"),
        sa.ForeignKeyConstraint(["client_pk"], ["client.id"], name="fk_assessment_link_client_pk"),
        sa.UniqueConstraint("token_hash", name="uq_assessment_link_token_hash"),
        sa.UniqueConstraint("session_hash", name="uq_assessment_link_session_hash"),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_assessment_link_expires_at")),
    )
    op.create_index("ix_assessment_link_client_pk", "assessment_link", ["client_pk"])


def _make_answer_sheet() -> None:
    op.create_table(
        "answer_sheet",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("client_pk", sa.Integer, nullable=False),
        sa.Column("link_pk", sa.Integer, nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("handed_in_at", sa.DateTime),
        sa.Column("handed_in_on", sa.Date),
        sa.Column("score", sa.Integer),
        sa.Column("risk_tier", sa.String(2)),
        sa.Column("is_lowest_category", sa.Boolean, nullable=False),
        sa.Column("confirmed_at", sa.DateTime),
        sa.Column("assessment_pk", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_answer_sheet"),
        sa.ForeignKeyConstraint(["client_pk"], ["client.id"], name="fk_answer_sheet_client_pk"),
        sa.ForeignKeyConstraint(["link_pk"], ["assessment_link.id"], name="fk_answer_sheet_link_pk"),
        sa.ForeignKeyConstraint(["version"], ["questionnaire_version.version"], name="fk_answer_sheet_version"),
        sa.ForeignKeyConstraint(["assessment_pk"], ["risk_assessment.id"], name="fk_answer_sheet_assessment_pk"),
        sa.UniqueConstraint("assessment_pk", name="uq_answer_sheet_assessment_pk"),
        sa.CheckConstraint(f"risk_tier IN {TIERS}", name=op.f("ck_answer_sheet_risk_tier")),
        sa.CheckConstraint(
            "NOT is_lowest_category OR risk_tier = 'C1'", name=op.f("ck_answer_sheet_lowest_category_is_c1")
        ),
        sa.CheckConstraint(WHOLE, name=op.f("ck_answer_sheet_result_is_whole")),
        sa.CheckConstraint(
            "assessment_pk IS NULL OR handed_in_at IS NOT NULL", name=op.f("ck_answer_sheet_assessment_is_handed_in")
        ),
    )
    op.create_index("ix_answer_sheet_client_pk_handed_in_on", "answer_sheet", ["client_pk", "handed_in_on"])
    op.create_index("ix_answer_sheet_link_pk", "answer_sheet", ["link_pk"])

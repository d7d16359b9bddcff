"""Practice sessions of managers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "practice_session",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("manager_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("rubric", sa.String(20), nullable=False),
        sa.Column("corpus", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("score", sa.Integer),
        sa.Column("passed", sa.Boolean),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_practice_session"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_practice_session_score")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (score IS NULL) AND (ended_at IS NULL) = (passed IS NULL)",
            name=op.f("ck_practice_session_result_is_whole"),
        ),
    )
    op.create_index("ix_practice_session_manager_id_started_at", "practice_session", ["manager_id", "started_at"])
    op.create_index("ix_practice_session_conversation_id", "practice_session", ["conversation_id"])


def downgrade() -> None:
    """Remove it, with what managers have practised."""
    op.drop_table("practice_session")

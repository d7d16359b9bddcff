"""Kind of an insurance (T19, T20), and when a client told of a change (T03)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = "('certain', 'participating', 'universal', 'unit_linked', 'short')"


def upgrade() -> None:
    """Add two columns.

    In SQL of both databases: a rebuilt table (Alembic's batch mode) would break the references to it.
    """
    op.add_column("client", sa.Column("reported_change_on", sa.Date))
    op.execute(
        "ALTER TABLE product ADD COLUMN insurance_kind VARCHAR(16)"
        f" CONSTRAINT ck_product_insurance_kind CHECK (insurance_kind IN {KINDS})"
        " CONSTRAINT ck_product_insurance_kind_of_insurance"
        " CHECK (insurance_kind IS NULL OR category = 'insurance')"
    )


def downgrade() -> None:
    """Drop the two columns with their checks."""
    if op.get_context().dialect.name == "postgresql":
        op.drop_column("product", "insurance_kind")
        op.drop_column("client", "reported_change_on")
        return
    # SQLite drops no column that a check names, so it rebuilds the table; references to it hold by name.
    op.execute("PRAGMA foreign_keys = OFF")
    with op.batch_alter_table("product") as table:
        table.drop_constraint(op.f("ck_product_insurance_kind_of_insurance"), type_="check")
        table.drop_constraint(op.f("ck_product_insurance_kind"), type_="check")
        table.drop_column("insurance_kind")
    op.drop_column("client", "reported_change_on")
    op.execute("PRAGMA foreign_keys = ON")

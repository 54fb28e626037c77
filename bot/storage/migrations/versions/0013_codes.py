"""Codes of incidents that became part of others still lead to them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "former_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("code", name="former_code_pk"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="former_code_incident_id_fk", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("former_code_of_incident", "former_code", ["incident_id"])


def downgrade() -> None:
    op.drop_table("former_code")

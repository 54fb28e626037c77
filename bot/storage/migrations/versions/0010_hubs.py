"""Subscriptions at the hubs that feeds name."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "hub_link",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("hub", "topic")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("path", "secret")),
        sa.Column("until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source_id", name="hub_link_pk"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="hub_link_source_id_fk"),
    )
    op.create_index("hub_link_path", "hub_link", ["path"])


def downgrade() -> None:
    op.drop_table("hub_link")

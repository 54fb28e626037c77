"""Incidents are closed when what delivered them is dropped; circles are found by their chats alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("incident", sa.Column("closed_at", sa.BigInteger()))
    op.drop_index("circle_by_lat", "circle")


def downgrade() -> None:
    op.create_index("circle_by_lat", "circle", ["lat", "lon"])
    with op.batch_alter_table("incident") as table:
        table.drop_column("closed_at")

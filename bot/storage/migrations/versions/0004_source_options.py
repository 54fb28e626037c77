"""How a source is read: its language, the selectors of a page, whether its articles are fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("source", sa.Column("options", sa.Text(), server_default="{}", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("source") as table:
        table.drop_column("options")

"""What left within the last minute is found at the start: limits of Telegram hold over it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    has_left = sa.text("sent_at IS NOT NULL")
    op.create_index("delivery_left", "delivery", ["sent_at"], sqlite_where=has_left, postgresql_where=has_left)


def downgrade() -> None:
    op.drop_index("delivery_left", "delivery")

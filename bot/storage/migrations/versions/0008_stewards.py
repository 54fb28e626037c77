"""Private chats from which a channel's settings are changed for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "steward",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="steward_pk"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name="steward_chat_id_fk", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel_id"], ["chat.id"], name="steward_channel_id_fk", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("steward")

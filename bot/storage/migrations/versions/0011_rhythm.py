"""When chats want to hear: digests, quiet hours, what is held for them; which messages sound, and how long."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HELD, DIGEST = sa.text("state = 'held'"), sa.text("form = 'digest'")


def upgrade() -> None:
    op.create_table(
        "rhythm",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("digest_at", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer()),
        sa.Column("quiet_until", sa.Integer()),
        sa.Column("zone", sa.String()),
        sa.Column("lets_grave", sa.Boolean(), nullable=False),
        sa.Column("held_from", sa.BigInteger()),
        sa.Column("held_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("chat_id", name="rhythm_pk"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat.id"], name="rhythm_chat_id_fk", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("rhythm_due", "rhythm", ["held_until"])
    op.create_index("delivery_held", "delivery", ["chat_id"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_index(
        "delivery_digest", "delivery", ["chat_id", "id"], sqlite_where=DIGEST, postgresql_where=DIGEST
    )
    op.add_column("chat", sa.Column("sound", sa.String(), server_default="all", nullable=False))
    op.add_column("chat", sa.Column("length", sa.String(), server_default="full", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("chat") as table:
        for name in ("length", "sound"):
            table.drop_column(name)
    op.drop_index("delivery_digest", "delivery")
    op.drop_index("delivery_held", "delivery")
    op.drop_table("rhythm")

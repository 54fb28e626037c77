"""What is counted for good, when the report of an alert came out, and when an alert left."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "name", "label", name="tally_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_sent",
        sa.Column("alert_id", ID, autoincrement=False, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("many", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name="alert_sent_pk"),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name="alert_sent_alert_id_fk", ondelete="CASCADE"
        ),
    )
    op.add_column("alert", sa.Column("reported_at", sa.BigInteger()))


def downgrade() -> None:
    op.drop_table("alert_sent")
    op.drop_table("tally")
    with op.batch_alter_table("alert") as table:
        table.drop_column("reported_at")

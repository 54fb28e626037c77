"""What is observed of sources, which of them chats added or removed, gaps of coverage and their notices."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("source", sa.Column("vitals", sa.Text(), server_default="{}", nullable=False))
    op.add_column("source", sa.Column("added_at", sa.BigInteger()))
    op.add_column("source", sa.Column("removed_at", sa.BigInteger()))
    op.create_table(
        "coverage_gap",
        sa.Column("id", ID, nullable=False),
        sa.Column("theatre", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in ("told_at", "well_since", "over_at")),
        sa.PrimaryKeyConstraint("id", name="coverage_gap_pk"),
    )
    op.create_table(
        "notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("gap_id", ID),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("queued_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="notice_pk"),
        sa.ForeignKeyConstraint(["gap_id"], ["coverage_gap.id"], name="notice_gap_id_fk"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("notice")
    op.drop_table("coverage_gap")
    with op.batch_alter_table("source") as table:
        for name in ("vitals", "added_at", "removed_at"):
            table.drop_column(name)

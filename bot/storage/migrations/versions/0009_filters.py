"""Filters of a chat beside its keywords, circles on the map, and what of an alert they are held against."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alert_trait",
        _reference("alert_trait", "alert"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "kind", "code", name="alert_trait_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "alert_spot",
        _reference("alert_spot", "alert"),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(53), nullable=False) for name in ("lat", "lon", "reach_km", "east_km")),
        sa.PrimaryKeyConstraint("alert_id", "number", name="alert_spot_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chat_filter",
        _reference("chat_filter", "chat"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("chat_id", "kind", "code", name="chat_filter_pk"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "circle",
        _reference("circle", "chat"),
        sa.Column("lat", sa.Float(53), nullable=False),
        sa.Column("lon", sa.Float(53), nullable=False),
        sa.Column("radius_km", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "lat", "lon", name="circle_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("circle_by_lat", "circle", ["lat", "lon"])


def downgrade() -> None:
    for table in ("circle", "chat_filter", "alert_spot", "alert_trait"):
        op.drop_table(table)


def _reference(table: str, other: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{other}.id", ondelete="CASCADE", name=f"{table}_{other}_id_fk")
    return sa.Column(f"{other}_id", ID, key, nullable=False)

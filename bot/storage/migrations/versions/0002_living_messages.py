"""How a chat hears of changes; deliveries that change another message, and replies that were merged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("chat", sa.Column("style", sa.String(), server_default="living", nullable=False))
    op.add_column("delivery", sa.Column("target_id", ID, nullable=True))
    op.add_column("delivery", sa.Column("first_alert_id", ID, nullable=True))
    _index("chat_style", "chat", ["style", "id"], "style != 'living'")
    _index("delivery_target", "delivery", ["target_id"], "target_id IS NOT NULL")
    _index("delivery_rollup", "delivery", ["chat_id", "id"], "form = 'rollup'")


def downgrade() -> None:
    for index, table in (
        ("delivery_rollup", "delivery"),
        ("delivery_target", "delivery"),
        ("chat_style", "chat"),
    ):
        op.drop_index(index, table_name=table)
    op.drop_column("delivery", "first_alert_id")
    op.drop_column("delivery", "target_id")
    op.drop_column("chat", "style")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )

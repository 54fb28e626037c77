"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add_chat()
    _add_delivery()
    _add_incident()
    _add_setting()
    _add_source()
    _add_alert()
    _add_incident_region()
    _add_keyword()
    _add_report()
    _add_subscription()
    _add_alert_term()
    _add_report_revision()
    _add_report_shingle()


def downgrade() -> None:
    op.drop_table("report_shingle")
    op.drop_table("report_revision")
    op.drop_table("alert_term")
    op.drop_table("subscription")
    op.drop_table("report")
    op.drop_table("keyword")
    op.drop_table("incident_region")
    op.drop_table("alert")
    op.drop_table("source")
    op.drop_table("setting")
    op.drop_table("incident")
    op.drop_table("delivery")
    op.drop_table("chat")


def _add_chat() -> None:
    op.create_table(
        "chat",
        sa.Column("id", ID, nullable=False),
        sa.Column("telegram_id", ID, nullable=False),
        sa.Column("topic_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("chat_pk")),
        sa.UniqueConstraint("telegram_id", "topic_id", name=op.f("chat_telegram_id_topic_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "chat_gone",
        "chat",
        ["id", "gone_at"],
        unique=False,
        sqlite_where=sa.text("gone_at IS NOT NULL"),
        postgresql_where=sa.text("gone_at IS NOT NULL"),
    )
    op.create_index(
        "chat_held",
        "chat",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("not_before IS NOT NULL"),
        postgresql_where=sa.text("not_before IS NOT NULL"),
    )


def _add_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_uncertain", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pk")),
    )
    op.create_index(
        "delivery_follow_up",
        "delivery",
        ["incident_id", "chat_id"],
        unique=False,
        sqlite_where=sa.text("form != 'message'"),
        postgresql_where=sa.text("form != 'message'"),
    )
    op.create_index(
        "delivery_message",
        "delivery",
        ["incident_id", "chat_id"],
        unique=True,
        sqlite_where=sa.text("form = 'message'"),
        postgresql_where=sa.text("form = 'message'"),
    )
    op.create_index(
        "delivery_pending",
        "delivery",
        ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "delivery_sending",
        "delivery",
        ["chat_id"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "delivery_waiting",
        "delivery",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'pending' AND not_before IS NOT NULL"),
        postgresql_where=sa.text("state = 'pending' AND not_before IS NOT NULL"),
    )


def _add_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("theatre", sa.String(), nullable=False),
        sa.Column("occurred", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_report_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("incident_pk")),
        sa.UniqueConstraint("code", name=op.f("incident_code_key")),
    )
    op.create_index("incident_latest", "incident", ["opened_at"], unique=False)
    op.create_index("incident_open", "incident", ["theatre", "last_report_at"], unique=False)


def _add_setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("setting_pk")),
    )


def _add_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("theatres", sa.Text(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("next_check_at", sa.BigInteger(), nullable=True),
        sa.Column("first_checked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_checked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_ok_at", sa.BigInteger(), nullable=True),
        sa.Column("last_new_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("source_pk")),
    )


def _add_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("follow_up", sa.String(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("folded_text", sa.Text(), nullable=False),
        sa.Column("cursor", ID, nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("alert_incident_id_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("alert_pk")),
    )
    op.create_index("alert_created", "alert", ["created_at"], unique=False)
    op.create_index("alert_of_incident", "alert", ["incident_id"], unique=False)
    op.create_index(
        "alert_unqueued",
        "alert",
        ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("queued_at IS NULL"),
        postgresql_where=sa.text("queued_at IS NULL"),
    )


def _add_incident_region() -> None:
    op.create_table(
        "incident_region",
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("region_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("incident_region_incident_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "region_id", name=op.f("incident_region_pk")),
    )
    op.create_index(
        "incident_region_by_region", "incident_region", ["region_id", "incident_id"], unique=False
    )


def _add_keyword() -> None:
    op.create_table(
        "keyword",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("sign", sa.String(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("is_substring", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chat.id"], name=op.f("keyword_chat_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "sign", "folded", name=op.f("keyword_pk")),
        sqlite_with_rowid=False,
    )


def _add_report() -> None:
    op.create_table(
        "report",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("incident_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("report_incident_id_fk"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("report_source_id_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("report_pk")),
        sa.UniqueConstraint("source_id", "key", name=op.f("report_source_id_key_key")),
    )
    op.create_index("report_of_incident", "report", ["incident_id"], unique=False)
    op.create_index("report_seen", "report", ["seen_at"], unique=False)


def _add_subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("region_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chat.id"], name=op.f("subscription_chat_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "region_id", name=op.f("subscription_pk")),
        sqlite_with_rowid=False,
    )
    op.create_index("subscription_by_region", "subscription", ["region_id", "chat_id"], unique=False)


def _add_alert_term() -> None:
    op.create_table(
        "alert_term",
        sa.Column("alert_id", ID, nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("alert_term_alert_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "term", name=op.f("alert_term_pk")),
        sqlite_with_rowid=False,
    )


def _add_report_revision() -> None:
    op.create_table(
        "report_revision",
        sa.Column("report_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("report_revision_report_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "revision", name=op.f("report_revision_pk")),
    )


def _add_report_shingle() -> None:
    op.create_table(
        "report_shingle",
        sa.Column("hash", ID, autoincrement=False, nullable=False),
        sa.Column("report_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("report_shingle_report_id_fk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", "report_id", name=op.f("report_shingle_pk")),
        sqlite_with_rowid=False,
    )
    op.create_index("report_shingle_of_report", "report_shingle", ["report_id"], unique=False)

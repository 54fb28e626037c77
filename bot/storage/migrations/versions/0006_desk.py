"""Those who run the bot: admins, their acts and verdicts, chats that ask to be let in, announcements."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _add_admin()
    _add_act()
    _add_verdict()
    _add_reviewer()
    _add_applicant()
    _add_broadcast()


def downgrade() -> None:
    for name in ("broadcast", "applicant", "reviewer", "verdict", "act", "admin"):
        op.drop_table(name)


def _add_admin() -> None:
    op.create_table(
        "admin",
        sa.Column("telegram_id", ID, autoincrement=False, nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("telegram_id", name="admin_pk"),
    )


def _add_act() -> None:
    op.create_table(
        "act",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("admin_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="act_pk"),
    )
    op.create_index("act_at", "act", ["at"])


def _add_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("judgement", sa.String(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.Column("reports", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "judge", name="verdict_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("verdict_judged", "verdict", ["judged_at"])


def _add_reviewer() -> None:
    op.create_table(
        "reviewer",
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("reviewing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="reviewer_pk"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chat.id"], name="reviewer_chat_id_fk", ondelete="CASCADE"
        ),
    )


def _add_applicant() -> None:
    op.create_table(
        "applicant",
        sa.Column("telegram_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String()),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("declined_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("telegram_id", name="applicant_pk"),
    )
    op.create_index("applicant_asked", "applicant", ["asked_at"])


def _add_broadcast() -> None:
    op.create_table(
        "broadcast",
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("regions", sa.Text(), nullable=False),
        sa.Column("telegram_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("notice_id", name="broadcast_pk"),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name="broadcast_notice_id_fk", ondelete="CASCADE"
        ),
    )

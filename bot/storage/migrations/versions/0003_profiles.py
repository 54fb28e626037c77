"""What incidents are found by when a report is placed, and sources that tell too much at once."""

from dataclasses import replace

import msgspec
import sqlalchemy as sa
from alembic import op

from bot.incidents.profiles import box_of, summarise
from bot.model import Incident

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BOX = ("south", "north", "west", "east")


def upgrade() -> None:
    op.create_table(
        "incident_profile",
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("theatre", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Float(53)) for name in BOX),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name="incident_profile_pk"),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="incident_profile_incident_id_fk", ondelete="CASCADE"
        ),
    )
    op.create_index(
        "incident_profile_near", "incident_profile", ["theatre", "last_day", "first_day", *BOX], unique=False
    )
    op.create_table(
        "surge",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("alerted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("source_id", "started_at", name="surge_pk"),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="surge_source_id_fk"),
    )
    _profile_all()


def downgrade() -> None:
    op.drop_table("surge")
    op.drop_index("incident_profile_near", table_name="incident_profile")
    op.drop_table("incident_profile")


def _profile_all() -> None:
    """Profiles of the incidents that are stored already."""
    conn = op.get_bind()
    days = sa.Date()
    table = sa.table(
        "incident_profile",
        sa.column("incident_id"),
        sa.column("theatre"),
        sa.column("first_day", days),
        sa.column("last_day", days),
        *(sa.column(name) for name in BOX),
        sa.column("profile"),
    )
    for number, snapshot in conn.execute(sa.text("SELECT id, snapshot FROM incident")).all():
        profile = summarise(replace(msgspec.json.decode(snapshot, type=Incident), id=number))
        box = box_of(profile.places)
        values = {name: getattr(box, name) if box else None for name in BOX} | {
            "incident_id": number,
            "theatre": profile.theatre,
            "first_day": min(profile.days),
            "last_day": max(profile.days),
            "profile": msgspec.json.encode(profile).decode(),
        }
        conn.execute(table.insert().values(**values))

"""Every table. What changes here needs a migration beside it; a test compares the two.

Of people only the chat's Telegram number and its filters are kept, never a name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    literal,
)

from bot.choices import Length, Sound
from bot.incidents.profiles import Profile
from bot.model import (
    Alert,
    AlertKind,
    ChatKind,
    ChatStyle,
    DeliveryForm,
    DeliveryState,
    Finding,
    Incident,
    IncidentStatus,
    Severity,
    SourceKind,
    SourceOptions,
    SourceType,
)
from bot.storage import choice_tables, code_tables, desk_tables, hub_tables, schema
from bot.storage.columns import Choice, Encoded, Instant, Prose, RowId
from bot.storage.states import ChatState, Sign
from bot.watch.counts import Counted
from bot.watch.notices import Notice, NoticeKind
from bot.watch.vitals import Vitals

SCHEMA_REVISION = "0014"
"""The newest migration; a database that says so needs no migrating."""

metadata = desk_tables.metadata
"""Those of the bot's admins are in it already; see `bot.storage.desk_tables`."""
is_spelled = schema.is_spelled
alert_trait, alert_spot = choice_tables.alert_trait, choice_tables.alert_spot
chat_filter, circle = choice_tables.chat_filter, choice_tables.circle
rhythm = choice_tables.rhythm
hub_link = hub_tables.hub_link
former_code = code_tables.former_code

source = Table(
    "source",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Prose, nullable=False),
    Column("kind", Choice(SourceKind), nullable=False),
    Column("url", Prose, nullable=False),
    Column("type", Choice(SourceType), nullable=False),
    Column("side", String, nullable=False),
    Column("origin", String, nullable=False),
    Column("theatres", Encoded(tuple[str, ...]), nullable=False),
    Column("interval_s", Integer),
    Column("options", Encoded(SourceOptions), nullable=False, server_default="{}"),
    Column("is_listed", Boolean, nullable=False),
    Column("etag", Prose),
    Column("last_modified", Prose),
    Column("body_hash", Prose),
    Column("next_check_at", Instant),
    Column("first_checked_at", Instant),
    Column("last_checked_at", Instant),
    Column("last_ok_at", Instant),
    Column("last_new_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("last_error", Prose),
    Column("paused_at", Instant),
    Column("vitals", Encoded(Vitals), nullable=False, server_default="{}"),
    Column("added_at", Instant),
    Column("removed_at", Instant),
)
"""added_at: an admin added it in a chat; removed_at: removed there. No catalogue changes either."""

incident = Table(
    "incident",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("code", String, nullable=False, unique=True),
    Column("theatre", String, nullable=False),
    Column("occurred", Date, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_report_at", Instant, nullable=False),
    Column("status", Choice(IncidentStatus), nullable=False),
    Column("severity", Choice(Severity), nullable=False),
    Column("snapshot", Encoded(Incident), nullable=False),
    Column("closed_at", Instant),
    Index("incident_open", "theatre", "last_report_at"),
    Index("incident_latest", "opened_at"),
)
"""closed_at: nobody is told of it any more, see `bot.storage.closing`."""

incident_region = Table(
    "incident_region",
    metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("region_id", String, primary_key=True),
    Index("incident_region_by_region", "region_id", "incident_id"),
)

incident_profile = Table(
    "incident_profile",
    metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("theatre", String, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("south", Float(53)),
    Column("north", Float(53)),
    Column("west", Float(53)),
    Column("east", Float(53)),
    Column("profile", Encoded(Profile), nullable=False),
    Index("incident_profile_near", "theatre", "last_day", "first_day", "south", "north", "west", "east"),
)
"""Beside the incidents, not within: placing reads hundreds of these, and one whole incident."""

report = Table(
    "report",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("key", Prose, nullable=False),
    Column("origin", String, nullable=False),
    Column("url", Prose, nullable=False),
    Column("title", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("published_at", Instant),
    Column("seen_at", Instant, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("finding", Encoded(Finding), nullable=False),
    Column("incident_id", ForeignKey("incident.id", ondelete="SET NULL")),
    UniqueConstraint("source_id", "key"),
    Index("report_of_incident", "incident_id"),
    Index("report_seen", "seen_at"),
)

report_revision = Table(
    "report_revision",
    metadata,
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("url", Prose, nullable=False),
    Column("title", Prose, nullable=False),
    Column("text", Prose, nullable=False),
    Column("published_at", Instant),
    Column("seen_at", Instant, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("finding", Encoded(Finding), nullable=False),
)

report_shingle = Table(
    "report_shingle",
    metadata,
    Column("hash", RowId, primary_key=True, autoincrement=False),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
    Index("report_shingle_of_report", "report_id"),
    sqlite_with_rowid=False,
)

surge = Table(
    "surge",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("started_at", Instant, primary_key=True),
    Column("alerted", Integer, nullable=False),
    Column("held", Encoded(tuple[int, ...]), nullable=False),
    Column("told_at", Instant),
)

alert = Table(
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("incident_id", ForeignKey("incident.id"), nullable=False),
    Column("kind", Choice(AlertKind), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("follow_up", Choice(DeliveryForm), nullable=False),
    Column("snapshot", Encoded(Alert), nullable=False),
    Column("folded_text", Prose, nullable=False),
    Column("cursor", RowId, nullable=False),
    Column("queued_at", Instant),
    Column("reported_at", Instant),
    Index("alert_of_incident", "incident_id"),
    Index("alert_created", "created_at"),
)
_is_unqueued = alert.c.queued_at.is_(None)
Index(
    "alert_unqueued",
    alert.c.priority,
    alert.c.id,
    sqlite_where=_is_unqueued,
    postgresql_where=_is_unqueued,
)

alert_sent = Table(
    "alert_sent",
    metadata,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("many", BigInteger, nullable=False),
)
"""Beside the alerts, not within: it changes with every batch that leaves, and an alert is long."""

alert_term = Table(
    "alert_term",
    metadata,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    Column("term", Prose, primary_key=True),
    sqlite_with_rowid=False,
)

chat = Table(
    "chat",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("telegram_id", RowId, nullable=False),
    Column("topic_id", RowId, nullable=False),
    Column("kind", Choice(ChatKind), nullable=False),
    Column("language", String),
    Column("state", Choice(ChatState), nullable=False),
    Column("gone_at", Instant),
    Column("not_before", Instant),
    Column("created_at", Instant, nullable=False),
    Column("settings", Encoded(dict[str, Any]), nullable=False),
    Column("style", Choice(ChatStyle), nullable=False, server_default=ChatStyle.LIVING.value),
    Column("sound", Choice(Sound), nullable=False, server_default=Sound.ALL.value),
    Column("length", Choice(Length), nullable=False, server_default=Length.FULL.value),
    UniqueConstraint("telegram_id", "topic_id"),
    sqlite_autoincrement=True,  # the number of a forgotten chat is never given again
)
_is_gone = chat.c.gone_at.is_not(None)
_is_held = chat.c.not_before.is_not(None)
Index("chat_gone", chat.c.id, chat.c.gone_at, sqlite_where=_is_gone, postgresql_where=_is_gone)
_is_odd = chat.c.style != literal(ChatStyle.LIVING, chat.c.style.type, literal_execute=True)
Index("chat_style", chat.c.style, chat.c.id, sqlite_where=_is_odd, postgresql_where=_is_odd)
Index("chat_held", chat.c.not_before, sqlite_where=_is_held, postgresql_where=_is_held)

subscription = Table(
    "subscription",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("region_id", String, primary_key=True),
    Index("subscription_by_region", "region_id", "chat_id"),
    sqlite_with_rowid=False,
)

keyword = Table(
    "keyword",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("sign", Choice(Sign), primary_key=True),
    Column("folded", Prose, primary_key=True),
    Column("original", Prose, nullable=False),
    Column("is_substring", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

steward = Table(
    "steward",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("channel_id", ForeignKey("chat.id", ondelete="CASCADE"), nullable=False),
    Column("until", Instant, nullable=False),
)
"""A private chat in which one of a channel's admins changes the channel's settings."""

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("alert_id", RowId, nullable=False),
    Column("incident_id", RowId, nullable=False),
    Column("chat_id", RowId, nullable=False),
    Column("form", Choice(DeliveryForm), nullable=False),
    Column("state", Choice(DeliveryState), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Instant),
    Column("queued_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("sent_at", Instant),
    Column("message_id", RowId),
    Column("reason", Prose),
    Column("is_uncertain", Boolean, nullable=False),
    Column("target_id", RowId),
    Column("first_alert_id", RowId),
)
"""No foreign keys: they would want an index on every chat's whole history, whose scattered pages would cost
an alert for 10,000 of a million chats more than all else. A chat's rows are found through the incidents."""
# target_id: the delivery whose message this one changes or is told in, where that is not the incident's own.
# first_alert_id: the earliest alert that a reply tells, where several waited for it.
IS_PENDING = is_spelled(delivery.c.state, DeliveryState.PENDING)
IS_SENDING = is_spelled(delivery.c.state, DeliveryState.SENDING)
IS_MESSAGE = is_spelled(delivery.c.form, DeliveryForm.MESSAGE)
IS_FOLLOW_UP = delivery.c.form != literal(DeliveryForm.MESSAGE, delivery.c.form.type, literal_execute=True)
_is_waiting = IS_PENDING & delivery.c.not_before.is_not(None)
Index("delivery_waiting", delivery.c.not_before, sqlite_where=_is_waiting, postgresql_where=_is_waiting)
Index(
    "delivery_pending",
    delivery.c.priority,
    delivery.c.id,
    sqlite_where=IS_PENDING,
    postgresql_where=IS_PENDING,
)
_has_left = delivery.c.sent_at.is_not(None)
Index("delivery_left", delivery.c.sent_at, sqlite_where=_has_left, postgresql_where=_has_left)
Index("delivery_sending", delivery.c.chat_id, sqlite_where=IS_SENDING, postgresql_where=IS_SENDING)
Index(
    "delivery_message",
    delivery.c.incident_id,
    delivery.c.chat_id,
    unique=True,
    sqlite_where=IS_MESSAGE,
    postgresql_where=IS_MESSAGE,
)
"""One incident gives a chat one message, whatever happens."""
Index(
    "delivery_follow_up",
    delivery.c.incident_id,
    delivery.c.chat_id,
    sqlite_where=IS_FOLLOW_UP,
    postgresql_where=IS_FOLLOW_UP,
)
_is_aimed = delivery.c.target_id.is_not(None)
IS_HELD = is_spelled(delivery.c.state, DeliveryState.HELD)
Index("delivery_held", delivery.c.chat_id, sqlite_where=IS_HELD, postgresql_where=IS_HELD)
IS_DIGEST = is_spelled(delivery.c.form, DeliveryForm.DIGEST)
Index(
    "delivery_digest", delivery.c.chat_id, delivery.c.id, sqlite_where=IS_DIGEST, postgresql_where=IS_DIGEST
)
IS_ROLLUP = is_spelled(delivery.c.form, DeliveryForm.ROLLUP)
Index("delivery_target", delivery.c.target_id, sqlite_where=_is_aimed, postgresql_where=_is_aimed)
Index(
    "delivery_rollup", delivery.c.chat_id, delivery.c.id, sqlite_where=IS_ROLLUP, postgresql_where=IS_ROLLUP
)

coverage_gap = Table(
    "coverage_gap",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("theatre", String, nullable=False),
    Column("what", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("well_since", Instant),
    Column("over_at", Instant),
)

notice = Table(
    "notice",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("gap_id", ForeignKey("coverage_gap.id")),
    Column("kind", Choice(NoticeKind), nullable=False),
    Column("snapshot", Encoded(Notice), nullable=False),
    Column("cursor", RowId, nullable=False),
    Column("queued_at", Instant),
    sqlite_autoincrement=True,  # deliveries of a notice that was dropped must not become another's
)
"""A notice's deliveries have its number as `alert_id` and, lest it be an incident's, its negative besides."""

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Encoded(Any), nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("hour", Instant, primary_key=True),
    Column("name", Choice(Counted), primary_key=True),
    Column("label", String, primary_key=True),
    Column("many", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""`many` of a name and label in the hour that begins then; in the hour 0 what was before all the others."""

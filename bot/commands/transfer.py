"""/export and /import: a chat's settings as a file, and a file as a chat's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from telegram.error import TelegramError

from bot.commands.outlook import Connection, Outlook, back_to_filters, change, say_outlook
from bot.commands.screen import Attached, Screen
from bot.commands.settings_file import FORMAT, LARGEST_BYTES, SettingsFile, read_settings, write_settings
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.storage.choosing import replace_filters, replace_manner
from bot.storage.digests import rhythm_of

NAME = "trucewatch-settings.json"
_FETCH_WITHIN = timedelta(seconds=10)


async def say_export(visit: Visit) -> Screen:
    """/export: what this chat has chosen as a file."""
    text = visit.words.text("All that this chat has chosen. Send me the file, here or elsewhere, to use it.")
    return Screen(text, attached=Attached(NAME, write_settings(await _chosen(visit))))


async def say_import(visit: Visit) -> Screen:
    """/import, in reply to the file or with its text; in private chats the file alone.

    What stood before comes back as a file. Raises RefusedInput, and changes nothing, for any other file.
    """
    content = await _fetch(visit) if visit.attached else visit.text.encode("utf-8", "replace")
    if not content:
        raise RefusedInput(
            visit.words.text("Send me a file that /export made; in a group, answer it with /import.")
        )
    read = read_settings(content, visit.desk.facts, visit.desk.words)
    if read is None:
        raise RefusedInput(_say_no_file(visit))
    chosen, unknown = read
    before = await _chosen(visit)
    outlook = await _take_over(visit, chosen)
    spoken = replace(visit, words=visit.desk.words_for(chosen.language or visit.words.language))
    text = _tell(spoken, unknown, outlook)
    return Screen(text, ((back_to_filters(spoken),),), Attached(f"former-{NAME}", write_settings(before)))


async def _take_over(visit: Visit, chosen: SettingsFile) -> Outlook:
    now = visit.desk.clock.now()

    async def work(conn: Connection, chat_id: int) -> None:
        await replace_filters(conn, chat_id, chosen.filters)
        await replace_manner(
            conn,
            chat_id,
            now,
            language=chosen.language,
            style=chosen.style,
            sound=chosen.sound,
            length=chosen.length,
            rhythm=chosen.rhythm,
        )

    return await change(visit, work)


def _tell(visit: Visit, unknown: int, outlook: Outlook) -> str:
    words = visit.words
    lines = [words.text("Done: this chat is set as the file says.")]
    if unknown:
        left = words.count(
            "{n} entry is unknown here and was left out.",
            "{n} entries are unknown here and were left out.",
            unknown,
        )
        lines.append(left)
    lines.append(words.text("This file holds what stood before; send it back to undo the change."))
    return "\n".join([*lines, "", say_outlook(words, outlook)])


async def _chosen(visit: Visit) -> SettingsFile:
    chat = await visit.known_chat()
    if chat is None:
        return SettingsFile(FORMAT)
    async with visit.desk.db.reading() as conn:
        rhythm = await rhythm_of(conn, chat.id)
    filters = await visit.filters()
    return SettingsFile(FORMAT, chat.language, chat.style, chat.sound, chat.length, filters, rhythm)


async def _fetch(visit: Visit) -> bytes:
    """The file that came. Raises RefusedInput when it is too large to be one, or cannot be had."""
    file = visit.attached
    if file is None or (file.file_size or 0) > LARGEST_BYTES:
        raise RefusedInput(_say_no_file(visit))
    try:
        found = await visit.bot.get_file(file.file_id)
        return bytes(await found.download_as_bytearray(read_timeout=_FETCH_WITHIN.total_seconds()))
    except TelegramError:
        raise RefusedInput(
            visit.words.text("Telegram did not give me the file; please send it again.")
        ) from None


def _say_no_file(visit: Visit) -> str:
    return visit.words.text("This is no file that /export made, so nothing was changed.")

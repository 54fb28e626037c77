"""A chat in the terminal: Telegram played for one person, on standard input and output."""

from bot.terminal.request import (
    GREETING,
    LOCAL_CHAT_ID,
    TERMINAL_TOKEN,
    TerminalRequest,
    read_lines,
    standard_input,
)

__all__ = ["GREETING", "LOCAL_CHAT_ID", "TERMINAL_TOKEN", "TerminalRequest", "read_lines", "standard_input"]

"""Name to addresses without ever holding up the loop, the other names or the exit."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""(host, port) -> numeric addresses; raises OSError when there are none."""


async def look_up(host: str, port: int) -> list[str]:
    """Ask the system's resolver.

    Each call has a daemon thread of its own: the loop's shared threads are so few that a handful of
    hanging name servers would stop everything, and they are waited for at the exit.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def ask() -> None:
        found = _ask_system(host, port)
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits any more
            loop.call_soon_threadsafe(_hand_over, answer, found)

    threading.Thread(target=ask, name="lookup", daemon=True).start()
    return await answer


def _ask_system(host: str, port: int) -> list[str] | OSError:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:  # a label that no name server could hold
        return socket.gaierror(socket.EAI_NONAME, "not a host name")
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _hand_over(answer: asyncio.Future[list[str]], found: list[str] | OSError) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)

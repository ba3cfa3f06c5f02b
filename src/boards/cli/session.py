"""Runs one command: settings, quiet logs, a client, and the work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from boards.adapters.telemetry.logging import configure_logging
from boards.cli.remote import Client, open_client
from boards.settings import Settings, load_settings

__all__ = ["run"]

T = TypeVar("T")


def run(work: Callable[[Client, Settings], Awaitable[T]], *, server: str | None = None) -> T:
    """Open a client as the settings say, do the work with it, and close everything."""
    settings = load_settings(options={"server": server})
    # The application may run in this process, and its log lines would break into the output.
    configure_logging("debug" if settings.log_level == "debug" else "warning", settings.log_format)

    async def session() -> T:
        async with open_client(settings) as client:
            return await work(client, settings)

    return asyncio.run(session())

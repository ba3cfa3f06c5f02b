"""Serves the application until somebody stops it, and says where it is."""

import asyncio
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.loops.auto import auto_loop_factory

from boards.adapters.datadir import Hold, hold_data_dir
from boards.adapters.telemetry.logging import configure_logging
from boards.bootstrap import App, Role, asgi, open_app
from boards.cli.exits import Exit, Stop
from boards.cli.logfile import log_to
from boards.cli.naming import address_of_link
from boards.cli.server_file import announced
from boards.cli.standing import SERVER_WORK
from boards.errors import Conflict
from boards.services.accounts import NewLink
from boards.settings import Settings

__all__ = ["serve"]

DRAIN_SECONDS = 5
MOST_FILES = 65_536
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    settings: Settings,
    *,
    role: Role = Role.ALL,
    log: Path | None = None,
    start_paused: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM. Stop when the data directory or the port is taken.

    With `log`, all that this process says goes there.
    """
    stream = None if log is None else log_to(log)
    configure_logging(settings.log_level, settings.log_format, stream)
    _allow_many_streams()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_serve(settings, role, "boards down" if log else "Ctrl-C", start_paused))


def _allow_many_streams() -> None:
    """Raise the number of open files to what this machine allows: each open stream is one."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(settings: Settings, role: Role, ended_by: str, start_paused: bool) -> None:
    # A server that leaves the runs to workers shares the data directory with them.
    with _locked(settings) if role is Role.ALL else nullcontext() as hold:
        async with open_app(settings, role=role, start_paused=start_paused) as app:
            server = _Server(asgi(app), settings, hold, ended_by=ended_by)
            server.paused = [one.name for one in await app.providers.list(app.actor) if one.paused]
            server.on_stop = app.streams.tail.close
            server.first_link = await _first_link(app)
            # What is there by now stays: a full collection that looks through all of it, a quarter
            # of a million objects, holds up every request for a tenth of a second and more.
            gc.freeze()
            await server.serve_until_stopped()


async def _first_link(app: App) -> str | None:
    """The text of a link for the first administrator: empty where somebody must sign in first, None
    where there is an administrator."""
    if not await app.people.setup.needs_administrator():
        return None
    if not app.people.accounts.is_used:
        return ""
    made = await app.people.accounts.set_up(None)
    return made.text if isinstance(made, NewLink) else None


@contextmanager
def _locked(settings: Settings) -> Iterator[Hold]:
    with ExitStack() as stack:
        try:
            hold = stack.enter_context(hold_data_dir(settings.data_dir, work=SERVER_WORK))
        except Conflict as held:
            raise Stop(held.message, exit_code=Exit.LOCKED, code="locked") from held
        yield hold


@contextmanager
def _deaf() -> Iterator[None]:
    """Ignore the signals that uvicorn sends on to us once it has stopped for them: by default they
    would end this process in the middle of closing the database."""
    before = {each: signal.signal(each, lambda *_: None) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Server(uvicorn.Server):
    """uvicorn, which says in the data directory, and in its lock, where it listens."""

    def __init__(
        self, app: FastAPI, settings: Settings, hold: Hold | None, *, ended_by: str
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        self.settings = settings
        self.hold = hold
        self.on_stop: Callable[[], None] = lambda: None
        self.ended_by = ended_by
        self.paused: list[str] = []
        self.first_link: str | None = None

    async def serve_until_stopped(self) -> None:
        try:
            with _deaf():
                await self.serve()
        except SystemExit:  # how uvicorn says that it cannot listen; it has logged why
            where = f"{self.settings.host}:{self.settings.port}"
            raise Stop(
                f"{where} cannot be listened on; it may be taken. Choose another with --port, "
                "or 0 for a free one.",
                exit_code=Exit.LOCKED,
                code="address_taken",
            ) from None

    async def main_loop(self) -> None:
        address = self.address()
        listening = nullcontext() if self.hold is None else self.hold.listening(address)
        with listening, announced(self.settings.data_dir, address):
            print(f"Boards is at {address} ({self.ended_by} stops it)")
            print(f"Everything it keeps is in {self.settings.data_dir}", flush=True)
            if self.paused:
                named = ", ".join(self.paused)
                print(f"Paused: {named}. `boards providers resume` goes on with them.", flush=True)
            if self.first_link is not None:
                print(self.how_to_begin(address), flush=True)
            await super().main_loop()
            # Open streams end now; uvicorn would wait for them.
            self.on_stop()

    def how_to_begin(self, address: str) -> str:
        """How the first administrator comes in."""
        if not self.first_link:
            return (
                "Nobody administers this server yet: sign in once, then run on this machine "
                "`boards setup --email YOURS`."
            )
        url = address_of_link(self.settings, address, self.first_link)
        return f"Nobody administers this server yet: open {url} (once, within a day)."

    def address(self) -> str:
        """Where this machine reaches the server, with the port it really has."""
        port = self.servers[0].sockets[0].getsockname()[1]
        host = ANY_ADDRESS.get(self.settings.host, self.settings.host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

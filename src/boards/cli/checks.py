"""What the doctor looks at. Nothing of the user's is changed: what has to be tried out is tried in
a folder of its own that is gone afterwards.
"""

import asyncio
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from boards import __version__
from boards.adapters.providers import PROVIDERS
from boards.adapters.telemetry.logging import configure_logging
from boards.cli.exits import Stop
from boards.cli.server_file import announced_address
from boards.cli.show import size
from boards.errors import BoardsError, ConfigError
from boards.services.ports import SYSTEM, SealedKey
from boards.settings import Settings, load_settings

if TYPE_CHECKING:
    from boards.cli.remote import Client

__all__ = ["Finding", "Mark", "check_all"]

OLDEST_PYTHON = (3, 11)
TRIED = "local-noop"
TRY_SECONDS = 20.0
LITTLE_SPACE = 1_000_000_000
EXTRAS = {
    "media": (("av",), "videos, and more audio formats"),
    "speech": (("espeakng_loader",), "speech on this machine"),
    "postgres": (("asyncpg", "pgqueuer"), "PostgreSQL and several machines"),
}


class Mark(StrEnum):
    """How a finding is meant. Only a fault has to be mended."""

    OK = "ok"
    NOTE = "note"
    FAULT = "FAULT"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    mark: Mark
    about: str
    said: str


def check_all() -> list[Finding]:
    """Look at everything; a fault in the settings ends it early."""
    findings = [*_program(), *_extras()]
    try:
        settings = load_settings()
    except ConfigError as error:
        return findings + [_fault("settings", fault) for fault in error.faults]
    configure_logging("error", settings.log_format)
    findings.append(_ok("settings", "all are valid"))
    findings += _data_dir(settings)
    findings += _database(settings)
    findings += _providers(settings)
    findings += _generators(settings)
    return findings


def _ok(about: str, said: str) -> Finding:
    return Finding(mark=Mark.OK, about=about, said=said)


def _note(about: str, said: str) -> Finding:
    return Finding(mark=Mark.NOTE, about=about, said=said)


def _fault(about: str, said: str) -> Finding:
    return Finding(mark=Mark.FAULT, about=about, said=said)


def _program() -> Iterator[Finding]:
    yield _ok("boards", __version__)
    running = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= OLDEST_PYTHON:
        yield _ok("python", running)
    else:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        yield _fault("python", f"{running}; install Python {wanted} or newer")


def _extras() -> Iterator[Finding]:
    for extra, (modules, purpose) in EXTRAS.items():
        if all(find_spec(module) is not None for module in modules):
            yield _ok(extra, f"installed: {purpose}")
        else:
            line = f"pip install 'boards-studio[{extra}]'"
            yield _note(extra, f"not installed; for {purpose}: {line}")


def _data_dir(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    standing = next(one for one in (folder, *folder.parents) if one.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        yield _fault(
            "data",
            f"{folder} cannot be written to; make it writable, or name another folder in "
            "BOARDS_DATA_DIR",
        )
        return
    free = shutil.disk_usage(standing).free
    said = f"{folder} ({size(free)} free)"
    if folder.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
        said += " is a temporary folder, where what you paid for may be lost; see BOARDS_DATA_DIR"
        yield _note("data", said)
    elif free < LITTLE_SPACE:
        yield _note("data", f"{said}; that is little for pictures and videos")
    else:
        yield _ok("data", said if folder.exists() else f"{said}; it is made at the first use")
    address = settings.server or announced_address(folder)
    if address is not None:
        yield _server(settings, address)


def _server(settings: Settings, address: str) -> Finding:
    from boards.cli.remote import open_client

    async def ask() -> str:
        async with open_client(settings.model_copy(update={"server": address})) as client:
            return str((await client.health())["version"])

    try:
        return _ok("server", f"{address} runs Boards {asyncio.run(ask())}")
    except Stop as stop:
        if settings.server is None:
            return _note("server", f"{address} was left without a farewell; `boards up` starts it")
        return _fault("server", stop.message)


def _database(settings: Settings) -> Iterator[Finding]:
    from boards.adapters.db import revision
    from boards.adapters.db.urls import read_url

    try:
        url = read_url(settings.database_url)
        where = str(url.database) if url.drivername == "sqlite" else f"{url.host}/{url.database}"
        if url.drivername == "sqlite" and not Path(where).is_file():
            yield _ok("database", f"{where}; it is made at the first use")
            return
        standing = revision.current(settings.database_url)
    except BoardsError as error:
        yield _fault("database", error.message)
        return
    if standing == revision.head():
        yield _ok("database", f"{where} at revision {standing}")
    elif standing is None or standing in revision.known():
        yield _note("database", f"{where} is brought up to date at the next start")
    else:
        yield _fault(
            "database",
            f"{where} stands at {standing!r}, which this version does not know; install the newer "
            "Boards that made it",
        )


def _providers(settings: Settings) -> Iterator[Finding]:
    """Say of each provider whether there is a key, and what to do where there is none."""
    from boards.adapters.db.urls import read_url

    try:
        url = read_url(settings.database_url)
        is_there = url.drivername != "sqlite" or Path(str(url.database)).is_file()
    except BoardsError:
        is_there = False  # said where the database is looked at
    kept = asyncio.run(_kept_keys(settings)) if is_there else ()
    for provider in PROVIDERS.values():
        tenants = {one.tenant_id for one in kept if one.provider == provider.name}
        said = [f"{provider.key} is set"] if provider.key in settings.generator_api_keys else []
        if tenants:
            said.append(f"tenants with a key of their own: {len(tenants)}")
        if said:
            yield _ok(provider.name, "; ".join(said))
        else:
            how = f"set {provider.key}, or `boards keys set {provider.name}`"
            yield _note(provider.name, f"no key; {how}")
    yield from _secrets(settings, kept)


def _secrets(settings: Settings, kept: Sequence[SealedKey]) -> Iterator[Finding]:
    """Say whether the keys that are kept can be decrypted."""
    if not kept:
        return
    from boards.bootstrap.providers import sealer_of

    sealer = sealer_of(settings)
    if sealer is None:
        yield _fault("keys", "those of tenants cannot be decrypted; set BOARDS_SECRET_KEY again")
    elif lost := sum(not sealer.knows(one.secret_id) for one in kept):
        yield _fault(
            "keys",
            f"{lost} of tenants were encrypted with another BOARDS_SECRET_KEY; put that one into "
            "BOARDS_SECRET_KEY_PREVIOUS and run `boards keys rotate`, or set them anew",
        )
    elif old := sum(one.secret_id != sealer.secret_id for one in kept):
        yield _note("keys", f"{old} are encrypted with an earlier secret; run `boards keys rotate`")


async def _kept_keys(settings: Settings) -> Sequence[SealedKey]:
    """The keys of all tenants, sealed; none where the database is not there or not up to date."""
    from boards.adapters.db import revision
    from boards.adapters.db.database import connect

    try:
        if not await asyncio.to_thread(revision.is_up_to_date, settings.database_url):
            return ()
        database = await connect(settings.database_url)
    except BoardsError:
        return ()
    try:
        return await database.read(lambda tx: tx.keys.sealed(), scope=SYSTEM)
    finally:
        await database.close()


def _generators(settings: Settings) -> Iterator[Finding]:
    """Load the generators and make the smallest artifact, all in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="boards-doctor-") as folder:
        scratch = settings.model_copy(
            update={
                "data_dir": Path(folder),
                "database_url": f"sqlite:///{Path(folder, 'boards.db')}",
                "storage_config_path": None,
                "server": None,
            }
        )
        try:
            yield from asyncio.run(_try_out(scratch))
        except ConfigError as error:
            yield from (_fault("generators", fault) for fault in error.faults or (error.message,))
        except (BoardsError, Stop) as error:
            yield _fault("generators", error.message)


async def _try_out(scratch: Settings) -> list[Finding]:
    from boards.bootstrap import open_app
    from boards.cli.remote import client_of

    async with open_app(scratch) as app, client_of(app) as client:
        findings = [_note("generators", warning) for warning in app.loaded.warnings]
        found = await client.generators()
        missing = [
            _note("generators", f"{one['name']}: {one['unavailable']}")
            for one in found
            # What only lacks its provider's key was said of the provider.
            if one["unavailable"] and one["provider"] not in PROVIDERS
        ]
        ready = sum(not one["unavailable"] for one in found)
        findings += [_ok("generators", f"{ready} of {len(found)} are ready"), *missing]
        if any(one["name"] == TRIED for one in found):
            findings.append(await _try_run(client))
        return findings


async def _try_run(client: "Client") -> Finding:
    began = time.monotonic()
    submission = await client.submit(TRIED, {}, takes=1, board_id=None)
    job = await client.job(submission["job_id"], wait=TRY_SECONDS)
    if job["state"] == "done":
        return _ok("a run", f"an image was made and stored in {time.monotonic() - began:.2f} s")
    (one,) = job["generations"]
    why = one["error"]["message"] if one["error"] else f"it is still {one['status']}"
    return _fault("a run", f"{TRIED} made nothing: {why}")

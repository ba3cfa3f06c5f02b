"""The lab as a server on loopback: its providers, its files, and its own page of controls."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from boards.testing.lab import kie, replicate
from boards.testing.lab.book import Book
from boards.testing.lab.desk import ABORT, Desk, LabProvider, read_json
from boards.testing.lab.elevenlabs import ElevenLabsLab
from boards.testing.lab.fal import FalLab
from boards.testing.lab.faults import Fault, Hold, Kind, Script, Stage
from boards.testing.lab.gemini import GeminiLab
from boards.testing.lab.hooks import HookDesk
from boards.testing.lab.kie import KieLab
from boards.testing.lab.luma import LumaLab
from boards.testing.lab.openai import OpenAILab
from boards.testing.lab.replicate import ReplicateLab
from boards.testing.lab.runway import RunwayLab

__all__ = ["PROVIDERS", "Lab", "open_lab"]

HOOK_SECRETS = {"replicate": replicate.SECRET, "kie": kie.SECRET}
PROVIDERS: Sequence[type[Any]] = (
    FalLab,
    OpenAILab,
    ReplicateLab,
    GeminiLab,
    KieLab,
    ElevenLabsLab,
    RunwayLab,
    LumaLab,
)
"""The providers of the lab; a new one is one file here and one entry."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A lab that listens. `book` says what happened, `script` what goes wrong next."""

    desk: Desk
    providers: tuple[LabProvider, ...]

    @property
    def url(self) -> str:
        return self.desk.url

    @property
    def book(self) -> Book:
        return self.desk.book

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which Boards calls the lab instead of the providers."""
        found: dict[str, str] = {}
        for provider in self.providers:
            found |= provider.keys
            for name, address in provider.addresses(self.url).items():
                found[f"BOARDS_PROVIDERS__{provider.name}__{name}".upper()] = address
        found["BOARDS_WEBHOOK_SECRETS"] = json.dumps(HOOK_SECRETS)
        return found

    def fault(self, stage: Stage, kind: Kind, **more: Any) -> Fault:
        """Add a fault to the script; see `Fault` for what else it takes."""
        return self.desk.script.add(Fault(stage=stage, kind=kind, **more))

    @property
    def hooks(self) -> HookDesk:
        """What sends the webhooks."""
        return self.desk.hooks

    def hold(self, stage: Stage, kind: Kind = Kind.HOLD_AFTER, **more: Any) -> Hold:
        """Have the next request of this stage stand still; give what tells and releases it."""
        return self.fault(stage, kind, **more).hold


@asynccontextmanager
async def open_lab(
    *,
    port: int = 0,
    seconds: float = 0.0,
    book: Path | None = None,
    providers: Sequence[type[Any]] = PROVIDERS,
) -> AsyncIterator[Lab]:
    """Listen on loopback; `seconds` is how long a job takes. The book goes to the file `book`."""
    desk = Desk(book=Book(book), script=Script(), seconds=seconds)
    made = tuple(provider(desk) for provider in providers)
    lab = Lab(desk=desk, providers=made)
    listener = socket.create_server(("127.0.0.1", port))
    desk.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = _Server(
        uvicorn.Config(
            _cutting(_application(lab)),
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="boards-lab")
    try:
        await server.ready.wait()
        yield lab
    finally:
        desk.close()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        listener.close()


class _Server(uvicorn.Server):
    """uvicorn, which leaves the signals to whoever runs the lab."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _application(lab: Lab) -> Starlette:
    routes = [
        Route("/lab/book", _Controls(lab).book),
        Route("/lab/faults", _Controls(lab).add_faults, methods=["POST"]),
        Route("/lab/faults", _Controls(lab).clear_faults, methods=["DELETE"]),
        Route("/files/{provider}/{name}", lab.desk.file),
    ]
    for provider in lab.providers:
        routes += provider.routes()
    return Starlette(routes=routes)


class _Controls:
    """What other processes steer the lab by."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

    async def book(self, request: Request) -> Response:  # noqa: ARG002 - a route's signature
        return JSONResponse([asdict(entry) for entry in self._lab.book])

    async def add_faults(self, request: Request) -> Response:
        asked = (await read_json(request)).get("faults")
        try:
            faults = [_fault(each) for each in asked] if isinstance(asked, list) else []
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": repr(error)}, status_code=422)
        for fault in faults:
            self._lab.desk.script.add(fault)
        return JSONResponse({"faults": len(faults)}, status_code=201)

    async def clear_faults(self, request: Request) -> Response:  # noqa: ARG002
        self._lab.desk.script.clear()
        return Response(status_code=204)


def _fault(data: Any) -> Fault:
    given = dict(data)
    return Fault(stage=Stage(given.pop("stage")), kind=Kind(given.pop("kind")), **given)


def _cutting(app: ASGIApp) -> ASGIApp:
    """Let the script cut connections, which an ASGI application cannot do by itself."""

    async def cutting(scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn's `send` is a method of the exchange, which holds the socket.
        scope[ABORT] = getattr(send, "__self__").transport.abort  # noqa: B009
        await app(scope, receive, send)

    return cutting

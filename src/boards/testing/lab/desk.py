"""What the lab's providers share: jobs that take their time, files, the book and the script."""

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Book, Event
from boards.testing.lab.faults import FOR_JOBS, Fault, Kind, Script, Stage
from boards.testing.lab.hooks import HookDesk

__all__ = ["ABORT", "Desk", "Handler", "LabJob", "LabProvider", "Progress", "read_json"]

Handler = Callable[[Request, Fault | None], Awaitable[Response]]
"""Answers one request; the fault is one for the job, which the submit's handler heeds."""

ABORT = "boards.lab.abort"
"""Where a request's scope holds what cuts its connection."""
GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


async def cut(request: Request) -> Response:
    """Cut the connection; the answer that a route must give goes nowhere."""
    request.scope[ABORT]()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=499)


class Progress(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(kw_only=True)
class LabJob:
    """A job at one of the lab's providers. `number` counts all jobs, and colours what they make;
    `tell` sends the webhook at its end, if one was asked for."""

    provider: str
    id: str
    number: int
    endpoint: str
    body: dict[str, JsonValue]
    fault: Fault | None = None
    progress: Progress = Progress.QUEUED
    result: dict[str, JsonValue] = field(default_factory=dict)
    tell: "Callable[[LabJob], None] | None" = None

    @property
    def is_over(self) -> bool:
        return self.progress in {Progress.DONE, Progress.FAILED, Progress.CANCELLED}

    @property
    def said_id(self) -> str:
        """The id in answers after the submit's."""
        other = self.fault is not None and self.fault.kind is Kind.OTHER_ID
        return f"again-{self.id}" if other else self.id

    @property
    def is_empty(self) -> bool:
        """Whether it makes nothing, as the script says."""
        return self.fault is not None and self.fault.kind is Kind.EMPTY


class LabProvider(Protocol):
    """One provider of the lab: a file, and a class in it."""

    name: str
    keys: dict[str, str]
    """The variables that Boards needs to call it, with values that work here."""

    def addresses(self, lab_url: str) -> dict[str, str]:
        """The settings that point Boards to the lab: base_url, and upload_url where it has one."""
        ...

    def routes(self) -> Iterable[Route]:
        """What it answers, below the root of the lab."""
        ...

    def refuse(self, fault: Fault) -> Response:
        """Say a fault in the provider's own shape: AUTH, BUSY, INPUT, MODERATION, NOT_FOUND,
        QUOTA and STATUS."""
        ...


@dataclass(kw_only=True)
class Desk:
    """The state of a lab. `seconds` is how long a job takes, `url` where the lab listens;
    `documents` are those about models, by provider and model, beside the lab's own."""

    book: Book
    script: Script
    seconds: float = 0.0
    url: str = ""
    jobs: dict[tuple[str, str], LabJob] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    documents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    hooks: HookDesk = field(init=False)
    _numbers: Iterable[int] = field(default_factory=itertools.count)
    _timers: set[asyncio.TimerHandle] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.hooks = HookDesk(script=self.script)

    def endpoint(
        self, provider: LabProvider, stage: Stage, handler: Handler
    ) -> Callable[[Request], Awaitable[Response]]:
        """Make a route's endpoint of a handler: it keeps the book, and plays the script."""

        async def answer(request: Request) -> Response:
            fault = self.script.take(provider.name, stage)
            if fault is None or fault.kind in FOR_JOBS:
                return await handler(request, fault)
            return await self._faulty(provider, stage, request, handler, fault)

        return answer

    def open_job(
        self,
        provider: LabProvider,
        endpoint: str,
        body: dict[str, JsonValue],
        fault: Fault | None,
        *,
        id: str | None = None,
        tell: Callable[[LabJob], None] | None = None,
    ) -> LabJob:
        """Take a job on; it ends by itself, and is billed when it ends well."""
        job = LabJob(
            provider=provider.name,
            id=id or secrets.token_hex(16),
            number=next(iter(self._numbers)),
            endpoint=endpoint,
            body=body,
            fault=fault,
            tell=tell,
        )
        self.jobs[provider.name, job.id] = job
        self.book.write(provider.name, Event.ACCEPTED, job.id, endpoint)
        kind = fault.kind if fault else None
        seconds = fault.seconds if fault and kind is Kind.LATE else self.seconds
        if kind is not Kind.NEVER:
            self._later(seconds / 4, lambda: self._begin(job))
            self._later(seconds, lambda: self.end_job(job))
        return job

    def end_job(self, job: LabJob) -> None:
        """Let a job end now, as its fault says."""
        if job.is_over:
            return
        if job.fault is not None and job.fault.kind is Kind.FAILS:
            job.progress = Progress.FAILED
        else:
            job.progress = Progress.DONE
            self.book.write(job.provider, Event.BILLED, job.id, job.endpoint)
        if job.tell is not None:
            job.tell(job)

    def cancel_job(self, job: LabJob) -> bool:
        """Stop a job; False when it is over."""
        if job.is_over:
            return False
        job.progress = Progress.CANCELLED
        self.book.write(job.provider, Event.CANCELLED, job.id)
        return True

    async def work(self, fault: Fault | None) -> None:
        """Take the time that a job takes, for providers that answer at once."""
        late = fault is not None and fault.kind is Kind.LATE
        never = fault is not None and fault.kind is Kind.NEVER
        seconds = 3600.0 if never else fault.seconds if late and fault else self.seconds
        await asyncio.sleep(seconds)

    def keep(self, provider: str, data: bytes, mime: str) -> str:
        """Keep a file and give its address."""
        ending = mime.rpartition("/")[2].replace("mpeg", "mp3").partition(";")[0]
        name = f"{provider}/{secrets.token_hex(8)}.{ending}"
        self.files[name] = (data, mime)
        return f"{self.url}/files/{name}"

    async def file(self, request: Request) -> Response:
        """Hand a file out, as the script says."""
        name = f"{request.path_params['provider']}/{request.path_params['name']}"
        fault = self.script.take(request.path_params["provider"], Stage.FILE)
        if name not in self.files:
            return Response("no such file", status_code=404)
        if fault is not None and fault.kind is Kind.CREDENTIALS:
            self.files[name] = (media.png_with_credentials(512, 512), "image/png")
        data, mime = self.files[name]
        if fault is not None:
            bad = await _bad_file(request, fault, data, mime)
            if bad is not None:
                return bad
        self.book.write(request.path_params["provider"], Event.DOWNLOADED, name)
        return Response(data, media_type=mime)

    def close(self) -> None:
        """End all timers, and let everything go that stands still."""
        self.script.clear()
        self.hooks.close()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def _faulty(
        self,
        provider: LabProvider,
        stage: Stage,
        request: Request,
        handler: Handler,
        fault: Fault,
    ) -> Response:
        match fault.kind:
            case Kind.DROP_BEFORE:
                self.book.write(provider.name, Event.DROPPED, "", f"{stage} before")
                return await cut(request)
            case Kind.DROP_AFTER:
                await handler(request, None)
                self.book.write(provider.name, Event.DROPPED, "", f"{stage} after")
                return await cut(request)
            case Kind.HOLD_BEFORE:
                await fault.hold.stand()
                return await handler(request, None)
            case Kind.HOLD_AFTER:
                response = await handler(request, None)
                await fault.hold.stand()
                return response
            case Kind.HOLD_MIDWAY:
                return held(await handler(request, None), fault)
            case Kind.SLOW:
                await asyncio.sleep(fault.seconds / 2)
                response = await handler(request, None)
                await asyncio.sleep(fault.seconds / 2)
                return response
            case Kind.NONSENSE:
                return Response("<html>Welcome!</html>", media_type="text/html")
            case _:
                refusal = provider.refuse(fault)
                what = f"{stage} {fault.kind} {refusal.status_code}"
                self.book.write(provider.name, Event.REFUSED, "", what)
                return refusal

    def _begin(self, job: LabJob) -> None:
        if job.progress is Progress.QUEUED:
            job.progress = Progress.RUNNING

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        if seconds <= 0:
            call()
            return

        def run() -> None:
            self._timers.discard(timer)
            call()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)


async def _bad_file(request: Request, fault: Fault, data: bytes, mime: str) -> Response | None:
    """What comes in a file's place or of it, as the script says; None where nothing is wrong."""
    whole = {"content-length": str(len(data))}
    match fault.kind:
        case Kind.DROP_BEFORE | Kind.DROP_AFTER:
            return await cut(request)
        case Kind.EXPIRED | Kind.NOT_FOUND:
            return Response("this link has expired", status_code=404)
        case Kind.STATUS | Kind.BUSY | Kind.AUTH:
            return gateway(fault.status, fault)
        case Kind.WRONG_TYPE:
            return Response("<html>please log in</html>", media_type="text/html")
        case Kind.REDIRECT_LOOPBACK:
            return RedirectResponse("http://127.0.0.1:1/latest/meta-data/")
        case Kind.OVERSIZED:
            return Response(data, headers={"content-length": str(2**40)}, media_type=mime)
        case Kind.TRUNCATED:
            half = _torn(data[: len(data) // 2], request)
            return StreamingResponse(half, headers=whole, media_type=mime)
        case Kind.SLOW_DRIP:
            drip = _drip(data, fault.seconds or 1.0)
            return StreamingResponse(drip, headers=whole, media_type=mime)
        case Kind.HOLD_BEFORE | Kind.HOLD_AFTER | Kind.HOLD_MIDWAY:
            return held(Response(data, media_type=mime), fault)
        case Kind.SLOW:
            await asyncio.sleep(fault.seconds)
    return None


def gateway(status: int, fault: Fault | None = None) -> Response:
    """A gateway's own error page, which no provider has made."""
    headers = {}
    if fault is not None and fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return Response(
        GATEWAY_PAGE.format(status), status_code=status, headers=headers, media_type="text/html"
    )


def held(response: Response, fault: Fault) -> Response:
    """The same answer, half of it now and half when the hold ends."""
    body = bytes(response.body)
    headers = {**response.headers, "content-length": str(len(body))}
    at = 0 if fault.kind is not Kind.HOLD_MIDWAY else max(len(body) // 2, 1)

    async def parts() -> AsyncIterator[bytes]:
        yield body[:at]
        await fault.hold.stand()
        yield body[at:]

    return StreamingResponse(parts(), status_code=response.status_code, headers=headers)


async def read_json(request: Request) -> dict[str, JsonValue]:
    """The JSON object in a request; anything else is an empty one."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _torn(half: bytes, request: Request) -> AsyncIterator[bytes]:
    yield half
    request.scope[ABORT]()
    await asyncio.sleep(3600)


async def _drip(data: bytes, seconds: float) -> AsyncIterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]
        await asyncio.sleep(seconds)


def json_answer(
    content: JsonValue, status: int = 200, headers: dict[str, str] | None = None
) -> JSONResponse:
    """A JSON answer."""
    return JSONResponse(content, status_code=status, headers=headers)

"""The whole program over real sockets: providers call back, and an endpoint is told of the end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.bootstrap import asgi, open_app
from boards.services.submit import SubmitRequest
from boards.services.webhooks import EndpointAsked
from boards.settings import load_settings
from boards.testing.lab import open_lab
from tests.events.serving import Server
from tests.providers.hooked import HOOKED
from tests.services.studio import WAIT, eventually

pytestmark = pytest.mark.slow


@asynccontextmanager
async def served(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """Serve at a socket that is open already: its address has to be known before."""
    server = Server(app, at_stop=lambda: None)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    await eventually(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        async with asyncio.timeout(WAIT):
            await task


def listen() -> tuple[socket.socket, str]:
    listening = socket.create_server(("127.0.0.1", 0))
    return listening, f"127.0.0.1:{listening.getsockname()[1]}"


async def test_providers_call_back_and_the_end_is_told_on(tmp_path: Path) -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    async def take(request: Request) -> Response:
        got.append((dict(request.headers), await request.body()))
        return Response(status_code=204)

    receiver = Starlette(routes=[Route("/in", take, methods=["POST"])])
    at_boards, boards = listen()
    at_receiver, there = listen()
    async with open_lab(seconds=0.4) as lab:
        settings = load_settings(
            {
                "HOME": str(tmp_path),
                "BOARDS_DATA_DIR": str(tmp_path / "data"),
                "BOARDS_PUBLIC_URL": f"http://{boards}",
                "BOARDS_SECRET_KEY": "s" * 40,
                "BOARDS_WEBHOOK_PRIVATE_HOSTS": there,
                **lab.environment,
            },
            cwd=tmp_path,
        )
        async with (
            open_app(settings) as app,
            served(asgi(app), at_boards),
            served(receiver, at_receiver),
        ):
            new = await app.webhooks.create(app.actor, EndpointAsked(url=f"http://{there}/in"))
            jobs = []
            for sample in HOOKED:
                # It looks once, and then only when it is called.
                generator = app.registry.get(sample.generator)
                generator.poll_every = 600.0  # type: ignore[union-attr]
                asked = SubmitRequest(generator=sample.generator, inputs=sample.inputs)
                jobs.append((await app.submit.submit(app.actor, asked)).job.id)
            for job_id in jobs:
                view = await app.jobs.wait(app.actor, job_id, WAIT)
                assert view.state.value == "done", view.generations[0].message
            await lab.hooks.told()
            assert [one.status for one in lab.hooks.sent] == [200] * len(HOOKED)
            await eventually(lambda: len(got) == len(HOOKED))

    messages = [Webhook(new.secret).verify(body, headers) for headers, body in got]
    assert {one["data"]["job_id"] for one in messages} == {str(one) for one in jobs}
    assert {one["type"] for one in messages} == {"job.done"}
    assert lab.book.accepted == lab.book.billed == len(HOOKED)

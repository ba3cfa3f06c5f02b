"""The client behind every command: it speaks REST to a server, or to the application in this
process when there is no server. So there is one way in, whichever it is.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

import httpx2

from boards.adapters.datadir import hold_data_dir
from boards.cli.answers import (
    AttentionJson,
    BoardJson,
    CheckedJson,
    DeliveryJson,
    EndpointJson,
    EstimateJson,
    GenerationJson,
    GeneratorJson,
    JobJson,
    KeyJson,
    LineageJson,
    NewEndpointJson,
    ProviderJson,
    RotatedJson,
    SubmissionJson,
)
from boards.cli.exits import EXITS, Exit, Stop
from boards.cli.server_file import announced_address
from boards.errors import Conflict, NotFound, Problem
from boards.ids import new_id
from boards.settings import Settings

if TYPE_CHECKING:
    from boards.bootstrap import App

__all__ = ["Client", "client_of", "open_client", "stop_of_answer", "version_at"]

API = "/api/v1"
EMBEDDED = "http://127.0.0.1"
ANSWER_SECONDS = 60.0
FIND_SECONDS = 2.0
UPLOAD_SECONDS = 600.0
"""The server looks into a file before it answers, which takes its time for a long video."""
PAGE = 200
ATTEMPTS = 3
"""How often a submit is sent, always under one idempotency key."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """Speaks REST. `address` is None when the application runs in this process.

    Every method raises `Stop` when the answer is a problem, or when none comes.
    """

    http: httpx2.AsyncClient
    address: str | None
    locate: Callable[[str], Awaitable[Path | None]]

    async def generators(self, artifact_type: str | None = None) -> list[GeneratorJson]:
        """List the generators."""
        asked = {"type": artifact_type} if artifact_type else {}
        return _list(await self._get("/generators", asked), "items")

    async def generator(self, name: str) -> GeneratorJson:
        """Get one generator by its name."""
        found: GeneratorJson = await self._get(f"/generators/{_segment(name)}")
        return found

    async def estimate(
        self,
        generator: str,
        inputs: Mapping[str, object],
        *,
        takes: int,
        board_id: str | None,
        force: bool = False,
        allow_unpriced: bool = False,
    ) -> EstimateJson:
        """Tell what it would cost, and what the budgets would say; spends nothing."""
        body = {
            "generator": generator,
            "inputs": inputs,
            "takes": takes,
            "board_id": board_id,
            "force": force,
            "allow_unpriced": allow_unpriced,
        }
        found: EstimateJson = await self._post("/estimate", body)
        return found

    async def call(
        self,
        method: str,
        path: str,
        *,
        asked: Mapping[str, str | None] | None = None,
        body: object = None,
        seconds: float | None = None,
    ) -> Any:
        """Make any other request below the API's path; gives what the answer holds.

        `seconds` is how long that may take, where it may take long.
        """
        query = {name: value for name, value in (asked or {}).items() if value is not None}
        content: dict[str, Any] = {} if body is None else {"json": body}
        if seconds is not None:
            content["timeout"] = seconds
        return await self._send(method, f"{API}{path}", params=query, **content)

    async def text(self, path: str, asked: Mapping[str, str | None]) -> str:
        """Get what is no JSON, such as a table for spreadsheets."""
        query = {name: value for name, value in asked.items() if value is not None}
        answer = await self.http.get(f"{API}{path}", params=query)
        if not answer.is_success:
            raise stop_of_answer(answer)
        return answer.text

    async def pages(self, path: str, asked: Mapping[str, str | None], *, limit: int) -> list[Any]:
        """Get so many things of a list, by as many requests as it takes."""
        return await self._pages(path, asked, limit)

    async def submit(
        self,
        generator: str,
        inputs: Mapping[str, object],
        *,
        takes: int,
        board_id: str | None,
        force: bool = False,
        allow_unpriced: bool = False,
        key: str | None = None,
    ) -> SubmissionJson:
        """Have it made; this spends. A lost answer is asked for again under the same idempotency
        key, which makes nothing twice."""
        body = {
            "generator": generator,
            "inputs": inputs,
            "takes": takes,
            "board_id": board_id,
            "force": force,
            "allow_unpriced": allow_unpriced,
        }
        submission: SubmissionJson = await self.spend("/generations", body, key=key)
        return submission

    async def spend(self, path: str, body: Mapping[str, object], *, key: str | None = None) -> Any:
        """Ask for what spends. A lost answer is asked for again under the same idempotency key,
        which makes nothing twice."""
        key = key or str(new_id())
        lost = None
        for _ in range(ATTEMPTS):
            try:
                submission = await self._post(path, body, key=key)
            except Stop as stop:
                # Once an answer was lost, a server that is gone does not make it unsent.
                if stop.code != "no_answer" and not (lost and stop.code == "unreachable"):
                    raise
                lost = stop
            else:
                return submission
        raise Stop(
            "The answer to the submit was lost, so it may be under way and may cost. Send it again "
            f"with --idempotency-key {key}: that makes nothing twice.",
            exit_code=Exit.ATTENTION,
            code="submit_unknown",
        ) from lost

    async def job(self, job_id: str, *, wait: float = 0.0) -> JobJson:
        """Get a job, at the latest after `wait` seconds, earlier when it has ended."""
        asked = {"wait": f"{wait:g}"} if wait else {}
        found: JobJson = await self._get(f"/jobs/{_segment(job_id)}", asked)
        return found

    async def cancel_job(self, job_id: str) -> JobJson:
        """Cancel what of a job has not ended."""
        job: JobJson = await self._post(f"/jobs/{_segment(job_id)}/cancel")
        return job

    async def generations(
        self,
        *,
        board_id: str | None = None,
        artifact_type: str | None = None,
        status: str | None = None,
        needs_attention: bool | None = None,
        limit: int,
    ) -> list[GenerationJson]:
        """List generations, newest first."""
        asked = {
            "board_id": board_id,
            "type": artifact_type,
            "status": status,
            "needs_attention": None if needs_attention is None else str(needs_attention).lower(),
        }
        return await self._pages("/generations", asked, limit)

    async def generation(self, generation_id: str) -> GenerationJson:
        """Get one generation."""
        found: GenerationJson = await self._get(f"/generations/{_segment(generation_id)}")
        return found

    async def cancel(self, generation_id: str) -> GenerationJson:
        """Cancel one generation."""
        path = f"/generations/{_segment(generation_id)}/cancel"
        generation: GenerationJson = await self._post(path)
        return generation

    async def attention(self, *, limit: int) -> list[AttentionJson]:
        """List what waits for a decision, newest first."""
        return await self._pages("/attention", {}, limit)

    async def check(self, generation_id: str) -> CheckedJson:
        """Ask the provider what became of a generation; spends nothing."""
        checked: CheckedJson = await self._post(f"/generations/{_segment(generation_id)}/check")
        return checked

    async def lineage(self, generation_id: str) -> LineageJson:
        """Get what a generation was made from, and what was made from it."""
        found: LineageJson = await self._get(f"/generations/{_segment(generation_id)}/lineage")
        return found

    async def recipe(self, generation_id: str) -> dict[str, Any]:
        """Get how an output was made."""
        found: dict[str, Any] = await self._get(f"/generations/{_segment(generation_id)}/recipe")
        return found

    async def upload(
        self, file: Path, *, board_id: str | None, parent_id: str | None = None
    ) -> GenerationJson:
        """Upload a file; it becomes a generation."""
        said = {"board_id": board_id, "parent_id": parent_id}
        fields = {name: text for name, text in said.items() if text}
        try:
            with file.open("rb") as opened:
                answer = await self._send(
                    "POST",
                    f"{API}/uploads",
                    data=fields,
                    files={"file": (file.name, opened)},
                    timeout=UPLOAD_SECONDS,
                )
        except OSError as error:
            raise Stop(
                f"{str(file)!r} cannot be read: {error.strerror}.", exit_code=Exit.USAGE
            ) from error
        generation: GenerationJson = answer
        return generation

    async def send_files(
        self,
        path: str,
        files: Sequence[Path],
        *,
        field: str = "file",
        said: Mapping[str, str] | None = None,
    ) -> Any:
        """Upload files to any other place, with what is said about them."""
        try:
            with ExitStack() as stack:
                opened = [
                    (field, (file.name, stack.enter_context(file.open("rb")))) for file in files
                ]
                return await self._send(
                    "POST",
                    f"{API}{path}",
                    data=dict(said or {}),
                    files=opened,
                    timeout=UPLOAD_SECONDS,
                )
        except OSError as error:
            raise Stop(
                f"{error.filename!r} cannot be read: {error.strerror}.", exit_code=Exit.USAGE
            ) from error

    async def bytes_of(self, path: str) -> bytes:
        """Get a file that the server makes or keeps, whole."""
        answer = await self.answer("GET", f"{API}{path}", timeout=UPLOAD_SECONDS)
        if not answer.is_success:
            raise stop_of_answer(answer)
        return answer.content

    async def boards(self, *, limit: int = PAGE) -> list[BoardJson]:
        """List boards, the last changed first."""
        return await self._pages("/boards", {}, limit)

    async def create_board(self, title: str, *, description: str | None = None) -> BoardJson:
        """Make a board."""
        board: BoardJson = await self._post("/boards", {"title": title, "description": description})
        return board

    async def keys(self) -> list[KeyJson]:
        """List the tenant's own keys of providers, without the keys."""
        return _list(await self._get("/keys"), "items")

    async def set_key(self, provider: str, key: str) -> KeyJson:
        """Set the key of a provider."""
        path = f"{API}/keys/{_segment(provider)}"
        shown: KeyJson = await self._send("PUT", path, json={"key": key})
        return shown

    async def remove_key(self, provider: str) -> None:
        """Forget the key of a provider."""
        await self._send("DELETE", f"{API}/keys/{_segment(provider)}")

    async def endpoints(self) -> list[EndpointJson]:
        """List who is told when jobs end."""
        return await self._pages("/webhook-endpoints", {}, PAGE)

    async def create_endpoint(self, body: Mapping[str, object]) -> NewEndpointJson:
        """Have an address told; its secret is in the answer."""
        made: NewEndpointJson = await self._post("/webhook-endpoints", body)
        return made

    async def update_endpoint(self, endpoint: str, body: Mapping[str, object]) -> EndpointJson:
        """Change an endpoint."""
        path = f"{API}/webhook-endpoints/{_segment(endpoint)}"
        changed: EndpointJson = await self._send("PATCH", path, json=body)
        return changed

    async def delete_endpoint(self, endpoint: str) -> None:
        """Delete an endpoint with its log."""
        await self._send("DELETE", f"{API}/webhook-endpoints/{_segment(endpoint)}")

    async def rotate_secret(self, endpoint: str) -> NewEndpointJson:
        """Make a new secret of an endpoint."""
        path = f"/webhook-endpoints/{_segment(endpoint)}/rotate-secret"
        made: NewEndpointJson = await self._post(path)
        return made

    async def test_endpoint(self, endpoint: str) -> DeliveryJson:
        """Send a test message now."""
        path = f"/webhook-endpoints/{_segment(endpoint)}/test"
        delivery: DeliveryJson = await self._post(path)
        return delivery

    async def deliveries(self, endpoint: str, *, limit: int) -> list[DeliveryJson]:
        """List what an endpoint was told, the newest first."""
        path = f"/webhook-endpoints/{_segment(endpoint)}/deliveries"
        return await self._pages(path, {}, limit)

    async def redeliver(self, endpoint: str, delivery: str) -> DeliveryJson:
        """Send a message again now."""
        path = f"/webhook-endpoints/{_segment(endpoint)}/deliveries/{_segment(delivery)}/redeliver"
        sent: DeliveryJson = await self._post(path)
        return sent

    async def rotate_keys(self) -> RotatedJson:
        """Encrypt the keys of all tenants anew."""
        done: RotatedJson = await self._post("/key-rotation")
        return done

    async def providers(self) -> list[ProviderJson]:
        """List the providers and how they stand."""
        return _list(await self._get("/providers"), "items")

    async def pause_provider(self, name: str, *, paused: bool) -> list[ProviderJson]:
        """Pause a provider or resume it, `*` for all; gives how they stand then."""
        what = "pause" if paused else "resume"
        return _list(await self._post(f"/providers/{_segment(name)}/{what}"), "items")

    async def download(self, generation_id: str, target: Path) -> None:
        """Write the output of a generation to a file.

        It is asked for by id: the token must not follow the address in an answer elsewhere.
        """
        url = f"{API}/generations/{_segment(generation_id)}/content"
        part = target.with_name(f"{target.name}.part")
        async with self.http.stream("GET", url) as answer:
            if answer.is_error:
                await answer.aread()
                raise stop_of_answer(answer)
            with part.open("wb") as opened:
                async for chunk in answer.aiter_bytes():
                    opened.write(chunk)
        part.replace(target)

    async def health(self) -> dict[str, Any]:
        """Ask whether the server is up."""
        found: dict[str, Any] = await self._send("GET", "/health")
        return found

    async def _pages(self, path: str, asked: Mapping[str, str | None], limit: int) -> list[Any]:
        items: list[Any] = []
        cursor: str | None = None
        while len(items) < limit:
            size = str(min(PAGE, limit - len(items)))
            page = await self._get(path, {**asked, "limit": size, "cursor": cursor})
            items += _list(page, "items")
            cursor = page["next"]
            if cursor is None:
                break
        return items

    async def _get(self, path: str, asked: Mapping[str, str | None] | None = None) -> Any:
        query = {name: value for name, value in (asked or {}).items() if value is not None}
        return await self._send("GET", f"{API}{path}", params=query)

    async def _post(
        self, path: str, body: Mapping[str, object] | None = None, *, key: str | None = None
    ) -> Any:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self._send("POST", f"{API}{path}", json=body, headers=headers)

    async def answer(self, method: str, path: str, **content: Any) -> httpx2.Response:
        """Make a request and give whatever the server answers; `Stop` only where it does not."""
        try:
            return await self.http.request(method, path, **content)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Stop(
                f"No server answers at {self.address}. Start one with `boards up`, or correct "
                "--server or BOARDS_SERVER.",
                exit_code=Exit.UNREACHABLE,
                code="unreachable",
            ) from error
        except httpx2.TransportError as error:
            raise Stop(
                f"The server at {self.address} gave no answer ({type(error).__name__}).",
                exit_code=Exit.UNREACHABLE,
                code="no_answer",
            ) from error

    async def _send(self, method: str, path: str, **content: Any) -> Any:
        answer = await self.answer(method, path, **content)
        if not answer.is_success:
            raise stop_of_answer(answer)
        if answer.status_code == 204:
            return None
        try:
            return answer.json()
        except ValueError:
            raise _no_boards(answer) from None


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """Connect to the server that is named, or that runs on the data directory; else be one."""
    address = settings.server or await _running(settings.data_dir)
    if address is None:
        async with _embedded(settings) as client:
            yield client
        return
    headers = {}
    if settings.api_token is not None:
        headers["Authorization"] = f"Bearer {settings.api_token.get_secret_value()}"
    async with _http(address, headers=headers) as http:
        yield Client(http=http, address=address, locate=_nowhere)


def _http(
    address: str,
    *,
    headers: Mapping[str, str] | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    seconds: float = ANSWER_SECONDS,
) -> httpx2.AsyncClient:
    """A client that follows nobody and trusts no proxy, so that the token goes to one place."""
    return httpx2.AsyncClient(
        base_url=address,
        headers=headers,
        transport=transport,
        timeout=seconds,
        trust_env=False,
        follow_redirects=False,
    )


async def _running(data_dir: Path) -> str | None:
    """Give the address of the server that runs on the data directory, if one does."""
    address = announced_address(data_dir)
    return address if address is not None and await version_at(address) is not None else None


async def version_at(address: str) -> str | None:
    """Ask for the version of the server at an address; None when no Boards answers there."""
    try:
        async with _http(address, seconds=FIND_SECONDS) as http:
            answer = (await http.get("/health")).json()
            return str(answer.get("version")) if answer.get("status") == "ok" else None
    except (httpx2.HTTPError, ValueError, AttributeError):
        return None  # it died, and something else or nothing has its port


@asynccontextmanager
async def client_of(app: "App") -> AsyncIterator[Client]:
    """Speak to an application in this process, by the same requests as to a server."""
    from boards.bootstrap import asgi

    transport = httpx2.ASGITransport(asgi(app, is_own=True), raise_app_exceptions=False)
    async with _http(EMBEDDED, transport=transport) as http:
        yield Client(http=http, address=None, locate=_locator(app))


@asynccontextmanager
async def _embedded(settings: Settings) -> AsyncIterator[Client]:
    from boards.bootstrap import Role, has_workers, open_app

    # A command asks providers what it was told to ask, and nothing beside it.
    settings = settings.model_copy(update={"reconcile_seconds": 0.0})
    async with AsyncExitStack() as stack:
        if has_workers(settings):
            # A command is no worker: what it took on would end with it.
            app = await stack.enter_async_context(open_app(settings, role=Role.API))
            yield await stack.enter_async_context(client_of(app))
            return
        try:
            stack.enter_context(hold_data_dir(settings.data_dir))
        except Conflict as held:
            raise Stop(
                f"{held.message} Or start `boards up`, to which any number of commands can talk.",
                exit_code=Exit.LOCKED,
                code="locked",
            ) from held
        app = await stack.enter_async_context(open_app(settings))
        yield await stack.enter_async_context(client_of(app))


def _locator(app: "App") -> Callable[[str], Awaitable[Path | None]]:
    async def locate(generation_id: str) -> Path | None:
        try:
            _, file = await app.generations.content(app.actor, UUID(generation_id))
        except NotFound:
            return None
        return app.storage.local_path(file.key)

    return locate


async def _nowhere(_: str) -> Path | None:
    return None


def stop_of_answer(answer: httpx2.Response) -> Stop:
    """Read what a problem says; anything else is no server of ours."""
    try:
        problem = answer.json()
        code, detail = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return _no_boards(answer)
    known = EXITS.get(code)
    fallback = Exit.BROKEN if answer.is_server_error else Exit.REFUSED
    if code == "unauthenticated":
        detail += " Set BOARDS_API_TOKEN."
    return Stop(
        detail,
        exit_code=fallback if known is None else known,
        code=code,
        problems=[
            Problem(at=one["at"], message=one["message"]) for one in problem.get("problems", [])
        ],
        more={
            name: value
            for name, value in problem.items()
            if name not in {"type", "title", "detail", "code", "problems"}
        },
    )


def _no_boards(answer: httpx2.Response) -> Stop:
    where = answer.request.url.copy_with(path="/", query=None)
    return Stop(
        f"What answers at {where} is no Boards server (HTTP {answer.status_code}). Correct "
        "--server or BOARDS_SERVER.",
        exit_code=Exit.UNREACHABLE,
        code="no_boards",
    )


def _segment(name: str) -> str:
    return quote(name, safe="")


def _list(answer: Any, key: str) -> list[Any]:
    items: list[Any] = answer[key]
    return items

"""The client for programs of asyncio: the same calls, to be awaited."""

from asyncio import sleep
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Literal, TypeVar

import httpx2

from boards.client import flows, operations
from boards.client.answers import (
    ArtifactType,
    AttentionItem,
    Board,
    Checked,
    Estimate,
    Generation,
    Generator,
    Job,
    Json,
    Lineage,
    Status,
    Submission,
)
from boards.client.curating_async import AsyncCuration
from boards.client.download import Download, demand_whole
from boards.client.errors import ClientError, Misused
from boards.client.exchange import DEFAULT_SERVER, Address, fault_of, problem_of, result_of
from boards.client.flows import Flow, Pause
from boards.client.operations import ANSWER_SECONDS, Operation, Page, page_size
from boards.client.sending import (
    BoardLike,
    FileLike,
    GenerationLike,
    JobLike,
    Request,
    filters_of,
    opened,
    request_of,
    upload_fields,
)
from boards.client.stream import Message, Stream
from boards.ids import new_id

__all__ = ["AsyncBoards"]

T = TypeVar("T")


class AsyncBoards(AsyncCuration):
    """A server of Boards. Use it in an `async with` block, or `close()` it.

    `token` is an API token, `tenant` the slug of the tenant to act in where you are a member of
    several, and `timeout` how many seconds an answer may take. A `transport` of httpx2 stands in
    for the network, in tests or where a proxy is needed. Every method raises a `ClientError`.
    """

    def __init__(
        self,
        server: str = DEFAULT_SERVER,
        *,
        token: str | None = None,
        tenant: str | None = None,
        timeout: float = ANSWER_SECONDS,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._address = Address(server=server, token=token, tenant=tenant, timeout=timeout)
        self._http = httpx2.AsyncClient(transport=transport, **self._address.settings())

    def __repr__(self) -> str:
        return f"AsyncBoards({self._address.server!r})"

    async def __aenter__(self) -> "AsyncBoards":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def generators(self, artifact_type: ArtifactType | None = None) -> tuple[Generator, ...]:
        """List the generators, or those that make one type."""
        return await self._send(operations.generators(artifact_type))

    async def generator(self, name: str) -> Generator:
        """Get one generator by name or alias."""
        return await self._send(operations.generator(name))

    async def schema(self, name: str) -> Mapping[str, Json]:
        """Get the JSON Schema of a generator's inputs."""
        return (await self.generator(name)).input_schema

    async def estimate(
        self,
        what: Request | str,
        inputs: Mapping[str, object] | None = None,
        *,
        takes: int = 1,
        board: BoardLike | None = None,
        allow_unpriced: bool = False,
        force: bool = False,
    ) -> Estimate:
        """Tell what it would cost, and what the budgets say to it. Spends nothing."""
        body = operations.body_of(
            request_of(what, inputs),
            takes=takes,
            board=board,
            allow_unpriced=allow_unpriced,
            force=force,
        )
        return await self._send(operations.estimate([body]))

    async def estimate_plan(
        self, requests: list[Request], *, board: BoardLike | None = None
    ) -> Estimate:
        """Tell what several requests would cost together. Spends nothing."""
        if not requests:
            raise Misused("A plan has at least one request.")
        bodies = [operations.body_of(one, board=board) for one in requests]
        return await self._send(operations.estimate(bodies))

    async def submit(
        self,
        what: Request | str,
        inputs: Mapping[str, object] | None = None,
        *,
        takes: int = 1,
        board: BoardLike | None = None,
        allow_unpriced: bool = False,
        force: bool = False,
        priority: int = 0,
        idempotency_key: str | None = None,
    ) -> Submission:
        """Have it made, and do not wait for it. This spends what the estimate says.

        A lost answer is asked for again under the same idempotency key, by default one of this
        call's own, which makes nothing twice. SubmitUnknown when it is lost each time.
        """
        body = operations.body_of(
            request_of(what, inputs),
            takes=takes,
            board=board,
            allow_unpriced=allow_unpriced,
            force=force,
            priority=priority,
        )
        return await self._drive(flows.submit(body, idempotency_key or str(new_id())))

    async def generate(
        self,
        what: Request | str,
        inputs: Mapping[str, object] | None = None,
        *,
        takes: int = 1,
        board: BoardLike | None = None,
        allow_unpriced: bool = False,
        force: bool = False,
        priority: int = 0,
        idempotency_key: str | None = None,
        wait: float | None = None,
    ) -> Job:
        """Have it made, and wait until it is done, at most `wait` seconds. This spends.

        As `submit`, and then as `wait`; a job that is not done raises JobFailed, NeedsAttention or
        StillRunning. What was asked for goes on all the same; `error.job` has its id.
        """
        body = operations.body_of(
            request_of(what, inputs),
            takes=takes,
            board=board,
            allow_unpriced=allow_unpriced,
            force=force,
            priority=priority,
        )
        key = idempotency_key or str(new_id())
        return await self._drive(flows.generate(body, key, wait, monotonic))

    def jobs(
        self, *, board: BoardLike | None = None, limit: int | None = None
    ) -> AsyncIterator[Job]:
        """Go through the jobs, newest first."""
        return self._pages(lambda cursor, size: operations.jobs(board, cursor, size), limit)

    async def job(self, job: JobLike) -> Job:
        """Get a job as it stands."""
        return await self._send(operations.job(job, 0.0))

    async def wait(self, job: JobLike, timeout: float | None = None) -> Job:
        """Wait until a job has ended or needs a decision, at most `timeout` seconds.

        Gives the job as it stands then, whatever has become of it.
        """
        return await self._drive(flows.wait(job, timeout, monotonic))

    async def cancel_job(self, job: JobLike) -> Job:
        """Cancel what of a job has not ended."""
        return await self._send(operations.cancel_job(job))

    def generations(
        self,
        *,
        board: BoardLike | None = None,
        artifact_type: ArtifactType | None = None,
        status: Status | None = None,
        generator: str | None = None,
        needs_attention: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Generation]:
        """Go through the generations, newest first, asking for further parts as it goes."""
        asked = filters_of(board, artifact_type, status, generator, needs_attention)
        return self._pages(lambda cursor, size: operations.generations(asked, cursor, size), limit)

    def search(
        self,
        words: str,
        *,
        board: BoardLike | None = None,
        artifact_type: ArtifactType | None = None,
        status: Status | None = None,
        generator: str | None = None,
        tag: str | None = None,
        order: Literal["relevance", "newest", "oldest", "cost"] = "relevance",
        limit: int | None = None,
    ) -> AsyncIterator[Generation]:
        """Go through what has these words in its prompt, names, tags or notes. `tag` is a slug."""
        plain = filters_of(board, artifact_type, status, generator, None)
        asked = {**plain, "q": words, "tag": tag, "order": order}
        return self._pages(lambda cursor, size: operations.search(asked, cursor, size), limit)

    async def generation(self, generation: GenerationLike) -> Generation:
        """Get one generation."""
        return await self._send(operations.generation(generation))

    async def cancel(self, generation: GenerationLike) -> Generation:
        """Cancel one generation."""
        return await self._send(operations.cancel(generation))

    async def delete(self, generation: GenerationLike) -> None:
        """Delete a generation that has ended."""
        await self._send(operations.delete(generation))

    async def lineage(self, generation: GenerationLike, *, max_depth: int = 25) -> Lineage:
        """Get what a generation was made from, and what was made from it."""
        return await self._send(operations.lineage(generation, max_depth))

    async def recipe(self, generation: GenerationLike) -> Mapping[str, Json]:
        """Get how an output was made."""
        return await self._send(operations.recipe(generation))

    async def content(self, generation: GenerationLike, *, extra: int | None = None) -> bytes:
        """Get the bytes of the output, or of an extra file by its place."""
        async with self._stream(operations.content(generation, extra)) as answer:
            return demand_whole(await answer.aread(), answer.headers.get("etag"))

    async def download(
        self,
        generation: GenerationLike,
        to: Path | str,
        *,
        extra: int | None = None,
        with_recipe: bool = False,
    ) -> Path:
        """Write the output, or an extra file, to a file; it is whole or not there.

        `with_recipe`: the output says how it was made, where its format has a place for that.
        """
        target = Path(to)
        asked = operations.content(generation, extra, with_recipe=with_recipe)
        async with self._stream(asked) as answer:
            with Download(target, answer.headers.get("etag")) as download:
                async for chunk in answer.aiter_bytes():
                    download.write(chunk)
        return target

    async def upload(
        self,
        file: FileLike,
        *,
        filename: str | None = None,
        artifact_type: ArtifactType | None = None,
        board: BoardLike | None = None,
        parent: GenerationLike | None = None,
    ) -> Generation:
        """Upload a file, by path, bytes or open; it becomes a generation."""
        fields = upload_fields(artifact_type, board, parent)
        with opened(file, filename=filename, fields=fields) as sent:
            return await self._send(operations.upload(sent))

    def boards(self, *, limit: int | None = None) -> AsyncIterator[Board]:
        """Go through your boards, the last changed first."""
        return self._pages(operations.boards, limit)

    async def board(self, board: BoardLike) -> Board:
        """Get one board."""
        return await self._send(operations.board(board))

    async def create_board(
        self, title: str, *, description: str | None = None, is_public: bool = False
    ) -> Board:
        """Make a board."""
        return await self._send(operations.create_board(title, description, is_public=is_public))

    def attention(self, *, limit: int | None = None) -> AsyncIterator[AttentionItem]:
        """Go through what waits for a decision that you may make, newest first."""
        return self._pages(operations.attention, limit)

    async def check(self, generation: GenerationLike) -> Checked:
        """Ask the provider what became of a generation. Spends nothing."""
        return await self._send(operations.check(generation))

    async def mark_lost(self, generation: GenerationLike) -> Generation:
        """Give a generation up; its cost counts as spent, at the estimate."""
        return await self._send(operations.mark_lost(generation))

    async def release_hold(self, generation: GenerationLike) -> Generation:
        """Say that a generation was not billed; what was held for it is free again."""
        return await self._send(operations.release_hold(generation))

    async def events(
        self,
        *,
        job: JobLike | None = None,
        board: BoardLike | None = None,
        last_id: int | None = None,
    ) -> AsyncGenerator[Message, None]:
        """Follow a job up to its end, a board, or everything on your boards.

        A broken connection is opened again where it broke. `last_id` is the `id` of the last
        message of an earlier stream. Close the iterator, or leave its loop, to stop.
        """
        stream = Stream(job, board, last_id)
        while not stream.has_ended:
            try:
                async with self._stream(stream.operation()) as answer:
                    if answer.status_code == 204:
                        return
                    async for chunk in answer.aiter_bytes():
                        for message in stream.feed(chunk):
                            yield message
            except ClientError as error:
                pause = stream.lost(error)
            else:
                pause = stream.lost()
            await sleep(pause)

    async def _send(self, operation: Operation[T]) -> T:
        sent = self._address.sent(operation)
        try:
            answer = await self._http.request(operation.verb, operation.path, **sent)
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise fault_of(error, self._address) from error
        return result_of(operation, answer)

    async def _drive(self, flow: Flow[T]) -> T:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Pause):
                    await sleep(step.seconds)
                    step = flow.send(None)
                    continue
                try:
                    answer = await self._send(step)
                except ClientError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _pages(
        self, part: Callable[[str | None, int], Operation[Page[T]]], limit: int | None
    ) -> AsyncIterator[T]:
        cursor, left = None, limit
        while left is None or left > 0:
            page = await self._send(part(cursor, page_size(left)))
            for item in page.items:
                yield item
            cursor = page.next
            if cursor is None:
                return
            left = None if left is None else left - len(page.items)

    @asynccontextmanager
    async def _stream(self, operation: Operation[None]) -> AsyncIterator[httpx2.Response]:
        try:
            async with self._http.stream(
                operation.verb, operation.path, **self._address.sent(operation)
            ) as answer:
                if not answer.is_success:
                    await answer.aread()
                    raise problem_of(answer)
                yield answer
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise fault_of(error, self._address) from error

"""The client for programs that wait: every call blocks until the answer is there."""

from collections import abc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
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
from boards.client.curating_sync import Curation
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

__all__ = ["Boards"]

T = TypeVar("T")


class Boards(Curation):
    """A server of Boards. Use it in a `with` block, or `close()` it.

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
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._address = Address(server=server, token=token, tenant=tenant, timeout=timeout)
        self._http = httpx2.Client(transport=transport, **self._address.settings())

    def __repr__(self) -> str:
        return f"Boards({self._address.server!r})"

    def __enter__(self) -> "Boards":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def generators(self, artifact_type: ArtifactType | None = None) -> tuple[Generator, ...]:
        """List the generators, or those that make one type."""
        return self._send(operations.generators(artifact_type))

    def generator(self, name: str) -> Generator:
        """Get one generator by name or alias."""
        return self._send(operations.generator(name))

    def schema(self, name: str) -> Mapping[str, Json]:
        """Get the JSON Schema of a generator's inputs."""
        return self.generator(name).input_schema

    def estimate(
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
        return self._send(operations.estimate([body]))

    def estimate_plan(self, requests: list[Request], *, board: BoardLike | None = None) -> Estimate:
        """Tell what several requests would cost together. Spends nothing."""
        if not requests:
            raise Misused("A plan has at least one request.")
        bodies = [operations.body_of(one, board=board) for one in requests]
        return self._send(operations.estimate(bodies))

    def submit(
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
        return self._drive(flows.submit(body, idempotency_key or str(new_id())))

    def generate(
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
        return self._drive(flows.generate(body, key, wait, monotonic))

    def jobs(self, *, board: BoardLike | None = None, limit: int | None = None) -> Iterator[Job]:
        """Go through the jobs, newest first."""
        return self._pages(lambda cursor, size: operations.jobs(board, cursor, size), limit)

    def job(self, job: JobLike) -> Job:
        """Get a job as it stands."""
        return self._send(operations.job(job, 0.0))

    def wait(self, job: JobLike, timeout: float | None = None) -> Job:
        """Wait until a job has ended or needs a decision, at most `timeout` seconds.

        Gives the job as it stands then, whatever has become of it.
        """
        return self._drive(flows.wait(job, timeout, monotonic))

    def cancel_job(self, job: JobLike) -> Job:
        """Cancel what of a job has not ended."""
        return self._send(operations.cancel_job(job))

    def generations(
        self,
        *,
        board: BoardLike | None = None,
        artifact_type: ArtifactType | None = None,
        status: Status | None = None,
        generator: str | None = None,
        needs_attention: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Generation]:
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
    ) -> Iterator[Generation]:
        """Go through what has these words in its prompt, names, tags or notes. `tag` is a slug."""
        plain = filters_of(board, artifact_type, status, generator, None)
        asked = {**plain, "q": words, "tag": tag, "order": order}
        return self._pages(lambda cursor, size: operations.search(asked, cursor, size), limit)

    def generation(self, generation: GenerationLike) -> Generation:
        """Get one generation."""
        return self._send(operations.generation(generation))

    def cancel(self, generation: GenerationLike) -> Generation:
        """Cancel one generation."""
        return self._send(operations.cancel(generation))

    def delete(self, generation: GenerationLike) -> None:
        """Delete a generation that has ended."""
        self._send(operations.delete(generation))

    def lineage(self, generation: GenerationLike, *, max_depth: int = 25) -> Lineage:
        """Get what a generation was made from, and what was made from it."""
        return self._send(operations.lineage(generation, max_depth))

    def recipe(self, generation: GenerationLike) -> Mapping[str, Json]:
        """Get how an output was made."""
        return self._send(operations.recipe(generation))

    def content(self, generation: GenerationLike, *, extra: int | None = None) -> bytes:
        """Get the bytes of the output, or of an extra file by its place."""
        with self._stream(operations.content(generation, extra)) as answer:
            return demand_whole(answer.read(), answer.headers.get("etag"))

    def download(
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
        with (
            self._stream(asked) as answer,
            Download(target, answer.headers.get("etag")) as download,
        ):
            for chunk in answer.iter_bytes():
                download.write(chunk)
        return target

    def upload(
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
            return self._send(operations.upload(sent))

    def boards(self, *, limit: int | None = None) -> Iterator[Board]:
        """Go through your boards, the last changed first."""
        return self._pages(operations.boards, limit)

    def board(self, board: BoardLike) -> Board:
        """Get one board."""
        return self._send(operations.board(board))

    def create_board(
        self, title: str, *, description: str | None = None, is_public: bool = False
    ) -> Board:
        """Make a board."""
        return self._send(operations.create_board(title, description, is_public=is_public))

    def attention(self, *, limit: int | None = None) -> Iterator[AttentionItem]:
        """Go through what waits for a decision that you may make, newest first."""
        return self._pages(operations.attention, limit)

    def check(self, generation: GenerationLike) -> Checked:
        """Ask the provider what became of a generation. Spends nothing."""
        return self._send(operations.check(generation))

    def mark_lost(self, generation: GenerationLike) -> Generation:
        """Give a generation up; its cost counts as spent, at the estimate."""
        return self._send(operations.mark_lost(generation))

    def release_hold(self, generation: GenerationLike) -> Generation:
        """Say that a generation was not billed; what was held for it is free again."""
        return self._send(operations.release_hold(generation))

    def events(
        self,
        *,
        job: JobLike | None = None,
        board: BoardLike | None = None,
        last_id: int | None = None,
    ) -> abc.Generator[Message, None, None]:
        """Follow a job up to its end, a board, or everything on your boards.

        A broken connection is opened again where it broke. `last_id` is the `id` of the last
        message of an earlier stream. Close the iterator, or leave its loop, to stop.
        """
        stream = Stream(job, board, last_id)
        while not stream.has_ended:
            try:
                with self._stream(stream.operation()) as answer:
                    if answer.status_code == 204:
                        return
                    for chunk in answer.iter_bytes():
                        yield from stream.feed(chunk)
            except ClientError as error:
                pause = stream.lost(error)
            else:
                pause = stream.lost()
            sleep(pause)

    def _send(self, operation: Operation[T]) -> T:
        sent = self._address.sent(operation)
        try:
            answer = self._http.request(operation.verb, operation.path, **sent)
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise fault_of(error, self._address) from error
        return result_of(operation, answer)

    def _drive(self, flow: Flow[T]) -> T:
        try:
            step = next(flow)
            while True:
                if isinstance(step, Pause):
                    sleep(step.seconds)
                    step = flow.send(None)
                    continue
                try:
                    answer = self._send(step)
                except ClientError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result

    def _pages(
        self, part: Callable[[str | None, int], Operation[Page[T]]], limit: int | None
    ) -> Iterator[T]:
        cursor, left = None, limit
        while left is None or left > 0:
            page = self._send(part(cursor, page_size(left)))
            yield from page.items
            cursor = page.next
            if cursor is None:
                return
            left = None if left is None else left - len(page.items)

    @contextmanager
    def _stream(self, operation: Operation[None]) -> Iterator[httpx2.Response]:
        try:
            with self._http.stream(
                operation.verb, operation.path, **self._address.sent(operation)
            ) as answer:
                if not answer.is_success:
                    answer.read()
                    raise problem_of(answer)
                yield answer
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise fault_of(error, self._address) from error

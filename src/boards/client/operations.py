"""Every request of the API as a value: what is sent, and how the answer is read. No I/O.

`Boards` and `AsyncBoards` send these; so there is one place that knows the routes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from boards.client.answers import (
    AttentionItem,
    Board,
    Checked,
    Estimate,
    Generation,
    Generator,
    Job,
    Json,
    Lineage,
    Submission,
)
from boards.client.reading import Unreadable, read
from boards.client.sending import (
    BoardLike,
    Body,
    GenerationLike,
    JobLike,
    Request,
    Upload,
    id_of,
    segment,
    sendable,
)

__all__ = [
    "ANSWER_SECONDS",
    "API",
    "Operation",
    "Page",
    "Verb",
    "attention",
    "board",
    "boards",
    "body_of",
    "cancel",
    "cancel_job",
    "check",
    "content",
    "create_board",
    "delete",
    "estimate",
    "events",
    "generation",
    "generations",
    "generator",
    "generators",
    "items_of",
    "job",
    "jobs",
    "lineage",
    "list_of",
    "mark_lost",
    "nothing",
    "one_of",
    "page_size",
    "recipe",
    "release_hold",
    "search",
    "submit",
    "upload",
]

T = TypeVar("T")
Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

API = "/api/v1"
ANSWER_SECONDS = 60.0
UPLOAD_SECONDS = 600.0
"""The server looks into a file before it answers, which takes its time for a long video."""
STREAM_SECONDS = 45.0
"""A quiet stream says something every 15 seconds; one that is silent for longer is broken."""
LARGEST_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[T]):
    """One request. `seconds` is how long an answer may take, None as the client is set."""

    verb: Verb
    path: str
    read: Callable[[object], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    upload: Upload | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list; `next` is the cursor of the following one."""

    items: tuple[T, ...]
    next: str | None


def generators(artifact_type: str | None) -> Operation[tuple[Generator, ...]]:
    """List the generators."""
    return _get("/generators", items_of(Generator), type=artifact_type)


def generator(name: str) -> Operation[Generator]:
    """Get one generator."""
    return _get(f"/generators/{segment(name)}", one_of(Generator))


def estimate(bodies: list[Body]) -> Operation[Estimate]:
    """Tell what one request or several together would cost."""
    body: Body = bodies[0] if len(bodies) == 1 else {"plan": list(bodies)}
    return _post("/estimate", one_of(Estimate), body)


def submit(body: Body, key: str) -> Operation[Submission]:
    """Have something made; this spends."""
    return _post("/generations", one_of(Submission), body, headers={"Idempotency-Key": key})


def body_of(
    what: Request,
    *,
    takes: int = 1,
    board: BoardLike | None = None,
    allow_unpriced: bool = False,
    force: bool = False,
    priority: int = 0,
) -> Body:
    """The body of a submit or an estimate; what is as by default is left out."""
    body: Body = {"generator": what.generator, "inputs": sendable(what.inputs, "inputs")}
    if takes != 1:
        body["takes"] = takes
    if board is not None:
        body["board_id"] = id_of(board)
    if allow_unpriced:
        body["allow_unpriced"] = True
    if force:
        body["force"] = True
    if priority:
        body["priority"] = priority
    return body


def jobs(board: BoardLike | None, cursor: str | None, limit: int) -> Operation[Page[Job]]:
    """A part of the list of jobs."""
    return list_of("/jobs", Job, cursor, limit, board_id=_maybe(board))


def job(which: JobLike, wait: float) -> Operation[Job]:
    """Get a job, after at most `wait` seconds."""
    operation = _get(_of_job(which), one_of(Job), wait=f"{wait:g}" if wait else None)
    return operation if not wait else _longer(operation, wait)


def cancel_job(which: JobLike) -> Operation[Job]:
    """Cancel what of a job has not ended."""
    return _post(f"{_of_job(which)}/cancel", one_of(Job))


def generations(
    asked: Mapping[str, str | None], cursor: str | None, limit: int
) -> Operation[Page[Generation]]:
    """A part of the list of generations."""
    return list_of("/generations", Generation, cursor, limit, **asked)


def search(
    asked: Mapping[str, str | None], cursor: str | None, limit: int
) -> Operation[Page[Generation]]:
    """A part of what was found by words."""
    return list_of("/search", Generation, cursor, limit, **asked)


def generation(which: GenerationLike) -> Operation[Generation]:
    """Get one generation."""
    return _get(_of(which), one_of(Generation))


def cancel(which: GenerationLike) -> Operation[Generation]:
    """Cancel one generation."""
    return _post(f"{_of(which)}/cancel", one_of(Generation))


def delete(which: GenerationLike) -> Operation[None]:
    """Delete one generation that has ended."""
    return Operation(verb="DELETE", path=f"{API}{_of(which)}", read=nothing)


def lineage(which: GenerationLike, max_depth: int) -> Operation[Lineage]:
    """Get a lineage."""
    return _get(f"{_of(which)}/lineage", one_of(Lineage), max_depth=str(max_depth))


def recipe(which: GenerationLike) -> Operation[Mapping[str, Json]]:
    """Get a recipe."""
    return _get(f"{_of(which)}/recipe", _object)


def content(
    which: GenerationLike, extra: int | None, *, with_recipe: bool = False
) -> Operation[None]:
    """Get the bytes of the output, with its recipe in them or as they are, or of an extra file.

    They are asked for by id: the token must not follow an address in an answer elsewhere.
    """
    place = "with-recipe" if with_recipe else "content"
    if extra is not None:
        place = f"files/{extra}"
    return _get(f"{_of(which)}/{place}", nothing)


def upload(sent: Upload) -> Operation[Generation]:
    """Upload a file; it becomes a generation."""
    return Operation(
        verb="POST",
        path=f"{API}/uploads",
        read=one_of(Generation),
        upload=sent,
        seconds=UPLOAD_SECONDS,
    )


def boards(cursor: str | None, limit: int) -> Operation[Page[Board]]:
    """A part of the list of boards."""
    return list_of("/boards", Board, cursor, limit)


def board(which: BoardLike) -> Operation[Board]:
    """Get one board."""
    return _get(f"/boards/{segment(id_of(which))}", one_of(Board))


def create_board(title: str, description: str | None, *, is_public: bool) -> Operation[Board]:
    """Make a board."""
    body: Body = {"title": title, "description": description, "is_public": is_public}
    return _post("/boards", one_of(Board), body)


def attention(cursor: str | None, limit: int) -> Operation[Page[AttentionItem]]:
    """A part of the attention list."""
    return list_of("/attention", AttentionItem, cursor, limit)


def check(which: GenerationLike) -> Operation[Checked]:
    """Ask the provider what became of it."""
    return _post(f"{_of(which)}/check", one_of(Checked))


def mark_lost(which: GenerationLike) -> Operation[Generation]:
    """Give it up."""
    return _post(f"{_of(which)}/mark-lost", one_of(Generation))


def release_hold(which: GenerationLike) -> Operation[Generation]:
    """Say that it was not billed."""
    return _post(f"{_of(which)}/release-hold", one_of(Generation))


def events(job: JobLike | None, board: BoardLike | None, last_id: int | None) -> Operation[None]:
    """Open a stream."""
    return Operation(
        verb="GET",
        path=f"{API}/events",
        read=nothing,
        query=_said({"job_id": _maybe(job), "board_id": _maybe(board)}),
        headers={
            "Accept": "text/event-stream",
            **({} if last_id is None else {"Last-Event-ID": str(last_id)}),
        },
        seconds=STREAM_SECONDS,
    )


def page_size(left: int | None) -> int:
    """How many to ask for at once, when so many are still wanted."""
    return LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)


def _get(path: str, reader: Callable[[object], T], **query: str | None) -> Operation[T]:
    return Operation(verb="GET", path=f"{API}{path}", read=reader, query=_said(query))


def _post(
    path: str,
    reader: Callable[[object], T],
    body: Body | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Operation[T]:
    return Operation(
        verb="POST", path=f"{API}{path}", read=reader, body=body, headers=headers or {}
    )


def list_of(
    path: str, shape: type[T], cursor: str | None, limit: int, **query: str | None
) -> Operation[Page[T]]:
    """Ask for a part of a list."""
    return _get(path, _page(shape), **query, limit=str(limit), cursor=cursor)


def _longer(operation: Operation[T], wait: float) -> Operation[T]:
    return Operation(
        verb=operation.verb,
        path=operation.path,
        read=operation.read,
        query=operation.query,
        seconds=ANSWER_SECONDS + wait,
    )


def _said(query: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in query.items() if value is not None}


def _maybe(value: JobLike | BoardLike | None) -> str | None:
    return None if value is None else id_of(value)


def _of(which: GenerationLike) -> str:
    return f"/generations/{segment(id_of(which))}"


def _of_job(which: JobLike) -> str:
    return f"/jobs/{segment(id_of(which))}"


def nothing(_: object) -> None:
    """Read an answer that says nothing."""
    return


def one_of(shape: type[T]) -> Callable[[object], T]:
    """How one thing is read."""
    return lambda answer: read(shape, answer)


def _object(answer: object) -> Mapping[str, Json]:
    """How data without a shape of ours is read."""
    if not isinstance(answer, dict):
        raise Unreadable("an object was expected")
    return answer


def items_of(shape: type[T]) -> Callable[[object], tuple[T, ...]]:
    """How a whole list is read."""

    def read_items(answer: object) -> tuple[T, ...]:
        items = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(items, list):
            raise Unreadable("a list of items was expected")
        return tuple(read(shape, each) for each in items)

    return read_items


def _page(shape: type[T]) -> Callable[[object], Page[T]]:
    items = items_of(shape)

    def read_page(answer: object) -> Page[T]:
        found = items(answer)
        following = answer.get("next") if isinstance(answer, dict) else None
        return Page(items=found, next=following if isinstance(following, str) else None)

    return read_page

"""Makes something: reads the inputs, uploads files, shows the price, asks, submits and waits."""

import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import JsonValue

from boards.cli.answers import (
    CostJson,
    EstimateJson,
    GenerationJson,
    GeneratorJson,
    JobJson,
    SubmissionJson,
)
from boards.cli.ask import ask, somebody_is_there
from boards.cli.exits import Exit, Stop
from boards.cli.inputs import Words, read_words
from boards.cli.quotes import left_of, refuse_over_budget
from boards.cli.remote import Client
from boards.cli.show import money
from boards.domain.artifacts import extension_for_format
from boards.ids import parse_id

__all__ = [
    "Order",
    "Price",
    "board_id_of",
    "exit_of_job",
    "give",
    "order_it",
    "outcome",
    "price_of",
    "save",
    "usd_of",
]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody wants made, and what they agree to. Amounts are USD.

    `agreed` says yes to any known price; `max_cost` to any up to it. Without either a person is
    asked, and where nobody can be asked only what is free is made. `force` asks for a new take of
    what was made before; `key` is the idempotency key.
    """

    generator: str
    words: Sequence[str]
    board: str | None = None
    takes: int = 1
    agreed: bool = False
    max_cost: Decimal | None = None
    allow_unpriced: bool = False
    force: bool = False
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Price:
    """What an order would cost, with everything that was found out on the way."""

    inputs: Mapping[str, JsonValue]
    board_id: str | None
    estimate: EstimateJson
    uploads: Mapping[Path, str] = field(default_factory=dict)

    @property
    def cost(self) -> CostJson:
        return self.estimate["cost_estimate"]


def usd_of(text: str | None) -> Decimal | None:
    """Read an amount of an option. Stop when it is none."""
    if text is None:
        return None
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise Stop(f"{text!r} is no amount in USD; write it as 0.50.", exit_code=Exit.USAGE)
    return amount


async def board_id_of(client: Client, board: str | None) -> str | None:
    """Find a board by its id or its whole title. Stop when there is none, or several."""
    if board is None:
        return None
    board_id = parse_id(board)
    if board_id is not None:
        return str(board_id)
    found = [one["id"] for one in await client.boards(limit=1000) if one["title"] == board]
    if len(found) == 1:
        return found[0]
    if found:
        raise Stop(
            f"{len(found)} boards are called {board!r}; name one by its id: {', '.join(found)}.",
            exit_code=Exit.USAGE,
        )
    raise Stop(
        f"There is no board {board!r}; make it with `boards board create {board!r}`.",
        exit_code=Exit.NOT_FOUND,
        code="not_found",
    )


async def price_of(client: Client, order: Order) -> Price:
    """Check an order and say what it would cost. Files go up only when all else is right."""
    generator = await client.generator(order.generator)
    words = read_words(order.words, generator["input_schema"], folder=Path.cwd())
    _refuse_unavailable(generator)
    board_id = await board_id_of(client, order.board)
    uploads = await _upload(client, words, board_id)
    inputs = words.filled(uploads)
    estimate = await client.estimate(
        generator["name"],
        inputs,
        takes=order.takes,
        board_id=board_id,
        force=order.force,
        allow_unpriced=order.allow_unpriced,
    )
    return Price(inputs=inputs, board_id=board_id, estimate=estimate, uploads=uploads)


async def order_it(client: Client, order: Order, *, tell: bool = True) -> SubmissionJson:
    """Check, show the price unless not to `tell`, get the consent, and have it made."""
    price = await price_of(client, order)
    if tell:
        takes = f" for {order.takes} takes" if order.takes > 1 else ""
        sure = "" if price.cost["confidence"] == "exact" else f" ({price.cost['confidence']})"
        again = ", as it was made before" if price.cost["cached_units"] else ""
        _say(f"Price: {money(price.cost)}{takes}{sure}{again}")
        if price.estimate["budget"] is not None:
            _say(f"Budget: {left_of(price.estimate['budget'])}")
        for warning in price.estimate["warnings"]:
            _say(f"Warning: {warning['message']}")
    refuse_over_budget(price.estimate)
    agree(price.cost, order)
    return await client.submit(
        order.generator,
        price.inputs,
        takes=order.takes,
        board_id=price.board_id,
        force=order.force,
        allow_unpriced=order.allow_unpriced,
        key=order.key,
    )


def agree(cost: CostJson, order: Order) -> None:
    """Get the consent to a price. Stop when there is none; nothing is spent then."""
    amount = None if cost["amount"] is None else Decimal(cost["amount"])
    if order.max_cost is not None:
        if amount is None or amount > order.max_cost:
            raise Stop(
                f"This costs {money(cost)}, and --max-cost is ${order.max_cost:f}. "
                "Nothing was spent.",
                exit_code=Exit.OVER_BUDGET,
                code="over_budget",
                more={"asked": cost["amount"], "limit": f"{order.max_cost:f}"},
            )
        return
    if amount == 0 or order.agreed:
        return
    if not somebody_is_there():
        raise Stop(
            f"This costs {money(cost)}. Say --yes to spend that, or give --max-cost. "
            "Nothing was spent.",
            exit_code=Exit.REFUSED,
            code="not_agreed",
        )
    if not ask(f"Spend {money(cost)}?"):
        raise Stop("Nothing was spent.", exit_code=Exit.CANCELLED)


def exit_of_job(job: JobJson) -> Exit:
    """Give the exit code that a settled job stands for."""
    if job["needs_attention"]:
        return Exit.ATTENTION
    if job["state"] == "cancelled":
        return Exit.CANCELLED
    return Exit.OK if job["state"] == "done" and not job["partial"] else Exit.FAILED


async def give(client: Client, job: SubmissionJson) -> dict[str, object]:
    """Give a job as `--json` shows it."""
    return {
        "job_id": job["job_id"],
        "state": job["state"],
        "generations": [await _given(client, one) for one in job["generations"]],
    }


async def outcome(client: Client, generation: GenerationJson) -> str:
    """Say where the output of a generation is, or why there is none."""
    error, file = generation["error"], generation["file"]
    if error is not None:
        number = f" (error {error['error_id']})" if error["error_id"] else ""
        return f"{error['message']}{number}"
    if generation["phase"] == "submit_unknown":
        return "The answer to a paid call was lost. Look at it with the provider; do not repeat it."
    if file is None:
        return generation["message"]
    path = await client.locate(generation["id"])
    return file["url"] if path is None else str(path)


async def save(client: Client, generation: GenerationJson, folder: Path) -> Path:
    """Write the output of a generation into a folder that exists, under a name of its own."""
    file = generation["file"]
    if file is None:
        raise Stop(f"Generation {generation['id']} has no file.", exit_code=Exit.NOT_FOUND)
    # The end of an id, unlike its start, is random.
    name = f"{generation['generator']}-{generation['id'][-8:]}"
    target = folder / f"{name}.{extension_for_format(file['format'])}"
    here = await client.locate(generation["id"])
    try:
        if here is not None:
            await asyncio.to_thread(shutil.copyfile, here, target)
        else:
            await client.download(generation["id"], target)
    except OSError as error:
        raise Stop(
            f"{str(target)!r} cannot be written: {error.strerror}.", exit_code=Exit.BROKEN
        ) from error
    return target


def _refuse_unavailable(generator: GeneratorJson) -> None:
    if generator["unavailable"]:
        raise Stop(generator["unavailable"], exit_code=Exit.UNREACHABLE, code="not_configured")


async def _upload(client: Client, words: Words, board_id: str | None) -> dict[Path, str]:
    ids: dict[Path, str] = {}
    for file in words.files:
        if file.path not in ids:
            uploaded = await client.upload(file.path, board_id=board_id)
            ids[file.path] = uploaded["id"]
            _say(f"Uploaded {file.path.name} as {uploaded['id']}")
    return ids


async def _given(client: Client, generation: GenerationJson) -> dict[str, object]:
    file: dict[str, object] | None = None
    if generation["file"] is not None:
        path = await client.locate(generation["id"])
        file = {**generation["file"], "path": None if path is None else str(path)}
        if client.address is None:
            file["url"] = None  # nobody serves it
    given: dict[str, object] = {
        "id": generation["id"],
        "status": generation["status"],
        "artifact_type": generation["artifact_type"],
        "file": file,
        "cost": generation["cost"],
    }
    return given if generation["error"] is None else {**given, "error": generation["error"]}


def _say(text: str) -> None:
    print(text, file=sys.stderr)

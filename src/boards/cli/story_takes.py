"""Has takes made: the price first, the consent, then the job with its progress."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from boards.cli.exits import Exit, Stop
from boards.cli.making import Order, agree
from boards.cli.quotes import left_of, refuse_over_budget
from boards.cli.remote import Client
from boards.cli.show import console, money, print_json, table

__all__ = ["FINAL", "Wish", "at", "make", "start", "wait_for_takes"]

FINAL = frozenset({"done", "failed", "cancelled"})
LOOK_SECONDS = "1"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody agrees to; amounts are USD. See `making.Order`."""

    only_estimate: bool = False
    agreed: bool = False
    max_cost: Decimal | None = None
    as_json: bool = False


def at(story: str) -> str:
    """Where a story is, below the API's path."""
    return f"/workspace/{quote(story, safe='')}"


async def make(
    client: Client, story: str, what: str, body: Mapping[str, object], wish: Wish
) -> int:
    """Show the price, ask, have it made and show what came of it; gives the exit code."""
    estimate = await client.call("POST", f"{at(story)}{what}/estimate", body=dict(body))
    if wish.only_estimate:
        _print_estimate(estimate, as_json=wish.as_json)
        return Exit.OK
    cost = estimate["cost_estimate"]
    cached = f" ({cost['cached_units']} cached: $0.00)" if cost["cached_units"] else ""
    takes = sum(item["takes"] for item in estimate["items"])
    print(f"Price: {money(cost)} for {takes} takes{cached}", file=sys.stderr)
    if estimate["budget"] is not None:
        print(f"Budget: {left_of(estimate['budget'])}", file=sys.stderr)
    refuse_over_budget(estimate)
    agree(cost, Order(generator="", words=(), agreed=wish.agreed, max_cost=wish.max_cost))
    job = await start(client, story, what, body)
    if wish.as_json:
        print_json(job)
    else:
        _print_job(job)
    if job["needs_attention"]:
        return Exit.ATTENTION
    if job["state"] == "cancelled":
        return Exit.CANCELLED
    return Exit.OK if job["state"] == "done" and not job["partial"] else Exit.FAILED


async def start(client: Client, story: str, what: str, body: Mapping[str, object]) -> Any:
    """Have it made, which spends, and wait for it."""
    path = f"{at(story)}{what}" + ("" if what == "/reroll" else "/generate")
    started = await client.spend(path, body)
    return await wait_for_takes(client, story, started["job_id"])


async def wait_for_takes(client: Client, story: str, job_id: str) -> Any:
    """Follow a job until it has ended or needs somebody, with its line on a terminal.

    On Ctrl-C a job on a server goes on; one in this process is cancelled, since it would stop.
    """
    path = f"{at(story)}/jobs/{job_id}"
    is_watched = sys.stderr.isatty()
    try:
        while True:
            job = await client.call("GET", path, asked={"wait": LOOK_SECONDS})
            if is_watched:
                print(f"\r\x1b[K{job['line']}", end="", file=sys.stderr, flush=True)
            if job["state"] in FINAL or job["needs_attention"]:
                if is_watched:
                    print(file=sys.stderr)
                return job
    except asyncio.CancelledError:
        if client.address is None:
            await client.call("POST", f"{path}/cancel")
            said = "is cancelled"
        else:
            said = f"keeps running on {client.address}; `boards story takes {story}` shows more"
        raise Stop(
            f"Interrupted; job {job_id} {said}.",
            exit_code=Exit.INTERRUPTED,
            more={"job_id": job_id},
        ) from None


def _print_estimate(estimate: Any, *, as_json: bool) -> None:
    if as_json:
        print_json(estimate)
        return
    rows = [
        (
            item["slot"] if item["card"] is None else f"card {item['card']}",
            str(item["takes"]),
            str(item["cached"]),
            item["generator"],
            item["theme"],
            money(item["cost_estimate"]),
        )
        for item in estimate["items"]
    ]
    heads = ("FOR", "TAKES", "CACHED", "GENERATOR", "THEME", "COST")
    console().print(table(heads, rows, whole=heads))
    print(f"{money(estimate['cost_estimate'])} in all; nothing was spent.")
    if estimate["refusal"] is not None:
        print(f"It would be refused: {estimate['refusal']['message']}", file=sys.stderr)


def _print_job(job: Any) -> None:
    for take in job["takes"]:
        said = take["error"]["message"] if take["error"] else take["status"]
        print(f"{take['file'] or said}{'  (cached)' if take['cached'] else ''}")
    print(f"{job['line']}; cost {money(job['cost_actual'])}")

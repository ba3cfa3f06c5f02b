"""`boards top`: what runs, waits and is spent just now, on one screen."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from rich.console import Group

    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["Screen", "add_to", "look", "shown"]

JOBS = 12


def add_to(app: typer.Typer) -> None:
    app.command("top")(top)


def top(
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.5, help="How often to look.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Show what runs and waits at each provider, the newest jobs, and what is held and spent.

    It looks again every two seconds until Ctrl-C; where the output is no terminal, once.
    """
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        from boards.cli.show import print_json

        if as_json:
            screen = await look(client)
            print_json(
                {
                    "providers": screen.providers,
                    "jobs": screen.jobs,
                    "attention": screen.attention,
                    "today": screen.today,
                }
            )
            return
        await _watch(client, every=every, once=once or not sys.stdout.isatty())

    run(work, server=server)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What one look has found, as the server answers it."""

    providers: list[Any]
    jobs: list[Any]
    attention: int
    today: Any


async def look(client: "Client") -> Screen:
    """Ask the server how things stand."""
    import asyncio

    providers, jobs, attention, spend = await asyncio.gather(
        client.call("GET", "/providers"),
        client.call("GET", "/jobs", asked={"limit": str(JOBS)}),
        client.call("GET", "/attention", asked={"limit": "200"}),
        client.call("GET", "/spend", asked={"by": "day"}),
    )
    rows = [row for row in spend["rows"] if row["key"] == spend["last"]]
    today = rows[0] if rows else {"spent": "0", "runs": 0}
    return Screen(
        providers=[one for one in providers["items"] if _matters(one)],
        jobs=jobs["items"],
        attention=len(attention["items"]),
        today={"spent": today["spent"], "runs": today["runs"], "held": spend["total"]["held"]},
    )


def shown(screen: Screen) -> "Group":
    """Lay it out."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    providers = Table(box=None, pad_edge=False)
    for name in ("provider", "running", "of", "waiting", "attention", ""):
        providers.add_column(name, justify="left" if name in ("provider", "") else "right")
    for one in screen.providers:
        counts = (one["running"], one["max_running"], one["waiting"], one["parked"])
        state = "paused" if one["paused"] else ""
        providers.add_row(one["name"], *(str(count) for count in counts), state)
    jobs = Table(box=None, pad_edge=False)
    for name in ("job", "state", "done", "what", "estimate", "actual"):
        jobs.add_column(name, justify="right" if name in ("done", "estimate", "actual") else "left")
    for job in screen.jobs:
        names = {one["generator"] for one in job["generations"]}
        jobs.add_row(
            job["job_id"][-12:],
            "attention" if job["needs_attention"] else job["state"],
            f"{job['progress']:.0%}",
            f"{len(job['generations'])} × {', '.join(sorted(names))}",
            _dollars(job["cost_estimate"]["amount"]),
            _dollars(job["cost_actual"]["amount"]),
        )
    today = screen.today
    money = (
        f"Today {_dollars(today['spent'])} in {today['runs']} runs, {_dollars(today['held'])} held."
    )
    lines: list[Any] = [providers if screen.providers else Text("Nothing runs or waits."), ""]
    if screen.jobs:
        lines += [jobs, ""]
    lines.append(money)
    if screen.attention:
        waits = "1 run waits" if screen.attention == 1 else f"{screen.attention} runs wait"
        lines.append(f"{waits} for a decision: boards reconcile --dry-run")
    return Group(*lines)


async def _watch(client: "Client", *, every: float, once: bool) -> None:
    import asyncio

    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False)
    if once:
        console.print(shown(await look(client)))
        return
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(shown(await look(client)), refresh=True)
            await asyncio.sleep(every)


def _matters(provider: Any) -> bool:
    return bool(
        provider["running"] or provider["waiting"] or provider["parked"] or provider["paused"]
    )


def _dollars(amount: str | None) -> str:
    return "unpriced" if amount is None else f"${amount}"

"""`boards list`, `boards show`, `boards cancel`: what was made, from what, and stopping it."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Board, Server

if TYPE_CHECKING:
    from boards.cli.answers import GenerationJson, JobJson, LineageJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a generation or a job.")]


def add_to(app: typer.Typer) -> None:
    app.command("list")(list_generations)
    app.command("show")(show)
    app.command("cancel")(cancel)


def list_generations(
    board: Board = None,
    artifact_type: Annotated[
        str | None, typer.Option("--type", help="Only these, such as image.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="Only these, such as failed.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List what was made, newest first."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import console, money, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.generations(
            board_id=await board_id_of(client, board),
            artifact_type=artifact_type,
            status=status,
            limit=limit,
        )
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["id"],
                one["artifact_type"],
                "attention" if one["needs_attention"] else one["status"],
                one["generator"],
                money(one["cost"]),
            )
            for one in found
        ]
        heads = ("ID", "TYPE", "STATUS", "GENERATOR", "COST")
        console().print(table(heads, rows, whole=("ID", "TYPE", "STATUS")))

    run(work, server=server)


def show(id: Id, as_json: AsJson = False, server: Server = None) -> None:
    """Show a generation or a job, with its lineage.

    The tree shows what it was made from, and what it went into.
    """
    from boards.cli.exits import Stop
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        try:
            found = [await client.generation(id)]
        except Stop as stop:
            if stop.code != "not_found":
                raise
            found = (await _job_or(client, id, stop))["generations"]
        shown = [(one, await client.lineage(one["id"])) for one in found]
        if as_json:
            both = [{**one, "lineage": lineage} for one, lineage in shown]
            print_json(both if len(both) > 1 else both[0])
            return
        for one, lineage in shown:
            await _print(client, one, lineage)

    run(work, server=server)


def cancel(id: Id, as_json: AsJson = False, server: Server = None) -> None:
    """Cancel a generation, or what of a job has not ended."""
    from boards.cli.exits import Stop
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        try:
            found = [await client.cancel(id)]
        except Stop as stop:
            if stop.code != "not_found":
                raise
            await _job_or(client, id, stop)
            found = (await client.cancel_job(id))["generations"]
        if as_json:
            print_json([{"id": one["id"], "status": one["status"]} for one in found])
            return
        for one in found:
            # A run that has begun stops at its next step.
            running = one["status"] in {"pending", "processing"}
            print(f"{one['id']}  {'being cancelled' if running else one['status']}")

    run(work, server=server)


async def _job_or(client: "Client", job_id: str, missing: Exception) -> "JobJson":
    """Get the job of that id. When there is none either, the first refusal says it better."""
    from boards.cli.exits import Stop

    try:
        return await client.job(job_id)
    except Stop as stop:
        raise (missing if stop.code in {"not_found", "invalid_input"} else stop) from None


async def _print(client: "Client", one: "GenerationJson", lineage: "LineageJson") -> None:
    from boards.cli.making import outcome
    from boards.cli.show import (
        console,
        describe_details,
        describe_file,
        lineage_tree,
        money,
        size,
    )

    out = console()
    file = one["file"]
    facts = {
        "generation": one["id"],
        "job": one["job_id"],
        "board": one["board_id"],
        "generator": one["generator"],
        "status": "needs attention" if one["needs_attention"] else one["status"],
        "type": one["artifact_type"],
        "file": f"{describe_file(one)}, {size(file['size'])}" if file else None,
        "details": describe_details(one),
        "where": await outcome(client, one),
        "cost": money(one["cost"]) or f"{money(one['cost_estimate'])} (estimate)",
        "made": one["completed_at"] or one["created_at"],
        **{f"  {name}": str(value) for name, value in one["inputs"].items()},
    }
    for name, value in facts.items():
        if value:
            out.print(f"{name:<12}{value}", soft_wrap=True)
    if one["content"]:
        out.print(f"\n{one['content']}", soft_wrap=True)
    if lineage["ancestors"]["branches"]:
        out.print("\nMade from")
        out.print(lineage_tree(lineage["ancestors"]))
    if lineage["descendants"]["branches"]:
        out.print("\nWent into")
        out.print(lineage_tree(lineage["descendants"]))

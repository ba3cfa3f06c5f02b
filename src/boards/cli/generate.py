"""`boards generate` and `boards estimate`: have something made, and know the price before."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.exits import Exit, Stop
from boards.cli.options import AllowUnpriced, AsJson, Board, Inputs, Name, Server, Takes

if TYPE_CHECKING:
    from boards.cli.answers import SubmissionJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    app.command("generate")(generate)
    app.command("estimate")(estimate)


def estimate(
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    inputs: Inputs = None,
    board: Board = None,
    takes: Takes = 1,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan",
            metavar="FILE",
            help='A whole plan instead, as JSON: [{"generator": …, "inputs": {…}, "takes": 2}, …].',
        ),
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Tell what it would cost, and what the budgets would say.

    Nothing is spent. Files of yours are uploaded, as for generate.
    """
    from boards.cli.making import Order, price_of
    from boards.cli.quotes import print_estimate, read_plan
    from boards.cli.session import run

    if (name is None) is (plan is None):
        raise Stop("Name a generator, or a --plan.", exit_code=Exit.USAGE)
    parts = None if plan is None else read_plan(plan)

    async def work(client: "Client", _: "Settings") -> None:
        if parts is not None:
            found = await client.call("POST", "/estimate", body={"plan": parts})
        else:
            order = Order(generator=str(name), words=inputs or [], board=board, takes=takes)
            found = (await price_of(client, order)).estimate
        print_estimate(found, as_json=as_json)

    run(work, server=server)


def generate(
    name: Name,
    inputs: Inputs = None,
    board: Board = None,
    takes: Takes = 1,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is made.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Spend the price unasked.")] = False,
    max_cost: Annotated[
        str | None,
        typer.Option("--max-cost", metavar="USD", help="Spend up to this unasked, never more."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make it anew, even if it was made before.")
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key",
            metavar="KEY",
            help="Sent again with the same key and inputs within a day, nothing is made twice.",
        ),
    ] = None,
    allow_unpriced: AllowUnpriced = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FOLDER", help="Also put the files here.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Have something made, and wait for it.

    The price is shown first; whatever is not free is made only after a yes, --yes or --max-cost.
    """
    from boards.cli import making
    from boards.cli.session import run
    from boards.cli.waiting import wait_for

    order = making.Order(
        generator=name,
        words=inputs or [],
        board=board,
        takes=takes,
        agreed=yes,
        max_cost=making.usd_of(max_cost),
        force=force,
        key=key,
        allow_unpriced=allow_unpriced,
    )
    if save is not None and not save.is_dir():
        raise Stop(f"There is no folder {str(save)!r}; make it first.", exit_code=Exit.USAGE)

    async def work(client: "Client", _: "Settings") -> int:
        if not wait:
            _refuse_without_server(client)
            await _print(client, await making.order_it(client, order), None, as_json=as_json)
            return Exit.OK
        submission = await making.order_it(client, order)
        job = await wait_for(client, submission["job_id"], title=name)
        await _print(client, job, save, as_json=as_json)
        return making.exit_of_job(job)

    raise typer.Exit(run(work, server=server))


def _refuse_without_server(client: "Client") -> None:
    if client.address is None:
        raise Stop(
            "Without a server nothing would go on after this command. Leave --no-wait out, or "
            "start a server with `boards up`.",
            exit_code=Exit.UNREACHABLE,
            code="not_configured",
        )


async def _print(
    client: "Client",
    job: "SubmissionJson",
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    from boards.cli import making
    from boards.cli.show import console, describe_file, money, print_json, size

    saved = {}
    if folder is not None:
        for one in job["generations"]:
            if one["file"] is not None:
                saved[one["id"]] = await making.save(client, one, folder)
    if as_json:
        print_json(await making.give(client, job))
        return
    out = console()
    for one in job["generations"]:
        facts = [one["id"], one["artifact_type"], one["status"], describe_file(one)]
        if one["file"] is not None:
            facts.append(size(one["file"]["size"]))
        facts.append(money(one["cost"]))
        out.print("  ".join(fact for fact in facts if fact), soft_wrap=True)
        where = saved.get(one["id"]) or await making.outcome(client, one)
        if where:
            out.print(f"  {where}", soft_wrap=True)
        if one["content"]:
            out.print(textwrap.indent(one["content"], "    "), soft_wrap=True)
    if job["state"] in {"queued", "running"}:
        out.print(f"Job {job['job_id']} is {job['state']}.", soft_wrap=True)

"""`boards spend` and `boards ledger`: what was spent, and whether the books are right."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.exits import Exit, Stop
from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.answers import SpendJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_ledger = typer.Typer(
    help="Look at the rows of money, and examine them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    app.command("spend")(spend)
    app.add_typer(of_ledger, name="ledger")


def spend(
    by: Annotated[
        str,
        typer.Option("--by", help="day, generator, provider, board, user, token or session."),
    ] = "day",
    first: Annotated[str | None, typer.Option("--first", metavar="DAY")] = None,
    last: Annotated[str | None, typer.Option("--last", metavar="DAY")] = None,
    drift: Annotated[
        bool,
        typer.Option("--drift", help="Only models whose costs have left their estimates."),
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Report what was spent, estimate against actual; the last thirty days if none are named."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    if as_csv and (drift or as_json):
        raise Stop("--csv goes with neither --drift nor --json.", exit_code=Exit.USAGE)
    days = {"first": first, "last": last}

    async def work(client: "Client", _: "Settings") -> None:
        if as_csv:
            asked = {**days, "by": by, "format": "csv"}
            sys.stdout.write(await client.text("/spend", asked))
            return
        found = await (
            client.call("GET", "/spend/drift", asked=days)
            if drift
            else client.call("GET", "/spend", asked={**days, "by": by})
        )
        if as_json:
            print_json(found)
        elif drift and not found["rows"]:
            print("No model drifts.")
        else:
            _print(found)

    run(work, server=server)


@of_ledger.command("list")
def list_ledger(
    generation: Annotated[str | None, typer.Option("--generation", metavar="ID")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="hold, settle, release or adjust.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List the rows of the ledger, newest first."""
    from boards.cli.quotes import dollars
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        asked = {"generation_id": generation, "kind": kind}
        found = await client.pages("/ledger", asked, limit=limit)
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["generation_id"],
                one["kind"],
                dollars(one["amount"]),
                one["cause"] or one["source"] or "",
                one["created_at"][:16].replace("T", " "),
            )
            for one in found
        ]
        heads = ("GENERATION", "KIND", "COST", "FROM", "WHEN (UTC)")
        console().print(table(heads, rows, whole=("GENERATION",)))

    run(work, server=server)


@of_ledger.command("verify")
def verify(as_json: AsJson = False, server: Server = None) -> None:
    """Derive every balance anew, and say what is wrong. Changes nothing."""
    from boards.cli.quotes import dollars
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> int:
        found = await client.call("GET", "/ledger/verify")
        if as_json:
            print_json(found)
        else:
            for one in found["faults"]:
                subject = one["generation_id"] or one["budget_id"]
                print(f"{subject}  {one['kind']}: {one['message']}")
            print(
                f"{found['accounts']} accounts: {dollars(found['spent'])} spent, "
                f"{dollars(found['held'])} held. "
                + ("Nothing is wrong." if found["sound"] else f"{len(found['faults'])} faults.")
            )
        return Exit.OK if found["sound"] else Exit.BROKEN

    raise typer.Exit(run(work, server=server))


@of_ledger.command("adjust")
def adjust(
    generation: Annotated[str, typer.Argument(metavar="ID", help="The id of a generation.")],
    actual: Annotated[str, typer.Argument(metavar="USD", help="All that it came to.")],
    cause: Annotated[str, typer.Option("--cause", help="What says so, such as an invoice.")],
    server: Server = None,
) -> None:
    """Put right what a run came to, when its bill comes later; admins only."""
    from urllib.parse import quote

    from boards.cli.making import usd_of
    from boards.cli.session import run
    from boards.cli.show import money

    amount = usd_of(actual)

    async def work(client: "Client", _: "Settings") -> None:
        body = {"actual": f"{amount:f}", "cause": cause}
        path = f"/generations/{quote(generation, safe='')}/adjust"
        found = await client.call("POST", path, body=body)
        print(f"{found['id']}  {money(found['cost'])}")

    run(work, server=server)


def _print(found: "SpendJson") -> None:
    from boards.cli.quotes import dollars
    from boards.cli.show import console, table

    shown = found["display"]
    heads = [found["by"].upper(), "RUNS", "SPENT", "ESTIMATED", "HELD", "NOTE"]
    rows = []
    for row in [*found["rows"], found["total"]]:
        notes = []
        if row["drifting"]:
            notes.append(f"drifts: {row['ratio']} for each estimated $1")
        if row["unpriced"]:
            notes.append(f"{row['unpriced']} unpriced")
        if shown is not None and row["spent_shown"] is not None:
            notes.append(f"{row['spent_shown']} {shown['currency']}")
        rows.append(
            [
                row["label"],
                str(row["runs"]),
                *(dollars(row[name]) for name in ("spent", "estimated", "held")),
                ", ".join(notes),
            ]
        )
    console().print(table(heads, rows, whole=("RUNS", "SPENT", "ESTIMATED", "HELD")))
    print(f"{found['first']} to {found['last']}, days of {found['time_zone']}")

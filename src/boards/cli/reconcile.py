"""`boards reconcile`: asks providers what became of what may have cost money."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.answers import AttentionJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

CHECK = "check_again"
DECIDE = "decide"
"""What is left to a person, in the column of outcomes."""
LARGEST = 1000


def add_to(app: typer.Typer) -> None:
    app.command("reconcile")(reconcile)


def reconcile(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what there is; ask nobody.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Ask providers what became of what waits on the attention list.

    It spends nothing, and decides nothing that a provider has not said. A running server does this
    by itself every few minutes.
    """
    from boards.cli.session import run
    from boards.cli.show import console, money, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.attention(limit=LARGEST)
        rounds = [(one, *await _outcome(client, one, dry_run=dry_run)) for one in found]
        if as_json:
            print_json(
                [
                    {
                        "id": one["generation"]["id"],
                        "reason": one["reason"],
                        "external_id": one["external_id"],
                        "held": one["generation"]["cost_estimate"],
                        "ways": one["ways"],
                        "outcome": outcome,
                        "message": message,
                    }
                    for one, outcome, message in rounds
                ]
            )
            return
        if not rounds:
            print("Nothing waits for a decision.")
            return
        heads = ("ID", "REASON", "GENERATOR", "OUTCOME", "COST")
        rows = [
            (
                one["generation"]["id"],
                # Words wrap; names with underscores would be cut in the middle.
                one["reason"].replace("_", " "),
                one["generation"]["generator"],
                outcome.replace("_", " "),
                money(one["generation"]["cost_estimate"]),
            )
            for one, outcome, _ in rounds
        ]
        out = console()
        out.print(table(heads, rows, whole=("ID",)))
        for one, outcome, message in rounds:
            if message and outcome not in {CHECK, DECIDE}:
                out.print(f"{one['generation']['id']}: {message}", soft_wrap=True)

    run(work, server=server)


async def _outcome(client: "Client", one: "AttentionJson", *, dry_run: bool) -> tuple[str, str]:
    """Check one, where that is possible; gives the outcome and what to say of it."""
    from boards.cli.exits import Stop

    if CHECK not in one["ways"]:
        return DECIDE, one["generation"]["message"]
    if dry_run:
        return CHECK, one["generation"]["message"]
    try:
        checked = await client.check(one["generation"]["id"])
    except Stop as stop:
        if stop.code in {"unreachable", "no_answer"}:
            raise
        return stop.code, stop.message
    return checked["outcome"], checked["message"]

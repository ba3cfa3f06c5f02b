"""`boards budget set|list|remove|zone`: how much may be spent by whom, where and by when."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.answers import BudgetJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_budgets = typer.Typer(
    help="Set and list budgets, in USD.", no_args_is_help=True, rich_markup_mode=None
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_budgets, name="budget")


@of_budgets.command("set")
def set_budget(
    amount: Annotated[str, typer.Argument(metavar="USD", help="How much, such as 12.50.")],
    per: Annotated[str, typer.Option("--per", help="day, month or total.")] = "month",
    user: Annotated[str | None, typer.Option("--user", metavar="ID")] = None,
    board: Annotated[str | None, typer.Option("--board", metavar="ID|TITLE")] = None,
    token: Annotated[str | None, typer.Option("--token", metavar="ID")] = None,
    session: Annotated[str | None, typer.Option("--session", metavar="ID")] = None,
    soft: Annotated[bool, typer.Option("--soft", help="Only warn, and refuse nothing.")] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Set a budget, or another amount for the one that is there.

    Without --user, --board, --token or --session it bounds everything that is spent here. What is
    free passes every budget.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.making import board_id_of, usd_of
    from boards.cli.quotes import left_of
    from boards.cli.session import run
    from boards.cli.show import print_json

    subjects = {"user": user, "board": board, "token": token, "session": session}
    given = {scope: subject for scope, subject in subjects.items() if subject is not None}
    if len(given) > 1:
        named = " and ".join(f"--{scope}" for scope in given)
        raise Stop(f"A budget is for one of them, not for {named}.", exit_code=Exit.USAGE)
    wanted = usd_of(amount)

    async def work(client: "Client", _: "Settings") -> None:
        scope, subject = next(iter(given.items()), ("tenant", None))
        if scope == "board":
            subject = await board_id_of(client, board)
        key = {
            "scope": scope,
            "subject_id": subject,
            "period": per,
            "strictness": "soft" if soft else "hard",
        }
        there = await _find(client, key)
        if there is None:
            made = await client.call("POST", "/budgets", body={**key, "amount": f"{wanted:f}"})
        else:
            body = {"amount": f"{wanted:f}"}
            made = await client.call("PATCH", f"/budgets/{there['id']}", body=body)
        if as_json:
            print_json(made)
        else:
            print(f"{made['id']}  {left_of(made)}")

    run(work, server=server)


@of_budgets.command("list")
def list_budgets(as_json: AsJson = False, server: Server = None) -> None:
    """List budgets with what is left of them."""
    from boards.cli.quotes import dollars
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.call("GET", "/budgets")
        if as_json:
            print_json(found)
            return
        if not found["items"]:
            print("There are no budgets.")
            return
        rows = [
            (
                one["id"],
                f"{one['scope']}, {one['period']}, {one['strictness']}",
                f"{dollars(one['left'])} of {dollars(one['amount'])}",
                (one["resets_at"] or "never")[:16].replace("T", " "),
            )
            for one in found["items"]
        ]
        heads = ("ID", "FOR", "LEFT", "RESETS (UTC)")
        console().print(table(heads, rows, whole=("ID", "LEFT")))
        print(f"Days begin in {found['time_zone']}.")

    run(work, server=server)


@of_budgets.command("remove")
def remove_budget(
    budget: Annotated[str, typer.Argument(metavar="ID", help="As `boards budget list` shows it.")],
    server: Server = None,
) -> None:
    """Remove a budget."""
    from urllib.parse import quote

    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        await client.call("DELETE", f"/budgets/{quote(budget, safe='')}")
        print(f"Removed {budget}")

    run(work, server=server)


@of_budgets.command("zone")
def set_zone(
    name: Annotated[str, typer.Argument(metavar="ZONE", help="Such as Europe/Berlin.")],
    server: Server = None,
) -> None:
    """Set the time zone in which days and months begin."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.call("PUT", "/time-zone", body={"time_zone": name})
        print(f"Days begin in {found['time_zone']}.")

    run(work, server=server)


async def _find(client: "Client", key: dict[str, str | None]) -> "BudgetJson | None":
    """Find the budget of that scope, subject, period and strictness."""
    found = await client.call("GET", "/budgets")
    for one in found["items"]:
        same = all(
            one[name] == value
            for name, value in key.items()
            # The tenant's names the tenant, whose id nobody has to know here.
            if not (name == "subject_id" and key["scope"] == "tenant")
        )
        if same:
            budget: BudgetJson = one
            return budget
    return None

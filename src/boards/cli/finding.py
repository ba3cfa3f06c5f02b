"""`boards search`, `boards lineage`, `boards rerun`: find what was made, see where it comes from,
and make it anew."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AllowUnpriced, AsJson, Board, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

Id = Annotated[str, typer.Argument(metavar="ID", help="The generation.")]


def add_to(app: typer.Typer) -> None:
    app.command("search")(search)
    app.command("lineage")(lineage)
    app.command("rerun")(rerun)


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORD]…",
            help="In prompts, names, tags and notes; all must be there. A star at its end leaves "
            "the rest of a word open, -- -night leaves out, \"'two words'\" stand side by side.",
        ),
    ] = None,
    board: Board = None,
    artifact_type: Annotated[
        str | None, typer.Option("--type", help="Only these, such as image.")
    ] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only these.")] = None,
    generator: Annotated[str | None, typer.Option("--generator", help="Only of this one.")] = None,
    provider: Annotated[str | None, typer.Option("--provider", help="Only of this one.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only with this tag, a slug.")] = None,
    favourite: Annotated[bool, typer.Option("--favourite", help="Only your favourites.")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Such as 2026-11-01T00:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME")] = None,
    min_cost: Annotated[
        str | None, typer.Option("--min-cost", metavar="USD", help="Only what cost so much.")
    ] = None,
    order: Annotated[
        str, typer.Option("--order", help="relevance, newest, oldest or cost.")
    ] = "relevance",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 20,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Find what was made by its words."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import console, money, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        asked = {
            # The last word is whole here: it was typed to its end.
            "q": " ".join(words or []).replace("'", '"') + " ",
            "board_id": await board_id_of(client, board),
            "type": artifact_type,
            "status": status,
            "generator": generator,
            "provider": provider,
            "tag": tag,
            "favourite": "true" if favourite else None,
            "since": since,
            "until": until,
            "min_cost": min_cost,
            "order": order,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        found = await client.pages("/search", given, limit=limit)
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["id"],
                one["artifact_type"],
                one["generator"],
                money(one["cost"]),
                str(one["inputs"].get("prompt") or ""),
            )
            for one in found
        ]
        heads = ("ID", "TYPE", "GENERATOR", "COST", "PROMPT")
        console().print(table(heads, rows, whole=("ID", "TYPE")))

    run(work, server=server)


def lineage(
    id: Id,
    depth: Annotated[int, typer.Option("--depth", min=1, max=100, help="So many steps.")] = 25,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Show what something was made from, and what it went into."""
    from boards.cli.session import run
    from boards.cli.show import console, lineage_tree, print_json

    async def work(client: "Client", _: "Settings") -> None:
        path = f"/generations/{_segment(id)}/lineage"
        found = await client.call("GET", path, asked={"max_depth": str(depth)})
        if as_json:
            print_json(found)
            return
        out = console()
        for title, way in (("Made from", "ancestors"), ("Went into", "descendants")):
            if found[way]["branches"]:
                out.print(title)
                out.print(lineage_tree(found[way]))
            else:
                out.print(f"{title}: nothing")
        if not found["is_whole"]:
            out.print("There is more than is shown here.")

    run(work, server=server)


def rerun(
    id: Id,
    swap: Annotated[
        tuple[str, str] | None,
        typer.Option("--swap", metavar="OLD NEW", help="Exchange an input for another."),
    ] = None,
    uses: Annotated[
        bool, typer.Option("--uses", help="Also all that was made from it, and from that.")
    ] = False,
    board: Board = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is made.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Spend the price unasked.")] = False,
    max_cost: Annotated[
        str | None,
        typer.Option("--max-cost", metavar="USD", help="Spend up to this unasked, never more."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--idempotency-key",
            metavar="KEY",
            help="Sent again with the same key within a day, nothing is made twice.",
        ),
    ] = None,
    allow_unpriced: AllowUnpriced = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make something anew, with the same inputs or one of them exchanged.

    The price of all of it is shown first; if it has become more by then, nothing is made.
    """
    from boards.cli import making
    from boards.cli.exits import Exit
    from boards.cli.quotes import refuse_over_budget
    from boards.cli.session import run
    from boards.cli.show import money, print_json
    from boards.cli.waiting import wait_for

    order = making.Order(generator="", words=[], agreed=yes, max_cost=making.usd_of(max_cost))

    async def work(client: "Client", _: "Settings") -> int:
        body: dict[str, Any] = {
            "with_uses": uses,
            "board_id": await making.board_id_of(client, board),
            "allow_unpriced": allow_unpriced,
        }
        if swap is not None:
            body["swap"] = {"old_id": swap[0], "new_id": swap[1]}
        path = f"/generations/{_segment(id)}/rerun"
        found = await client.call("POST", f"{path}/estimate", body=body)
        if not as_json:
            for step in found["steps"]:
                print(
                    f"{step['generation_id']}  {step['generator']}  {money(step['cost_estimate'])}"
                )
            for one in found["left_out"]:
                print(f"{one['generation_id']}  stays: {one['reason']}")
            print(f"Price: {money(found['cost_estimate'])}")
        refuse_over_budget(found)
        making.agree(found["cost_estimate"], order)
        amount = found["cost_estimate"]["amount"]
        if amount is not None:
            body["most"] = amount
        submission = await client.spend(path, body, key=key)
        if not wait:
            print_json(submission) if as_json else print(f"Job {submission['job_id']}")
            return Exit.OK
        job = await wait_for(client, submission["job_id"], title="rerun")
        if as_json:
            print_json(await making.give(client, job))
        else:
            for one in job["generations"]:
                print(f"{one['id']}  {one['generator']}  {one['status']}  {money(one['cost'])}")
        return making.exit_of_job(job)

    raise typer.Exit(run(work, server=server))


def _segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")

"""`boards webhooks …`: who is told when jobs end, and what they were told."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.answers import DeliveryJson, EndpointJson
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_webhooks = typer.Typer(
    help="Have addresses of yours told when jobs end; for administrators of the tenant.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Endpoint = Annotated[str, typer.Argument(metavar="ID", help="The id of the endpoint.")]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        metavar="TYPE",
        help="Tell it only this: job.done, job.failed, job.cancelled or generation.attention. May "
        "be repeated.  [default: everything]",
    ),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_webhooks, name="webhooks")


@of_webhooks.command("list")
def list_endpoints(as_json: AsJson = False, server: Server = None) -> None:
    """List the endpoints, the newest first."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.endpoints()
        if as_json:
            print_json(found)
            return
        if not found:
            print("Nobody is told anything. See `boards webhooks create --help`.")
            return
        rows = [
            (one["id"], _state(one), ", ".join(one["events"]) or "everything", one["url"])
            for one in found
        ]
        console().print(table(("ID", "STATE", "TOLD", "URL"), rows, whole=("ID", "STATE")))

    run(work, server=server)


@of_webhooks.command("create")
def create_endpoint(
    url: Annotated[str, typer.Argument(metavar="URL", help="A public http(s) address.")],
    events: Events = None,
    description: Annotated[str, typer.Option("--description", help="What it is for.")] = "",
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Have an address told when jobs end. Its secret is printed this once."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    body = {"url": url, "description": description, "events": events or []}

    async def work(client: "Client", _: "Settings") -> None:
        made = await client.create_endpoint(body)
        if as_json:
            print_json(made)
            return
        print(f"{made['endpoint']['id']}  {made['endpoint']['url']}")
        print(f"Secret, shown this once: {made['secret']}")

    run(work, server=server)


@of_webhooks.command("update")
def update_endpoint(
    endpoint: Endpoint,
    url: Annotated[str | None, typer.Option("--url", help="Its new address.")] = None,
    events: Events = None,
    description: Annotated[
        str | None, typer.Option("--description", help="What it is for.")
    ] = None,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Tell it things, or nothing.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Change an endpoint; what is not named stays. Enabled again, it is told what waited."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    given = {"url": url, "events": events, "description": description, "enabled": enabled}
    body = {name: value for name, value in given.items() if value is not None}

    async def work(client: "Client", _: "Settings") -> None:
        one = await client.update_endpoint(endpoint, body)
        if as_json:
            print_json(one)
        else:
            print(f"{one['id']}  {_state(one)}  {one['url']}")

    run(work, server=server)


@of_webhooks.command("delete")
def delete_endpoint(endpoint: Endpoint, as_json: AsJson = False, server: Server = None) -> None:
    """Delete an endpoint, with the log of what it was told."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        await client.delete_endpoint(endpoint)
        if as_json:
            print_json({"id": endpoint, "deleted": True})
        else:
            print(f"Endpoint {endpoint} is told nothing more.")

    run(work, server=server)


@of_webhooks.command("rotate")
def rotate_secret(endpoint: Endpoint, as_json: AsJson = False, server: Server = None) -> None:
    """Make a new secret, printed this once. For a day messages are signed with both."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        made = await client.rotate_secret(endpoint)
        if as_json:
            print_json(made)
        else:
            print(f"Secret, shown this once: {made['secret']}")

    run(work, server=server)


@of_webhooks.command("test")
def send_test(endpoint: Endpoint, as_json: AsJson = False, server: Server = None) -> None:
    """Send a test message now. Ends with 6 when it was not taken."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> bool:
        return _show(await client.test_endpoint(endpoint), as_json=as_json)

    _end(taken=run(work, server=server))


@of_webhooks.command("deliveries")
def list_deliveries(
    endpoint: Endpoint,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List what an endpoint was told, the newest first."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.deliveries(endpoint, limit=limit)
        if as_json:
            print_json(found)
            return
        rows = [
            (
                one["id"],
                one["type"],
                one["state"],
                str(one["attempts"]),
                str(one["http_status"] or ""),
                one["created_at"][:16].replace("T", " "),
            )
            for one in found
        ]
        heads = ("ID", "TYPE", "STATE", "TRIES", "ANSWER", "CREATED (UTC)")
        console().print(table(heads, rows, whole=("ID",)))

    run(work, server=server)


@of_webhooks.command("redeliver")
def redeliver(
    endpoint: Endpoint,
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="The delivery's id.")],
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Send a message again, under its own id. Ends with 6 when it was not taken."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> bool:
        return _show(await client.redeliver(endpoint, delivery), as_json=as_json)

    _end(taken=run(work, server=server))


def _state(endpoint: "EndpointJson") -> str:
    if not endpoint["enabled"]:
        return str(endpoint["disabled_reason"]).replace("_", " ")
    return "failing" if endpoint["failing_since"] else "enabled"


def _show(delivery: "DeliveryJson", *, as_json: bool) -> bool:
    from boards.cli.show import print_json

    taken = delivery["state"] == "delivered"
    if as_json:
        print_json(delivery)
    elif taken:
        print(f"{delivery['type']} was taken ({delivery['http_status']}).")
    else:
        print(f"{delivery['type']} was not taken: {delivery['error']}")
    return taken


def _end(*, taken: bool) -> None:
    from boards.cli.exits import Exit

    if not taken:
        raise typer.Exit(Exit.FAILED)

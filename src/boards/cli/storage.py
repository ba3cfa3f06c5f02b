"""`boards storage check|usage|quota`: whether files and rows agree, and how much is kept."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_storage = typer.Typer(
    help="The storage: whether it is whole, and how much it holds.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
HOURS = 24
"""How long a check may take: with checksums, every byte is read."""


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_storage, name="storage")


@of_storage.command("check")
def check_storage(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Mend what can be mended: damaged files from copies; what nobody knows is left to "
            "the sweep.",
        ),
    ] = False,
    checksums: Annotated[
        bool, typer.Option("--checksums", help="Read every file back whole.")
    ] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Hold rows and files against each other, both ways. Exits with 4 when something is amiss.

    Nothing is removed by it: not even with --repair, at once.
    """
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        body = {"repair": repair, "checksums": checksums}
        found = await client.call("POST", "/storage/check", body=body, seconds=HOURS * 3600)
        left = [one for one in found["findings"] if not one["repaired"]]
        if as_json:
            print_json(found)
        else:
            if found["findings"]:
                heads = ("FAULT", "KEY", "USED BY", "REPAIRED")
                rows = [
                    (
                        one["fault"],
                        one["key"],
                        " ".join(one["owner_ids"]) or "nobody",
                        "yes" if one["repaired"] else "no",
                    )
                    for one in found["findings"]
                ]
                console().print(table(heads, rows, whole=("KEY",)))
            counts = ", ".join(f"{one['count']} {one['fault']}" for one in found["counts"])
            print(f"{found['objects']} files, {_size(found['bytes'])}: {counts or 'all is well'}.")
        if left or (found["counts"] and not repair):
            raise Stop(
                "Files and rows do not agree; docs/storage.md says what to do.",
                exit_code=Exit.REFUSED,
                code="storage_unsound",
            )

    run(work, server=server)


@of_storage.command("usage")
def show_usage(as_json: AsJson = False, server: Server = None) -> None:
    """Show what is kept, and how much may be: your tenant's, or as the server's administrator all
    tenants'."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.call("GET", "/storage/usage")
        if as_json:
            print_json(found["items"])
        else:
            _print(found["items"], await _slugs(client))

    run(work, server=server)


@of_storage.command("quota")
def set_quota(
    size: Annotated[
        str, typer.Argument(metavar="SIZE", help="Such as 50GB or 20GiB; `none` for no own one.")
    ],
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="SLUG", help="[default: your own]")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Say how much a tenant may keep. What it has already stays, and what it paid for comes."""
    from boards.cli.naming import tenant_named
    from boards.cli.session import run
    from boards.cli.show import print_json

    max_bytes = _bytes(size)

    async def work(client: "Client", _: "Settings") -> None:
        where = await tenant_named(client, tenant)
        body = {"max_bytes": max_bytes}
        found = await client.call("PUT", f"/storage/quotas/{where['id']}", body=body)
        items = [one for one in found["items"] if one["tenant_id"] == where["id"]]
        if as_json:
            print_json(items)
        else:
            _print(items, {where["id"]: where["slug"]})

    run(work, server=server)


async def _slugs(client: "Client") -> dict[str, str]:
    from boards.cli.naming import tenants_of

    return {one["id"]: one["slug"] for one in await tenants_of(client)}


def _print(items: list[Any], slugs: dict[str, str]) -> None:
    from boards.cli.show import console, table

    rows = [
        (
            slugs.get(one["tenant_id"], one["tenant_id"]),
            str(one["objects"]),
            _size(one["bytes"]),
            "no limit" if one["quota"] is None else _size(one["quota"]),
            _size(one["saved_bytes"]),
            _size(one["waiting_bytes"]),
        )
        for one in items
    ]
    heads = ("TENANT", "FILES", "SIZE", "QUOTA", "SAVED", "TO BE SWEPT")
    console().print(table(heads, rows, whole=("TENANT",)))


def _size(count: int) -> str:
    """A number of bytes for people."""
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def _bytes(text: str) -> int | None:
    from boards.cli.exits import Exit, Stop
    from boards.domain.sizes import read_size

    if text == "none":
        return None
    size = read_size(text)
    if size is None:
        raise Stop(
            f"{text!r} is no size; write one such as 50GB or 20GiB, or `none`.",
            exit_code=Exit.USAGE,
        )
    return size

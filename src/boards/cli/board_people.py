"""`boards board members|add|join|role|remove|transfer|share|links|unshare`: who comes to one."""

from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

Which = Annotated[str, typer.Argument(metavar="BOARD", help="The board: its id, or its title.")]
Who = Annotated[str, typer.Argument(metavar="WHO", help="Somebody's id, or their address.")]
Role = Annotated[str, typer.Option("--role", help="viewer, editor or admin.")]


def add_to(of_boards: typer.Typer) -> None:
    of_boards.command("members")(list_members)
    of_boards.command("add")(add_member)
    of_boards.command("join")(join)
    of_boards.command("role")(change_role)
    of_boards.command("remove")(remove_member)
    of_boards.command("transfer")(transfer)
    of_boards.command("share")(share)
    of_boards.command("links")(list_links)
    of_boards.command("unshare")(unshare)


def list_members(board: Which, as_json: AsJson = False, server: Server = None) -> None:
    """List who works on a board, and who was invited."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        found = await client.call("GET", f"/boards/{board_id}/members")
        if as_json:
            print_json(found)
            return
        rows = [(found["owner_id"], "owner")]
        rows += [(one["user_id"], one["role"]) for one in found["members"]]
        rows += [(one["email"], f"{one['role']}, invited") for one in found["invitations"]]
        console().print(table(("WHO", "ROLE"), rows, whole=("WHO",)))

    run(work, server=server)


def add_member(
    board: Which, who: Who, role: Role = "viewer", as_json: AsJson = False, server: Server = None
) -> None:
    """Let somebody onto a board. Who has an address and is not in the tenant yet is invited."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        path = f"/boards/{await board_id_of(client, board)}"
        if "@" not in who:
            body = {"user_id": who, "role": role}
            member = await client.call("POST", f"{path}/members", body=body)
            print_json(member) if as_json else print(f"{member['user_id']}  {member['role']}")
            return
        body = {"email": who, "role": role}
        found = await client.call("POST", f"{path}/invitations", body=body)
        if as_json:
            print_json(found)
        elif found["member"] is not None:
            print(f"{found['member']['user_id']}  {found['member']['role']}")
        else:
            print(f"{who} is invited. Once they are in the tenant the board is theirs to see; or")
            print(f"let them run, within seven days: boards board join {found['link']}")

    run(work, server=server)


def join(
    link: Annotated[str, typer.Argument(metavar="LINK", help="What you were handed.")],
    server: Server = None,
) -> None:
    """Take an invitation by its one-time link."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        found = await client.call("POST", "/invitations/accept", body={"link": link})
        print(f"{found['id']}  {found['title']}")

    run(work, server=server)


def change_role(
    board: Which,
    who: Who,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, editor or admin.")],
    server: Server = None,
) -> None:
    """Give a member another role."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        path = f"/boards/{board_id}/members/{await _id_of(client, who)}"
        member = await client.call("PATCH", path, body={"role": role})
        print(f"{member['user_id']}  {member['role']}")

    run(work, server=server)


def remove_member(board: Which, who: Who, server: Server = None) -> None:
    """See a member off, or leave: `me` is you."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        await client.call("DELETE", f"/boards/{board_id}/members/{await _id_of(client, who)}")

    run(work, server=server)


def transfer(board: Which, who: Who, server: Server = None) -> None:
    """Pass your board on to one of its members; you stay as an admin."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        body = {"user_id": await _id_of(client, who)}
        found = await client.call("POST", f"/boards/{board_id}/transfer", body=body)
        print(f"{found['title']!r} is {found['owner_id']}'s now.")

    run(work, server=server)


def share(
    board: Which,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=366, help="How long it is good.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a link by which anybody may look at a board, and print it, this once."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        made = await client.call("POST", f"/boards/{board_id}/links", body={"expires_days": days})
        print_json(made) if as_json else print(made["url"])

    run(work, server=server)


def list_links(board: Which, as_json: AsJson = False, server: Server = None) -> None:
    """List the links that share a board."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        found = (await client.call("GET", f"/boards/{board_id}/links"))["items"]
        if as_json:
            print_json(found)
            return
        rows = [
            (one["id"], f"…{one['hint']}", one["created_at"][:10], (one["expires_at"] or "")[:10])
            for one in found
        ]
        heads = ("ID", "ENDS IN", "MADE", "GOOD UNTIL")
        console().print(table(heads, rows, whole=("ID",)))

    run(work, server=server)


def unshare(
    board: Which,
    link_id: Annotated[str, typer.Argument(metavar="LINK-ID", help="As `board links` says.")],
    server: Server = None,
) -> None:
    """End a link."""
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        board_id = await board_id_of(client, board)
        await client.call("DELETE", f"/boards/{board_id}/links/{link_id}")

    run(work, server=server)


async def _id_of(client: "Client", who: str) -> str:
    """The id of somebody; `me` is whoever asks. Addresses are for the tenant's administrators."""
    from boards.cli.naming import user_named

    if who == "me":
        return str((await client.call("GET", "/me"))["user_id"])
    return (await user_named(client, who, None))["user_id"] if "@" in who else who

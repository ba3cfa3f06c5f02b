"""`boards tag …`, `boards favourite`, `boards note`, `boards title`, `boards delete|undelete`,
`boards move|copy` and `boards undo`: what people do with what was made."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

of_tags = typer.Typer(
    help="Tags: words to sort what was made by.", no_args_is_help=True, rich_markup_mode=None
)
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Generations, up to 500.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The generation.")]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="The tag: its slug, or its id.")]
Which = Annotated[str, typer.Argument(metavar="BOARD", help="The board: its id, or its title.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_tags, name="tag")
    app.command("favourite")(favourite)
    app.command("note")(note)
    app.command("title")(entitle)
    app.command("delete")(delete)
    app.command("undelete")(undelete)
    app.command("move")(move)
    app.command("copy")(copy)
    app.command("undo")(undo)


@of_tags.command("list")
def list_tags(as_json: AsJson = False, server: Server = None) -> None:
    """List the tenant's tags, by name."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        found = (await client.call("GET", "/tags"))["items"]
        if as_json:
            print_json(found)
            return
        rows = [(one["slug"], one["name"], one["description"] or "") for one in found]
        console().print(table(("SLUG", "NAME", "DESCRIPTION"), rows, whole=("SLUG",)))

    run(work, server=server)


@of_tags.command("create")
def create_tag(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    slug: Annotated[str | None, typer.Option("--slug", help="[default: made of the name]")] = None,
    description: Annotated[str | None, typer.Option("--description")] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a tag."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        body = {"name": name, "slug": slug, "description": description}
        made = await client.call("POST", "/tags", body=body)
        print_json(made) if as_json else print(f"{made['slug']}  {made['name']}")

    run(work, server=server)


@of_tags.command("rename")
def rename_tag(
    tag: Tag, name: Annotated[str, typer.Argument(metavar="NAME")], server: Server = None
) -> None:
    """Give a tag another name; its slug follows."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        path = f"/tags/{await _tag_id(client, tag)}"
        found = await client.call("PATCH", path, body={"name": name})
        print(f"{found['slug']}  {found['name']}")

    run(work, server=server)


@of_tags.command("delete")
def delete_tag(tag: Tag, server: Server = None) -> None:
    """Delete a tag, and take it off everything."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        await client.call("DELETE", f"/tags/{await _tag_id(client, tag)}")

    run(work, server=server)


@of_tags.command("put")
def put_tag(tag: Tag, ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Put a tag on generations."""
    _tagging("tag", tag, ids, as_json, server)


@of_tags.command("take")
def take_tag(tag: Tag, ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Take a tag off generations."""
    _tagging("untag", tag, ids, as_json, server)


def favourite(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help="Generations; none to list yours.")
    ] = None,
    is_off: Annotated[bool, typer.Option("--off", help="Take the mark away.")] = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Mark generations for yourself, or list those that you marked."""
    from boards.cli.session import run
    from boards.cli.show import console, print_json, table

    async def work(client: "Client", _: "Settings") -> None:
        if ids:
            action = "unfavourite" if is_off else "favourite"
            await _change(client, {"action": action, "ids": ids}, as_json)
            return
        found = await client.pages("/favourites", {}, limit=1000)
        if as_json:
            print_json(found)
            return
        rows = [(one["id"], one["artifact_type"], one["title"] or "") for one in found]
        console().print(table(("ID", "TYPE", "TITLE"), rows, whole=("ID", "TYPE")))

    run(work, server=server)


def note(
    id: Id,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to write; none to read.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Write a note about a generation, or read what was written."""
    from boards.cli.session import run
    from boards.cli.show import print_json

    async def work(client: "Client", _: "Settings") -> None:
        path = f"/generations/{id}/notes"
        if text is not None:
            written = await client.call("POST", path, body={"text": text})
            print_json(written) if as_json else print(written["id"])
            return
        found = (await client.call("GET", path))["items"]
        if as_json:
            print_json(found)
            return
        for one in found:
            print(f"{one['created_at'][:16].replace('T', ' ')}  {one['user_id']}\n  {one['text']}")

    run(work, server=server)


def entitle(
    id: Id,
    title: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="What to call it; none for nothing.")
    ] = None,
    server: Server = None,
) -> None:
    """Call a generation something."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        await client.call("PATCH", f"/generations/{id}", body={"title": title})

    run(work, server=server)


def delete(ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Put generations that have ended into the trash, for 30 days."""
    _bulk({"action": "delete", "ids": ids}, as_json, server)


def undelete(ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Have generations back from the trash."""
    _bulk({"action": "restore", "ids": ids}, as_json, server)


def move(board: Which, ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Put generations on another board; what they cost stays where it was spent."""
    _going("move", board, ids, as_json, server)


def copy(board: Which, ids: Ids, as_json: AsJson = False, server: Server = None) -> None:
    """Put copies of generations on another board; they cost nothing."""
    _going("copy", board, ids, as_json, server)


def undo(
    undo_id: Annotated[str, typer.Argument(metavar="UNDO-ID", help="As the command has said.")],
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Take back what was done to many generations, once."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        _say(await client.call("POST", f"/undo/{undo_id}"), as_json)

    run(work, server=server)


def _tagging(action: str, tag: str, ids: list[str], as_json: bool, server: str | None) -> None:
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        body = {"action": action, "ids": ids, "tag_id": await _tag_id(client, tag)}
        await _change(client, body, as_json)

    run(work, server=server)


def _going(action: str, board: str, ids: list[str], as_json: bool, server: str | None) -> None:
    from boards.cli.making import board_id_of
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        body = {"action": action, "ids": ids, "board_id": await board_id_of(client, board)}
        await _change(client, body, as_json)

    run(work, server=server)


def _bulk(body: dict[str, Any], as_json: bool, server: str | None) -> None:
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> None:
        await _change(client, body, as_json)

    run(work, server=server)


async def _change(client: "Client", body: dict[str, Any], as_json: bool) -> None:
    _say(await client.call("POST", "/generations/bulk", body=body), as_json)


def _say(found: dict[str, Any], as_json: bool) -> None:
    """Tell what became of each; Stop when anything was refused."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.show import print_json

    if as_json:
        print_json(found)
    else:
        for one in found["items"]:
            if one["error"] is None:
                print(f"{one['id']}  {one['outcome']}  {one['copy_id'] or ''}".rstrip())
        if found["undo"] is not None:
            print(f"Take it back with: boards undo {found['undo']['id']}")
    refused = [one["error"]["message"] for one in found["items"] if one["error"]]
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise Stop(f"{refused[0]}{more}", exit_code=Exit.REFUSED, code="refused")


async def _tag_id(client: "Client", tag: str) -> str:
    """The id of a tag. Stop when there is none of this slug."""
    from boards.cli.exits import Exit, Stop
    from boards.ids import parse_id

    known = parse_id(tag)
    if known is not None:
        return str(known)
    found = (await client.call("GET", "/tags"))["items"]
    for one in found:
        if tag in (one["slug"], one["name"]):
            return str(one["id"])
    raise Stop(
        f"There is no tag {tag!r}; `boards tag list` lists them.",
        exit_code=Exit.NOT_FOUND,
        code="not_found",
    )

"""What the commands of stories do that spend nothing: make, show, pick, upload, themes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from boards.cli.exits import Exit, Stop
from boards.cli.making import board_id_of
from boards.cli.session import run
from boards.cli.show import console, print_json, size, table
from boards.cli.story_takes import at

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = [
    "cards",
    "list_stories",
    "new",
    "open_story",
    "pick",
    "pick_slot",
    "sheet",
    "takes",
    "themes",
    "upload",
]

Work = Callable[["Client"], Awaitable[Any]]


def new(
    story: str,
    document: Mapping[str, object],
    *,
    board: str | None,
    form: str | None,
    git: bool,
    script: Path | None = None,
    as_json: bool,
    server: str | None,
) -> None:
    """Make a story; with a script its scenes become cards."""
    said = None if script is None else _text_of(script)

    async def work(client: "Client") -> Any:
        body = {
            "slug": story,
            "form": form,
            "git": git,
            "board_id": await board_id_of(client, board),
            "storyboard": dict(document),
            **({} if said is None else {"script": said}),
        }
        return await client.call("POST", "/workspace", body=body)

    _show(work, _print_story, as_json=as_json, server=server)


def open_story(story: str, *, board: str | None, as_json: bool, server: str | None) -> None:
    """Open a story."""

    async def work(client: "Client") -> Any:
        body = {"board_id": await board_id_of(client, board)}
        return await client.call("POST", f"{at(story)}/open", body=body)

    _show(work, _print_story, as_json=as_json, server=server)


def list_stories(*, as_json: bool, server: str | None) -> None:
    """List the stories."""

    def show(found: Any) -> None:
        rows = [
            (one["slug"], one["form"], one["board_id"], one["updated_at"][:16].replace("T", " "))
            for one in found["items"]
        ]
        heads = ("STORY", "KEPT IN", "BOARD", "CHANGED")
        console().print(table(heads, rows, whole=heads))

    _show(lambda client: client.call("GET", "/workspace"), show, as_json=as_json, server=server)


def cards(story: str, *, as_json: bool, server: str | None) -> None:
    """List the cards."""

    def show(found: Any) -> None:
        flagged = {one["card"] for one in found["flagged"]}
        rows = []
        for number, card in enumerate(found["storyboard"]["cards"], start=1):
            media = card.get("media")
            shown = "" if media is None else f"{media['kind']} · {media['source']}"
            mark = "old theme: re-roll?" if number in flagged else ""
            rows.append((str(number), card["kind"], card["scene"] or card["text"], shown, mark))
        heads = ("CARD", "KIND", "SCENE", "MEDIA", "FLAG")
        console().print(table(heads, rows, whole=("CARD", "KIND", "MEDIA", "FLAG")))

    _show(lambda client: client.call("GET", at(story)), show, as_json=as_json, server=server)


def takes(story: str, card: int | None, *, as_json: bool, server: str | None) -> None:
    """List the takes."""
    path = f"{at(story)}/takes" if card is None else f"{at(story)}/cards/{card}/takes"

    def show(found: Any) -> None:
        rows = [
            (
                one["file"],
                "picked" if one["picked"] else "",
                one["theme"] or "",
                size(one["size"]),
                one["prompt"] or "",
            )
            for one in found["takes"]
        ]
        heads = ("TAKE", "", "THEME", "SIZE", "PROMPT")
        console().print(table(heads, rows, whole=("TAKE", "", "SIZE")))

    _show(lambda client: client.call("GET", path), show, as_json=as_json, server=server)


def pick(story: str, card: int, take: str, *, as_json: bool, server: str | None) -> None:
    """Choose a take; a bare number is one of the card's own."""

    async def work(client: "Client") -> Any:
        named = take
        if take.isdecimal():
            found = await client.call("GET", f"{at(story)}/cards/{card}/takes")
            named = next((one["file"] for one in found["takes"] if one["number"] == int(take)), "")
            if not named:
                raise Stop(
                    f"Card {card} has no take {take}; `boards story takes {story} --card {card}` "
                    "lists them.",
                    exit_code=Exit.NOT_FOUND,
                    code="not_found",
                )
        return await client.call("POST", f"{at(story)}/cards/{card}/pick", body={"take": named})

    _show(work, _print_media, as_json=as_json, server=server)


def pick_slot(story: str, slot: str, take: str, *, as_json: bool, server: str | None) -> None:
    """Choose an earlier cover or portrait."""
    named = f"{slot}-{take}" if take.isdecimal() else take

    async def work(client: "Client") -> Any:
        return await client.call("POST", f"{at(story)}/{slot}/pick", body={"take": named})

    _show(work, _print_media, as_json=as_json, server=server)


def upload(
    story: str,
    path: str,
    files: Sequence[Path],
    *,
    field: str = "file",
    said: Mapping[str, str] | None = None,
    as_json: bool,
    server: str | None,
) -> None:
    """Upload files to a place of the story."""

    async def work(client: "Client") -> Any:
        return await client.send_files(f"{at(story)}{path}", files, field=field, said=said)

    _show(work, _print_media, as_json=as_json, server=server)


def themes(
    story: str,
    *,
    use: str | None,
    add: str | None,
    theme: Mapping[str, str],
    remove: str | None,
    as_json: bool,
    server: str | None,
) -> None:
    """Show or change the themes."""

    async def work(client: "Client") -> Any:
        path = f"{at(story)}/themes"
        if add is not None:
            await client.call("PUT", f"{path}/{quote(add, safe='')}", body=dict(theme))
        if remove is not None:
            await client.call("DELETE", f"{path}/{quote(remove, safe='')}")
        found = await client.call("GET", path)
        if use is not None:
            if use not in {one["name"] for one in found["items"]}:
                raise Stop(
                    f"There is no theme {use!r}; `boards story themes {story}` lists them.",
                    exit_code=Exit.NOT_FOUND,
                    code="not_found",
                )
            now = await client.call("GET", at(story))
            document = {**now["storyboard"], "theme": use}
            body = {"revision": now["revision"], "storyboard": document}
            await client.call("PUT", at(story), body=body)
            found = await client.call("GET", path)
        return found

    def show(found: Any) -> None:
        rows = [
            (
                one["name"],
                one["use"],
                one["aspect"],
                "in use" if one["current"] else "own" if one["own"] else "",
                one["style"],
            )
            for one in found["items"]
        ]
        heads = ("THEME", "FOR", "ASPECT", "", "STYLE")
        console().print(table(heads, rows, whole=("THEME", "FOR", "ASPECT", "")))

    _show(work, show, as_json=as_json, server=server)


def sheet(story: str, out: Path, card: int | None, *, server: str | None) -> None:
    """Write a contact sheet."""
    asked = "" if card is None else f"?card={card}"

    data = run(lambda client, _: client.bytes_of(f"{at(story)}/sheet{asked}"), server=server)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise Stop(
            f"{str(out)!r} cannot be written: {error.strerror}.", exit_code=Exit.USAGE
        ) from error
    print(f"{out}  {size(len(data))}")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise Stop(f"{str(file)!r} cannot be read: {why}.", exit_code=Exit.USAGE) from error


def _show(work: Work, show: Callable[[Any], None], *, as_json: bool, server: str | None) -> None:
    async def session(client: "Client", _: "Settings") -> None:
        found = await work(client)
        if as_json:
            print_json(found)
        else:
            show(found)

    run(session, server=server)


def _print_story(found: Any) -> None:
    print(f"{found['slug']}  {len(found['storyboard']['cards'])} cards")
    if found["where"] is not None:
        print(f"  {found['where']}")
    for problem in found["problems"]:
        print(f"  line {problem['line']}: {problem['message']}")
    for flag in found["flagged"]:
        where = flag["slot"] if flag["card"] is None else f"card {flag['card']}"
        print(f"  {where}: {flag['message']}")
    for said in (found["note"], found["unavailable"]):
        if said is not None:
            print(f"  {said}")


def _print_media(found: Any) -> None:
    media = found["media"]
    if media is not None:
        print(f"{media['path']}  {media['kind']} · {media['source']}")
    for reference in found["references"] if found["slot"] == "portrait" else []:
        print(f"  {reference}")
    if found["note"] is not None:
        print(f"  {found['note']}")

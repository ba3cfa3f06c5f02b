"""`boards story animatic`, `boards story export`: what comes out of a story as a whole."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boards.cli.options import AsJson, Server

if TYPE_CHECKING:
    from boards.cli.remote import Client
    from boards.settings import Settings

__all__ = ["add_to"]

Story = Annotated[str, typer.Argument(metavar="STORY", help="The story's name.")]


def add_to(of_stories: typer.Typer) -> None:
    of_stories.command("animatic")(animatic)
    of_stories.command("export")(export_story)


def animatic(
    story: Story,
    music: Annotated[
        str | None,
        typer.Option("--music", metavar="FILE|ID", help="A file of sound, or a generation's id."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it here, too.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a video of what is picked, with its words and times. It is free; needs [media]."""
    from boards.cli.session import run

    async def work(client: "Client", _: "Settings") -> int:
        return await make_animatic(client, story, music, out, as_json=as_json)

    raise typer.Exit(run(work, server=server))


def export_story(
    story: Story,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The zip to write. [default: STORY.story.zip]"),
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Write all of a story into one zip: storyboard, takes, picks, cover, portrait, and hashes."""
    from boards.cli.exits import Exit, Stop
    from boards.cli.session import run

    if file is not None and file.exists():
        raise Stop(f"There is {str(file)!r} already; name another.", exit_code=Exit.USAGE)

    async def work(client: "Client", _: "Settings") -> None:
        await save_story(client, story, file, as_json=as_json)

    run(work, server=server)


async def make_animatic(
    client: "Client", story: str, music: str | None, out: Path | None, *, as_json: bool
) -> int:
    """Have an animatic made and wait for it; gives the exit code."""
    from boards.cli.exits import Exit
    from boards.cli.making import exit_of_job, give, outcome
    from boards.cli.show import print_json
    from boards.cli.story_takes import at
    from boards.cli.waiting import wait_for

    found = await client.call("GET", at(story))
    _tell_left_out(found)
    body = {"music_id": await _music(client, music, found["board_id"])}
    started = await client.spend(f"{at(story)}/animatic", body)
    job = await wait_for(client, started["job_id"], title="Animatic")
    code = exit_of_job(job)
    made = job["generations"][0]
    if code is Exit.OK and out is not None:
        await _write(client, made["id"], out)
    if as_json:
        print_json({**await give(client, job), "out": None if out is None else str(out)})
    else:
        print(out if code is Exit.OK and out is not None else await outcome(client, made))
    return code


async def save_story(client: "Client", story: str, file: Path | None, *, as_json: bool) -> None:
    """Write the zip of a story."""
    from boards.cli.board_files import MIB, save_zip
    from boards.cli.show import print_json
    from boards.cli.story_takes import at

    target = await save_zip(client, f"{at(story)}/export", file)
    size = target.stat().st_size
    if as_json:
        print_json({"story": story, "path": str(target), "bytes": size})
    else:
        print(f"{target}  {size / MIB:.1f} MiB")


def _tell_left_out(found: Any) -> None:
    left = [
        str(number)
        for number, card in enumerate(found["storyboard"]["cards"], start=1)
        if card["kind"] == "overlay" and not card.get("media")
    ]
    if left:
        print(f"Left out, as nothing is picked: card {', '.join(left)}", file=sys.stderr)


async def _music(client: "Client", music: str | None, board_id: str) -> str | None:
    """The id of the music; a file is uploaded."""
    from boards.cli.exits import Exit, Stop
    from boards.ids import parse_id

    if music is None:
        return None
    known = parse_id(music)
    if known is not None:
        return str(known)
    import asyncio

    if not await asyncio.to_thread(Path(music).is_file):
        raise Stop(f"{music!r} is neither a file nor the id of a generation.", exit_code=Exit.USAGE)
    uploaded = await client.upload(Path(music), board_id=board_id)
    print(f"Uploaded {Path(music).name} as {uploaded['id']}", file=sys.stderr)
    return uploaded["id"]


async def _write(client: "Client", generation_id: str, out: Path) -> None:
    from boards.cli.exits import Exit, Stop

    here = await client.locate(generation_id)
    try:
        if here is not None:
            import asyncio

            await asyncio.to_thread(shutil.copyfile, here, out)
        else:
            await client.download(generation_id, out)
    except OSError as error:
        raise Stop(
            f"{str(out)!r} cannot be written: {error.strerror}. The animatic is on the board: "
            f"{generation_id}.",
            exit_code=Exit.BROKEN,
        ) from error

"""The demo: six things made one from the other, by the commands that anybody can type."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from boards.cli.answers import BoardJson, GenerationJson
from boards.cli.demo_story import print_story, tell_story
from boards.cli.exits import Exit, Stop
from boards.cli.making import Order, exit_of_job, order_it, outcome
from boards.cli.remote import Client
from boards.cli.show import console, describe_file, duration, lineage_tree, money, size, table
from boards.cli.waiting import wait_for
from boards.settings import Settings

__all__ = ["BOARD", "STEPS", "Step", "is_shown", "show_all"]

BOARD = "Demo"
Ids = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to make, from `words` and from what was made before.

    `sources` are input field and step; those that were left out are left out here, too, but for
    the `needed` first ones, without which nothing can be made.
    """

    name: str
    generator: str
    words: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    needed: int = 0

    def inputs(self, made: Ids) -> list[str] | None:
        """Give the inputs as they are typed; None when something needed was left out."""
        if any(name not in made for _, name in self.sources[: self.needed]):
            return None
        filled = [f"{field}={made[name]}" for field, name in self.sources if name in made]
        return [*filled, *self.words]


STEPS = (
    Step(
        name="first poster",
        generator="local-poster",
        words=("prompt=Night train to the sea", "seed=7"),
    ),
    Step(
        name="second poster",
        generator="local-poster",
        words=("prompt=A garden of forking paths", "seed=11"),
    ),
    Step(
        name="edit",
        generator="local-edit",
        sources=(("image_source", "first poster"),),
        needed=1,
        words=("preset=dusk", "text=Every result is an input", "text_position=top"),
    ),
    Step(
        name="collage",
        generator="local-collage",
        sources=(("images", "first poster"), ("images", "second poster"), ("images", "edit")),
        needed=2,
        words=("layout=mosaic",),
    ),
    Step(
        name="music",
        generator="local-music",
        words=("mood=calm", "seconds=12", "seed=3"),
    ),
    Step(
        name="slideshow",
        generator="local-slideshow",
        sources=(
            ("images", "first poster"),
            ("images", "second poster"),
            ("images", "edit"),
            ("images", "collage"),
            ("audio", "music"),
        ),
        needed=2,
        words=("seconds_per_image=3", "seed=5"),
    ),
)


async def is_shown(client: Client) -> bool:
    """Tell whether the demo's board is there, with something on it."""
    for board in await client.boards(limit=1000):
        if board["title"] == BOARD:
            return bool(await client.generations(board_id=board["id"], limit=1))
    return False


async def show_all(client: Client, settings: Settings, *, quiet: bool = False) -> None:
    """Make everything and show it, unless `quiet`. Stop when something fails that should not."""
    board = await _board(client)
    where = "in this process" if client.address is None else f"on {client.address}"
    if not quiet:
        print(f"Board {board['title']!r}, {where}. Nothing here costs anything.\n", flush=True)
    known = {one["name"]: one["unavailable"] for one in await client.generators()}
    made: dict[str, GenerationJson] = {}
    left_out: dict[str, str] = {}
    for number, step in enumerate(STEPS, start=1):
        print(f"{number}/{len(STEPS)} {step.name}", file=sys.stderr)
        if step.generator not in known:
            left_out[step.name] = f"there is no generator {step.generator!r} here"
        elif reason := known[step.generator]:
            left_out[step.name] = reason
        else:
            ids = {name: one["id"] for name, one in made.items()}
            inputs = step.inputs(ids)
            if inputs is None:
                left_out[step.name] = "what it is made from was left out"
                continue
            generation = await _make(client, step, inputs, board)
            if generation["error"] is None:
                made[step.name] = generation
            else:
                left_out[step.name] = generation["error"]["message"]
    poster = known.get("local-poster", "missing")
    story = None if poster else await tell_story(client)
    if not quiet:
        await _report(client, settings, board, made, left_out)
        if story is not None:
            print_story(story)


async def _board(client: Client) -> BoardJson:
    """The demo's board; a second demo adds to it."""
    for board in await client.boards(limit=1000):
        if board["title"] == BOARD:
            return board
    return await client.create_board(BOARD, description="Made by `boards demo`.")


async def _make(
    client: Client, step: Step, inputs: Sequence[str], board: BoardJson
) -> GenerationJson:
    """Make one thing. Stop when that fails, unless because something is not installed."""
    order = Order(generator=step.generator, words=inputs, board=board["id"])
    submission = await order_it(client, order, tell=False)
    job = await wait_for(client, submission["job_id"], title=step.name)
    generation = job["generations"][0]
    ended = exit_of_job(job)
    error = generation["error"]
    if ended is not Exit.OK and (error is None or error["code"] != "not_configured"):
        said = await outcome(client, generation)
        raise Stop(f"The {step.name} was not made: {said}", exit_code=ended)
    return generation


async def _report(
    client: Client,
    settings: Settings,
    board: BoardJson,
    made: Mapping[str, GenerationJson],
    left_out: Mapping[str, str],
) -> None:
    out = console()
    rows = [
        (
            name,
            one["artifact_type"],
            describe_file(one),
            size(one["file"]["size"]) if one["file"] else "",
            _time(one),
            money(one["cost"]),
        )
        for name, one in made.items()
    ]
    heads = ("NAME", "TYPE", "FILE", "SIZE", "TIME", "COST")
    out.print(table(heads, rows, whole=heads))
    for name, reason in left_out.items():
        out.print(f"\nNo {name}: {reason}", soft_wrap=True)
    if not made:
        return
    last = next((step.name for step in reversed(STEPS) if step.sources and step.name in made), None)
    if last is not None:
        out.print(f"\nWhat the {last} was made from")
        lineage = await client.lineage(made[last]["id"])
        out.print(lineage_tree(lineage["ancestors"]))
    out.print("\nThe files")
    for name, one in made.items():
        out.print(f"  {name}\n    {await outcome(client, one)}", soft_wrap=True)
    if client.address is None:
        out.print(f"\nEverything is kept in {settings.data_dir}", soft_wrap=True)
    shown = list(made.values())[-1]
    out.print("\nWhat next")
    for line, purpose in (
        ("boards up", "starts the server"),
        ("boards generators", "lists what can be made"),
        ("boards generate local-poster prompt='Your words'", "makes a poster"),
        (f"boards show {shown['id']}", "tells all about one of these"),
        (f"boards list --board {board['title']}", "lists this board"),
    ):
        out.print(f"  {line}\n      {purpose}", soft_wrap=True)


def _time(generation: GenerationJson) -> str:
    began, ended = generation["started_at"], generation["completed_at"]
    if began is None or ended is None:
        return ""
    span = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
    return duration(span.total_seconds())

"""`boards story …`: storyboards whose cards get takes, of which one is picked."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boards.cli import story_outputs
from boards.cli.exits import Exit, Stop
from boards.cli.options import AllowUnpriced, AsJson, Board, Server

if TYPE_CHECKING:
    from boards.cli.story_takes import Wish

__all__ = ["add_to"]

of_stories = typer.Typer(
    help="Lay out stories: cards get takes, of which you pick one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    story_outputs.add_to(of_stories)
    app.add_typer(of_stories, name="story")


Story = Annotated[str, typer.Argument(metavar="STORY", help="The story's name.")]
Card = Annotated[int, typer.Argument(metavar="CARD", help="The card, counted from 1.")]
Cards = Annotated[
    list[int] | None,
    typer.Option("--card", metavar="N", help="Only this card; may be repeated."),
]
Takes = Annotated[
    int | None, typer.Option("--takes", metavar="N", help="How many. [default: the story's]")
]
Theme = Annotated[str | None, typer.Option("--theme", metavar="NAME", help="Under this theme.")]
Generator = Annotated[
    str | None,
    typer.Option("--generator", metavar="NAME", help="With this one. [default: the story's]"),
]
Force = Annotated[
    bool, typer.Option("--force", help="Make new takes although there are some; paid again.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Spend the price unasked.")]
MaxCost = Annotated[
    str | None,
    typer.Option("--max-cost", metavar="USD", help="Spend up to this unasked, never more."),
]
Estimate = Annotated[bool, typer.Option("--estimate", help="Only tell the price; spend nothing.")]


@of_stories.command("new")
def new(
    story: Story,
    title: Annotated[str, typer.Option("--title", help="Its title.")] = "",
    kind: Annotated[str, typer.Option("--type", metavar="reel|article")] = "reel",
    scene: Annotated[
        list[str] | None,
        typer.Option("--scene", metavar="TEXT", help="A card that shows this; may be repeated."),
    ] = None,
    script: Annotated[
        Path | None,
        typer.Option(
            "--script", metavar="FILE", help="A text whose headings or sluglines become cards."
        ),
    ] = None,
    theme: Theme = None,
    generator: Annotated[
        str | None,
        typer.Option("--generator", metavar="NAME", help="What makes its pictures."),
    ] = None,
    board: Board = None,
    form: Annotated[
        str | None,
        typer.Option("--form", metavar="folder|storage|memory", help="Where it is kept."),
    ] = None,
    git: Annotated[bool, typer.Option(help="Make its folder a git repository.")] = True,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make a story."""
    from boards.cli import stories

    document: dict[str, object] = {
        "title": title,
        "type": kind,
        "cards": [{"kind": "overlay", "scene": text} for text in scene or []],
    }
    if theme is not None:
        document["theme"] = theme
    if generator is not None:
        document["providers"] = {"image": generator}
    if script is not None and scene:
        raise Stop("Give --script or --scene, not both.", exit_code=Exit.USAGE)
    stories.new(
        story,
        document,
        board=board,
        form=form,
        git=git,
        script=script,
        as_json=as_json,
        server=server,
    )


@of_stories.command("open")
def open_story(
    story: Story, board: Board = None, as_json: AsJson = False, server: Server = None
) -> None:
    """Show a story and where it is; take in a folder that you have put there."""
    from boards.cli import stories

    stories.open_story(story, board=board, as_json=as_json, server=server)


@of_stories.command("list")
def list_stories(as_json: AsJson = False, server: Server = None) -> None:
    """List the stories, the last changed first."""
    from boards.cli import stories

    stories.list_stories(as_json=as_json, server=server)


@of_stories.command("cards")
def cards(story: Story, as_json: AsJson = False, server: Server = None) -> None:
    """List the cards, with their media and what was made under another theme."""
    from boards.cli import stories

    stories.cards(story, as_json=as_json, server=server)


@of_stories.command("generate")
def generate(
    story: Story,
    card: Cards = None,
    takes: Takes = None,
    theme: Theme = None,
    video: Annotated[bool, typer.Option("--video", help="Make videos.")] = False,
    generator: Generator = None,
    force: Force = False,
    estimate: Estimate = False,
    yes: Yes = False,
    max_cost: MaxCost = None,
    allow_unpriced: AllowUnpriced = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Have takes made. This spends money; the price is shown first.

    For one card, several, or every one with a scene and no upload. What is there already is not
    made again without --force.
    """
    body: dict[str, object] = {
        "takes": takes,
        "theme": theme,
        "kind": "video" if video else "image",
        "generator": generator,
        "force": force,
        "allow_unpriced": allow_unpriced,
        "cards": card or None,
    }
    _make(story, "/cards", body, _wish(estimate, yes, max_cost, as_json), server)


@of_stories.command("takes")
def list_takes(
    story: Story,
    card: Annotated[int | None, typer.Option("--card", metavar="N")] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """List the takes that are there, as the files tell."""
    from boards.cli import stories

    stories.takes(story, card, as_json=as_json, server=server)


@of_stories.command("pick")
def pick(
    story: Story,
    card: Card,
    take: Annotated[str, typer.Argument(metavar="TAKE", help="Such as 03-2, or just 2.")],
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Choose a take for a card."""
    from boards.cli import stories

    stories.pick(story, card, take, as_json=as_json, server=server)


@of_stories.command("upload")
def upload(
    story: Story,
    card: Card,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Use an image or a video of your own for a card, as it is."""
    from boards.cli import stories

    stories.upload(story, f"/cards/{card}/media", [file], as_json=as_json, server=server)


@of_stories.command("cover")
def cover(
    story: Story,
    file: Annotated[
        Path | None, typer.Option("--upload", metavar="FILE", help="Use this one instead.")
    ] = None,
    take: Annotated[
        str | None, typer.Option("--pick", metavar="TAKE", help="Go back to an earlier one.")
    ] = None,
    takes: Takes = None,
    theme: Theme = None,
    generator: Generator = None,
    force: Force = False,
    estimate: Estimate = False,
    yes: Yes = False,
    max_cost: MaxCost = None,
    allow_unpriced: AllowUnpriced = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Have a cover made, or upload one. Making one spends money; the price is shown first."""
    from boards.cli import stories

    if file is not None and take is not None:
        raise Stop("Give --upload or --pick, not both.", exit_code=Exit.USAGE)
    if file is not None:
        stories.upload(
            story, "/assets", [file], said={"kind": "cover"}, as_json=as_json, server=server
        )
    elif take is not None:
        stories.pick_slot(story, "cover", take, as_json=as_json, server=server)
    else:
        body = _body(takes, theme, generator, force, allow_unpriced)
        _make(story, "/cover", body, _wish(estimate, yes, max_cost, as_json), server)


@of_stories.command("portrait")
def portrait(
    story: Story,
    ref: Annotated[
        list[Path] | None,
        typer.Option("--ref", metavar="FILE", help="Only add this photo; may be repeated."),
    ] = None,
    take: Annotated[
        str | None, typer.Option("--pick", metavar="TAKE", help="Go back to an earlier one.")
    ] = None,
    takes: Takes = None,
    theme: Theme = None,
    generator: Generator = None,
    force: Force = False,
    estimate: Estimate = False,
    yes: Yes = False,
    max_cost: MaxCost = None,
    allow_unpriced: AllowUnpriced = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Add reference photos, or have a portrait made after them. Making one spends money."""
    from boards.cli import stories

    if ref:
        stories.upload(story, "/portrait", ref, field="refs", as_json=as_json, server=server)
    elif take is not None:
        stories.pick_slot(story, "portrait", take, as_json=as_json, server=server)
    else:
        body = _body(takes, theme, generator, force, allow_unpriced)
        _make(story, "/portrait", body, _wish(estimate, yes, max_cost, as_json), server)


@of_stories.command("themes")
def themes(
    story: Story,
    use: Annotated[
        str | None, typer.Option("--use", metavar="NAME", help="Make cards under this one.")
    ] = None,
    add: Annotated[
        str | None, typer.Option("--add", metavar="NAME", help="Add one, or change it.")
    ] = None,
    style: Annotated[str, typer.Option("--style", help="With --add: what ends prompts.")] = "",
    aspect: Annotated[str, typer.Option("--aspect", help="With --add: such as 9:16.")] = "9:16",
    purpose: Annotated[
        str, typer.Option("--for", metavar="reel|article|portrait", help="With --add.")
    ] = "reel",
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="NAME", help="Remove one of the story's own.")
    ] = None,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Show the themes to choose from, choose one, or add and remove the story's own."""
    from boards.cli import stories

    if sum(one is not None for one in (use, add, remove)) > 1:
        raise Stop("Give one of --use, --add and --remove.", exit_code=Exit.USAGE)
    theme = {"style": style, "aspect": aspect, "use": purpose}
    stories.themes(
        story, use=use, add=add, theme=theme, remove=remove, as_json=as_json, server=server
    )


@of_stories.command("reroll")
def reroll(
    story: Story,
    card: Cards = None,
    takes: Takes = None,
    estimate: Estimate = False,
    yes: Yes = False,
    max_cost: MaxCost = None,
    allow_unpriced: AllowUnpriced = False,
    as_json: AsJson = False,
    server: Server = None,
) -> None:
    """Make anew what was made under another theme. This spends money; the price is shown first."""
    body: dict[str, object] = {
        "cards": card or None,
        "takes": takes,
        "allow_unpriced": allow_unpriced,
    }
    _make(story, "/reroll", body, _wish(estimate, yes, max_cost, as_json), server)


@of_stories.command("sheet")
def sheet(
    story: Story,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="[default: STORY-takes.jpg]"),
    ] = None,
    card: Annotated[int | None, typer.Option("--card", metavar="N")] = None,
    server: Server = None,
) -> None:
    """Write a contact sheet of all takes, a JPEG."""
    from boards.cli import stories

    stories.sheet(story, out or Path(f"{story}-takes.jpg"), card, server=server)


def _body(
    takes: int | None,
    theme: str | None,
    generator: str | None,
    force: bool,
    allow_unpriced: bool,
) -> dict[str, object]:
    return {
        "takes": takes,
        "theme": theme,
        "generator": generator,
        "force": force,
        "allow_unpriced": allow_unpriced,
    }


def _wish(estimate: bool, yes: bool, max_cost: str | None, as_json: bool) -> "Wish":
    from boards.cli.making import usd_of
    from boards.cli.story_takes import Wish

    return Wish(only_estimate=estimate, agreed=yes, max_cost=usd_of(max_cost), as_json=as_json)


def _make(story: str, what: str, body: dict[str, object], wish: "Wish", server: str | None) -> None:
    from boards.cli.session import run
    from boards.cli.story_takes import make

    raise typer.Exit(run(lambda client, _: make(client, story, what, body, wish), server=server))

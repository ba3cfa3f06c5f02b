"""`boards catalog …`: the declared models, and adding any other model of fal and Replicate."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.services.catalog import CatalogService

__all__ = ["add_to"]

T = TypeVar("T")

of_catalog = typer.Typer(
    help="The declared models: list and check them, and add any other by one line.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="Such as fal:fal-ai/flux/dev, replicate:owner/name.")
]
OwnName = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Its name here. [default: by its path]")
]
Slots = Annotated[
    list[str] | None,
    typer.Option(
        "--slot",
        metavar="INPUT=KIND",
        help="What an input takes: image, video, audio, text or lora; none for a plain text.",
    ),
]
Makes = Annotated[str | None, typer.Option("--makes", metavar="KIND", help="What it makes.")]
Price = Annotated[
    str | None, typer.Option("--price", metavar="USD", help="What a run costs. [default: unpriced]")
]
Per = Annotated[
    str | None, typer.Option("--per", metavar="INPUT", help="The price is for each of these.")
]
Document = Annotated[
    Path | None,
    typer.Option("--document", metavar="FILE", help="Read this file instead of the provider's."),
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(of_catalog, name="catalog")


@of_catalog.command("list")
def list_models(
    own: Annotated[bool, typer.Option("--own", help="Only those that were added here.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the declared models: those that come with Boards and those that were added."""
    from boards.cli.show import console, print_json, table

    async def work(catalog: "CatalogService") -> None:
        found = [model for model in catalog.models() if model.path is not None or not own]
        if as_json:
            print_json(
                [
                    {
                        "name": model.declaration.name,
                        "provider": model.declaration.provider,
                        "makes": model.declaration.makes.value,
                        "endpoint": model.declaration.endpoint,
                        "priced": model.declaration.price is not None,
                        "file": str(model.path) if model.path else None,
                    }
                    for model in found
                ]
            )
            return
        if not found:
            print("Nothing was added here; `boards catalog add SOURCE` adds a model.")
            return
        rows = [
            (
                model.declaration.name,
                model.declaration.makes.value,
                f"{model.declaration.endpoint}{' (added here)' if model.path else ''}",
            )
            for model in found
        ]
        console().print(table(("NAME", "TYPE", "ENDPOINT"), rows, whole=("NAME", "TYPE")))

    _run(work)


@of_catalog.command("add")
def add(
    source: Source,
    name: OwnName = None,
    slot: Slots = None,
    makes: Makes = None,
    price: Price = None,
    per: Per = None,
    document: Document = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Draft one anew that is added already.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a model of fal or Replicate: read its document, show what was guessed, keep it.

    It is kept beside generators.yaml and listed there, and needs no network from then on. It is
    there at the next start.
    """
    from boards.catalog.drafts import read_source
    from boards.cli import drafting
    from boards.cli.exits import Exit, Stop
    from boards.cli.show import print_json

    said = drafting.said_of(name, slot, makes, price, per)

    async def work(catalog: "CatalogService") -> None:
        whole = drafting.read_document(document)
        catalog.check_name(read_source(source), name, replace=replace)
        draft = await drafting.draft_of(catalog, source, said, whole)
        if not yes:
            # What was fetched is shown and corrected; the provider is not asked again.
            taken = await drafting.confirmed(catalog, draft, said)
            if taken is None:
                raise Stop("Nothing was added; say --yes to add it.", exit_code=Exit.CANCELLED)
            draft = taken
        kept = catalog.keep(draft, replace=replace)
        if as_json:
            print_json(drafting.kept_json(draft, kept))
        else:
            drafting.tell(draft, kept)

    _run(work)


@of_catalog.command("draft")
def draft(
    source: Source,
    name: OwnName = None,
    slot: Slots = None,
    makes: Makes = None,
    price: Price = None,
    per: Per = None,
    document: Document = None,
) -> None:
    """Print the declaration that `add` would write. Nothing is kept."""
    from boards.catalog.own import text_of
    from boards.cli import drafting

    said = drafting.said_of(name, slot, makes, price, per)

    async def work(catalog: "CatalogService") -> None:
        whole = drafting.read_document(document)
        print(text_of(await drafting.draft_of(catalog, source, said, whole)), end="")

    _run(work)


@of_catalog.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="[default: all that there are]")
    ] = None,
) -> None:
    """Check declarations: words, forms, examples, prices. Every fault is listed with its place."""

    async def work(catalog: "CatalogService") -> None:
        count = catalog.check(files or ())
        print(f"{count} declared model{'' if count == 1 else 's'}, no faults.")

    _run(work)


@of_catalog.command("diff")
def diff(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model of fal or Replicate.")],
    document: Document = None,
    as_json: AsJson = False,
) -> None:
    """Compare a declaration with what its provider's document says today."""
    from boards.cli import drafting
    from boards.cli.show import console, print_json, table

    async def work(catalog: "CatalogService") -> None:
        found = await catalog.compare(name, document=drafting.read_document(document))
        if as_json:
            changed = [
                {"input": one.input, "word": one.word, "was": one.was, "now": one.now}
                for one in found.changed
            ]
            print_json(
                {
                    "same": found.is_same,
                    "added": list(found.added),
                    "removed": list(found.removed),
                    "changed": changed,
                    "endpoint": found.endpoint,
                }
            )
            return
        if found.is_same:
            print(f"{name} is as its provider describes it.")
            return
        if found.endpoint:
            print(f"It has moved to {found.endpoint}")
        for heading, names in (("New there", found.added), ("Gone there", found.removed)):
            if names:
                print(f"{heading}: {', '.join(names)}")
        if found.changed:
            heads = ("INPUT", "WHAT", "HERE", "THERE")
            rows = [(one.input, one.word, one.was, one.now) for one in found.changed]
            console().print(table(heads, rows, whole=("INPUT",)))

    _run(work)


def _run(work: "Callable[[CatalogService], Awaitable[T]]") -> T:
    """Do it with the catalogue of the settings; no server and no data are touched."""
    import asyncio

    from boards.bootstrap import open_catalog
    from boards.settings import load_settings

    async def session() -> T:
        async with open_catalog(load_settings()) as catalog:
            return await work(catalog)

    return asyncio.run(session())

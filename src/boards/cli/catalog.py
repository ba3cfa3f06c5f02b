"""`boards catalog …`: the declared models, and adding any other model of fal and Replicate."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from boards.cli.options import AsJson

if TYPE_CHECKING:
    from boards.catalog.drafts import Draft, Said
    from boards.services.catalog import CatalogService, Kept

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
    from boards.cli.exits import Exit, Stop
    from boards.cli.show import print_json

    said = _said(name, slot, makes, price, per)

    async def work(catalog: "CatalogService") -> None:
        whole = _read(document)
        catalog.check_name(read_source(source), name, replace=replace)
        draft = await _draft(catalog, source, said, whole)
        if not yes:
            # What was fetched is shown and corrected; the provider is not asked again.
            confirmed = await _confirmed(catalog, draft, said)
            if confirmed is None:
                raise Stop("Nothing was added; say --yes to add it.", exit_code=Exit.CANCELLED)
            draft = confirmed
        kept = catalog.keep(draft, replace=replace)
        if as_json:
            print_json(_as_json(draft, kept))
        else:
            _tell(draft, kept)

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

    async def work(catalog: "CatalogService") -> None:
        from boards.catalog.own import text_of

        said = _said(name, slot, makes, price, per)
        print(text_of(await _draft(catalog, source, said, _read(document))), end="")

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
    from boards.cli.show import console, print_json, table

    async def work(catalog: "CatalogService") -> None:
        found = await catalog.compare(name, document=_read(document))
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


def _said(
    name: str | None,
    slots: Sequence[str] | None,
    makes: str | None,
    price: str | None,
    per: str | None,
) -> "Said":
    from boards.catalog.drafts import GivenPrice, Said
    from boards.domain.costs import usd
    from boards.errors import InvalidInput

    given = None
    if price is not None:
        try:
            given = GivenPrice(amount=usd(price), per=per)
        except (ValueError, ArithmeticError) as error:
            raise InvalidInput(f"{price!r} is no price; write USD such as 0.05.") from error
    elif per is not None:
        raise InvalidInput("--per goes with --price.")
    said = Said(name=name, price=given)
    corrections = [*(slots or ()), *([f"makes={makes}"] if makes else [])]
    for correction in corrections:
        said = _corrected(said, correction)
    return said


def _corrected(said: "Said", correction: str) -> "Said":
    """Take in `image_url=video`, `image_url=none` or `makes=video`."""
    from dataclasses import replace

    from boards.domain.artifacts import PRODUCED, ArtifactType
    from boards.errors import InvalidInput

    what, _, word = (part.strip() for part in correction.partition("="))
    kinds = {kind.value: kind for kind in PRODUCED}
    kind: ArtifactType | None = kinds.get(word)
    if not what or (kind is None and (word != "none" or what == "makes")):
        known = ", ".join(kinds)
        raise InvalidInput(
            f"{correction!r} says nothing of an input; write INPUT=KIND, with one of {known} or "
            "none, or makes=KIND."
        )
    if what == "makes":
        return replace(said, makes=kind)
    return replace(said, slots={**said.slots, what: kind})


def _read(file: Path | None) -> bytes | None:
    """The bytes of a document that is given as a file."""
    from boards.errors import InvalidInput

    try:
        return None if file is None else file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{str(file)!r} cannot be read: {error.strerror}.") from error


async def _draft(
    catalog: "CatalogService", source: str, said: "Said", document: bytes | None
) -> "Draft":
    from datetime import UTC, datetime

    from boards.catalog.drafts import read_source

    today = datetime.now(UTC).date()
    return await catalog.draft(read_source(source), said, today=today, document=document)


async def _confirmed(catalog: "CatalogService", draft: "Draft", said: "Said") -> "Draft | None":
    """Show a draft until somebody takes it, with their corrections; None for a no."""
    import sys

    from boards.cli.ask import ask_for
    from boards.errors import InvalidInput

    while True:
        _show(draft)
        answer = ask_for(
            "Add it? [y/N], or a correction such as image_url=video, image_url=none, makes=video: "
        )
        if answer.lower() in {"y", "yes"}:
            return draft
        if "=" not in answer:
            return None
        try:
            corrected = _corrected(said, answer)
            draft = await _draft(catalog, str(draft.source), corrected, draft.document)
            said = corrected
        except InvalidInput as error:
            print(f"{error.message}\n", file=sys.stderr)


def _show(draft: "Draft") -> None:
    """Show what would be added, on standard error: what is printed is the result alone."""
    import sys

    from boards.cli.show import console, table

    declaration = draft.declaration
    out = console(sys.stderr)
    out.print(f"{draft.source}: {declaration.title}", soft_wrap=True)
    out.print(f"  name    {declaration.name}", soft_wrap=True)
    out.print(f"  makes   {declaration.makes.value} (guessed: {draft.why})", soft_wrap=True)
    out.print(f"  price   {_price(draft)}")
    rows = []
    guesses = {guess.input: guess for guess in draft.guesses}
    fields = dict(declaration.inputs)
    for kind, word in declaration.types.items():
        fields |= {f"{kind}.{name}": field for name, field in word.fields.items()}
    for name, field in fields.items():
        guess = guesses.get(name)
        takes = field.type or ("choice" if field.choices else "/".join(field.slot or ()))
        many = " list" if field.many else ""
        rows.append(
            (
                name,
                f"{takes}{many}",
                "" if field.required else "optional",
                f"guessed: {guess.why}" if guess else "",
            )
        )
    out.print(table(("INPUT", "TAKES", "", "WHY"), rows, whole=("INPUT",)))
    for each in draft.left_out:
        out.print(f"Left out: {each}", soft_wrap=True)


def _price(draft: "Draft") -> str:
    price = draft.declaration.price
    if price is None:
        return "unpriced; under a budget each run needs your word for it (--price says it)"
    if price.rate is not None:
        return f"${price.rate:f} for each of {price.units}"
    return f"${price.base or 0:f} for a run"


def _tell(draft: "Draft", kept: "Kept") -> None:
    print(f"Added {draft.declaration.name}: {kept.declaration}")
    if kept.listed_in is not None:
        print(f"Listed in {kept.listed_in}")
    if kept.entry is not None:
        print(f"Add this to the list in your generators.yaml:\n{kept.entry}")
    print("It is there at the next start of Boards.")


def _as_json(draft: "Draft", kept: "Kept") -> dict[str, object]:
    return {
        "name": draft.declaration.name,
        "makes": draft.declaration.makes.value,
        "endpoint": draft.declaration.endpoint,
        "priced": draft.declaration.price is not None,
        "guesses": [
            {
                "input": guess.input,
                "slot": guess.kind.value if guess.kind else None,
                "many": guess.many,
                "why": guess.why,
            }
            for guess in draft.guesses
        ],
        "left_out": list(draft.left_out),
        "file": str(kept.declaration),
        "document": str(kept.document),
        "listed_in": str(kept.listed_in) if kept.listed_in else None,
        "entry": kept.entry,
    }

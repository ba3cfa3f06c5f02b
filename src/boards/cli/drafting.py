"""The draft of a model at the terminal: what a person says of it, sees of it, and confirms."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from boards.catalog.drafts import Draft, GivenPrice, Said, read_source
from boards.cli.ask import ask_for
from boards.cli.show import console, table
from boards.domain.artifacts import PRODUCED, ArtifactType
from boards.domain.costs import usd
from boards.errors import InvalidInput
from boards.services.catalog import CatalogService, Kept

__all__ = ["confirmed", "draft_of", "kept_json", "read_document", "said_of", "tell"]


def said_of(
    name: str | None,
    slots: Sequence[str] | None,
    makes: str | None,
    price: str | None,
    per: str | None,
) -> Said:
    """Take in the options of a command. InvalidInput for what makes no sense."""
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


def _corrected(said: Said, correction: str) -> Said:
    """Take in `image_url=video`, `image_url=none` or `makes=video`."""
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


def read_document(file: Path | None) -> bytes | None:
    """The bytes of a document that is given as a file."""
    try:
        return None if file is None else file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{str(file)!r} cannot be read: {error.strerror}.") from error


async def draft_of(
    catalog: CatalogService, source: str, said: Said, document: bytes | None
) -> Draft:
    """Draft what `source` names, from its provider or from a document at hand."""
    today = datetime.now(UTC).date()
    return await catalog.draft(read_source(source), said, today=today, document=document)


async def confirmed(catalog: CatalogService, draft: Draft, said: Said) -> Draft | None:
    """Show a draft until somebody takes it, with their corrections; None for a no."""
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
            draft = await draft_of(catalog, str(draft.source), corrected, draft.document)
            said = corrected
        except InvalidInput as error:
            print(f"{error.message}\n", file=sys.stderr)


def _show(draft: Draft) -> None:
    """Show what would be added, on standard error: what is printed is the result alone."""
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


def _price(draft: Draft) -> str:
    price = draft.declaration.price
    if price is None:
        return "unpriced; under a budget each run needs your word for it (--price says it)"
    if price.rate is not None:
        return f"${price.rate:f} for each of {price.units}"
    return f"${price.base or 0:f} for a run"


def tell(draft: Draft, kept: Kept) -> None:
    print(f"Added {draft.declaration.name}: {kept.declaration}")
    if kept.listed_in is not None:
        print(f"Listed in {kept.listed_in}")
    if kept.entry is not None:
        print(f"Add this to the list in your generators.yaml:\n{kept.entry}")
    print("It is there at the next start of Boards.")


def kept_json(draft: Draft, kept: Kept) -> dict[str, object]:
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

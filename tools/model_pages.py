"""Makes a page of docs/models for each model of the catalogue, and the list of them.

    python -m tools.model_pages            write them, and remove those of models that are gone
    python -m tools.model_pages --check    fail when they are not current

A page says what a model takes, what it costs and from where that is known, and how it is run from
the command line, over GraphQL and in Python, with the declaration's own example.
"""

import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import JsonValue

from boards.adapters.providers import PROVIDERS
from boards.catalog import load_declarations
from boards.domain.artifacts import PRODUCED
from boards.generators.declared import Declaration
from boards.generators.declared.declaration import (
    Addition,
    Case,
    Condition,
    Convert,
    Example,
    Input,
    Price,
    PriceConfidence,
)

__all__ = ["FOLDER", "main", "pages"]

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "models"
INDEX = "README.md"
ID = "01a1f8bc-608d-71a3-b840-f6958a0bd3d3"
"""The id of an earlier result, in examples."""
FILES = {
    "image": "photo.png",
    "video": "clip.mp4",
    "audio": "voice.mp3",
    "text": "script.txt",
    "lora": "style.safetensors",
}
"""Files of one's own, in examples."""
KINDS = {"image": "Images", "video": "Videos", "audio": "Audio", "text": "Text", "lora": "LoRAs"}
SURE = {
    PriceConfidence.LISTED: "`listed`, the provider's own list",
    PriceConfidence.SECOND_HAND: "`second_hand`, somebody's copy of the provider's list",
    PriceConfidence.UNVERIFIED: "`unverified`, nobody has checked it",
}
INTRODUCTION = """\
The {count} models that come with Boards, each with a page. How they are declared tells
[the catalogue](../catalogue.md); any other of fal and Replicate is added
[by one line](../any-model.md). Prices are those of each page's first example."""
UNPRICED = """\
Nobody knows it yet: the model is shown as *unpriced*, and a budget asks for your word each time."""
MADE = "<!-- Made by `python -m tools.model_pages`; change the declaration instead. -->"


def pages() -> dict[Path, str]:
    """Each page and its text."""
    declarations = load_declarations()
    found = {FOLDER / f"{each.name}.md": _page(each) for each in declarations}
    return {FOLDER / INDEX: _index(declarations), **found}


def main() -> int:
    """Write or check; the exit code is 1 when one is not current."""
    made = pages()
    stale = [
        path
        for path, text in made.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    gone = [path for path in sorted(FOLDER.glob("*.md")) if path not in made]
    if "--check" in sys.argv:
        for path in (*stale, *gone):
            print(f"docs/models/{path.name} is not current; run: python -m tools.model_pages")
        return 1 if stale or gone else 0
    FOLDER.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    print(f"{len(stale)} of {len(made)} pages written, {len(gone)} removed")
    return 0


def _index(declarations: Sequence[Declaration]) -> str:
    lines = ["# Models", "", MADE, "", INTRODUCTION.format(count=len(declarations))]
    for kind in PRODUCED:
        rows = [
            (
                f"[`{each.name}`]({each.name}.md)",
                f"{each.title}: {each.description}",
                PROVIDERS[each.provider].title,
                _first_price(each),
            )
            for each in declarations
            if each.makes is kind
        ]
        if rows:
            lines += ["", f"## {KINDS[kind.value]}", ""]
            lines += _table(("model", "what it does", "provider", "price"), rows)
    return "\n".join(lines) + "\n"


def _first_price(declaration: Declaration) -> str:
    priced = next((each.price for each in declaration.examples if each.price is not None), None)
    return "unpriced" if declaration.price is None or priced is None else _usd(priced)


def _page(declaration: Declaration) -> str:
    parts = [
        [f"# {declaration.title}", "", MADE, "", f"{declaration.description}."],
        _about(declaration),
        _inputs(declaration),
        _slots(declaration),
        _price(declaration),
        _examples(declaration),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _about(declaration: Declaration) -> list[str]:
    provider = PROVIDERS[declaration.provider]
    rows = [
        ("name", ", ".join(f"`{each}`" for each in (declaration.name, *declaration.aliases))),
        ("provider", f"{provider.title}, with the key `{provider.key}`"),
        ("endpoint", f"`{declaration.endpoint}`"),
        ("makes", declaration.makes.value),
    ]
    if declaration.model:
        rows.insert(3, ("model", f"`{declaration.model}`"))
    if declaration.capabilities:
        rows.append(("can", ", ".join(each.value for each in declaration.capabilities)))
    lines = _table(("", ""), rows)
    if declaration.retired is not None:
        instead = f" Take [`{declaration.use}`]({declaration.use}.md)." if declaration.use else ""
        lines += ["", f"**{provider.title} ends it on {declaration.retired}.**{instead}"]
    return lines


def _inputs(declaration: Declaration) -> list[str]:
    head = ("input", "takes", "default", "what it is")
    lines = ["## Inputs", "", *_table(head, map(_row, *_split(declaration.inputs)))]
    for group in declaration.one_of[:1]:
        leaders = " and ".join(f"`{each[0]}`" for each in declaration.one_of)
        lines += ["", f"Of {leaders} exactly one is given."] if group else []
    for name, kind in _used_types(declaration).items():
        lines += ["", f"**{name}**", "", *_table(head, map(_row, *_split(kind)))]
    return lines


def _split(fields: Mapping[str, Input]) -> tuple[list[str], list[Input]]:
    return list(fields.keys()), list(fields.values())


def _used_types(declaration: Declaration) -> dict[str, dict[str, Input]]:
    """The types that the inputs are made of; a file's may be more."""
    used: dict[str, dict[str, Input]] = {}
    todo = list(declaration.inputs.values())
    while todo:
        field = todo.pop(0)
        for name in (field.type, field.or_type):
            if name in declaration.types and name not in used:
                used[name] = declaration.types[name].fields
                todo += used[name].values()
    return used


def _row(name: str, field: Input) -> tuple[str, str, str, str]:
    if field.has_default:
        default = f"`{json.dumps(field.default, ensure_ascii=False)}`"
    else:
        default = "*must be given*" if field.required else ""
    return f"`{name}`", _takes(field), default, field.description or ""


def _takes(field: Input) -> str:
    if field.slot is not None:
        takes = " or ".join(_an(each.value) for each in field.slot)
    elif field.choices is not None:
        takes = ", ".join(f"`{each}`" for each in field.choices)
    else:
        takes = {"text": "text", "json": "a JSON object"}.get(field.type or "", field.type or "")
    if field.or_type is not None:
        takes = f"{takes}; or {field.or_type}"
    bounds = [
        _bounds(field.min, field.max, ""),
        _bounds(field.min_length, field.max_length, "characters"),
        _bounds(field.min_items, field.max_items, "of them"),
    ]
    if field.pattern is not None:
        bounds.append(f"matching `{field.pattern}`")
    said = ", ".join(each for each in bounds if each)
    takes = f"a list of: {takes}" if field.many else takes
    return f"{takes} ({said})" if said else takes


def _bounds(least: float | None, most: float | None, what: str) -> str:
    if least is None and most is None:
        return ""
    if least is not None and most is not None:
        words = f"{least} to {most}" if least != most else f"{least}"
    else:
        words = f"at least {least}" if least is not None else f"at most {most}"
    return f"{words} {what}".strip()


def _slots(declaration: Declaration) -> list[str]:
    """The inputs that take earlier results, also those inside a type."""
    fields = dict(declaration.inputs)
    for name, kind in _used_types(declaration).items():
        fields |= {f"{name}.{each}": field for each, field in kind.items()}
    rows = [
        (
            f"`{name}`",
            " or ".join(each.value for each in field.slot),
            "several" if field.many else "one",
            _travels(field),
        )
        for name, field in fields.items()
        if field.slot is not None
    ]
    lines = ["## Slots", ""]
    if not rows:
        return [*lines, "None: it takes no results of others."]
    lines += [
        "A slot takes the id of a result or of an upload; what comes of it remembers that.",
        "",
    ]
    return [*lines, *_table(("slot", "takes", "how many", ""), rows)]


def _travels(field: Input) -> str:
    if field.convert is Convert.ZIP:
        return "packed into one archive"
    return "may be left out" if not field.required else ""


def _price(declaration: Declaration) -> list[str]:
    lines = ["## Price", ""]
    price = declaration.price
    if price is None:
        return [*lines, UNPRICED]
    lines += [f"Per {price.unit.value}: {_amounts(price)}.", *_more(price)]
    rows = [
        (_shortly(each), f"${each.price:f}")
        for each in declaration.examples
        if each.price is not None
    ]
    if rows:
        lines += ["", *_table(("for instance", "costs"), rows)]
    if price.counted is not None:
        lines += ["", "Afterwards it is settled by what the provider counted."]
    lines += ["", f"Source: {price.source}."]
    lines += ["", f"Checked on {price.checked}. Confidence: {SURE[price.confidence]}."]
    return lines


def _more(price: Price) -> Iterator[str]:
    """Cases, factors and additions, one to a line."""
    bullets = [f"{_condition(case)}: {_amounts(case)} instead" for case in price.cases]
    for name, by_value in price.factors.items():
        factors = ", ".join(f"{value} × {amount:f}" for value, amount in by_value.items())
        bullets.append(f"by `{name}`: {factors}")
    bullets += [f"{_condition(each)}: {_amounts(each)} more" for each in price.additions]
    if bullets:
        yield ""
        yield from (f"- {bullet}" for bullet in bullets)


def _amounts(amounts: Price | Case | Addition) -> str:
    parts = [_usd(amounts.base)] if amounts.base is not None else []
    if amounts.rate is not None:
        each = "each" if amounts.per == 1 else f"{amounts.per:,f}"
        what = f"of `{amounts.units}`" if amounts.units else f"by the rule `{amounts.rule}`"
        assumed = f" ({amounts.assume:f} where unknown)" if amounts.assume is not None else ""
        parts.append(f"{_usd(amounts.rate)} for {each} {what}{assumed}")
    return " and ".join(parts) or "by the case"


def _condition(condition: Condition) -> str:
    said = [f"`{name}` is `{json.dumps(value)}`" for name, value in condition.when.items()]
    said += [f"`{name}` is given" for name in condition.given]
    said += [f"`{name}` is not given" for name in condition.absent]
    return f"when {' and '.join(said)}" if said else "always"


def _shortly(example: Example) -> str:
    said = {
        name: value if len(json.dumps(value)) <= 30 else "…"
        for name, value in example.inputs.items()
    }
    return ", ".join(
        f"`{name}` {'…' if value == '…' else f'`{json.dumps(value, ensure_ascii=False)}`'}"
        for name, value in said.items()
    )


def _examples(declaration: Declaration) -> list[str]:
    if not declaration.examples:
        return []
    inputs = declaration.examples[0].inputs
    filled = {name: _with_ids(declaration.inputs[name], each) for name, each in inputs.items()}
    return [
        "## Example",
        "",
        "```console",
        f"$ {_command(declaration, inputs)}",
        "```",
        "",
        "Over GraphQL:",
        "",
        "```graphql",
        *_mutation(declaration, filled),
        "```",
        "",
        "In Python, with [the client](../client.md):",
        "",
        "```python",
        *_python(declaration, filled),
        "```",
    ]


def _command(declaration: Declaration, inputs: Mapping[str, JsonValue]) -> str:
    words = ["boards", "generate", declaration.name]
    for name, value in inputs.items():
        field = declaration.inputs[name]
        if field.slot is not None and field.many and isinstance(value, list):
            words += [f"{name}={FILES[str(each)]}" for each in value]
        elif field.slot is not None:
            words.append(f"{name}={FILES[str(value)]}")
        else:
            said = value if isinstance(value, str) else json.dumps(_with_ids(field, value))
            words.append(f"{name}={said}")
    lines, line = [], ""
    for word in map(_quoted, words):
        if line and len(line) + len(word) > 84:
            lines.append(line)
            line = f"    {word}"
        else:
            line = f"{line} {word}" if line else word
    return " \\\n".join((*lines, line))


def _quoted(word: str) -> str:
    """`prompt="A cat"` reads better than `'prompt=A cat'`."""
    name, _, value = word.partition("=")
    if value and shlex.quote(value) != value:
        plain = not set(value) & set('"$`\\!')
        return f'{name}="{value}"' if plain else f"{name}={shlex.quote(value)}"
    return word


def _with_ids(field: Input, value: JsonValue) -> JsonValue:
    """An example's inputs as a program sends them: an id where an artifact is named."""
    if field.slot is not None:
        return [ID for _ in value] if isinstance(value, list) else ID
    if isinstance(value, list) and field.many and field.type not in ("text", "json"):
        return [_with_ids(field, each) for each in value]
    return value


def _mutation(declaration: Declaration, inputs: Mapping[str, JsonValue]) -> list[str]:
    return [
        "mutation {",
        f"  runGeneration(generatorName: {json.dumps(declaration.name)}, inputs: {{",
        *(f"    {name}: {_literal(value)}" for name, value in inputs.items()),
        "  }) {",
        "    id",
        "    status",
        "    costEstimate { amount }",
        "  }",
        "}",
    ]


def _literal(value: JsonValue) -> str:
    """A value as GraphQL writes it: keys without quotation marks."""
    if isinstance(value, dict):
        inner = ", ".join(f"{name}: {_literal(each)}" for name, each in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _python(declaration: Declaration, inputs: Mapping[str, JsonValue]) -> list[str]:
    return [
        "from boards.client import Boards",
        "",
        "inputs = {",
        *(f'    "{name}": {value!r},' for name, value in inputs.items()),
        "}",
        'with Boards("http://127.0.0.1:8088") as boards:',
        f'    job = boards.generate("{declaration.name}", inputs)',
        "print(job.state, [one.file for one in job.generations])",
    ]


def _table(
    head: Sequence[str], rows: "Iterator[Sequence[str]] | Sequence[Sequence[str]]"
) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(map(_cell, row))} |" for row in rows]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _an(kind: str) -> str:
    article = {"image": "an ", "video": "a ", "text": "a ", "lora": "a "}
    return f"{article.get(kind, '')}{'LoRA' if kind == 'lora' else kind}"


def _usd(amount: Decimal) -> str:
    return f"${amount:.2f}" if amount == round(amount, 2) else f"${amount.normalize():f}"


if __name__ == "__main__":
    sys.exit(main())

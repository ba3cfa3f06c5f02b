"""Guesses from the schema of a model's answer what it makes, and where in it that stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from boards.catalog.drafts.documents import Node
from boards.catalog.drafts.guesses import guess_kind, kind_of_address
from boards.catalog.drafts.inputs import ordered
from boards.catalog.drafts.names import field_name, tokens
from boards.domain.artifacts import ArtifactType, format_for_mime, type_of_format

__all__ = ["Outputs", "read_outputs"]

MAX_EXTRA = 8
MAX_NOTES = 12
_TEXTS = frozenset(
    {
        *("answer", "caption", "chunks", "description", "lyrics", "output", "response"),
        *("result", "results", "text", "transcript", "transcription", "translation"),
    }
)
_PLAIN = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What a model makes and where: `path` is dotted from the top of the answer.

    `extra` are further files by role, `notes` the plain facts beside them.
    """

    makes: ArtifactType
    path: str
    is_list: bool
    why: str
    extra: dict[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A part of the answer that may be what was made. `kind` is None where nothing tells it."""

    name: str
    is_file: bool
    is_list: bool
    kind: ArtifactType | None


def read_outputs(
    schema: Node,
    *,
    within: str = "",
    expected: ArtifactType | None = None,
    makes: ArtifactType | None = None,
) -> Outputs:
    """Read the schema of an answer; it stands `within` this part of the whole.

    `expected` is what a category or an example tells, `makes` what a person says. InvalidInput
    when nothing tells what is made.
    """
    node = schema.resolved()
    wanted = makes or expected
    others: list[_Place] = []
    if node.fields().get("type") != "object" and "properties" not in node.fields():
        place = _place(within, node)
        if place is None and not {"type", "anyOf", "allOf", "oneOf"} & node.fields().keys():
            # A schema that says nothing: what a category, an example or a person tells stands.
            is_file = wanted is not ArtifactType.TEXT
            place = _Place(name=within, is_file=is_file, is_list=False, kind=wanted)
        if place is None or not within:
            schema.fail("this is no file and no text, so nothing of it could be kept")
        found = place
    else:
        prefix = f"{within}." if within else ""
        others = [
            each
            for name, part in ordered(node)
            if "." not in name and (each := _place(f"{prefix}{name}", part)) is not None
        ]
        found = _chosen(others, wanted) or schema.fail(
            "nothing tells what of this was made; say what with --makes"
        )
    kind = makes or found.kind or wanted
    if kind is None:
        schema.fail("nothing tells of what kind this is; say it with --makes")
    extra: dict[str, str] = {}
    for each in others:
        if each is not found and each.is_file and len(extra) < MAX_EXTRA:
            extra[field_name(each.name.rpartition(".")[2], {*extra, "outputs"})] = each.name
    return Outputs(
        makes=kind,
        path=found.name,
        is_list=found.is_list,
        why=_reason(found, makes),
        extra={} if within else extra,
        notes=() if within else _notes(node, found),
    )


def _chosen(places: Sequence[_Place], wanted: ArtifactType | None) -> _Place | None:
    """The first that is of the wanted kind, else a file, else a text."""
    files = [each for each in places if each.is_file]
    texts = [each for each in places if not each.is_file]
    if wanted is ArtifactType.TEXT and texts:
        return texts[0]
    of_kind = [each for each in files if wanted is not None and each.kind is wanted]
    if wanted is not None:
        of_kind += [each for each in files if each.kind is None]
    return next(iter((*of_kind, *files, *texts)), None)


def _place(name: str, node: Node) -> _Place | None:
    """Tell whether a part of an answer may be what was made."""
    if not isinstance(node.value, dict):
        node.fail("this should be an object")
    node, is_list = _single(node)
    if node.fields().get("type") == "array" or "items" in node.fields():
        items = node.get("items")
        if items is None:
            return None
        node, is_list = _single(items)[0], True
    own = name.rpartition(".")[2]
    if "properties" in node.fields():
        inner = node.need("properties").fields()
        if not {"url", "b64_json"} & inner.keys():
            return None
        return _Place(name=name, is_file=True, is_list=is_list, kind=_kind(own, node))
    if node.fields().get("type") != "string" or "enum" in node.fields():
        return None
    words = tokens(own)
    if node.fields().get("format") in ("uri", "url") or words[-1:] in (["url"], ["urls"]):
        return _Place(name=name, is_file=True, is_list=is_list, kind=_kind(own, node))
    if _TEXTS & set(words):
        return _Place(name=name, is_file=False, is_list=is_list, kind=ArtifactType.TEXT)
    return None


def _single(node: Node) -> tuple[Node, bool]:
    """Follow references, and alternatives of which all but one are null."""
    node = node.resolved()
    for word in ("allOf", "anyOf", "oneOf"):
        listed = node.get(word)
        if listed is not None:
            kinds = [each.resolved() for each in listed.entries()[:4]]
            kinds = [each for each in kinds if each.fields().get("type") != "null"]
            beside = {key: value for key, value in node.fields().items() if key != word}
            if kinds:
                return kinds[0].having(**{**kinds[0].fields(), **beside}), False
    return node, False


def _kind(name: str, node: Node) -> ArtifactType | None:
    """Tell of what kind a file is: by its example, its name, or the name of its type."""
    examples = node.fields().get("examples")
    for example in examples if isinstance(examples, list) else []:
        if kind := kind_of_address(example):
            return kind
    words = tokens(name)
    if "file" in words and "config" in words:
        return None
    if kind := guess_kind(words):
        return kind
    properties = node.fields().get("properties")
    mime = properties.get("content_type") if isinstance(properties, dict) else None
    samples = mime.get("examples") if isinstance(mime, dict) else None
    for sample in samples if isinstance(samples, list) else []:
        format = format_for_mime(sample) if isinstance(sample, str) else None
        if format and (kind := type_of_format(format)):
            return kind
    named = tokens(node.path[-1]) if "schemas" in node.path[-2:-1] else []
    return guess_kind(named)


def _notes(node: Node, found: _Place) -> tuple[str, ...]:
    """The plain facts beside what was made, such as a seed."""
    names = [
        name
        for name, each in ordered(node)
        if isinstance(each.value, dict)
        and name != found.name
        and (
            (each.fields().get("type") in _PLAIN and tokens(name)[-1:] != ["url"])
            or name == "has_nsfw_concepts"
        )
    ]
    return tuple(names[:MAX_NOTES])


def _reason(found: _Place, makes: ArtifactType | None) -> str:
    if makes is not None:
        return "as you say"
    kinds = ("texts" if found.is_list else "a text", "files" if found.is_list else "a file")
    return f"{found.name!r} in the answer is {kinds[found.is_file]}"

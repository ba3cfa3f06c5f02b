"""A declaration beside today's document: what is new, gone and different."""

from boards.catalog.comparison import compare
from boards.generators.declared import Declaration
from tests.catalog.documents import drafted, fal
from tests.catalog.words import declared

TEXT = {"type": "string"}


def now(properties: object, **more: object) -> Declaration:
    return drafted(fal(properties, **more)).declaration.model_copy(  # type: ignore[arg-type]
        update={"endpoint": "one/model"}
    )


def test_the_same_is_the_same():
    current = now({"prompt": TEXT, "image_url": TEXT}, required=["prompt", "image_url"])

    assert compare(current, current).is_same


def test_names_of_our_own_make_no_difference():
    ours = declared(
        inputs={
            "image_sources": {"slot": "image", "many": True, "send_as": "image_urls"},
            "prompt": {"type": "text", "description": "In our words"},
        },
        constants={"sync_mode": False},
    )
    listed = {"type": "array", "items": TEXT}
    current = now(
        {"prompt": TEXT, "image_urls": listed, "sync_mode": {"type": "boolean"}},
        required=["prompt", "image_urls"],
    )

    assert compare(ours, current).is_same


def test_new_and_gone_inputs_are_named_as_they_are_sent():
    ours = declared(
        inputs={"prompt": {"type": "text", "optional": True}, "style": {"type": "text"}}
    )

    found = compare(ours, now({"prompt": TEXT, "seed": {"type": "integer"}}))

    assert (found.added, found.removed, found.changed) == (("seed",), ("style",), ())


def test_every_word_that_differs_is_told():
    ours = declared(
        inputs={
            "steps": {"type": "integer", "min": 1, "max": 50, "default": 28},
            "size": {"choices": ["1K", "2K"], "default": "1K"},
            "prompt": {"type": "text"},
            "urls": {"slot": "image"},
        }
    )
    current = now(
        {
            "steps": {"type": "number", "minimum": 1.0, "maximum": 40, "default": 28.0},
            "size": {"enum": ["2K", "4K"], "default": "2K"},
            "prompt": TEXT,
            "urls": {"type": "array", "items": TEXT},
        },
        required=["urls"],
    )

    found = compare(ours, current)

    assert {(each.input, each.word): (each.was, each.now) for each in found.changed} == {
        ("steps", "kind"): ("integer", "number"),
        ("steps", "max"): ("50", "40"),
        ("size", "choices"): ("1K", "4K"),
        ("size", "default"): ("1K", "2K"),
        ("prompt", "must be given"): ("yes", "no"),
        ("urls", "a list"): ("no", "yes"),
    }


def test_types_are_compared_by_their_fields():
    width = {"width": {"type": "integer", "default": 512}}
    size = {"type": "object", "properties": width}
    more = {"type": "object", "properties": {**width, "height": {"type": "integer"}}}
    ref = {"size": {"$ref": "#/components/schemas/Size"}}

    found = compare(now(ref, schemas={"Size": size}), now(ref, schemas={"Size": more}))

    assert found.added == ("size.height",)


def test_parts_that_are_sent_by_themselves_are_parts():
    ours = declared(inputs={"speed": {"type": "number", "default": 1, "send_as": "voice.speed"}})
    voice = {"type": "object", "properties": {"speed": {"type": "number", "default": 1}}}

    assert compare(ours, now({"voice": voice})).is_same


def test_free_json_has_every_part():
    ours = declared(inputs={"voice": {"type": "json", "optional": True}})
    voice = {"type": "object", "properties": {"speed": {"type": "number"}}}

    assert [each.word for each in compare(ours, now({"voice": voice})).changed] == []


def test_another_version_is_told():
    ours = now({"prompt": TEXT}).model_copy(update={"endpoint": "one/model:1"})

    assert compare(ours, now({"prompt": TEXT})).endpoint == "one/model"

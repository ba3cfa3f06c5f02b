"""Some inputs lead to another endpoint or model of the same provider."""

import pytest

from boards.generators.declared.conditions import variant_for
from tests.catalog.words import IMAGE, declared, typed

DECLARATION = declared(
    model="draw",
    inputs={
        "prompt": {"type": "text", "default": ""},
        "images": {"slot": "image", "many": True, "optional": True},
        "quick": {"type": "boolean", "default": False},
    },
    variants=[
        {"when": {"quick": True}, "given": ["images"], "model": "edit-quickly"},
        {"given": ["images"], "endpoint": "one/edits", "model": "edit"},
        {"absent": ["prompt"], "endpoint": "one/surprise"},
    ],
)


@pytest.mark.parametrize(
    ("inputs", "endpoint", "model"),
    [
        ({"prompt": "x"}, "one/model", "draw"),
        ({"prompt": "x", "images": []}, "one/model", "draw"),
        ({"prompt": "x", "images": [IMAGE]}, "one/edits", "edit"),
        ({"images": [IMAGE], "quick": True}, "one/model", "edit-quickly"),
        ({}, "one/surprise", "draw"),
    ],
)
def test_the_first_that_holds_is_where_the_call_goes(inputs, endpoint, model):
    chosen = variant_for(DECLARATION, typed(DECLARATION, **inputs))

    assert (chosen.endpoint, chosen.model) == (endpoint, model)
    assert chosen.name == DECLARATION.name

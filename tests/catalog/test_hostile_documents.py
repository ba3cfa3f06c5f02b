"""A document is other people's text: whatever it holds is bounded or refused, with its place."""

import json
import time
from typing import Any

import pytest

from boards.catalog.drafts import MAX_BYTES, Said, make_draft, read_source
from boards.catalog.own import keep, read_own
from boards.errors import InvalidInput
from boards.generators.declared.schema import input_model
from tests.catalog.documents import TODAY, drafted, fal, replicate

TEXT = {"type": "string"}
INPUT = "components.schemas.TestInput.properties"


def refused(document: Any) -> str:
    """Refuse it within seconds, naming the document."""
    began = time.process_time()
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(InvalidInput) as error:
        make_draft(read_source("fal:fal-ai/test"), data, Said(), today=TODAY)
    assert time.process_time() - began < 10
    assert error.value.message.startswith("The document of fal:fal-ai/test cannot be used: ")
    assert len(error.value.message) < 500
    assert error.value.message.isprintable()
    return error.value.message


class TestTheWhole:
    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "it is no JSON"),
            (b"<html>Welcome!</html>", "it is no JSON"),
            (b"\xff\xfe{", "it is no JSON"),
            (b"[]", "it should be a JSON object, not a list"),
            (b"null", "it should be a JSON object, not None"),
            (b'{"a": NaN}', "it is no JSON: NaN is no number"),
            (b'{"a": 1e999}', "it is no JSON: 1e999 is no number"),
            (b'{"a": ' + b"9" * 3000 + b"}", "is no number"),
            (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "it is nested too deeply"),
            (b"[" * 500_000, "it is nested too deeply"),
            (b'"' + b"x" * MAX_BYTES + b'"', "it has 4,194,306 bytes"),
            (b"{}", "there is no 'paths'"),
        ],
    )
    def test_is_refused_when_it_is_no_document(self, data, says):
        assert says in refused(data)

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ({"paths": []}, "paths: this should be an object, not a list"),
            ({"paths": {}}, "paths: there is no POST"),
            ({"paths": {"/a": 5, "/b": {"post": 3}}}, "paths: there is no GET"),
            ({"components": None}, "leads nowhere"),
            ({"info": {"x-fal-metadata": {"endpointId": "fal-ai/evil"}}}, "not of 'fal-ai/test'"),
        ],
    )
    def test_is_refused_with_the_place(self, change, says):
        assert says in refused({**fal({"a": TEXT}), **change})

    def test_is_refused_when_a_path_leads_to_nothing(self):
        document = fal({"a": TEXT})
        document["paths"]["/fal-ai/test"] = {"post": 3}

        assert "paths./fal-ai/test.post: this should be an object, not 3" in refused(document)


class TestReferences:
    @pytest.mark.parametrize(
        "reference",
        [
            "https://evil.example/schema.json",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "other.json#/components/schemas/A",
            "//evil.example/a",
            "",
            "#",
            "#A",
        ],
    )
    def test_out_of_the_document_are_never_followed(self, reference, monkeypatch):
        import socket

        def opened(*arguments: object, **more: object) -> None:
            raise AssertionError("a reference was opened")

        monkeypatch.setattr(socket, "socket", opened)
        monkeypatch.setattr(socket, "getaddrinfo", opened)

        said = refused(fal({"a": {"$ref": reference}}))

        assert f"{INPUT}.a: the reference" in said
        assert "leads out of the document" in said

    @pytest.mark.parametrize("reference", ["#/components/schemas/None", "#/paths/0/x", "#/~9"])
    def test_to_nothing_are_refused(self, reference):
        assert "leads nowhere" in refused(fal({"a": {"$ref": reference}}))

    @pytest.mark.parametrize("reference", [5, None, ["#/a"], {"x": 1}])
    def test_that_are_no_texts_are_refused(self, reference):
        refused(fal({"a": {"$ref": reference}}))

    def test_in_a_circle_are_refused(self):
        schemas = {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
        }

        said = refused(fal({"a": {"$ref": "#/components/schemas/A"}}, schemas=schemas))

        assert "leads back to itself" in said

    def test_to_itself_are_refused(self):
        schemas = {"A": {"$ref": "#/components/schemas/A"}}

        assert "leads back" in refused(
            fal({"a": {"$ref": "#/components/schemas/A"}}, schemas=schemas)
        )

    def test_one_behind_another_have_an_end(self):
        schemas: dict[str, Any] = {
            f"A{n}": {"$ref": f"#/components/schemas/A{n + 1}"} for n in range(1000)
        }

        said = refused(fal({"a": {"$ref": "#/components/schemas/A0"}}, schemas=schemas))

        assert "more than 16 references follow one another" in said

    @pytest.mark.parametrize(
        "around",
        [
            lambda ref: ref,
            lambda ref: {"type": "array", "items": ref},
            lambda ref: {"anyOf": [ref, {"type": "null"}]},
            lambda ref: {"allOf": [ref]},
        ],
    )
    def test_by_which_a_type_holds_itself_are_refused(self, around):
        node = {"$ref": "#/components/schemas/Node"}
        schemas = {"Node": {"type": "object", "properties": {"next": around(node)}}}

        said = refused(fal({"tree": node}, schemas=schemas))

        assert "components.schemas.Node: this is made of itself" in said

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
            {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/A"}]},
            {"allOf": [{"$ref": "#/components/schemas/A"}]},
            {"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/A"}}]},
        ],
    )
    def test_by_which_a_list_or_a_choice_holds_itself_are_left_out(self, schema):
        document = fal(
            {"a": {"$ref": "#/components/schemas/A"}, "prompt": TEXT}, schemas={"A": schema}
        )

        found = drafted(document)

        assert list(found.declaration.inputs) == ["prompt"]
        assert found.left_out[0].startswith("a: ")

    def test_through_many_types_have_an_end(self):
        schemas = {
            f"A{n}": {
                "type": "object",
                "properties": {"next": {"$ref": f"#/components/schemas/A{n + 1}"}},
            }
            for n in range(50)
        }

        said = refused(fal({"a": {"$ref": "#/components/schemas/A0"}}, schemas=schemas))

        assert "types lie in one another more than 8 deep" in said

    def test_that_would_grow_without_end_are_cheap(self):
        # Each type holds the next one twenty times: followed each time it were 20 ** 8 fields.
        schemas = {
            f"A{n}": {
                "type": "object",
                "properties": {
                    f"f{m}": {"allOf": [{"$ref": f"#/components/schemas/A{n + 1}"}]}
                    for m in range(20)
                },
            }
            for n in range(7)
        }
        schemas["A7"] = {"type": "object", "properties": {"x": TEXT}}

        found = drafted(fal({"a": {"$ref": "#/components/schemas/A0"}}, schemas=schemas))

        assert len(found.declaration.types) == 8

    def test_in_answers_are_refused_as_well(self):
        output = {"type": "object", "properties": {"images": {"$ref": "https://evil.example/"}}}

        assert "leads out of the document" in refused(fal({"a": TEXT}, output=output))


class TestSizes:
    def test_of_objects_have_an_end(self):
        properties: dict[str, Any] = {f"p{n}": {} for n in range(150_000)}

        assert f"{INPUT}: there are 150,000 fields; 200 are read" in refused(fal(properties))

    def test_of_all_objects_together_have_an_end(self):
        inner = {f"p{n}": TEXT for n in range(150)}
        properties = {f"o{n}": {"type": "object", "properties": inner} for n in range(150)}

        assert "there are more than 1000 fields in all" in refused(fal(properties))

    def test_of_choices_have_an_end(self):
        choices = [f"c{n}" for n in range(100_000)]

        assert "there are 100,000 choices" in refused(fal({"a": {"enum": choices}}))

    def test_of_alternatives_have_an_end(self):
        assert "50,000 alternatives" in refused(fal({"a": {"anyOf": [TEXT] * 50_000}}))

    def test_of_names_have_an_end(self):
        assert "a name has 1,000,000 letters" in refused(fal({"a" * 1_000_000: TEXT}))

    def test_of_answers_have_an_end(self):
        properties = {f"p{n}": TEXT for n in range(100_000)}
        output = {"type": "object", "properties": properties}

        assert "there are 100,000 fields" in refused(fal({"a": TEXT}, output=output))


class TestWrongTypes:
    @pytest.mark.parametrize(
        ("schema", "says"),
        [
            (5, "this should be an object, not 5"),
            (None, "this should be an object, not None"),
            ([], "this should be an object, not a list"),
            ({"type": 5}, "type: this should be a text"),
            ({"type": "strin"}, "type: there is no type 'strin'"),
            ({"type": {"a": 1}}, "type: this should be a text"),
            ({"type": [5]}, "type.0: this should be a text"),
            ({"enum": "a"}, "enum: this should be a list"),
            ({"anyOf": {}}, "anyOf: this should be a list"),
            ({"anyOf": [5]}, "anyOf.0: this should be an object"),
            ({"allOf": "x"}, "allOf: this should be a list"),
            ({"type": "integer", "minimum": "1"}, "minimum: this should be a number"),
            ({"type": "integer", "minimum": True}, "minimum: this should be a number"),
            ({"type": "integer", "minimum": 9, "maximum": 1}, "the least, 9, is more than"),
            ({**TEXT, "maxLength": -1}, "maxLength: this should be a whole number"),
            ({**TEXT, "minLength": 1.5}, "minLength: this should be a whole number"),
            ({**TEXT, "minLength": 9, "maxLength": 1}, "minLength 9 is more than"),
            ({**TEXT, "pattern": 5}, "pattern: this should be a text"),
            ({**TEXT, "title": []}, "title: this should be a text"),
            ({**TEXT, "description": 5}, "description: this should be a text"),
            ({**TEXT, "nullable": "yes"}, "nullable: this should be true or false"),
            ({"type": "array", "items": 5}, "items: this should be an object"),
            (
                {"type": "array", "items": TEXT, "minItems": "1"},
                "minItems: this should be a number",
            ),
            ({"type": "object", "properties": []}, "properties: this should be an object"),
            ({"type": "object", "properties": {"b": 5}}, "properties.b: this should be an object"),
            ({"type": "object", "properties": {"b": TEXT}, "required": 3}, "required: this should"),
        ],
    )
    def test_are_refused_with_the_place(self, schema, says):
        said = refused(fal({"a": schema}))

        assert f"{INPUT}.a" in said
        assert says in said

    def test_in_what_must_be_given_are_refused(self):
        document = fal({"a": TEXT})
        document["components"]["schemas"]["TestInput"]["required"] = [5]

        assert "required.0: this should be a text, not 5" in refused(document)

    @pytest.mark.parametrize("order", ["a", [5]])
    def test_in_the_order_are_refused(self, order):
        assert "x-fal-order-properties" in refused(fal({"a": TEXT}, order=order))

    @pytest.mark.parametrize("version", [None, 5, {}, {"id": "../x"}, {"id": "a" * 64}])
    def test_in_an_answer_of_replicate_are_refused(self, version):
        document = {**replicate({"a": TEXT}, {}), "latest_version": version}
        with pytest.raises(InvalidInput) as error:
            drafted(document)
        assert "The document of replicate:owner/test cannot be used" in error.value.message


class TestDefaults:
    @pytest.mark.parametrize(
        ("schema", "default"),
        [
            (TEXT, 5),
            (TEXT, {"a": 1}),
            ({**TEXT, "maxLength": 2}, "abc"),
            ({"type": "integer"}, "5"),
            ({"type": "integer"}, 1.5),
            ({"type": "integer"}, True),
            ({"type": "integer", "maximum": 4}, 9),
            ({"type": "boolean"}, "yes"),
            ({"type": "number", "minimum": 0}, -1),
            ({"enum": ["a", "b"]}, "c"),
            ({"type": "array", "items": TEXT}, [1]),
            ({"type": "array", "items": TEXT, "maxItems": 1}, ["a", "b"]),
            ({"type": "object"}, [1]),
        ],
    )
    def test_that_do_not_fit_are_refused(self, schema, default):
        said = refused(fal({"a": {**schema, "default": default}}))

        assert f"{INPUT}.a: the default" in said

    def test_that_do_not_fit_in_a_type_are_refused(self):
        size = {"type": "object", "properties": {"width": {"type": "integer", "default": "x"}}}

        said = refused(fal({"size": {"$ref": "#/components/schemas/Size"}}, schemas={"Size": size}))

        assert "components.schemas.Size.properties.width: the default 'x' does not fit" in said


class TestNames:
    NAMES = (
        *("__class__", "__init__", "_private", "class", "def", "None", "self", "model_fields"),
        *("model_dump", "json", "one_of", "a b", "a\x00b", "\u202eevil", "🙂", "A" * 100, "9"),
        *("'; DROP TABLE", "${x}", "a]", '"quoted"', "back\\slash", "new\nline", "𝔘nicode"),
    )

    def test_that_are_odd_are_written_and_sent_as_they_are(self, tmp_path):
        found = drafted(fal(dict.fromkeys(self.NAMES, TEXT)))

        keep(found, tmp_path)
        (own,) = read_own(tmp_path).models

        assert own.declaration == found.declaration
        sent = [field.send_as or name for name, field in own.declaration.inputs.items()]
        assert sent == list(self.NAMES)
        made = input_model(own.declaration)
        assert set(made().model_dump().values()) == {None}

    def test_of_types_that_are_odd_become_types(self):
        odd = ("__class__", "🙂", "ImageArtifact", "a/b", "str")
        schemas = {name: {"type": "object", "properties": {"x": TEXT}} for name in odd}
        properties = {
            f"p{n}": {"$ref": f"#/components/schemas/{name.replace('/', '~1')}"}
            for n, name in enumerate(odd)
        }

        found = drafted(fal(properties, schemas=schemas)).declaration

        assert list(found.types) == ["Class", "Type", "ImageArtifactType", "AB", "Str"]
        input_model(found).model_json_schema()


class TestTexts:
    def test_cannot_leave_their_place_in_the_file(self, tmp_path):
        evil = 'x"\n[[models]]\nname = "evil"\n#'
        document = fal(
            {"image_url": {**TEXT, "description": evil, "title": evil}, evil[:90]: TEXT},
            category=evil,
        )

        keep(drafted(document), tmp_path)

        (own,) = read_own(tmp_path).models
        assert own.declaration.name == "fal-test"

    @pytest.mark.parametrize("text", ["\x7f\x1b[2J", "\u2028\u2029", "'''\"\"\""])
    def test_of_any_letters_are_kept_readable(self, tmp_path, text):
        found = drafted(fal({"a": {"enum": [text, "b"], "default": text}, text: TEXT}))

        keep(found, tmp_path, replace=True)

        assert len(read_own(tmp_path).models) == 1


def test_half_a_letter_is_refused():
    assert "properties.?" in refused(b"%s" % json.dumps(fal({"\ud800": TEXT})).encode())


def test_nothing_is_written_of_what_is_refused(tmp_path):
    found = drafted(fal({"a": TEXT}))
    (tmp_path / "catalog").write_text("a file in the place of the folder")

    with pytest.raises(Exception, match="cannot be written"):
        keep(found, tmp_path / "catalog")

    assert [path.name for path in tmp_path.iterdir()] == ["catalog"]

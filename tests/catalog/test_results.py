"""What a provider made is found in its answer, in whatever of the known shapes it comes."""

from decimal import Decimal
from typing import Any

import pytest

from boards.errors import Rejected
from boards.generators.declared import Count, Made, Outcome
from boards.generators.declared.results import read_made, read_notes
from tests.catalog.words import declared, typed


def made(document: Any, **words) -> list[Made]:
    declaration = declared(**words)
    outcome = Outcome(document=document)
    return read_made(declaration, outcome, typed(declaration, prompt="x"))


URL = "https://a.example/out.webp?sig=1"


class TestFiles:
    @pytest.mark.parametrize(
        ("document", "path"),
        [
            ({"images": [{"url": URL}]}, "images"),
            ({"images": [URL]}, "images"),
            ({"image": {"url": URL}}, "image"),
            ({"output": URL}, "output"),
            ({"data": {"deep": {"urls": [URL]}}}, "data.deep.urls"),
            ({"items": [{"file": {"uri": URL}}]}, "items.file"),
            ({"image": {"url": URL}}, ["images", "image"]),
            ({"images": [], "image": {"url": URL}}, ["images", "image"]),
        ],
    )
    def test_are_found_in_every_shape(self, document, path):
        (found,) = made(document, result={"files": path})

        assert found.source == URL

    def test_keep_their_order(self):
        document = {"images": [{"url": f"https://a.example/{n}.png"} for n in range(3)]}

        assert [str(each.source)[-5] for each in made(document)] == ["0", "1", "2"]

    def test_bring_the_facts_beside_them(self):
        file = {"url": URL, "width": 640, "height": 480, "content_type": "image/png"}

        (found,) = made({"images": [file]})

        assert (found.width, found.height, found.format) == (640, 480, "png")

    @pytest.mark.parametrize("odd", [0, -1, "640", None, 1.5, True])
    def test_bring_no_senseless_facts(self, odd):
        (found,) = made({"images": [{"url": URL, "width": odd, "duration": "long"}]})

        assert found.width is None
        assert found.duration is None

    @pytest.mark.parametrize(
        ("file", "format"),
        [
            ({"url": "https://a.example/x"}, "png"),
            ({"url": "https://a.example/x.webp?y=.png"}, "webp"),
            ({"url": "https://a.example/x.webp", "content_type": "image/jpeg"}, "jpg"),
            ({"url": "https://a.example/x.exe"}, "png"),
            ({"url": "data:image/webp;base64,AAAA"}, "webp"),
        ],
    )
    def test_have_the_format_that_is_said_first(self, file, format):
        (found,) = made({"images": [file]})

        assert found.format == format

    def test_may_be_base64(self):
        (found,) = made({"images": [{"b64_json": "AAAA"}]}, result={"files": "images"})

        assert found.source == "data:image/png;base64,AAAA"

    def test_take_the_format_that_was_asked_for(self):
        inputs = {"prompt": {"type": "text"}, "fmt": {"choices": ["webp"], "default": "webp"}}
        result = {"files": "images", "format": "{fmt}"}

        (found,) = made({"images": [{"b64_json": "AAAA"}]}, inputs=inputs, result=result)

        assert found.format == "webp"

    @pytest.mark.parametrize(
        "document",
        [
            None,
            {},
            [],
            "text",
            {"images": None},
            {"images": []},
            {"images": [{}]},
            {"images": [{"url": ""}]},
            {"images": [{"url": 3}]},
            {"images": [None, ""]},
        ],
    )
    def test_that_are_not_there_are_a_final_failure_nobody_knows_the_bill_of(self, document):
        with pytest.raises(Rejected) as empty:
            made(document)

        assert empty.value.billed is None
        assert empty.value.provider_code == "empty_result"


class TestTexts:
    def test_are_taken_whole(self):
        result = {"text": "text", "format": "markdown"}

        (found,) = made({"text": "# Hello"}, makes="text", result=result)

        assert (found.source, found.format) == ("# Hello", "markdown")

    def test_that_are_empty_are_no_result(self):
        with pytest.raises(Rejected):
            made({"text": ""}, makes="text", result={"text": "text"})


class TestTheRest:
    def test_extra_files_come_by_their_role(self):
        document = {"images": [URL], "mask": {"url": "https://a.example/m.png"}}

        output, mask = made(document, result={"files": "images", "extra": {"mask": "mask"}})

        assert (output.role, mask.role) == (None, "mask")

    def test_notes_are_the_declared_facts(self):
        declaration = declared(result={"files": "images", "notes": ["seed", "flags", "nothing"]})
        outcome = Outcome(
            document={"seed": 7, "flags": [], "other": 1},
            counts={Count.OUTPUTS: Decimal(1)},
            notes={"provider_request_id": "r"},
        )

        assert read_notes(declaration, outcome) == {"seed": 7, "provider_request_id": "r"}

    def test_bytes_that_are_the_answer_have_the_declared_format(self):
        declaration = declared(makes="audio", result={"format": "wav"})
        outcome = Outcome(made=(Made(source=b"RIFF"),))

        (found,) = read_made(declaration, outcome, typed(declaration, prompt="x"))

        assert found.format == "wav"

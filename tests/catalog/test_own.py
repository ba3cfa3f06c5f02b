"""Models that were added: a folder of files that people may correct."""

import json

import pytest

from boards.catalog import load_declarations
from boards.catalog.own import keep, read_own
from boards.catalog.reader import read_file
from boards.catalog.writing import toml_of
from boards.errors import Conflict
from tests.catalog.documents import drafted, fal, fal_bytes

PROMPT = {"prompt": {"type": "string"}}


def test_a_draft_is_kept_with_its_document_and_read_back(tmp_path):
    data = fal_bytes({**PROMPT, "image_url": {"type": "string"}})
    draft = drafted(data)

    declaration, document = keep(draft, tmp_path / "catalog")

    assert document.read_bytes() == data
    assert "# guessed: image, by its name\nimage_url = { slot" in declaration.read_text()
    own = read_own(tmp_path / "catalog")
    assert own.faults == ()
    assert [(each.declaration, each.path) for each in own.models] == [
        (draft.declaration, declaration)
    ]
    assert {path.name for path in declaration.parent.iterdir()} == {
        *("fal-test.toml", "fal-test.json"),
    }


def test_corrections_count(tmp_path):
    path, _ = keep(drafted(fal(PROMPT)), tmp_path)
    path.write_text(path.read_text().replace('type = "text"', 'slot = "text"'))

    (own,) = read_own(tmp_path).models

    assert own.declaration.inputs["prompt"].slot is not None


def test_what_is_there_is_not_written_over(tmp_path):
    path, document = keep(drafted(fal(PROMPT)), tmp_path)
    path.write_text("# corrected")

    with pytest.raises(Conflict, match="may hold corrections"):
        keep(drafted(fal({"text": {"type": "string"}})), tmp_path)

    assert path.read_text() == "# corrected"
    assert (
        "prompt"
        in json.loads(document.read_text())["components"]["schemas"]["TestInput"]["properties"]
    )
    keep(drafted(fal({"text": {"type": "string"}})), tmp_path, replace=True)
    assert list(read_own(tmp_path).models[0].declaration.inputs) == ["text"]


def test_a_file_with_faults_is_told_and_the_others_are_read(tmp_path):
    keep(drafted(fal(PROMPT)), tmp_path)
    (tmp_path / "bad.toml").write_text('provider = "fal"\nmakes = "image"\ncolour = 3\n')
    (tmp_path / "notes.txt").write_text("not read")

    own = read_own(tmp_path)

    assert [each.declaration.name for each in own.models] == ["fal-test"]
    assert any("bad.toml:3: colour: there is no word" in fault for fault in own.faults)


def test_a_name_that_two_files_have_is_a_fault(tmp_path):
    path, _ = keep(drafted(fal(PROMPT)), tmp_path)
    (tmp_path / "zweite.toml").write_text(path.read_text())

    own = read_own(tmp_path)

    assert len(own.models) == 1
    assert "the name 'fal-test' is taken by" in own.faults[0]


def test_without_the_folder_there_is_nothing(tmp_path):
    assert read_own(tmp_path / "none").models == ()


@pytest.mark.parametrize("declaration", load_declarations(), ids=lambda each: each.name)
def test_every_model_of_the_catalogue_can_be_written_and_read_back(declaration, tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(toml_of(declaration, head="A head\nof two lines"))

    assert read_file(path) == (declaration,)

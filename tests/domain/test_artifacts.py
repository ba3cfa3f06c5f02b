import pytest

from boards.domain.artifacts import (
    FORMATS,
    PRODUCED,
    ArtifactType,
    FileFormat,
    extension_for_format,
    file_format,
    format_for_mime,
    mime_for_format,
    type_of_format,
)


def test_five_types_are_produced_and_model_is_only_readable() -> None:
    assert [str(kind) for kind in PRODUCED] == ["image", "video", "audio", "text", "lora"]
    assert ArtifactType("model") not in PRODUCED


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_every_format_goes_to_its_mime_type_and_back(known: FileFormat) -> None:
    assert format_for_mime(mime_for_format(known.name)) == known.name
    assert type_of_format(extension_for_format(known.name)) is known.artifact_type


def test_no_two_formats_share_a_spelling() -> None:
    names = [n for f in FORMATS for n in {f.name, f.extension, *f.other_names}]
    mimes = [m for f in FORMATS for m in {f.mime, *f.other_mimes}]
    assert len(names) == len(set(names))
    assert len(mimes) == len(set(mimes))


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("jpeg", "jpg"), ("JPG", "jpg"), (".txt", "plain"), ("md", "markdown"), ("m4v", "mp4")],
)
def test_other_spellings_are_read_as_the_one_name(spelling: str, name: str) -> None:
    found = file_format(spelling)
    assert found is not None
    assert found.name == name


def test_parameters_of_a_mime_type_are_ignored() -> None:
    assert format_for_mime("Text/HTML; charset=utf-8") == "html"


def test_an_unknown_format_is_opaque_bytes() -> None:
    assert mime_for_format("xyz") == "application/octet-stream"
    assert extension_for_format("xyz") == "bin"
    assert type_of_format("xyz") is None
    assert format_for_mime("image/svg+xml") is None

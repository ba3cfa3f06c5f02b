from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from boards.domain.artifacts import (
    FORMATS,
    PRODUCED,
    ArtifactType,
    FileFormat,
    MediaFacts,
    check_key,
    extension_for_format,
    file_format,
    format_for_mime,
    key_for,
    mime_for_format,
    type_of_format,
)
from boards.errors import InvalidInput


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


def test_a_container_with_sound_only_is_audio() -> None:
    assert MediaFacts(format="webm", mime="audio/webm").artifact_type is ArtifactType.AUDIO
    assert MediaFacts(format="webm", mime="video/webm").artifact_type is ArtifactType.VIDEO


FILE = uuid4()
NOW = datetime(2026, 11, 20, tzinfo=UTC)


class TestKeys:
    def test_a_key_tells_tenant_month_and_type_and_nothing_a_user_wrote(self) -> None:
        tenant = uuid4()
        now = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1)))
        key = key_for(tenant, ArtifactType.IMAGE, "PNG", file_id=FILE, now=now)
        assert key == f"{tenant}/2027/01/image/{FILE}.png"
        assert check_key(key) == key

    def test_a_file_without_a_type_has_a_place(self) -> None:
        assert "/file/" in key_for(uuid4(), None, "webp", file_id=FILE, now=NOW)

    @pytest.mark.parametrize("extension", ["../x", "p/ng", "p\\ng", "", "png\n", "a" * 200])
    def test_an_extension_cannot_change_the_place(self, extension: str) -> None:
        with pytest.raises(InvalidInput):
            key_for(uuid4(), ArtifactType.IMAGE, extension, file_id=FILE, now=NOW)

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a",
            "a/../b",
            "a/..",
            "a/./b",
            ".",
            ".hidden",
            "a/.hidden",
            "a//b",
            "a/",
            "a\\b",
            "..\\a",
            "C:/a",
            "C:\\a",
            "\\\\host\\share",
            "a\x00b",
            "a\nb",
            "a b",
            "a%2e%2e/b",
            "%2e%2e/b",
            "~/a",
            "ä",
            "a?b",
            "a#b",
            "a\n",
            "-a",
            "a/" * 300 + "a",
            "a" * 129,
        ],
    )
    def test_a_hostile_key_is_refused(self, key: str) -> None:
        with pytest.raises(InvalidInput):
            check_key(key)

import json
import pickle
import struct
import zipfile
from pathlib import Path

import pytest

from boards.adapters.media.probe import check_upload, probe
from boards.domain.artifacts import ArtifactType
from boards.errors import InvalidInput, TooLarge, Unsupported
from tests.media.files import tensors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def entry(**changes: object) -> dict[str, object]:
    return {"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **changes}}


def test_a_lora_is_known_by_its_header(path: Path) -> None:
    path.write_bytes(tensors())
    facts = check_upload(path, ArtifactType.LORA)
    assert facts.format == "safetensors"
    assert facts.artifact_type is ArtifactType.LORA


def test_tensors_without_elements_and_of_half_bytes_are_fine(path: Path) -> None:
    header = {
        "scalar": {"dtype": "F16", "shape": [], "data_offsets": [0, 2]},
        "empty": {"dtype": "F32", "shape": [0, 5], "data_offsets": [2, 2]},
        "half": {"dtype": "F4", "shape": [4], "data_offsets": [2, 4]},
    }
    path.write_bytes(tensors(header, bytes(4)))
    assert probe(path).format == "safetensors"


@pytest.mark.parametrize("lost", [1, 15, 16])
def test_a_truncated_lora_is_refused(path: Path, lost: int) -> None:
    path.write_bytes(tensors()[:-lost])
    with pytest.raises(InvalidInput, match="its header describes"):
        probe(path)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"__metadata__": {"a": "b"}},
        entry(dtype="F33"),
        entry(dtype=["F32"]),
        entry(shape=[2, 3]),
        entry(shape=[-2, -2]),
        entry(shape=["2", "2"]),
        entry(shape=[2**62, 2**62]),
        entry(shape=[1] * 100),
        entry(shape="4"),
        entry(data_offsets=[0, 17]),
        entry(data_offsets=[-16, 0]),
        entry(data_offsets=[16, 0]),
        entry(data_offsets=[4, 20]),
        entry(data_offsets=[0]),
        entry(data_offsets=[0.0, 16.0]),
        {"a": None},
        {"a": "b"},
        {**entry(), "b": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}},
        [1, 2],
        b"{" + b" " * 20,
        b'{"a":' + b"[" * 100_000,
        b'{"a": \xff}',
    ],
)  # fmt: skip
def test_a_header_that_lies_is_refused(path: Path, header: object) -> None:
    path.write_bytes(tensors(header))
    with pytest.raises((InvalidInput, Unsupported)):
        probe(path)


def test_extra_bytes_behind_the_tensors_are_refused(path: Path) -> None:
    path.write_bytes(tensors() + b"<script>")
    with pytest.raises(InvalidInput):
        probe(path)


def test_a_huge_header_is_refused_before_it_is_read(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 90 * 2**20) + b"{" + bytes(100))
    with pytest.raises(TooLarge, match="16 MiB"):
        probe(path)


def test_a_header_longer_than_the_file_is_refused(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**20) + json.dumps(entry()).encode())
    with pytest.raises(InvalidInput, match="cut off"):
        probe(path)


class TestPickles:
    @pytest.mark.parametrize("protocol", [2, 3, 4, 5])
    def test_a_pickle_is_refused(self, path: Path, protocol: int) -> None:
        path.write_bytes(pickle.dumps({"a": 1}, protocol))
        with pytest.raises(Unsupported, match="convert it to safetensors"):
            check_upload(path, ArtifactType.LORA)

    @pytest.mark.parametrize("protocol", [0, 1])
    def test_an_old_pickle_is_never_taken_for_a_model(self, path: Path, protocol: int) -> None:
        path.write_bytes(pickle.dumps({"a": 1}, protocol))
        with pytest.raises((InvalidInput, Unsupported)):
            check_upload(path, ArtifactType.LORA)

    def test_a_checkpoint_in_an_archive_is_refused(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps({"a": 1}))
        with pytest.raises(Unsupported, match="convert models to safetensors"):
            check_upload(path, ArtifactType.LORA)

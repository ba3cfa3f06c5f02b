"""Reads the zip of an exported board as if its maker meant harm: nothing in it is believed.

Names are those of a board's export and no others, so none leads out of a folder; sizes are added up
before anything is unfolded; entries do not share bytes; and what comes out of one is counted.
"""

import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from boards.domain.exports import MANIFEST, ExportedFile, Manifest, read_manifest
from boards.errors import InvalidInput, StorageError, TooLarge
from boards.outbound.files import write_errors

__all__ = ["Archive", "open_archive"]

MAX_DIRECTORY_BYTES = 32 * 2**20
MAX_MANIFEST_BYTES = 64 * 2**20
MAX_RECIPE_BYTES = 2**20
MOST_ENTRIES = 50_000
BLOCK = 2**20
UNFOLDS = 200
"""How many times its size an entry may become; text seldom comes near it."""
SMALL_BYTES = 2**20
_ENCRYPTED = 0x1
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _LONGEST_COMMENT = 22, 20, 65535
_BROKEN = "This is no zip file, or it is cut off; export it again."


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An open zip that is what its manifest says, but for the bytes of its files."""

    manifest: Manifest
    _zip: zipfile.ZipFile

    def extract(self, file: ExportedFile, path: Path) -> None:
        """Write a file to a path. InvalidInput when it is not of its size and hash."""
        digest = hashlib.sha256()
        size = 0
        with write_errors(path), path.open("xb") as written:
            for block in _blocks(self._zip, file.path):
                size += len(block)
                digest.update(block)
                written.write(block)
        if (size, digest.hexdigest()) != (file.size, file.sha256):
            raise InvalidInput(
                f"{file.path!r} is not what the manifest says; nothing was imported."
            )

    def read_recipe(self, path: str, sha256: str) -> bytes:
        """Read a recipe. InvalidInput when it is not of its hash."""
        data = b"".join(_blocks(self._zip, path))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise InvalidInput(f"{path!r} is not what the manifest says; nothing was imported.")
        return data

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()


def open_archive(path: Path, *, max_bytes: int) -> Archive:
    """Open a zip and check all but the bytes of its files. InvalidInput for one that no export
    makes, TooLarge for one of more than `max_bytes` when it is unfolded."""
    _check_directory(path)
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidInput(_BROKEN, detail=str(error)) from None
    try:
        entries = opened.infolist()
        _check_entries(entries, max_bytes)
        manifest = read_manifest(b"".join(_blocks(opened, MANIFEST)))
        _check_same(entries, manifest)
    except BaseException:
        opened.close()
        raise
    return Archive(manifest=manifest, _zip=opened)


def _check_directory(path: Path) -> None:
    """Look at how large the list of entries is before it is read into memory."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            start = max(0, size - _END_BYTES - _LONGEST_COMMENT - _LOCATOR_BYTES)
            file.seek(start)
            tail = file.read()
            at = tail.rfind(_END)
            if at < 0 or len(tail) < at + _END_BYTES:
                raise InvalidInput(_BROKEN)
            (directory,) = struct.unpack_from("<L", tail, at + 12)
            locator = at - _LOCATOR_BYTES
            if locator >= 0 and tail[locator : locator + 4] == _LOCATOR_64:
                (offset,) = struct.unpack_from("<Q", tail, locator + 8)
                file.seek(min(offset, size))
                record = file.read(56)
                if len(record) < 56 or record[:4] != _END_64:
                    raise InvalidInput(_BROKEN)
                (directory,) = struct.unpack_from("<Q", record, 40)
    except OSError as error:
        raise StorageError("The file could not be read.", detail=str(error)) from error
    if directory > MAX_DIRECTORY_BYTES:
        raise TooLarge(f"The zip's list of files has {directory:,} bytes; that is no export.")


def _check_entries(entries: Sequence[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise TooLarge(
            f"The zip has {len(entries):,} files; an export has {MOST_ENTRIES:,} at most."
        )
    names: set[str] = set()
    for entry in entries:
        if entry.orig_filename in names:
            raise InvalidInput(f"The zip has {entry.orig_filename[:200]!r} twice.")
        names.add(entry.orig_filename)
        _check_plain(entry)
        _check_size(entry, max_bytes)
    total = sum(entry.file_size for entry in entries)
    if total > max_bytes:
        raise TooLarge(f"The zip unfolds to {total:,} bytes; the limit is {max_bytes:,}.")
    if MANIFEST not in names:
        raise InvalidInput(f"The zip has no {MANIFEST!r}; it is no export of a board.")
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end:
            raise InvalidInput(f"{entry.filename[:200]!r} shares its bytes with another file.")
        end = entry.header_offset + entry.compress_size


def _check_plain(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.is_dir() or kind not in (0, stat.S_IFREG):
        raise InvalidInput(f"{name[:200]!r} in the zip is no plain file.")
    if entry.filename != name:
        raise InvalidInput(f"{name[:200]!r} is no name of a file in an export.")
    if entry.flag_bits & _ENCRYPTED:
        raise InvalidInput(f"{name[:200]!r} in the zip is encrypted.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InvalidInput(f"{name[:200]!r} in the zip is compressed in an unknown way.")


def _check_size(entry: zipfile.ZipInfo, max_bytes: int) -> None:
    most = max_bytes
    if entry.filename == MANIFEST:
        most = MAX_MANIFEST_BYTES
    elif entry.filename.startswith("recipes/"):
        most = MAX_RECIPE_BYTES
    if entry.file_size > min(most, max(SMALL_BYTES, UNFOLDS * entry.compress_size)):
        raise TooLarge(f"{entry.filename[:200]!r} in the zip unfolds to {entry.file_size:,} bytes.")


def _check_same(entries: Sequence[zipfile.ZipInfo], manifest: Manifest) -> None:
    sizes = {entry.filename: entry.file_size for entry in entries}
    named = {MANIFEST, *manifest.paths}
    for name in sorted(named - sizes.keys()):
        raise InvalidInput(f"The manifest names {name!r}, which is not in the zip.")
    for name in sorted(sizes.keys() - named):
        raise InvalidInput(f"The zip has {name[:200]!r}, which its manifest does not name.")
    for generation in manifest.generations:
        for file in generation.files:
            if sizes[file.path] != file.size:
                raise InvalidInput(f"{file.path!r} has not the size that the manifest says.")


def _blocks(opened: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Give the bytes of an entry, a block at a time, and no more of them than it says."""
    try:
        with opened.open(name) as file:
            while block := file.read(BLOCK):
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise InvalidInput(
            f"{name!r} in the zip is damaged; nothing was imported.", detail=str(error)
        ) from None

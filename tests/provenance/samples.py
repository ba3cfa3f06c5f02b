"""Recipes and files to put them into."""

import struct
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

from boards.domain.artifacts import ArtifactType
from boards.domain.provenance import DigitalSource, Recipe, RecipeFile, RecipeSource
from tests.media.files import chunk, film, picture, tone

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
SOURCE = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def recipe(**changes: object) -> Recipe:
    """A recipe with a prompt that Latin-1 cannot write and XML has to escape."""
    values = {
        "generation_id": ID,
        "job_id": None,
        "batch_index": 0,
        "batch_size": 1,
        "generator": "paint",
        "generator_version": "3",
        "provider": "fal",
        "model": "fal-ai/flux",
        "artifact_type": ArtifactType.IMAGE,
        "inputs": {"prompt": 'ein Füchslein 🦊 <b> & "co"', "steps": 20, "guidance_scale": 3.5},
        "sources": (
            RecipeSource(
                role="image",
                position=0,
                generation_id=SOURCE,
                artifact_type=ArtifactType.IMAGE,
                sha256="ab" * 32,
            ),
        ),
        "seed": 7,
        "cost": "0.04",
        "file": RecipeFile(format="png", size=1, sha256="cd" * 32, width=64, height=48),
        "digital_source_type": DigitalSource.TRAINED.uri,
        "made_with": "Boards 1.0",
        "created_at": NOW,
        **changes,
    }
    return Recipe(**values)  # type: ignore[arg-type]


def file_of(name: str, folder: Path) -> bytes:
    """A small file of a format."""
    path = folder / f"sample.{name}"
    match name:
        case "png" | "gif" | "bmp":
            return picture(name.upper())
        case "jpg":
            return picture("JPEG")
        case "webp":
            return picture("WEBP")
        case "webp lossless":
            return picture("WEBP", lossless=True, mode="RGBA")
        case "webp extended":
            return picture("WEBP", icc_profile=b"profile" * 10)
        case "wav":
            return tone(path).read_bytes()
        case "mp4" | "mov":
            return film(path, seconds=0.5).read_bytes()
        case "m4a" | "mp3":
            return film(path, seconds=0.5, picture=False).read_bytes()
    raise ValueError(name)


def signed(name: str, data: bytes) -> bytes:
    """A file with a C2PA manifest, as far as anybody looks who does not judge it."""
    manifest = b"\0\0\0\x1cjumb\0\0\0\x14jumdc2pa" + bytes(8)
    match name:
        case "png":
            return data[:33] + chunk(b"caBX", manifest) + data[33:]
        case "jpg":
            body = b"JP\0\x01\0\0\0\x01" + manifest
            return data[:2] + b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body + data[2:]
        case "webp" | "wav":
            new = data + b"C2PA" + struct.pack("<I", len(manifest)) + manifest
            return new[:4] + struct.pack("<I", len(new) - 8) + new[8:]
        case "mp4" | "m4a" | "mov":
            box = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + manifest
            return data + struct.pack(">I", len(box) + 8) + b"uuid" + box
        case "mp3":
            body = b"\0application/c2pa\0\0\0" + manifest
            frame = b"GEOB" + struct.pack(">I", len(body)) + b"\0\0" + body
            size = len(frame)
            head = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
            return b"ID3\x03\0\0" + head + frame + data[data.index(b"\xff\xfb") :]
    raise ValueError(name)


def put_together(parts: object, data: bytes) -> bytes:
    """The file that parts make of the bytes."""
    out = BytesIO()
    for part in parts:  # type: ignore[attr-defined]
        out.write(data[part.start : part.end] if part.data is None else part.data)
    return out.getvalue()

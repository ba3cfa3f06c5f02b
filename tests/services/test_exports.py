"""Boards as zip files: another tenant keeps the lineage, and a hostile zip changes nothing."""

import asyncio
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from boards.domain.access import Actor
from boards.domain.artifacts import ArtifactType
from boards.domain.exports import MANIFEST
from boards.domain.generations import Generation, Status
from boards.errors import BoardsError, Forbidden, InvalidInput, NotFound, TooLarge
from boards.ids import new_id
from boards.services import archives
from boards.services.exporting import Export, ExportService
from boards.services.generations import GenerationQuery
from boards.services.importing import ImportService
from boards.services.ports import SYSTEM
from boards.services.provenance import RecipeWriter
from boards.testing.generators import tiny_png
from tests.services.studio import Studio

GENERATOR = "fake-paid"


def exports_of(studio: Studio) -> ExportService:
    return ExportService(
        database=studio.database,
        storage=studio.storage,
        recipes=RecipeWriter(registry=studio.registry),
        clock=studio.clock,
        made_by="Boards of a test",
    )


def imports_of(studio: Studio, **changes: Any) -> ImportService:
    plain = ImportService(
        database=studio.database,
        storage=studio.storage,
        media=studio.media,
        clock=studio.clock,
        scratch=studio.folder,
        max_bytes=20 * 2**20,
    )
    return replace(plain, **changes)


async def exported(studio: Studio, board_id: UUID, actor: Actor | None = None) -> bytes:
    export = await exports_of(studio).open(actor or studio.actor, board_id)
    return b"".join([piece async for piece in export.chunks])


async def gathered(export: Export, pieces: list[bytes]) -> None:
    async for piece in export.chunks:
        pieces.append(piece)  # noqa: PERF401 - what came before an error is looked at


async def all_on(studio: Studio, actor: Actor, board_id: UUID) -> list[Generation]:
    page = await studio.generations.list(
        actor, GenerationQuery(board_id=board_id), limit=50, cursor=None
    )
    return list(page.items)[::-1]


@dataclass
class Filled:
    """A board with an upload, a paid picture made from it, and a text."""

    board_id: UUID
    upload: Generation
    made: Generation
    text: Generation


@pytest.fixture
async def filled(studio: Studio) -> Filled:
    board = await studio.boards.create(studio.actor, "Boats & more", description="of boats")
    upload = await studio.uploads.upload(
        studio.actor, source=tiny_png(), filename="a.png", board_id=board.id
    )
    async with studio.process():
        view = await studio.make(GENERATOR, prompt="a boat", board_id=board.id)
    made = await studio.row(view.generations[0].id)
    child = await studio.uploads.upload(
        studio.actor,
        source="grüße".encode(),
        filename="words.txt",
        board_id=board.id,
        parent_id=made.id,
    )
    await studio.uploads.upload(
        studio.actor, source=tiny_png(5), filename="b.png", board_id=board.id, parent_id=upload.id
    )
    tags = studio.curation.tags
    tag = await tags.create(studio.actor, "Best of")
    await studio.database.write(
        lambda tx: tx.tags.attach(tag.id, [made.id], tenant_id=studio.actor.tenant_id),
        scope=SYSTEM,
    )
    return Filled(board_id=board.id, upload=upload, made=made, text=child)


class TestThereAndBack:
    async def test_another_tenant_keeps_all_of_it_under_new_ids(
        self, studio: Studio, filled: Filled
    ) -> None:
        data = await exported(studio, filled.board_id)
        other = await studio.another_tenant()
        done = await imports_of(studio).import_board(other, source=data)
        assert (done.board.title, done.board.description) == ("Boats & more", "of boats")
        assert (done.board.tenant_id, done.board.owner_id) == (other.tenant_id, other.user_id)
        before = await all_on(studio, studio.actor, filled.board_id)
        after = await all_on(studio, other, done.board.id)
        assert len(after) == len(before) == done.generations == 4
        assert {one.id for one in before} & {one.id for one in after} == set()
        for old, new in zip(before, after, strict=True):
            assert new.status is Status.COMPLETED
            assert new.provider == "import"
            assert (new.generator_name, new.artifact_type) == (
                old.generator_name,
                old.artifact_type,
            )
            assert new.created_at == old.created_at
            assert new.content == old.content
            assert old.file is not None
            assert new.file is not None
            assert new.file.sha256 == old.file.sha256
            assert new.file.key != old.file.key
            assert new.file.key.startswith(str(other.tenant_id))
            assert await studio.storage.verify(new.file.key, old.file.sha256)

    async def test_lineage_and_inputs_lead_to_the_new_ids(
        self, studio: Studio, filled: Filled
    ) -> None:
        other = await studio.another_tenant()
        done = await imports_of(studio).import_board(
            other, source=await exported(studio, filled.board_id)
        )
        after = await all_on(studio, other, done.board.id)
        text = next(one for one in after if one.artifact_type is ArtifactType.TEXT)
        made = next(one for one in after if one.generator_name == GENERATOR)
        lineage = await studio.generations.lineage(other, text.id)
        [parent] = lineage.ancestors.branches
        assert (parent.generation_id, parent.role) == (made.id, "parent")

    async def test_it_cost_nothing_here_and_its_cost_stands_in_its_recipe(
        self, studio: Studio, filled: Filled
    ) -> None:
        assert filled.made.cost is not None
        assert filled.made.cost.amount
        other = await studio.another_tenant()
        done = await imports_of(studio).import_board(
            other, source=await exported(studio, filled.board_id)
        )
        after = await all_on(studio, other, done.board.id)
        made = next(one for one in after if one.generator_name == GENERATOR)
        assert made.cost is not None
        assert made.cost.amount == 0
        assert await studio.ledger(made.id) == ["hold", "settle"]
        assert (await studio.balance(made.id)).spent == 0
        imported: Any = made.output_metadata["imported"]
        assert imported["id"] == str(filled.made.id)
        assert Decimal(imported["recipe"]["cost"]) == filled.made.cost.amount
        assert imported["recipe"]["inputs"]["prompt"] == "a boat"
        verified = await studio.money.ledger.examine(SYSTEM)
        assert verified.is_sound

    async def test_tags_and_notes_come_along(self, studio: Studio, filled: Filled) -> None:
        await studio.curation.notes.add(studio.actor, filled.made.id, "the best one")
        other = await studio.another_tenant()
        done = await imports_of(studio).import_board(
            other, source=await exported(studio, filled.board_id)
        )
        made = next(
            one
            for one in await all_on(studio, other, done.board.id)
            if one.generator_name == GENERATOR
        )
        tags = await studio.database.read(
            lambda tx: tx.tags.of_generations([made.id]), scope=SYSTEM
        )
        assert [tag.name for tag in tags[made.id]] == ["Best of"]
        notes = await studio.database.read(lambda tx: tx.notes.of_generation(made.id), scope=SYSTEM)
        assert [(one.text, one.user_id) for one in notes] == [("the best one", other.user_id)]

    async def test_what_was_imported_can_be_exported_again(
        self, studio: Studio, filled: Filled
    ) -> None:
        data = await exported(studio, filled.board_id)
        first = await imports_of(studio).import_board(studio.actor, source=data, title="Second")
        assert first.board.title == "Second"
        again = await exported(studio, first.board.id)
        second = await imports_of(studio).import_board(studio.actor, source=again)
        assert second.generations == first.generations

    async def test_any_tool_can_read_it(self, studio: Studio, filled: Filled) -> None:
        data = await exported(studio, filled.board_id)
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            assert opened.testzip() is None
            assert opened.namelist()[0] == MANIFEST
            manifest = json.loads(opened.read(MANIFEST))
            assert manifest["format"] == "boards-export"
            assert manifest["version"] == 1
            for one in manifest["generations"]:
                file = opened.read(one["file"]["path"])
                assert sha256(file).hexdigest() == one["file"]["sha256"]
        assert str(studio.actor.user_id).encode() not in data


class TestRights:
    async def test_only_members_export(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Mine")
        public = await studio.boards.create(studio.actor, "Open", is_public=True)
        stranger = await studio.colleague()
        with pytest.raises(NotFound):
            await exported(studio, board.id, stranger)
        with pytest.raises(Forbidden):
            await exported(studio, public.id, stranger)
        with pytest.raises(NotFound):
            await exported(studio, public.id, await studio.another_tenant())

    async def test_a_file_that_is_gone_breaks_the_zip_off(
        self, studio: Studio, filled: Filled
    ) -> None:
        assert filled.made.file is not None
        await studio.storage.delete(filled.made.file.key)
        export = await exports_of(studio).open(studio.actor, filled.board_id)
        pieces: list[bytes] = []

        with pytest.raises(BoardsError):
            await gathered(export, pieces)
        with pytest.raises(InvalidInput, match="cut off"):
            await imports_of(studio).import_board(studio.actor, source=b"".join(pieces))


@dataclass
class Zip:
    """The parts of an export, to be changed for the worse."""

    manifest: dict[str, Any]
    files: dict[str, bytes]
    extra: list[tuple[zipfile.ZipInfo, bytes]] = field(default_factory=list)
    compress: int = zipfile.ZIP_STORED

    @classmethod
    def read(cls, data: bytes) -> "Zip":
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
        return cls(manifest=json.loads(files.pop(MANIFEST)), files=files)

    def write(self) -> bytes:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w", self.compress) as opened:
            warnings.simplefilter("ignore")  # of names that come twice
            opened.writestr(MANIFEST, json.dumps(self.manifest))
            for name, data in self.files.items():
                opened.writestr(name, data)
            for info, data in self.extra:
                opened.writestr(info, data)
        return out.getvalue()

    @property
    def first(self) -> dict[str, Any]:
        found: dict[str, Any] = self.manifest["generations"][0]
        return found

    def add(self, name: str, data: bytes = b"x", *, mode: int = 0o600) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        self.extra.append((info, data))


def traversal(name: str) -> Callable[[Zip], None]:
    return lambda one: one.add(name)


def renamed(name: str) -> Callable[[Zip], None]:
    def change(one: Zip) -> None:
        one.files[name] = one.files.pop(one.first["file"]["path"])
        one.first["file"]["path"] = name

    return change


def twice(one: Zip) -> None:
    one.add(one.first["file"]["path"])


def link(one: Zip) -> None:
    """All of it is as the manifest says, but for what kind of file it is."""
    path = one.first["file"]["path"]
    one.add(path, one.files.pop(path), mode=0o120777)


def folder(one: Zip) -> None:
    one.add("files/", b"")


def changed_byte(one: Zip) -> None:
    path = one.first["file"]["path"]
    data = bytearray(one.files[path])
    data[-1] ^= 1
    one.files[path] = bytes(data)


def another_size(one: Zip) -> None:
    one.first["file"]["size"] += 1


def missing(one: Zip) -> None:
    del one.files[one.first["file"]["path"]]


def unnamed(one: Zip) -> None:
    one.add(f"files/{new_id()}.png")


def cycle(one: Zip) -> None:
    ids = [each["id"] for each in one.manifest["generations"][:2]]
    one.manifest["lineage"] = [
        {"output": a, "input": b, "role": "image", "position": 0} for a, b in (ids, ids[::-1])
    ]


def itself(one: Zip) -> None:
    edge = {"output": one.first["id"], "input": one.first["id"], "role": "image", "position": 0}
    one.manifest["lineage"] = [edge]


def unknown_input(one: Zip) -> None:
    edge = {"output": one.first["id"], "input": str(new_id()), "role": "image", "position": 0}
    one.manifest["lineage"].append(edge)


def same_id(one: Zip) -> None:
    one.manifest["generations"][1]["id"] = one.first["id"]


def other_type(one: Zip) -> None:
    one.first["artifact_type"] = "video"


def pickle_in_place(one: Zip) -> None:
    path = one.first["file"]["path"]
    data = b"\x80\x04\x95" + b"c" * 50
    one.files[path] = data
    one.first["file"] |= {"size": len(data), "sha256": sha256(data).hexdigest()}


def newer(one: Zip) -> None:
    one.manifest["version"] = 2


def extra_key(one: Zip) -> None:
    one.first["storage_key"] = "../../secret"


def nul(one: Zip) -> None:
    one.first["inputs"] = {"prompt": "a\x00b"}


def bad_recipe(one: Zip) -> None:
    paths = [name for name in one.files if name.startswith("recipes/")]
    one.files[paths[0]] = b"{}"


def no_result(one: Zip) -> None:
    del one.files[one.first["file"]["path"]]
    del one.first["file"]


HOSTILE: dict[str, Callable[[Zip], None]] = {
    "a name that climbs": traversal("../../evil.png"),
    "an absolute name": traversal("/etc/evil"),
    "a name with a backslash": traversal("..\\evil.png"),
    "a drive letter": traversal("C:\\evil.png"),
    "a file that climbs by the manifest": renamed("files/../../evil.png"),
    "a file of another folder": renamed("evil/evil.png"),
    "a name that comes twice": twice,
    "a symbolic link": link,
    "a folder": folder,
    "a changed byte": changed_byte,
    "another size": another_size,
    "a missing file": missing,
    "a file that nobody names": unnamed,
    "a cyclic lineage": cycle,
    "something made from itself": itself,
    "an input that is not there": unknown_input,
    "an id that comes twice": same_id,
    "a type that its bytes are not": other_type,
    "a pickle": pickle_in_place,
    "a newer version": newer,
    "a key that there is not": extra_key,
    "a NUL": nul,
    "a recipe of another hash": bad_recipe,
    "a generation without a result": no_result,
}


async def state_of(studio: Studio) -> tuple[object, ...]:
    """Everything that an import could change."""
    boards = await studio.boards.list(studio.actor, limit=50, cursor=None)
    generations = await studio.generations.list(
        studio.actor, GenerationQuery(), limit=50, cursor=None
    )
    keys = sorted([one.key async for one in studio.storage.list()])
    tags = await studio.database.read(lambda tx: tx.tags.list(), scope=SYSTEM)
    left = [one.name for one in studio.folder.iterdir() if "db" not in one.name]
    return boards.items, generations.items, keys, tags, left


async def refused(studio: Studio, data: bytes, match: str | None = None, **changes: Any) -> None:
    before = await state_of(studio)
    with pytest.raises((InvalidInput, TooLarge, BoardsError), match=match) as caught:
        await imports_of(studio, **changes).import_board(studio.actor, source=data)
    assert caught.value.code in ("invalid_input", "too_large", "unsupported", "conflict")
    assert await state_of(studio) == before


class TestHostile:
    async def test_each_changes_nothing(self, studio: Studio, filled: Filled) -> None:
        whole = await exported(studio, filled.board_id)
        untouched = Zip.read(whole)
        before = await state_of(studio)
        for name, change in HOSTILE.items():
            one = Zip.read(whole)
            change(one)
            data = one.write()
            with pytest.raises(BoardsError) as caught:
                await imports_of(studio).import_board(studio.actor, source=data)
            assert caught.value.code in ("invalid_input", "unsupported"), name
            assert await state_of(studio) == before, name
        done = await imports_of(studio).import_board(studio.actor, source=untouched.write())
        assert done.generations == 4, "without a change it is taken"

    async def test_one_that_is_cut_off_anywhere(self, studio: Studio, filled: Filled) -> None:
        whole = await exported(studio, filled.board_id)
        for size in (0, 10, len(whole) // 2, len(whole) - 30, len(whole) - 1):
            await refused(studio, whole[:size])

    async def test_bytes_that_are_no_zip(self, studio: Studio) -> None:
        for data in (b"", tiny_png(), b"PK\x05\x06" + b"\x00" * 18, b"PK\x05\x06\xff" * 50):
            await refused(studio, data)

    async def test_a_bomb_is_found_before_it_unfolds(self, studio: Studio, filled: Filled) -> None:
        one = Zip.read(await exported(studio, filled.board_id))
        bomb = b"\x00" * (8 * 2**20)
        one.files[one.first["file"]["path"]] = bomb
        one.first["file"] |= {"size": len(bomb), "sha256": sha256(bomb).hexdigest()}
        one.compress = zipfile.ZIP_DEFLATED
        data = one.write()
        assert len(data) < 100_000
        await refused(studio, data, "unfolds")

    async def test_one_that_lies_about_its_size(self, studio: Studio, filled: Filled) -> None:
        one = Zip.read(await exported(studio, filled.board_id))
        path = one.first["file"]["path"]
        size = one.first["file"]["size"]
        one.files[path] = one.files[path] + b"\x00" * 5_000_000
        one.compress = zipfile.ZIP_DEFLATED
        data = bytearray(one.write())
        # In the list at its end, the size is put back to what the manifest says.
        at = data.rfind(path.encode()) - 46
        assert data[at : at + 4] == b"PK\x01\x02"
        struct.pack_into("<L", data, at + 24, size)
        await refused(studio, bytes(data))

    async def test_entries_that_share_their_bytes(self, studio: Studio, filled: Filled) -> None:
        data = bytearray(Zip.read(await exported(studio, filled.board_id)).write())
        first = data.find(b"PK\x01\x02")
        second = data.find(b"PK\x01\x02", first + 4)
        offset = struct.unpack_from("<L", data, second + 42)[0]
        struct.pack_into("<L", data, first + 42, offset)
        await refused(studio, bytes(data))

    async def test_one_whose_list_is_huge_is_refused_before_it_is_read(
        self, studio: Studio, filled: Filled
    ) -> None:
        data = bytearray(await exported(studio, filled.board_id))
        at = data.rfind(b"PK\x05\x06")
        struct.pack_into("<L", data, at + 12, 2**31)
        await refused(studio, bytes(data), "list of files")

    async def test_a_manifest_that_is_huge_or_too_deep(
        self, studio: Studio, filled: Filled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = Zip.read(await exported(studio, filled.board_id))
        text = json.dumps(one.manifest).replace('"inputs"', '"inputs": ' + "[" * 5000, 1)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as opened:
            opened.writestr(MANIFEST, text)
        await refused(studio, out.getvalue(), "manifest")
        monkeypatch.setattr(archives, "MAX_MANIFEST_BYTES", 100)
        await refused(studio, one.write(), "manifest")

    async def test_more_than_the_limit_as_it_comes_or_unfolded(
        self, studio: Studio, filled: Filled
    ) -> None:
        data = await exported(studio, filled.board_id)
        await refused(studio, data, max_bytes=len(data) - 1)

    async def test_more_than_the_tenant_may_keep(self, studio: Studio, filled: Filled) -> None:
        data = await exported(studio, filled.board_id)
        await refused(studio, data, "full", quota=10)

    async def test_a_storage_that_fails_in_the_middle(
        self, studio: Studio, filled: Filled, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = await exported(studio, filled.board_id)
        before = await state_of(studio)
        put, count = studio.storage.put, 0

        async def failing(*asked: Any, **details: Any) -> Any:
            nonlocal count
            count += 1
            if count > 2:
                raise asyncio.CancelledError
            return await put(*asked, **details)

        monkeypatch.setattr(studio.storage, "put", failing)
        with pytest.raises(asyncio.CancelledError):
            await imports_of(studio).import_board(studio.actor, source=data)
        assert await state_of(studio) == before

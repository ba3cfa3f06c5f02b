"""Exports a story as one zip, which is made while it is sent: its storyboard and all its media.

What each file is comes last, in the manifest, since it is only known when it was sent. A file that
cannot be read breaks the zip off, which then has no end and can be opened by nobody.
"""

import asyncio
import json
import zipfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from boards.domain.access import Action, Actor
from boards.domain.storyboards.storyboard import FILE, is_safe_path
from boards.domain.storyboards.takes import TAKES
from boards.errors import NotFound, StorageError
from boards.services.audit import note
from boards.services.exporting import EARLIEST, Export, ZipSink
from boards.services.ports import Storage
from boards.services.ports.stories import Opened, Workspace
from boards.services.rights import scope_of
from boards.services.stories.delivery import Delivery

__all__ = ["FORMAT", "MANIFEST", "StoryExportService"]

FORMAT = "boards-story"
VERSION = 1
MANIFEST = "manifest.json"
BLOCK = 2**20
_FOLDERS = ("cards", TAKES, "portrait", "portrait/refs")
_AT_THE_TOP = ("cover", "portrait")
_TEXTS = (".json",)


@dataclass(frozen=True, kw_only=True)
class StoryExportService:
    """Exports stories."""

    delivery: Delivery
    storage: Storage

    async def open(self, actor: Actor, slug: str) -> Export:
        """Find what belongs to a story; the bytes follow as they are asked for.

        For whoever may read the story. NotFound and Forbidden; StorageError when it cannot be
        reached. A storyboard that is broken is exported as it is.
        """
        workspaces = self.delivery.workspaces
        workspace = await workspaces.find(actor, slug, Action.VIEW_RECIPES)
        await self.delivery.deliver(workspace)
        files = workspaces.files(workspace)
        text = (await files.read(workspace)).text
        top = [
            one.path
            for one in await files.list(workspace, "")
            if one.path.partition(".")[0] in _AT_THE_TOP
        ]
        paths = [*top, *[o.path for f in _FOLDERS for o in await files.list(workspace, f)]]
        now = self.delivery.clock.now()
        await workspaces.database.write(
            lambda tx: note(
                tx,
                actor,
                "workspace.export",
                target=("workspace", workspace.id),
                now=now,
                details={"files": len(paths) + 1},
            ),
            scope=scope_of(actor),
        )
        return Export(
            name=f"{workspace.slug}.story.zip",
            chunks=self._zipped(workspace, text, [one for one in paths if is_safe_path(one)], now),
        )

    async def _zipped(
        self, workspace: Workspace, text: str, paths: list[str], now: datetime
    ) -> AsyncGenerator[bytes]:
        sink = ZipSink()
        moment = max(EARLIEST, now.timetuple()[:6])
        listed: list[dict[str, str | int]] = []
        with zipfile.ZipFile(sink, "w", allowZip64=True) as zipped:  # type: ignore[call-overload]

            def entry(name: str) -> zipfile.ZipInfo:
                info = zipfile.ZipInfo(name, moment)
                is_text = name.endswith(_TEXTS)
                info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
                info.external_attr = 0o600 << 16
                return info

            data = text.encode()
            zipped.writestr(entry(FILE), data)
            listed.append({"path": FILE, "size": len(data), "sha256": sha256(data).hexdigest()})
            yield sink.take()
            for path in paths:
                try:
                    opened = await self.delivery.workspaces.files(workspace).open(workspace, path)
                except NotFound:
                    continue  # it was pruned or replaced since it was listed
                size, digest = 0, sha256()
                # Media are packed as tightly as they can be; and any of them may be large.
                with zipped.open(entry(path), "w", force_zip64=True) as written:
                    async for block in _blocks(self.storage, opened):
                        size += len(block)
                        digest.update(block)
                        written.write(block)
                        yield sink.take()
                listed.append({"path": path, "size": size, "sha256": digest.hexdigest()})
                yield sink.take()
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "story": workspace.slug,
                "made_at": now.isoformat(),
                "files": listed,
            }
            zipped.writestr(entry(MANIFEST), json.dumps(manifest, indent=2) + "\n")
        yield sink.take()


async def _blocks(storage: Storage, opened: Opened) -> AsyncGenerator[bytes]:
    """The bytes of a file, wherever it is kept."""
    if opened.data is not None:
        yield opened.data
    elif opened.path is not None:
        # Held open: a file that takes its place meanwhile is another one.
        with await asyncio.to_thread(_opened, opened.path) as file:
            while block := await asyncio.to_thread(file.read, BLOCK):
                yield block
    else:
        async for block in storage.stream(opened.key or ""):
            yield block


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise StorageError(f"{path.name!r} could not be read.", detail=str(error)) from error

"""Workspaces in the database and the storage, the same for every machine."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from boards.domain.artifacts import StoredFile
from boards.domain.storyboards.storyboard import is_safe_path
from boards.errors import Conflict, InvalidInput, NotFound
from boards.services.ports import BlobUse, Clock, Database, Scope, Storage, Tx
from boards.services.ports.stories import (
    Document,
    FileFacts,
    KeptFile,
    Opened,
    Saved,
    Workspace,
)

__all__ = ["StoredWorkspaces"]


@dataclass(frozen=True, kw_only=True)
class StoredWorkspaces:
    """Workspaces whose document is a row, and whose files are objects of the storage."""

    database: Database
    storage: Storage
    clock: Clock

    async def create(self, workspace: Workspace, text: str, *, git: bool) -> Saved:
        if not await self._replace(workspace, text, None):
            raise Conflict(f"The workspace {workspace.slug!r} has a storyboard already.")
        note = "In the storage there is no git repository." if git else None
        return Saved(revision=_revision(text), note=note)

    async def is_there(self, workspace: Workspace) -> bool:
        return await self._text(workspace) is not None

    async def read(self, workspace: Workspace) -> Document:
        text = await self._text(workspace)
        if text is None:
            raise NotFound(f"There is no workspace {workspace.slug!r}.")
        return Document(text=text, revision=_revision(text))

    async def save(
        self,
        workspace: Workspace,
        text: str,
        *,
        expected: str,
        message: str,  # noqa: ARG002 - for forms that commit
        files: Sequence[str] = (),  # noqa: ARG002 - as above
    ) -> Saved:
        if not await self._replace(workspace, text, expected):
            raise Conflict(
                f"The storyboard {workspace.slug!r} was changed meanwhile; read it again. "
                "Nothing was overwritten."
            )
        return Saved(revision=_revision(text))

    async def list(self, workspace: Workspace, folder: str) -> tuple[FileFacts, ...]:
        return tuple(
            _facts(one)
            for one in await self._files(workspace)
            if one.path.rpartition("/")[0] == folder
        )

    async def put(self, workspace: Workspace, path: str, source: StoredFile | bytes) -> FileFacts:
        if not is_safe_path(path):
            raise InvalidInput(f"{path!r:.80} is no path in a workspace.")
        if isinstance(source, StoredFile):
            key, size, sha256 = source.key, source.size, source.sha256
        else:
            new_key = self.storage.new_key(workspace.tenant_id, None, path.rpartition(".")[2])
            stored = await self.storage.put(new_key, source)
            key, size, sha256 = stored.key, stored.size, stored.sha256
        now = self.clock.now()
        file = KeptFile(
            workspace_id=workspace.id,
            tenant_id=workspace.tenant_id,
            path=path,
            key=key,
            size=size,
            sha256=sha256,
            created_at=now,
        )
        await self._keep(file)
        return _facts(file)

    async def facts(self, workspace: Workspace, path: str) -> FileFacts | None:
        return next((_facts(one) for one in await self._files(workspace) if one.path == path), None)

    async def open(self, workspace: Workspace, path: str) -> Opened:
        for one in await self._files(workspace):
            if one.path == path:
                local = await asyncio.to_thread(self.storage.local_path, one.key)
                return Opened(facts=_facts(one), path=local, key=one.key)
        raise NotFound(f"There is no file {path!r} in the workspace {workspace.slug!r}.")

    async def copy(self, source: Workspace, path: str, target: Workspace) -> None:
        for one in await self._files(source):
            if one.path == path:
                await self._keep(replace(one, workspace_id=target.id))

    async def remove(self, workspace: Workspace, path: str) -> None:
        now = self.clock.now()

        def work(tx: Tx) -> None:
            if tx.stories.remove_file(workspace.id, path) is not None:
                tx.blobs.release([workspace.id], now=now, roles=[path])

        await self.database.write(work, scope=_scope(workspace))

    async def rename(self, workspace: Workspace, slug: str) -> None:
        """Nothing but the row has the slug."""

    async def discard(self, workspace: Workspace) -> None:
        """What was made stays on the board; the rows of the files go, and in time their bytes."""
        now = self.clock.now()

        def work(tx: Tx) -> None:
            for one in tx.stories.files(workspace.id):
                tx.stories.remove_file(workspace.id, one.path)
            tx.blobs.release([workspace.id], now=now)

        await self.database.write(work, scope=_scope(workspace))

    def where(self, workspace: Workspace) -> str | None:  # noqa: ARG002 - nowhere to go
        return None

    async def _keep(self, file: KeptFile) -> None:
        """Write where a file's bytes are, and claim them, so that no sweep takes them."""
        now = self.clock.now()
        use = BlobUse(
            owner_id=file.workspace_id,
            role=file.path,
            key=file.key,
            size=file.size,
            sha256=file.sha256,
        )

        def work(tx: Tx) -> None:
            if tx.stories.put_file(file) is not None:
                tx.blobs.release([file.workspace_id], now=now, roles=[file.path])
            tx.blobs.claim(file.tenant_id, [use], now=now)

        await self.database.write(work, scope=Scope(tenant_id=file.tenant_id))

    async def _text(self, workspace: Workspace) -> str | None:
        return await self.database.read(
            lambda tx: tx.stories.document(workspace.id), scope=_scope(workspace)
        )

    async def _files(self, workspace: Workspace) -> Sequence[KeptFile]:
        return await self.database.read(
            lambda tx: tx.stories.files(workspace.id), scope=_scope(workspace)
        )

    async def _replace(self, workspace: Workspace, text: str, expected: str | None) -> bool:
        return await self.database.write(
            lambda tx: tx.stories.replace_document(
                workspace.id, text, revision=_revision(text), expected=expected
            ),
            scope=_scope(workspace),
        )


def _scope(workspace: Workspace) -> Scope:
    return Scope(tenant_id=workspace.tenant_id)


def _facts(file: KeptFile) -> FileFacts:
    return FileFacts(path=file.path, size=file.size, modified_at=file.created_at)


def _revision(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Addresses of files for a while, for those who have a right to them now: to share, to embed, or to
have a program fetch that cannot sign in.

The right is looked at when the address is made. Whoever has it may read the one file that it names
until it expires, which is soon; nothing else, and nothing that becomes of the right meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from boards.domain.access import Actor
from boards.domain.artifacts import is_shown
from boards.errors import NotConfigured, NotFound
from boards.services.file_links import FileLinks
from boards.services.generations import GenerationService
from boards.services.ports import Storage

__all__ = ["FileLink", "FileLinkService"]

LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class FileLink:
    """An address and until when it is good; `is_direct` for one of the storage itself."""

    url: str
    expires_at: datetime
    is_direct: bool = False


@dataclass(frozen=True, kw_only=True)
class FileLinkService:
    """Makes addresses of the files of generations: the storage's own where storage.yaml says that
    they may be given out, else ours."""

    generations: GenerationService
    storage: Storage
    links: FileLinks

    async def link(
        self,
        actor: Actor,
        generation_id: UUID,
        *,
        base: str,
        extra: int | None = None,
        download: bool = False,
    ) -> FileLink:
        """Give an address of the output's file, or of its extra file of that place from 0.

        `base` is how the caller reaches this server. NotFound for what the actor may not see,
        NotConfigured without the secret by which addresses are signed.
        """
        if extra is None:
            generation = await self.generations.get(actor, generation_id)
            file = generation.file
        else:
            _, file = await self.generations.extra_file(actor, generation_id, extra)
        if file is None:
            raise NotFound(f"Generation {generation_id} has no file.")
        expires_at = (self.links.now() + LIFETIME).replace(microsecond=0)
        # What a browser might run, and what is to be saved, is served by us, who say so.
        if is_shown(file.facts.mime) and not download:
            direct = await self.storage.signed_url(file.key, lifetime=LIFETIME)
            if direct is not None:
                return FileLink(url=direct, expires_at=expires_at, is_direct=True)
        url = self.links.signed(
            base, file.key, file.facts.mime, expires_at=expires_at, download=download
        )
        if url is None:
            raise NotConfigured("Set BOARDS_SECRET_KEY, by which addresses of files are signed.")
        return FileLink(url=url, expires_at=expires_at)

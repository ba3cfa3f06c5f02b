"""The addresses that answers carry: absolute, from the public URL or the checked Host."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import HTTPConnection

__all__ = ["API", "Links", "links_for"]

API = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes the addresses of things. `base` has no slash at its end."""

    base: str

    @property
    def path(self) -> str:
        """The path under which everything stands, for a proxy that adds one; usually empty."""
        return urlsplit(self.base).path

    def job(self, job_id: UUID) -> str:
        return f"{self.base}{API}/jobs/{job_id}"

    def cancel_job(self, job_id: UUID) -> str:
        return f"{self.job(job_id)}/cancel"

    def generation(self, generation_id: UUID) -> str:
        return f"{self.base}{API}/generations/{generation_id}"

    def content(self, generation_id: UUID) -> str:
        return f"{self.generation(generation_id)}/content"

    def extra_file(self, generation_id: UUID, index: int) -> str:
        return f"{self.generation(generation_id)}/files/{index}"

    def thumbnail(self, generation_id: UUID) -> str:
        return f"{self.generation(generation_id)}/thumbnail"


def links_for(request: HTTPConnection, public_url: str | None) -> Links:
    """Address things as this caller reaches us. The guard has checked the Host before."""
    base = public_url or str(request.base_url)
    return Links(base=base.rstrip("/"))

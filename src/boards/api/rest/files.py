"""Stored files by a signed address: for whoever cannot sign in, and was given one.

What proves the right to a file is the signature in its address; see `boards.services.file_links`.
"""

from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from boards.api.files import Served, serve
from boards.services.file_links import PATH, FileLinks
from boards.services.ports import Storage

__all__ = ["router"]


def router(links: FileLinks, storage: Storage) -> APIRouter:
    """The one route; it is in no contract, for its addresses are made and not put together."""
    routes = APIRouter()

    @routes.api_route(f"{PATH}/{{key:path}}", methods=["GET", "HEAD"], include_in_schema=False)
    async def get_file(
        request: Request,
        key: Annotated[str, Path(max_length=1000)],
        mime: Annotated[str, Query(alias="type", max_length=100)],
        expires: Annotated[int, Query(ge=0, lt=2**40)],
        signature: Annotated[str, Query(max_length=100)],
        download: Annotated[bool, Query()] = False,
    ) -> Response:
        file = links.read(key, mime, expires, signature, download=download)
        name = PurePosixPath(file.key).name
        served = Served(key=file.key, mime=file.mime, name=name, tag=file.key, size=None)
        return await serve(request, storage, served, download=file.download)

    return routes

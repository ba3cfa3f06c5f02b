"""The storage: what is kept, how much may be, whether it is whole; and addresses of files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from boards.api.routing import Caller, answered, lay
from boards.api.shapes.base import Asked
from boards.api.shapes.storage import (
    CheckSent,
    CheckShape,
    FileLinkShape,
    QuotaSent,
    UsageList,
    check_shape,
    file_link_shape,
    usage_list,
)

__all__ = ["router"]

router = APIRouter(tags=["storage"])

CHECK_PATH = "/storage/check"


@router.get(
    "/storage/usage",
    operation_id="get_storage_usage",
    summary="See what your tenant keeps, and how much it may",
    responses=answered(UsageList, "What is kept."),
)
async def get_storage_usage(call: Caller) -> Response:
    return lay(usage_list(await call.services.keeping.usage(call.actor)))


@router.put(
    "/storage/quotas/{tenant_id}",
    operation_id="set_storage_quota",
    summary="Say how many bytes a tenant may keep",
    responses=answered(UsageList, "What is kept.", also=(404, 413, 415)),
)
async def set_storage_quota(
    call: Caller, tenant_id: Annotated[UUID, Path(description="The tenant.")], sent: QuotaSent
) -> Response:
    keeping = call.services.keeping
    await keeping.set_quota(call.actor, tenant_id, sent.max_bytes)
    return lay(usage_list(await keeping.usage(call.actor)))


@router.post(
    CHECK_PATH,
    operation_id="check_storage",
    summary="Hold rows and bytes against each other, and mend what can be mended",
    responses=answered(CheckShape, "What was found.", also=(413, 415, 507)),
)
async def check_storage(call: Caller, sent: CheckSent) -> Response:
    report = await call.services.keeping.check(
        call.actor, checksums=sent.checksums, repair=sent.repair
    )
    return lay(check_shape(report))


class LinkAsked(Asked):
    """Which file, and for what."""

    extra: int | None = Field(
        default=None, ge=0, le=10_000, description="The extra file of this place; else the output."
    )
    download: bool = Field(default=False, description="To be saved, not shown.")


@router.post(
    "/generations/{generation_id}/link",
    operation_id="link_file",
    summary="Get an address of a file that is good for an hour, for whoever has it",
    responses=answered(FileLinkShape, "The address.", also=(404, 413, 415, 503, 507)),
)
async def link_file(
    call: Caller,
    generation_id: Annotated[UUID, Path(description="The generation.")],
    asked: Annotated[LinkAsked, Query()],
) -> Response:
    link = await call.services.file_links.link(
        call.actor,
        generation_id,
        base=call.links.base,
        extra=asked.extra,
        download=asked.download,
    )
    return lay(file_link_shape(link))

"""The storage as administrators see it, and addresses of files, as answers show them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from boards.api.shapes.base import Answer, Sent
from boards.services.ports import BlobTotals
from boards.services.storage_check import CheckReport, Fault, Finding
from boards.services.storage_links import FileLink

__all__ = [
    "CheckSent",
    "CheckShape",
    "FileLinkShape",
    "QuotaSent",
    "UsageList",
    "check_shape",
    "file_link_shape",
    "usage_list",
]


class UsageShape(Answer):
    """What one tenant keeps."""

    tenant_id: UUID = Field(description="The tenant.")
    objects: int = Field(description="Files that are used, each counted once.")
    bytes: int = Field(description="Their bytes: what the quota is held against.")
    saved_bytes: int = Field(description="Bytes that more would be kept if nothing were shared.")
    waiting_objects: int = Field(description="Files that nobody uses; the sweep takes them.")
    waiting_bytes: int = Field(description="Their bytes.")
    quota: int | None = Field(description="How many bytes it may keep; null for no limit.")


class UsageList(Answer):
    """What tenants keep."""

    items: list[UsageShape] = Field(
        description="Your tenant; for platform administrators all that keep something."
    )


class QuotaSent(Sent):
    """How much a tenant may keep."""

    max_bytes: int | None = Field(
        ge=0, lt=2**63, description="In bytes; null for what holds for all tenants."
    )


class CheckSent(Sent):
    """How to check the storage."""

    checksums: bool = Field(default=False, description="Read every file back whole.")
    repair: bool = Field(default=False, description="Mend what can be mended.")


class FindingShape(Answer):
    """One thing that does not agree."""

    fault: Fault = Field(description="What it is.")
    tenant_id: UUID = Field(description="Whose it is.")
    key: str = Field(description="The storage key.")
    size: int = Field(description="The bytes, as its row says, or else as the storage does.")
    owner_ids: list[UUID] = Field(description="The generations, or other things, that use it.")
    repaired: bool = Field(description="Whether it agrees now, or will after the next sweep.")


class FaultCount(Answer):
    """How many things of one kind do not agree."""

    fault: Fault = Field(description="What they are.")
    count: int = Field(description="How many.")


class CheckShape(Answer):
    """What a check has found."""

    objects: int = Field(description="The files that were looked at.")
    bytes: int = Field(description="Their bytes.")
    sound: bool = Field(description="Whether nothing was found.")
    counts: list[FaultCount] = Field(description="How much was found of each.")
    findings: list[FindingShape] = Field(description="What was found, the first thousand.")


class FileLinkShape(Answer):
    """An address of a file for those who cannot sign in."""

    url: str = Field(description="Whoever has it may read the file.")
    expires_at: datetime = Field(description="Until when it is good.")
    direct: bool = Field(description="Whether it is an address of the storage, not of this server.")


def usage_list(found: tuple[BlobTotals, ...]) -> UsageList:
    """Show what tenants keep."""
    return UsageList(
        items=[
            UsageShape(
                tenant_id=one.tenant_id,
                objects=one.objects,
                bytes=one.bytes,
                saved_bytes=max(0, one.claimed - one.bytes),
                waiting_objects=one.waiting_objects,
                waiting_bytes=one.waiting_bytes,
                quota=one.quota,
            )
            for one in found
        ]
    )


def check_shape(report: CheckReport) -> CheckShape:
    """Show what a check has found."""
    return CheckShape(
        objects=report.objects,
        bytes=report.bytes,
        sound=report.is_sound,
        counts=[
            FaultCount(fault=fault, count=count) for fault, count in sorted(report.counts.items())
        ],
        findings=[_finding(one) for one in report.findings],
    )


def file_link_shape(link: FileLink) -> FileLinkShape:
    """Show an address."""
    return FileLinkShape(url=link.url, expires_at=link.expires_at, direct=link.is_direct)


def _finding(one: Finding) -> FindingShape:
    return FindingShape(
        fault=one.fault,
        tenant_id=one.tenant_id,
        key=one.key,
        size=one.size,
        owner_ids=list(one.owners),
        repaired=one.repaired,
    )

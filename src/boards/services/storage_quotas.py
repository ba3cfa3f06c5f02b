"""How much a tenant may keep: asked before something new comes, never of what was paid for."""

from uuid import UUID

from boards.errors import TooLarge
from boards.services.ports import Tx

__all__ = ["require_room"]


def require_room(tx: Tx, tenant_id: UUID, *, quota: int | None, coming: int = 0) -> None:
    """Raise TooLarge, with the figures, where `coming` bytes would be more than the tenant may
    keep. `quota` is what holds where nothing was said for this tenant; None for no limit.

    Uploads and submits ask. A run that has begun brings its results home, whatever they weigh.
    """
    own = tx.blobs.quota(tenant_id)
    limit = quota if own is None else own
    if limit is None:
        return
    used = tx.blobs.used(tenant_id)
    if used + coming > limit or used >= limit:
        more = f"; this would add {coming:,}" if coming else ""
        raise TooLarge(
            f"The storage of your organisation is full: {used:,} of {limit:,} bytes are used{more}."
            " Delete something and empty the trash, or have the quota raised."
        )

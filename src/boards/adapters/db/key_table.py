"""The table of providers' keys that tenants have set, sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boards.adapters.db.base import Base, only_where, within_tenant

__all__ = ["ProviderKey"]


class ProviderKey(Base):
    """One key of a tenant for one provider.

    `sealed` can only be opened with the secret that `secret_id` names, and only as this tenant's
    key of this provider. One that was replaced is kept while a run that was submitted with it is
    under way: the provider knows that job by the old key's account.
    """

    __tablename__ = "provider_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"))
    provider: Mapped[str]
    sealed: Mapped[str]
    secret_id: Mapped[str]
    ending: Mapped[str]
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        within_tenant("set_by", "users"),
        Index(
            "uq_provider_keys_current",
            "tenant_id",
            "provider",
            unique=True,
            **only_where(replaced_at.is_(None)),
        ),
    )

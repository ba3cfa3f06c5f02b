"""API tokens: what programs act by, in the name of a member and never with more than they have."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from boards.domain.access import Actor, Duty
from boards.domain.people import (
    API_TOKENS_BEGIN,
    ApiToken,
    check_name,
    check_scopes,
    expiry,
    new_secret,
)
from boards.errors import Forbidden, NotFound
from boards.ids import new_id
from boards.services.audit import note
from boards.services.ports import Clock, Database, Tx
from boards.services.rights import require, require_person, scope_of

__all__ = ["NewToken", "TokenService"]


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token and its text, which is shown this once."""

    token: ApiToken
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TokenService:
    """Makes, lists and revokes API tokens."""

    database: Database
    clock: Clock

    async def create(
        self, actor: Actor, *, name: str, scopes: Collection[str], expires_days: int | None
    ) -> NewToken:
        """Make a token that acts as the actor. Only people make tokens: a token that could would
        outlive its own end."""
        user_id = _person(actor)
        now = self.clock.now()
        secret = new_secret(API_TOKENS_BEGIN)
        token = ApiToken(
            id=new_id(),
            tenant_id=actor.tenant_id,
            user_id=user_id,
            name=check_name(name),
            hint=secret.hint,
            scopes=check_scopes(scopes),
            created_at=now,
            expires_at=expiry(now, expires_days),
        )

        def work(tx: Tx) -> None:
            tx.tokens.add(token, secret.fingerprint)
            note(tx, actor, "token.create", target=("token", token.id), now=now)

        await self.database.write(work, scope=scope_of(actor))
        return NewToken(token=token, text=secret.text)

    async def list(self, actor: Actor, *, everybodys: bool = False) -> tuple[ApiToken, ...]:
        """The actor's own, the newest first; those of the whole tenant for administrators."""
        user_id = require_person(actor, Duty.SEE_OWN)
        if not everybodys:
            return await self.database.read(
                lambda tx: tx.tokens.of_user(user_id), scope=scope_of(actor)
            )
        require(actor, Duty.MANAGE_TOKENS)
        return await self.database.read(lambda tx: tx.tokens.of_tenant(), scope=scope_of(actor))

    async def revoke(self, actor: Actor, token_id: UUID) -> None:
        """Have a token be good no more, at once. A token may revoke itself.

        NotFound for one that is neither the actor's own nor, for administrators, the tenant's.
        """
        require_person(actor, Duty.END_TOKEN)
        now = self.clock.now()

        def work(tx: Tx) -> None:
            token = tx.tokens.get(token_id)
            own = token is not None and token.user_id == actor.user_id
            by_itself = actor.token_id in (None, token_id) or actor.is_tenant_admin
            if token is None or not (actor.is_tenant_admin or (own and by_itself)):
                raise NotFound(f"Token {token_id} not found")
            tx.tokens.revoke(token_id, now=now)
            note(tx, actor, "token.revoke", target=("token", token_id), now=now)

        await self.database.write(work, scope=scope_of(actor))


def _person(actor: Actor) -> UUID:
    user_id = require_person(actor, Duty.SEE_OWN)
    if actor.token_id is not None:
        raise Forbidden("A token cannot make tokens; sign in yourself.")
    return user_id

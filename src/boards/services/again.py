"""Having something made again: the same generator with the same inputs, as a job of its own.

It goes the one way in like any request, so inputs, rights, price and budgets are asked anew.
"""

from dataclasses import dataclass
from uuid import UUID

from boards.domain.access import Action, Actor
from boards.domain.generations import Generation, Status
from boards.errors import Conflict
from boards.services.ports import Database, Tx
from boards.services.rights import board_for, generation_for, scope_of
from boards.services.submissions import Submission, SubmitRequest
from boards.services.submit import SubmitService

__all__ = ["AgainService"]

_GAVE_NOTHING = (Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class AgainService:
    """Makes new takes of what was made, and tries again what failed."""

    database: Database
    submit: SubmitService

    async def regenerate(
        self, actor: Actor, generation_id: UUID, *, allow_unpriced: bool = False, key: str | None
    ) -> Submission:
        """Make a new take on the same board; it never comes from the cache.

        NotFound and Forbidden for who may not see how it was made, Conflict for an upload; then
        errors as `SubmitService.submit`.
        """
        found = await self._look(actor, generation_id)
        return await self._ask(actor, found, force=True, allow_unpriced=allow_unpriced, key=key)

    async def retry(
        self, actor: Actor, generation_id: UUID, *, allow_unpriced: bool = False, key: str | None
    ) -> Submission:
        """Try again what failed or was cancelled. Conflict for anything else: what may still come,
        or may have cost money, is decided about on the attention list. Errors as `regenerate`."""
        found = await self._look(actor, generation_id)
        if found.status not in _GAVE_NOTHING or found.needs_attention:
            raise Conflict(
                f"Generation {generation_id} is {found.status.value}"
                f"{' and waits for a decision' if found.needs_attention else ''}; only what failed "
                "or was cancelled can be tried again."
            )
        return await self._ask(actor, found, force=False, allow_unpriced=allow_unpriced, key=key)

    async def _look(self, actor: Actor, generation_id: UUID) -> Generation:
        def look(tx: Tx) -> Generation:
            found = generation_for(tx, actor, generation_id, Action.VIEW_RECIPES)
            # Before anything is said of how it stands.
            board_for(tx, actor, found.board_id, Action.GENERATE)
            return found

        found = await self.database.read(look, scope=scope_of(actor))
        if found.job_id is None:
            raise Conflict(
                f"Generation {generation_id} was not made by a generator; there is nothing to make "
                "again."
            )
        return found

    async def _ask(
        self,
        actor: Actor,
        found: Generation,
        *,
        force: bool,
        allow_unpriced: bool,
        key: str | None,
    ) -> Submission:
        request = SubmitRequest(
            generator=found.generator_name,
            inputs=found.input_params,
            board_id=found.board_id,
            force=force,
            allow_unpriced=allow_unpriced,
            key=key,
        )
        return await self.submit.submit(actor, request)

"""The guarded writes of one run: each is one transaction that carries the run token.

A write that finds another process in charge raises `LostRun` and has changed nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Unpack

from boards.domain.costs import Cost
from boards.domain.generations import Failure, Phase
from boards.services import deliver
from boards.services.deliver import Money
from boards.services.events import announce
from boards.services.manifest import KeptArtifact, Manifest, dump_manifest
from boards.services.ports import SYSTEM, Changes, Claim, Clock, Database, Tx

__all__ = ["PAUSED", "Journal", "LostRun"]


PAUSED = "The provider is paused; this starts when it is resumed."


class LostRun(Exception):
    """Another process holds this run by now; whatever we know must not be written."""


@dataclass(frozen=True, kw_only=True)
class Journal:
    """Writes what happens to one claimed generation."""

    database: Database
    clock: Clock
    claim: Claim

    async def progress(self, fraction: float, message: str) -> None:
        """Show how far the run is, as a fraction."""
        claim = self.claim
        generation = claim.generation

        def work(tx: Tx) -> bool:
            now = self.clock.now()
            ours = tx.generations.update(
                generation.id, now=now, token=claim.run_token, progress=fraction, message=message
            )
            if ours:
                announce(
                    tx,
                    generation,
                    "progress",
                    phase=generation.phase,
                    progress=fraction,
                    message=message,
                    now=now,
                )
            return ours

        await self._guarded(work)

    async def intend(self) -> None:
        """Write that a paid call begins now.

        A cancel that came before it wins: the run ends as cancelled, with no submit at all. While
        the provider is paused the run goes back into the queue instead.
        """
        claim = self.claim

        def work(tx: Tx) -> bool:
            return tx.generations.record_intent(
                claim.generation.id, now=self.clock.now(), token=claim.run_token
            )

        if await self.database.write(work, scope=SYSTEM):
            return
        if not await self.wait_for_resume():
            await self.cancel(Money.RELEASE)
        raise LostRun

    async def is_paused(self) -> bool:
        """Tell whether the provider is paused now."""
        provider = self.claim.generation.provider
        return await self.database.look(lambda tx: tx.providers.is_paused(provider), scope=SYSTEM)

    async def wait_for_resume(self) -> bool:
        """Back into the queue while the provider is paused, before anything was paid; False when it
        is not paused, or when somebody wants the run to stop."""
        claim = self.claim

        def work(tx: Tx) -> bool:
            if not tx.providers.is_paused(claim.generation.provider):
                return False
            held = tx.generations.is_cancel_requested(claim.generation.id)
            return not held and self._move(tx, Phase.PENDING, message=PAUSED)

        return await self.database.write(work, scope=SYSTEM)

    async def move(self, phase: Phase, **changes: Unpack[Changes]) -> None:
        """Go on to the next phase."""
        await self._guarded(lambda tx: self._move(tx, phase, **changes))

    async def complete(self, manifest: Manifest, actual: Decimal | None) -> None:
        """Show the outputs and settle at the actual cost in USD."""
        await self._guarded(
            lambda tx: deliver.complete(
                tx, self.claim, manifest, now=self.clock.now(), actual=actual
            )
        )

    async def fail(
        self,
        failure: Failure,
        money: Money,
        *,
        kept: tuple[KeptArtifact, ...] = (),
        billed: Cost | None = None,
    ) -> None:
        """End as failed; `billed` is what the provider charges for it, where it said so."""
        await self._guarded(
            lambda tx: deliver.fail(
                tx,
                self.claim,
                failure,
                now=self.clock.now(),
                money=money,
                kept=kept,
                billed=billed,
            )
        )

    async def cancel(self, money: Money, *, billed: Cost | None = None) -> None:
        """End as cancelled."""
        await self._guarded(
            lambda tx: deliver.cancel(
                tx, self.claim, now=self.clock.now(), money=money, billed=billed
            )
        )

    async def unknown(self, why: str) -> None:
        """Leave a run whose paid call has no stored answer to a person or the reconciler."""
        await self._guarded(
            lambda tx: self._move(
                tx, Phase.SUBMIT_UNKNOWN, "attention", needs_attention=True, message=why
            )
        )

    async def found(self, external_id: str, other_ids: tuple[str, ...]) -> None:
        """Write down an answer that came after the run was lost: only where none is known yet.

        The one write without the run token: an id that was paid for must not be forgotten.
        """
        generation = self.claim.generation

        def work(tx: Tx) -> None:
            now = self.clock.now()
            found = tx.generations.move(
                generation.id,
                Phase.SUBMITTED,
                now=now,
                external_id=external_id,
                other_ids=other_ids,
                needs_attention=False,
                message="",
            )
            if found:
                announce(tx, generation, "phase", phase=Phase.SUBMITTED, now=now)
                return
            # Somebody has decided in the meantime. The decision stands; the id is kept with it.
            if tx.generations.remember_job(
                generation.id, now=now, external_id=external_id, other_ids=other_ids
            ):
                row = tx.generations.get(generation.id) or generation
                why = f"{row.provider!r} has taken the job on after all, as {external_id!r}."
                announce(
                    tx,
                    row,
                    "attention",
                    phase=row.phase,
                    message=why,
                    failure=row.failure,
                    needs_attention=row.needs_attention,
                    now=now,
                )

        await self.database.write(work, scope=SYSTEM)

    async def hand_over(self, manifest: Manifest) -> bool:
        """Leave a stored result to whoever holds the run by now, or to nobody; False where the run
        has gone on or ended. As for `found`, this needs no run token."""
        generation = self.claim.generation

        def work(tx: Tx) -> bool:
            now = self.clock.now()
            found = tx.generations.move(
                generation.id,
                Phase.STORING,
                now=now,
                manifest=dump_manifest(manifest),
                needs_attention=False,
                message="",
            )
            if found:
                announce(tx, generation, "phase", phase=Phase.STORING, now=now)
            return found

        return await self.database.write(work, scope=SYSTEM)

    async def requeue(self, why: str, *, wait: float) -> None:
        """Back into the queue for `wait` seconds after a refusal that certainly cost nothing."""
        claim = self.claim

        def work(tx: Tx) -> bool:
            now = self.clock.now()
            return tx.generations.clear_intent(
                claim.generation.id, now=now, token=claim.run_token
            ) and self._move(
                tx, Phase.PENDING, available_at=now + timedelta(seconds=wait), message=why
            )

        await self._guarded(work)

    async def park(self, why: str, *, phase: Phase, wait: float) -> None:
        """Give the run up for `wait` seconds with its hold kept, and say why."""
        claim = self.claim
        generation = claim.generation

        def work(tx: Tx) -> bool:
            now = self.clock.now()
            ours = tx.generations.update(
                generation.id, now=now, token=claim.run_token, needs_attention=True, message=why
            ) and tx.generations.park(
                generation.id,
                now=now,
                token=claim.run_token,
                until=now + timedelta(seconds=wait),
            )
            if ours:
                announce(
                    tx,
                    generation,
                    "attention",
                    phase=phase,
                    message=why,
                    needs_attention=True,
                    now=now,
                )
            return ours

        await self._guarded(work)

    async def attach_late(self, manifest: Manifest, actual: Decimal | None) -> None:
        """Keep a result that came after the cancel."""
        await self.database.write(
            lambda tx: deliver.attach_late(
                tx, self.claim.generation, manifest, now=self.clock.now(), actual=actual
            ),
            scope=SYSTEM,
        )

    async def end_late(self, money: Money, *, billed: Cost | None = None) -> None:
        """Close the money of a run that was cancelled before its provider's verdict came."""
        await self.database.write(
            lambda tx: deliver.end_late(
                tx, self.claim.generation, money, now=self.clock.now(), billed=billed
            ),
            scope=SYSTEM,
        )

    def _move(
        self, tx: Tx, phase: Phase, event: str = "phase", /, **changes: Unpack[Changes]
    ) -> bool:
        claim = self.claim
        now = self.clock.now()
        moved = tx.generations.move(
            claim.generation.id, phase, now=now, token=claim.run_token, **changes
        )
        if moved:
            announce(
                tx,
                claim.generation,
                event,
                phase=phase,
                message=changes.get("message", ""),
                needs_attention=changes.get("needs_attention", False),
                now=now,
            )
        return moved

    async def _guarded(self, work: Callable[[Tx], bool]) -> None:
        if not await self.database.write(work, scope=SYSTEM):
            raise LostRun

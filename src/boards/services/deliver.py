"""How a run ends: outputs become generations and the hold a settlement, in one transaction.

Each function here is the body of one transaction, guarded by the run token: it says False, and has
changed nothing, when another process holds the run by now.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from boards.domain.artifacts import ArtifactType
from boards.domain.costs import ZERO, Cost, CostSource, Entry, LedgerKind, free, share, unpriced
from boards.domain.generations import ExtraFile, Failure, Generation, Phase
from boards.ids import new_id
from boards.services.events import announce
from boards.services.manifest import KeptArtifact, Manifest
from boards.services.ports import Claim, NewGeneration, Tx

__all__ = [
    "Money",
    "attach_late",
    "cancel",
    "complete",
    "cost_of_end",
    "end_hold",
    "end_late",
    "fail",
    "settle",
]


class Money(StrEnum):
    """What an end without a result does with the hold."""

    RELEASE = "release"
    """It certainly cost nothing."""
    SETTLE = "settle"
    """The provider billed it all the same."""
    KEEP = "keep"
    """Nobody knows yet; a person or the reconciler decides."""


def complete(
    tx: Tx, claim: Claim, manifest: Manifest, *, now: datetime, actual: Decimal | None
) -> bool:
    """Make the outputs visible and settle at what the provider billed.

    `actual` stands in where it did not say: the call's cost in USD, None if unknown.
    """
    generation = claim.generation
    count = 1 + len(manifest.siblings)
    batch_id = new_id() if count > 1 else None
    total = _total(generation, manifest, actual)
    cost = replace(total, amount=share(total.amount, count)) if count > 1 else total
    moved = tx.generations.move(
        generation.id,
        Phase.COMPLETED,
        now=now,
        token=claim.run_token,
        file=manifest.primary.file,
        content=manifest.primary.content,
        extra_files=_extra_files(manifest),
        output_metadata={**manifest.metadata, **manifest.primary.metadata},
        batch_id=batch_id,
        batch_size=count,
        cost=cost,
        needs_attention=False,
        progress=1.0,
        message="",
        manifest=None,
        completed_at=now,
    )
    if not moved:
        return False
    if manifest.siblings:
        _add_siblings(tx, claim, manifest, batch_id=batch_id, count=count, cost=cost, now=now)
    settle(tx, generation, total, now=now)
    announce(tx, generation, "phase", phase=Phase.COMPLETED, progress=1.0, now=now)
    return True


def settle(tx: Tx, generation: Generation, actual: Cost, *, now: datetime) -> bool:
    """End the hold at the actual cost; once only, however often it is called."""
    entry = Entry(
        kind=LedgerKind.SETTLE,
        amount=ZERO if actual.amount is None else actual.amount,
        cause="unpriced" if actual.amount is None else "",
        source=actual.source,
    )
    return tx.ledger.add(generation, entry, now=now)


def fail(
    tx: Tx,
    claim: Claim,
    failure: Failure,
    *,
    now: datetime,
    money: Money,
    kept: tuple[KeptArtifact, ...] = (),
    billed: Cost | None = None,
) -> bool:
    """End as failed. What the run had stored by then is kept as extra files, never lost.

    `billed` is what the provider said that it charges for the failure.
    """
    generation = claim.generation
    money = _certain(generation, money, billed)
    open_question = money is Money.KEEP and generation.estimate.amount != ZERO
    moved = tx.generations.move(
        generation.id,
        Phase.FAILED,
        now=now,
        token=claim.run_token,
        failure=failure,
        needs_attention=open_question,
        extra_files=tuple(_extra(f"output {n}", one) for n, one in enumerate(kept, 1)),
        cost=cost_of_end(generation, money, billed),
        message="",
        completed_at=now,
    )
    if not moved:
        return False
    end_hold(tx, generation, money, now=now, billed=billed)
    announce(
        tx,
        generation,
        "phase",
        phase=Phase.FAILED,
        failure=failure,
        needs_attention=open_question,
        now=now,
    )
    return True


def cancel(
    tx: Tx, claim: Claim, *, now: datetime, money: Money, billed: Cost | None = None
) -> bool:
    """End as cancelled. With the hold kept, a result that still arrives is settled later."""
    generation = claim.generation
    money = _certain(generation, money, billed)
    open_question = money is Money.KEEP and generation.estimate.amount != ZERO
    moved = tx.generations.move(
        generation.id,
        Phase.CANCELLED,
        now=now,
        token=claim.run_token,
        needs_attention=open_question,
        cost=cost_of_end(generation, money, billed),
        message="",
        completed_at=now,
    )
    if not moved:
        return False
    end_hold(tx, generation, money, now=now, billed=billed)
    announce(
        tx,
        generation,
        "phase",
        phase=Phase.CANCELLED,
        needs_attention=open_question,
        now=now,
    )
    return True


def attach_late(
    tx: Tx, generation: Generation, manifest: Manifest, *, now: datetime, actual: Decimal | None
) -> bool:
    """Keep a result that arrived after the cancel, at its cost; the row stays cancelled."""
    siblings = tuple(_extra(f"output {n}", one) for n, one in enumerate(manifest.siblings, start=2))
    total = _total(generation, manifest, actual)
    attached = tx.generations.attach_late(
        generation.id,
        now=now,
        file=manifest.primary.file,
        content=manifest.primary.content,
        extra_files=(*siblings, *_extra_files(manifest)),
        output_metadata={**manifest.metadata, **manifest.primary.metadata},
        cost=total,
        needs_attention=False,
    )
    if attached:
        end = _end_of(tx, generation)
        if end is None:
            settle(tx, generation, total, now=now)
        else:
            # Somebody decided about the hold before: its end stands, and is put right.
            _adjust(tx, generation, end, total, now=now)
        announce(tx, generation, "late_result", phase=Phase.CANCELLED, progress=1.0, now=now)
    return attached


def end_late(
    tx: Tx, generation: Generation, money: Money, *, now: datetime, billed: Cost | None = None
) -> None:
    """Close the money of a run that had ended before its provider's verdict came; not when
    somebody has decided about it in the meantime."""
    money = _certain(generation, money, billed)
    if money is Money.KEEP:
        return
    # First, because it waits for whoever is deciding now.
    cost = cost_of_end(generation, money, billed)
    tx.generations.resolve(generation.id, now=now, cost=cost)
    if _end_of(tx, generation) is None:
        end_hold(tx, generation, money, now=now, billed=billed)


def end_hold(
    tx: Tx,
    generation: Generation,
    money: Money,
    *,
    now: datetime,
    billed: Cost | None = None,
    source: CostSource = CostSource.ESTIMATE,
) -> None:
    """End the hold as `money` says: settled at the bill, without one at the estimate."""
    if money is Money.RELEASE:
        amount = generation.estimate.amount or ZERO
        tx.ledger.add(generation, Entry(kind=LedgerKind.RELEASE, amount=amount), now=now)
    elif money is Money.SETTLE:
        cost = cost_of_end(generation, money, billed, source=source)
        if cost is not None:
            settle(tx, generation, cost, now=now)


def _certain(generation: Generation, money: Money, billed: Cost | None) -> Money:
    """Leave no question open to which the answer is known: the bill is there, or it is free."""
    if money is not Money.KEEP:
        return money
    if billed is not None and billed.amount is not None:
        return Money.SETTLE
    return Money.RELEASE if generation.estimate.amount == ZERO else Money.KEEP


def _end_of(tx: Tx, generation: Generation) -> Entry | None:
    """The row that ended the hold, if one has."""
    ends = (LedgerKind.SETTLE, LedgerKind.RELEASE)
    return next((one for one in tx.ledger.entries(generation.id) if one.kind in ends), None)


def _adjust(tx: Tx, generation: Generation, end: Entry, actual: Cost, *, now: datetime) -> None:
    """Make up for the difference between what an end counted as spent and what it came to."""
    counted = end.amount if end.kind is LedgerKind.SETTLE else ZERO
    if actual.amount is not None and actual.amount != counted:
        entry = Entry(
            kind=LedgerKind.ADJUST,
            amount=actual.amount - counted,
            cause="late_result",
            source=actual.source,
        )
        tx.ledger.add(generation, entry, now=now)


def cost_of_end(
    generation: Generation,
    money: Money,
    billed: Cost | None = None,
    *,
    source: CostSource = CostSource.ESTIMATE,
) -> Cost | None:
    """What an end without a result came to; None while that is an open question."""
    match money:
        case Money.KEEP:
            return None
        case Money.RELEASE:
            return free(generation.estimate.basis)
        case Money.SETTLE:
            return _known(generation, billed or generation.estimate, source)


def _total(generation: Generation, manifest: Manifest, actual: Decimal | None) -> Cost:
    """What the one call came to."""
    if manifest.billed is not None:
        return _known(generation, manifest.billed, CostSource.ESTIMATE)
    estimate = replace(generation.estimate, amount=actual)
    return _known(generation, estimate, CostSource.ESTIMATE)


def _known(generation: Generation, cost: Cost, source: CostSource) -> Cost:
    """Label a cost with where it comes from, unless it says so itself."""
    if cost.amount is None:
        return replace(unpriced(generation.estimate.basis), source=CostSource.UNPRICED)
    return cost if cost.source is not None else replace(cost, source=source)


def _extra(role: str, kept: KeptArtifact) -> ExtraFile:
    return ExtraFile(role=role, type=kept.artifact_type, file=kept.file)


def _extra_files(manifest: Manifest) -> tuple[ExtraFile, ...]:
    return tuple(_extra(role, kept) for role, kept in manifest.extras)


def _add_siblings(
    tx: Tx,
    claim: Claim,
    manifest: Manifest,
    *,
    batch_id: UUID | None,
    count: int,
    cost: Cost,
    now: datetime,
) -> None:
    """Write the further outputs of a batch: own rows, same lineage, no hold of their own."""
    first = claim.generation
    new = [
        NewGeneration(
            id=new_id(),
            tenant_id=first.tenant_id,
            board_id=first.board_id,
            user_id=first.user_id,
            job_id=first.job_id,
            batch_id=batch_id,
            batch_index=index,
            batch_size=count,
            generator_name=first.generator_name,
            generator_version=first.generator_version,
            provider=first.provider,
            artifact_type=kept.artifact_type or ArtifactType(first.artifact_type),
            phase=Phase.COMPLETED,
            priority=first.priority,
            input_params=first.input_params,
            estimate=replace(first.estimate, amount=share(first.estimate.amount, count)),
            repeatable=claim.repeatable,
            created_at=first.created_at,
            file=kept.file,
            content=kept.content,
            output_metadata={**manifest.metadata, **kept.metadata},
            cost=cost,
            completed_at=now,
        )
        for index, kept in enumerate(manifest.siblings, start=1)
    ]
    tx.generations.insert(new)
    edges = [
        replace(edge, output_id=sibling.id)
        for sibling in new
        for edge in tx.lineage.inputs_of([first.id])
    ]
    if edges:
        tx.lineage.insert(edges, tenant_id=first.tenant_id)
    for sibling in new:
        announce(tx, sibling, "created", phase=Phase.COMPLETED, progress=1.0, now=now)

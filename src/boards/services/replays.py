"""Idempotency keys: the same request sent again is answered with what it made first.

A key belongs to the person who sent it and is kept for a day. It is claimed in the submit
transaction, so that of equal requests at the same time one writes and the others wait for it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from boards.domain.access import Action, Actor
from boards.domain.costs import add
from boards.errors import InvalidInput, NotFound, Problem
from boards.services.ports import SYSTEM, Clock, Database, Replay, Tx
from boards.services.rights import board_for
from boards.services.submissions import Submission, SubmitRequest

__all__ = ["KEEP", "ReplayService", "check_key", "claim", "claim_for", "earlier_of", "made_before"]

KEEP = timedelta(hours=24)
KEY_LENGTH = 255


def check_key(key: str | None) -> str | None:
    """Give a key that may be used. InvalidInput for one that is empty, too long or unprintable."""
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        message = f"An idempotency key has 1 to {KEY_LENGTH} visible ASCII characters."
        raise InvalidInput(message, problems=(Problem(at="Idempotency-Key", message=message),))
    return key


def earlier_of(tx: Tx, actor: Actor, request: SubmitRequest, *, now: datetime) -> Submission | None:
    """What an earlier request with this key was answered with.

    InvalidInput when that was another request: a key stands for one. NotFound when the actor may
    not see its board any more.
    """
    found = made_before(tx, actor, request.key, fingerprint_of(request), now=now)
    return None if found is None else _again(tx, actor, found)


def claim(
    tx: Tx, actor: Actor, request: SubmitRequest, *, job_id: UUID, now: datetime
) -> Submission | None:
    """Take the key for a job that is about to be written; give what there is if it is taken."""
    taken = claim_for(tx, actor, request.key, fingerprint_of(request), made_id=job_id, now=now)
    return None if taken is None else _again(tx, actor, taken)


def made_before(
    tx: Tx, actor: Actor, key: str | None, fingerprint: str, *, now: datetime
) -> UUID | None:
    """What an earlier request with this key and this fingerprint has made, by its id. InvalidInput
    when the key stands for another request."""
    found = None
    if key is not None and actor.user_id is not None:
        found = tx.replays.find(actor.user_id, key)
    if found is None or found.created_at <= now - KEEP:
        return None
    return _same(found, fingerprint)


def claim_for(
    tx: Tx, actor: Actor, key: str | None, fingerprint: str, *, made_id: UUID, now: datetime
) -> UUID | None:
    """Take the key for what is about to be written under `made_id`; give the id of what there is
    if it is taken."""
    if key is None or actor.user_id is None:
        return None
    replay = Replay(
        tenant_id=actor.tenant_id,
        user_id=actor.user_id,
        key=key,
        fingerprint=fingerprint,
        job_id=made_id,
        created_at=now,
    )
    taken = tx.replays.claim(replay, forget_before=now - KEEP)
    return None if taken is None else _same(taken, fingerprint)


def _same(replay: Replay, fingerprint: str) -> UUID:
    if replay.fingerprint != fingerprint:
        message = (
            f"The idempotency key {replay.key!r} was used for another request within the last "
            "day; send a new key."
        )
        raise InvalidInput(message, problems=(Problem(at="Idempotency-Key", message=message),))
    return replay.job_id


def fingerprint_of(request: SubmitRequest) -> str:
    """What two requests that ask for the same have in common."""
    if request.fingerprint is not None:
        return request.fingerprint
    text = json.dumps(
        {
            "generator": request.generator,
            "inputs": request.inputs,
            "board_id": None if request.board_id is None else str(request.board_id),
            "takes": request.takes,
            "priority": request.priority,
            "force": request.force,
            "allow_unpriced": request.allow_unpriced,
        },
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _again(tx: Tx, actor: Actor, job_id: UUID) -> Submission:
    """The earlier answer, for as long as the actor may see its board. It is never None: that would
    let a second job be made under one key."""
    job = tx.jobs.get(job_id)
    if job is None:
        raise NotFound(f"Job {job_id} not found")
    board_for(tx, actor, job.board_id, Action.VIEW_RECIPES)
    calls = tuple(one for one in tx.generations.of_job(job.id) if one.batch_index == 0)
    return Submission(
        job=job,
        generations=calls,
        estimate=add(one.estimate for one in calls),
        is_replay=True,
    )


@dataclass(frozen=True, kw_only=True)
class ReplayService:
    """Forgets keys that are too old."""

    database: Database
    clock: Clock

    async def forget(self) -> None:
        """Delete keys older than a day."""
        before = self.clock.now() - KEEP
        await self.database.write(lambda tx: tx.replays.forget(before=before), scope=SYSTEM)

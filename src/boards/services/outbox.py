"""Writes down whom to tell of an end, in the transaction in which it happens: none is lost.

Called at the end of a transaction, when its events have their numbers and, on PostgreSQL, nobody
else can write any: of two runs that end a job at the same moment the second sees the first.
"""

from collections.abc import Iterator, Sequence

from boards.domain.generations import FINAL
from boards.domain.jobs import JobState, state_of
from boards.ids import new_id
from boards.services.ports import Delivery, Event, MessageType, Tx

__all__ = ["write"]

_OF_STATE = {
    JobState.DONE: MessageType.JOB_DONE,
    JobState.FAILED: MessageType.JOB_FAILED,
    JobState.CANCELLED: MessageType.JOB_CANCELLED,
}
_FINAL_PHASES = frozenset(phase.value for phase in FINAL)


def write(tx: Tx, events: Sequence[Event]) -> int:
    """Write a delivery for each thing to tell and each endpoint that wants it, and count them."""
    count = 0
    for tenant_id in dict.fromkeys(event.tenant_id for event in events):
        endpoints = tx.webhooks.enabled(tenant_id)
        mine = (event for event in events if event.tenant_id == tenant_id)
        new = [
            Delivery(
                id=new_id(),
                tenant_id=tenant_id,
                endpoint_id=endpoint.id,
                type=type,
                cause=cause,
                job_id=event.job_id,
                generation_id=event.generation_id,
                due_at=event.created_at,
                created_at=event.created_at,
            )
            for event in mine
            for type, cause in _messages(tx, event)
            for endpoint in endpoints
            if endpoint.wants(type)
        ]
        count += tx.webhooks.add_deliveries(new)
    return count


def _messages(tx: Tx, event: Event) -> Iterator[tuple[MessageType, str]]:
    """What an event is told as, with the cause by which each endpoint is told it once."""
    phase = event.data.get("phase")
    if event.job_id is None:
        return
    if event.data.get("needs_attention"):
        # A parked run is parked again at each look; people are told once.
        yield MessageType.ATTENTION, f"attention:{event.generation_id}:{phase}"
    if phase in _FINAL_PHASES:
        state, _ = state_of(one.status.value for one in tx.generations.of_job(event.job_id))
        if state in _OF_STATE:
            yield _OF_STATE[state], f"job:{event.job_id}"

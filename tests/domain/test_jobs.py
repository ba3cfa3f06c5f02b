"""A job's state over its generations."""

import pytest

from boards.domain.jobs import JobState, state_of


@pytest.mark.parametrize(
    ("statuses", "state", "partial"),
    [
        ([], JobState.QUEUED, False),
        (["pending", "pending"], JobState.QUEUED, False),
        (["pending", "completed"], JobState.RUNNING, False),
        (["processing", "failed"], JobState.RUNNING, False),
        (["completed", "completed"], JobState.DONE, False),
        (["completed", "failed"], JobState.DONE, True),
        (["completed", "cancelled"], JobState.DONE, True),
        (["failed", "failed"], JobState.FAILED, False),
        (["failed", "cancelled"], JobState.FAILED, False),
        (["cancelled", "cancelled"], JobState.CANCELLED, False),
    ],
)
def test_the_state_follows_from_the_statuses(
    statuses: list[str], state: JobState, partial: bool
) -> None:
    assert state_of(statuses) == (state, partial)


def test_three_states_are_final() -> None:
    assert {state for state in JobState if state.is_final} == {
        JobState.DONE,
        JobState.FAILED,
        JobState.CANCELLED,
    }

"""The transition table of generations."""

import pytest

from boards.domain.generations import FINAL, TRANSITIONS, Phase, Status, sources_of


class TestTransitions:
    def test_every_phase_has_its_row(self) -> None:
        assert set(TRANSITIONS) == set(Phase)

    def test_a_final_phase_never_changes(self) -> None:
        assert frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED}) == FINAL
        assert all(not TRANSITIONS[phase] for phase in FINAL)

    @pytest.mark.parametrize("phase", sorted(set(Phase) - FINAL))
    def test_every_other_phase_can_fail_and_be_cancelled(self, phase: Phase) -> None:
        assert {Phase.FAILED, Phase.CANCELLED} <= TRANSITIONS[phase]

    def test_an_unknown_submit_is_never_sent_again(self) -> None:
        assert Phase.SUBMITTING not in TRANSITIONS[Phase.SUBMIT_UNKNOWN]
        assert Phase.PENDING not in TRANSITIONS[Phase.SUBMIT_UNKNOWN]

    def test_nothing_goes_back_before_the_submit_once_an_id_is_stored(self) -> None:
        after = {Phase.SUBMITTED, Phase.FETCHING, Phase.STORING}
        for phase in after:
            assert not {Phase.PENDING, Phase.SUBMITTING} & TRANSITIONS[phase]

    def test_every_phase_can_be_reached_from_pending(self) -> None:
        reached = {Phase.PENDING}
        while True:
            more = {following for phase in reached for following in TRANSITIONS[phase]} - reached
            if not more:
                break
            reached |= more
        assert reached == set(Phase)

    def test_sources_are_the_table_read_backwards(self) -> None:
        for phase in Phase:
            for source in sources_of(phase):
                assert phase in TRANSITIONS[source]
        assert sources_of(Phase.SUBMITTING) == {Phase.PENDING}


class TestStatus:
    def test_an_unknown_submit_is_shown_as_processing(self) -> None:
        assert Phase.SUBMIT_UNKNOWN.status is Status.PROCESSING

    def test_the_final_phases_show_themselves(self) -> None:
        assert {phase.status.value for phase in FINAL} == {phase.value for phase in FINAL}

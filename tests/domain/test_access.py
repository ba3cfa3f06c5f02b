"""The one table of rights."""

from dataclasses import replace

import pytest

from boards.domain.access import (
    Action,
    Actor,
    Duty,
    Rank,
    Standing,
    TenantRole,
    TokenScope,
    may,
    may_here,
    rank_for,
    scope_for,
)
from boards.ids import new_id

ACTOR = Actor(tenant_id=new_id(), user_id=new_id())
ADMIN = Actor(tenant_id=new_id(), user_id=new_id(), tenant_role=TenantRole.ADMIN)

VIEWER = {Action.VIEW, Action.FAVOURITE, Action.VIEW_RECIPES, Action.WRITE_NOTES}

TABLE: dict[Standing, set[Action]] = {
    Standing.OWNER: set(Action),
    Standing.ADMIN: set(Action)
    - {Action.DELETE_BOARD, Action.TRANSFER_BOARD, Action.SHARE_RECIPES},
    Standing.EDITOR: VIEWER | {Action.GENERATE, Action.UPLOAD, Action.ARRANGE},
    Standing.VIEWER: VIEWER,
    Standing.GUEST: {Action.VIEW, Action.FAVOURITE},
    Standing.PUBLIC: {Action.VIEW, Action.FAVOURITE},
    Standing.NONE: set(),
}


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("action", list(Action))
def test_a_standing_allows_what_the_table_says(standing: Standing, action: Action) -> None:
    assert may(ACTOR, action, standing) is (action in TABLE[standing])


@pytest.mark.parametrize(
    "action", [Action.CANCEL, Action.DELETE_GENERATION, Action.MOVE_GENERATION]
)
def test_an_editor_may_end_only_their_own(action: Action) -> None:
    assert may(ACTOR, action, Standing.EDITOR, own=True)
    assert not may(ACTOR, action, Standing.EDITOR, own=False)


@pytest.mark.parametrize("standing", [Standing.VIEWER, Standing.PUBLIC, Standing.NONE])
def test_whoever_lost_the_right_to_generate_lost_their_own_too(standing: Standing) -> None:
    assert not may(ACTOR, Action.CANCEL, standing, own=True)


def test_a_tenant_admin_may_resolve_attention_anywhere_and_nothing_else() -> None:
    allowed = {action for action in Action if may(ADMIN, action, Standing.NONE)}
    assert allowed == {Action.RESOLVE_ATTENTION}


VISITOR = Actor(tenant_id=new_id(), user_id=None)


@pytest.mark.parametrize("standing", list(Standing))
def test_nobody_in_particular_only_looks(standing: Standing) -> None:
    assert {action for action in Action if may(VISITOR, action, standing)} <= {Action.VIEW}


PLATFORM_ADMIN = Actor(tenant_id=new_id(), user_id=new_id(), platform_admin=True)
OF_RANK = {
    Rank.VISITOR: VISITOR,
    Rank.MEMBER: ACTOR,
    Rank.TENANT_ADMIN: ADMIN,
    Rank.PLATFORM_ADMIN: PLATFORM_ADMIN,
}


class TestRanks:
    @pytest.mark.parametrize("duty", list(Duty))
    def test_a_duty_is_for_its_rank_and_those_above(self, duty: Duty) -> None:
        allowed = {rank for rank, actor in OF_RANK.items() if may_here(actor, duty)}
        assert allowed == {rank for rank in Rank if rank >= rank_for(duty)}

    @pytest.mark.parametrize("rank", list(Rank))
    def test_an_actor_has_one_rank(self, rank: Rank) -> None:
        assert OF_RANK[rank].rank is rank

    def test_what_spends_or_changes_is_not_for_visitors(self) -> None:
        free = {duty for duty in Duty if rank_for(duty) is Rank.VISITOR}
        assert free == {Duty.SEE_SELF}

    def test_what_holds_for_all_tenants_is_for_the_server_s_administrators(self) -> None:
        found = {duty for duty in Duty if rank_for(duty) is Rank.PLATFORM_ADMIN}
        assert found == {
            Duty.RUN_PROVIDERS,
            Duty.ROTATE_KEYS,
            Duty.RUN_STORAGE,
            Duty.RUN_TENANTS,
            Duty.SEE_COUNTS,
        }


class TestTokens:
    @pytest.mark.parametrize("scope", list(TokenScope))
    def test_a_token_does_what_its_scopes_say_and_no_more(self, scope: TokenScope) -> None:
        token = replace(PLATFORM_ADMIN, scopes=frozenset({scope}))
        reached = {scope, TokenScope.READ}
        for duty in Duty:
            assert may_here(token, duty) is (scope_for(duty) in reached), duty
        for action in Action:
            assert may(token, action, Standing.OWNER) is (scope_for(action) in reached), action

    def test_a_token_may_never_more_than_its_maker(self) -> None:
        everything = replace(ACTOR, scopes=frozenset(TokenScope))
        for duty in Duty:
            assert may_here(everything, duty) is may_here(ACTOR, duty), duty
        for standing in Standing:
            for action in Action:
                assert may(everything, action, standing) is may(ACTOR, action, standing)

    def test_a_token_for_nothing_may_nothing(self) -> None:
        token = replace(PLATFORM_ADMIN, scopes=frozenset())
        assert not [duty for duty in Duty if may_here(token, duty)]
        assert not [action for action in Action if may(token, action, Standing.OWNER)]

    def test_an_admin_s_token_without_that_scope_is_no_admin_s(self) -> None:
        token = replace(PLATFORM_ADMIN, scopes=frozenset(set(TokenScope) - {TokenScope.ADMIN}))
        assert not token.is_tenant_admin
        assert not token.is_platform_admin
        assert not may(token, Action.RESOLVE_ATTENTION, Standing.NONE)

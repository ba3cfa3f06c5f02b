"""The one table of rights."""

import pytest

from boards.domain.access import Action, Actor, Standing, TenantRole, may
from boards.ids import new_id

ACTOR = Actor(tenant_id=new_id(), user_id=new_id())
ADMIN = Actor(tenant_id=new_id(), user_id=new_id(), tenant_role=TenantRole.ADMIN)

TABLE: dict[Standing, set[Action]] = {
    Standing.OWNER: set(Action),
    Standing.ADMIN: set(Action) - {Action.DELETE_BOARD},
    Standing.EDITOR: {Action.VIEW, Action.VIEW_RECIPES, Action.GENERATE, Action.UPLOAD},
    Standing.VIEWER: {Action.VIEW, Action.VIEW_RECIPES},
    Standing.PUBLIC: {Action.VIEW},
    Standing.NONE: set(),
}


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("action", list(Action))
def test_a_standing_allows_what_the_table_says(standing: Standing, action: Action) -> None:
    assert may(ACTOR, action, standing) is (action in TABLE[standing])


@pytest.mark.parametrize("action", [Action.CANCEL, Action.DELETE_GENERATION])
def test_an_editor_may_end_only_their_own(action: Action) -> None:
    assert may(ACTOR, action, Standing.EDITOR, own=True)
    assert not may(ACTOR, action, Standing.EDITOR, own=False)


@pytest.mark.parametrize("standing", [Standing.VIEWER, Standing.PUBLIC, Standing.NONE])
def test_whoever_lost_the_right_to_generate_lost_their_own_too(standing: Standing) -> None:
    assert not may(ACTOR, Action.CANCEL, standing, own=True)


def test_a_tenant_admin_may_resolve_attention_anywhere_and_nothing_else() -> None:
    allowed = {action for action in Action if may(ADMIN, action, Standing.NONE)}
    assert allowed == {Action.RESOLVE_ATTENTION}

"""Who works on a board: let on, sent off, invited, and the owner whom nobody displaces."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boards.domain.access import TokenScope
from boards.domain.boards import BoardRole
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from boards.services.members import INVITATION_LASTS, accept_all
from boards.services.ports import SYSTEM
from tests.services.curating import Cast, named
from tests.services.studio import Studio

EVERYBODY = {"admin", "editor", "viewer"}


async def test_members_are_listed_for_those_who_work_there(studio: Studio) -> None:
    cast = await Cast.of(studio)
    for who in (*EVERYBODY, "owner"):
        people = await studio.curation.members.list(cast[who], cast.board.id)
        assert people.owner_id == cast.id("owner")
        assert {one.user_id for one in people.members} == {cast.id(one) for one in EVERYBODY}
        assert {one.invited_by for one in people.members} == {cast.id("owner")}
    with pytest.raises(NotFound):
        await studio.curation.members.list(cast["stranger"], cast.board.id)
    await studio.boards.update(studio.actor, cast.board.id, is_public=True)
    with pytest.raises(Forbidden):
        await studio.curation.members.list(cast["stranger"], cast.board.id)


async def test_owner_and_admins_let_people_of_the_tenant_on(studio: Studio) -> None:
    cast, members = await Cast.of(studio), studio.curation.members
    one = await members.add(cast["admin"], cast.board.id, cast.id("stranger"), BoardRole.EDITOR)
    assert (one.role, one.invited_by) == (BoardRole.EDITOR, cast.id("admin"))
    with pytest.raises(Conflict):
        await members.add(studio.actor, cast.board.id, cast.id("stranger"), BoardRole.ADMIN)
    with pytest.raises(Conflict):
        await members.add(cast["admin"], cast.board.id, cast.id("owner"))
    with pytest.raises(NotFound):
        await members.add(studio.actor, cast.board.id, cast.id("foreigner"))
    for who in ("editor", "viewer"):
        with pytest.raises(Forbidden):
            await members.add(cast[who], cast.board.id, cast.id("foreigner"))


async def test_roles_change_and_the_owner_has_none(studio: Studio) -> None:
    cast, members = await Cast.of(studio), studio.curation.members
    changed = await members.change_role(
        cast["admin"], cast.board.id, cast.id("viewer"), BoardRole.EDITOR
    )
    assert changed.role is BoardRole.EDITOR
    for who in ("owner", "admin"):
        with pytest.raises(Conflict, match="owner"):
            await members.change_role(cast[who], cast.board.id, cast.id("owner"), BoardRole.VIEWER)
        with pytest.raises(Conflict, match="owner"):
            await members.remove(cast[who], cast.board.id, cast.id("owner"))
    with pytest.raises(NotFound):
        await members.change_role(studio.actor, cast.board.id, cast.id("stranger"), BoardRole.ADMIN)


async def test_members_leave_and_are_removed(studio: Studio) -> None:
    cast, members = await Cast.of(studio), studio.curation.members
    with pytest.raises(Forbidden):
        await members.remove(cast["viewer"], cast.board.id, cast.id("editor"))
    reader = replace(cast["viewer"], scopes=frozenset({TokenScope.READ}))
    with pytest.raises(Forbidden):
        await members.remove(reader, cast.board.id, cast.id("viewer"))
    await members.remove(cast["viewer"], cast.board.id, cast.id("viewer"))
    with pytest.raises(NotFound):
        await studio.boards.get(cast["viewer"], cast.board.id)
    await members.remove(cast["admin"], cast.board.id, cast.id("editor"))
    with pytest.raises(NotFound):
        await studio.boards.get(cast["editor"], cast.board.id)
    with pytest.raises(NotFound):
        await members.remove(studio.actor, cast.board.id, cast.id("editor"))


async def test_a_board_is_passed_on_by_its_owner_to_a_member(studio: Studio) -> None:
    cast, members = await Cast.of(studio), studio.curation.members
    with pytest.raises(Forbidden):
        await members.transfer(cast["admin"], cast.board.id, cast.id("admin"))
    with pytest.raises(NotFound):
        await members.transfer(studio.actor, cast.board.id, cast.id("stranger"))
    board = await members.transfer(studio.actor, cast.board.id, cast.id("editor"))
    assert board.owner_id == cast.id("editor")
    people = await members.list(studio.actor, cast.board.id)
    roles = {one.user_id: one.role for one in people.members}
    assert roles[cast.id("owner")] is BoardRole.ADMIN
    assert cast.id("editor") not in roles
    with pytest.raises(Conflict):
        await members.remove(studio.actor, cast.board.id, cast.id("editor"))


async def test_who_passed_their_default_board_on_gets_another(studio: Studio) -> None:
    default = await studio.boards.default(studio.actor)
    other = await studio.colleague()
    assert other.user_id is not None
    await studio.curation.members.add(studio.actor, default.id, other.user_id)
    await studio.curation.members.transfer(studio.actor, default.id, other.user_id)
    assert (await studio.boards.default(studio.actor)).id != default.id
    assert (await studio.boards.default(other)).id != default.id


class TestInvitations:
    async def test_whoever_is_in_the_tenant_is_a_member_at_once(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        await named(studio, cast["stranger"], "Ann@Studio.example")
        invited = await studio.curation.members.invite(
            cast["admin"], cast.board.id, "ann@studio.example", BoardRole.EDITOR
        )
        assert invited.member is not None
        assert invited.member.user_id == cast.id("stranger")
        assert (invited.invitation, invited.link) == (None, None)

    async def test_an_address_that_nobody_vouches_for_is_nobody_s(self, studio: Studio) -> None:
        cast = await Cast.of(studio)
        await named(studio, cast["stranger"], "ann@studio.example", verified=False)
        invited = await studio.curation.members.invite(
            studio.actor, cast.board.id, "ann@studio.example"
        )
        assert invited.member is None
        assert invited.invitation is not None

    async def test_a_link_lets_one_person_of_the_tenant_on_once(self, studio: Studio) -> None:
        cast, members = await Cast.of(studio), studio.curation.members
        invited = await members.invite(
            studio.actor, cast.board.id, "ann@studio.example", BoardRole.EDITOR
        )
        link = invited.link
        assert link is not None
        with pytest.raises(NotFound):
            await members.accept(cast["foreigner"], link)
        with pytest.raises(Unauthenticated):
            await members.accept(replace(cast["stranger"], user_id=None), link)
        assert (await members.accept(cast["stranger"], link)).id == cast.board.id
        people = await members.list(studio.actor, cast.board.id)
        roles = {one.user_id: one.role for one in people.members}
        assert roles[cast.id("stranger")] is BoardRole.EDITOR
        assert people.invitations == ()
        with pytest.raises(NotFound):
            await members.accept(await studio.colleague(), link)

    async def test_an_invitation_ends(self, studio: Studio) -> None:
        cast, members = await Cast.of(studio), studio.curation.members

        async def link(email: str) -> str:
            text = (await members.invite(studio.actor, cast.board.id, email)).link
            assert text is not None
            return text

        first = await link("ann@studio.example")
        second = await link("ann@studio.example")
        with pytest.raises(NotFound):
            await members.accept(cast["stranger"], first)
        [waiting] = (await members.list(studio.actor, cast.board.id)).invitations
        assert (await members.list(cast["editor"], cast.board.id)).invitations == ()
        with pytest.raises(Forbidden):
            await members.withdraw(cast["editor"], cast.board.id, waiting.id)
        await members.withdraw(studio.actor, cast.board.id, waiting.id)
        with pytest.raises(NotFound):
            await members.accept(cast["stranger"], second)
        third = await link("ann@studio.example")
        studio.clock.advance((INVITATION_LASTS + timedelta(seconds=1)).total_seconds())
        with pytest.raises(NotFound):
            await members.accept(cast["stranger"], third)

    async def test_whoever_comes_into_the_tenant_finds_their_boards(self, studio: Studio) -> None:
        cast, members = await Cast.of(studio), studio.curation.members
        await members.invite(studio.actor, cast.board.id, "ann@studio.example", BoardRole.ADMIN)
        gone = await studio.boards.create(studio.actor, "Gone")
        await members.invite(studio.actor, gone.id, "ann@studio.example")
        await studio.curation.trash.delete_board(studio.actor, gone.id)
        for who in ("foreigner", "stranger"):
            actor = cast[who]
            await studio.database.write(
                lambda tx, actor=actor: accept_all(  # type: ignore[misc]
                    tx,
                    tenant_id=actor.tenant_id,
                    user_id=actor.user_id,
                    email="ANN@studio.example",
                    now=studio.clock.now(),
                ),
                scope=SYSTEM,
            )
        with pytest.raises(NotFound):
            await studio.boards.get(cast["foreigner"], cast.board.id)
        people = await members.list(cast["stranger"], cast.board.id)
        roles = {one.user_id: one.role for one in people.members}
        assert roles[cast.id("stranger")] is BoardRole.ADMIN

    async def test_what_is_no_address_is_refused(self, studio: Studio) -> None:
        board = await studio.boards.create(studio.actor, "Boats")
        with pytest.raises(InvalidInput):
            await studio.curation.members.invite(studio.actor, board.id, "ann")

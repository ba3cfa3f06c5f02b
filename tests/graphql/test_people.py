"""People over GraphQL: who asks, who is met on boards, and how much of them is shown."""

from dataclasses import replace
from typing import Any

import pytest

from boards.domain.access import Actor, TenantRole
from boards.domain.boards import BoardRole
from boards.domain.identities import Principal
from boards.services.ports import SYSTEM, Tx
from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

ME = "{ me { id email authProvider authSubject displayName role isPlatformAdmin } }"
USER = """
    query ($id: UUID!) {
      user(id: $id) {
        id tenantId email authProvider authSubject displayName createdAt updatedAt role
        boards { title } memberBoards { title }
      }
    }
"""
ON_BOARD = """
    query ($id: UUID!) {
      board(id: $id) {
        owner { id displayName email authProvider authSubject }
        members { role joinedAt invitedBy user { id displayName email } inviter { id } }
        generations { user { id displayName email authSubject } }
      }
    }
"""


@pytest.fixture
async def named(studio: Studio) -> Studio:
    """The owner has a name and an address."""
    user_id = studio.actor.user_id
    assert user_id is not None
    principal = Principal(
        provider="x", subject="y", email="ann@studio.example", display_name="Ann Owner"
    )

    def name(tx: Tx) -> None:
        tx.people.update_profile(user_id, principal)

    await studio.database.write(name, scope=SYSTEM)
    return studio


def plain(actor: Actor) -> Actor:
    """The same without being an administrator; everybody of a studio's tenant is one."""
    return replace(actor, tenant_role=TenantRole.MEMBER, platform_admin=False)


def visitor(studio: Studio) -> Actor:
    return Actor(tenant_id=studio.actor.tenant_id, user_id=None)


async def test_me_is_who_asks(named: Studio, server: Server, ask: Ask):
    me = (await ask(ME))["me"]
    assert (me["id"], me["email"]) == (str(named.actor.user_id), "ann@studio.example")
    assert me["displayName"] == "Ann Owner"
    assert me["authSubject"]
    assert me["role"] == named.actor.tenant_role.name
    server.actor = visitor(named)
    assert await ask(ME) == {"me": None}


async def test_somebody_is_found_by_who_works_with_them(named: Studio, server: Server, ask: Ask):
    board = await named.boards.create(named.actor, "Ours")
    await named.boards.create(named.actor, "Mine alone")
    await named.boards.create(named.actor, "Everybody's", is_public=True)
    owner = str(named.actor.user_id)
    own = (await ask(USER, id=owner))["user"]
    assert {one["title"] for one in own["boards"]} == {"Ours", "Mine alone", "Everybody's"}
    assert own["memberBoards"] == []

    viewer = plain(await member(named, board.id))
    server.actor = viewer
    seen = (await ask(USER, id=owner))["user"]
    assert seen["displayName"] == "Ann Owner"
    assert (seen["email"], seen["authSubject"], seen["authProvider"]) == (None, "", "")
    assert seen["role"] is None
    assert {one["title"] for one in seen["boards"]} == {"Ours", "Everybody's"}
    assert (await ask(USER, id=str(viewer.user_id)))["user"]["memberBoards"] == [{"title": "Ours"}]

    for stranger in (await named.colleague(), visitor(named), await named.another_tenant()):
        server.actor = plain(stranger)
        assert await ask(USER, id=owner) == {"user": None}


async def test_an_administrator_of_the_tenant_finds_everybody_of_it(
    named: Studio, server: Server, ask: Ask
):
    await named.boards.create(named.actor, "Mine alone")
    server.actor = replace(await named.colleague(), tenant_role=TenantRole.ADMIN)
    seen = (await ask(USER, id=str(named.actor.user_id)))["user"]
    assert seen["email"] == "ann@studio.example"
    assert seen["boards"] == [], "what is on boards is not theirs"


class TestOnBoards:
    async def look(self, ask: Ask, board_id: object) -> Any:
        return (await ask(ON_BOARD, id=str(board_id)))["board"]

    async def test_who_works_there_is_named_to_who_works_there(
        self, named: Studio, server: Server, ask: Ask
    ):
        board = await named.boards.create(named.actor, "Ours", is_public=True)
        colleague = plain(await named.colleague())
        assert colleague.user_id is not None
        await named.curation.members.add(named.actor, board.id, colleague.user_id, BoardRole.EDITOR)
        await named.ask("sample", board_id=board.id)
        server.actor = colleague
        found = await self.look(ask, board.id)
        assert found["owner"]["displayName"] == "Ann Owner"
        assert (found["owner"]["email"], found["owner"]["authSubject"]) == (None, "")
        [row] = found["members"]
        assert (row["role"], row["user"]["id"]) == ("EDITOR", str(colleague.user_id))
        assert row["invitedBy"] == row["inviter"]["id"] == str(named.actor.user_id)
        assert found["generations"][0]["user"]["displayName"] == "Ann Owner"

    async def test_visitors_see_an_id_and_nobody_else(
        self, named: Studio, server: Server, ask: Ask
    ):
        board = await named.boards.create(named.actor, "Open", is_public=True)
        await member(named, board.id)
        await named.ask("sample", board_id=board.id)
        nothing = {"displayName": None, "email": None, "authSubject": ""}
        for actor in (visitor(named), await named.colleague()):
            server.actor = plain(actor)
            found = await self.look(ask, board.id)
            owner = {"id": str(named.actor.user_id), "authProvider": ""}
            assert found["owner"] == owner | nothing
            assert found["members"] == []
            [made] = found["generations"]
            assert made["user"] == {"id": str(named.actor.user_id)} | nothing

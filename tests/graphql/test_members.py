"""Who works on a board, and who may look at it, over GraphQL."""

from boards.domain.boards import BoardRole
from boards.ids import new_id
from tests.events.reader import member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

ADD = """
    mutation ($board: UUID!, $user: UUID!, $role: BoardRole! = VIEWER) {
      addBoardMember(input: {boardId: $board, userId: $user, role: $role}) {
        id members { id boardId userId role }
      }
    }
"""
CHANGE = """
    mutation ($board: UUID!, $user: UUID!, $role: BoardRole!) {
      updateBoardMemberRole(boardId: $board, userId: $user, role: $role) { members { role } }
    }
"""
REMOVE = """
    mutation ($board: UUID!, $user: UUID!) {
      removeBoardMember(boardId: $board, userId: $user) { id members { userId } }
    }
"""
INVITE = """
    mutation ($board: UUID!, $email: String!) {
      inviteBoardMember(boardId: $board, email: $email, role: EDITOR) {
        link member { userId } invitation { id email role }
      }
    }
"""
ACCEPT = "mutation ($link: String!) { acceptInvitation(link: $link) { title } }"
LINK = """
    mutation ($board: UUID!) { createShareLink(boardId: $board) { secret link { id hint } } }
"""


async def test_somebody_is_let_on_given_a_role_and_seen_off(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Ours")
    colleague = await studio.colleague()
    both = {"board": str(board.id), "user": str(colleague.user_id)}
    [row] = (await ask(ADD, **both))["addBoardMember"]["members"]
    assert (row["userId"], row["boardId"], row["role"]) == (both["user"], both["board"], "VIEWER")
    assert await ask.code(ADD, **both) == "CONFLICT"
    changed = await ask(CHANGE, **both, role="ADMIN")
    assert changed["updateBoardMemberRole"]["members"] == [{"role": "ADMIN"}]
    assert (await ask(REMOVE, **both))["removeBoardMember"]["members"] == []
    assert await ask.code(REMOVE, **both) == "NOT_FOUND"
    assert await ask.code(CHANGE, **both, role="ADMIN") == "NOT_FOUND"


async def test_the_owner_is_no_member_and_is_not_seen_off(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Mine")
    both = {"board": str(board.id), "user": str(studio.actor.user_id)}
    assert "already the board owner" in (await ask.error(ADD, **both))["message"]
    assert "Cannot remove the board owner" in (await ask.error(REMOVE, **both))["message"]


async def test_nobody_of_another_tenant_is_let_on(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Ours")
    for user in ((await studio.another_tenant()).user_id, new_id()):
        assert await ask.code(ADD, board=str(board.id), user=str(user)) == "NOT_FOUND"


async def test_a_member_leaves_by_themselves_and_an_editor_lets_nobody_on(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Ours")
    editor = await member(studio, board.id, BoardRole.EDITOR)
    server.actor = editor
    other = await studio.colleague()
    assert await ask.code(ADD, board=str(board.id), user=str(other.user_id)) == "FORBIDDEN"
    left = await ask(REMOVE, board=str(board.id), user=str(editor.user_id))
    assert left["removeBoardMember"]["id"] == str(board.id)
    assert await ask("{ myBoards { id } }") == {"myBoards": []}


async def test_somebody_is_invited_by_address_and_comes_by_the_link(
    studio: Studio, server: Server, ask: Ask
):
    board = await studio.boards.create(studio.actor, "Ours")
    invited = (await ask(INVITE, board=str(board.id), email="New@Elsewhere.example"))[
        "inviteBoardMember"
    ]
    assert invited["member"] is None
    assert invited["invitation"]["role"] == "EDITOR"
    waiting = "query ($board: UUID!) { boardInvitations(boardId: $board) { email } }"
    assert (await ask(waiting, board=str(board.id)))["boardInvitations"] == [
        {"email": "new@elsewhere.example"}
    ]
    colleague = await studio.colleague()
    server.actor = colleague
    assert await ask(ACCEPT, link=invited["link"]) == {"acceptInvitation": {"title": "Ours"}}
    assert await ask.code(ACCEPT, link=invited["link"]) == "NOT_FOUND"
    assert await ask("{ myBoards { title } }") == {"myBoards": [{"title": "Ours"}]}


async def test_an_invitation_is_taken_back(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Ours")
    invited = (await ask(INVITE, board=str(board.id), email="new@elsewhere.example"))[
        "inviteBoardMember"
    ]
    withdraw = """
        mutation ($board: UUID!, $id: UUID!) { withdrawInvitation(boardId: $board, id: $id) }
    """
    await ask(withdraw, board=str(board.id), id=invited["invitation"]["id"])
    assert await ask.code(ACCEPT, link=invited["link"]) == "NOT_FOUND"
    assert await ask.code(INVITE, board=str(board.id), email="no address") == "INVALID_INPUT"


async def test_a_link_is_made_listed_and_ended(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Ours")
    made = (await ask(LINK, board=str(board.id)))["createShareLink"]
    assert made["secret"].endswith(made["link"]["hint"])
    listed = "query ($board: UUID!) { shareLinks(boardId: $board) { id hint } }"
    assert (await ask(listed, board=str(board.id)))["shareLinks"] == [made["link"]]
    comes = await studio.curation.sharing.visitor(made["secret"])
    assert comes.linked_board_id == board.id
    revoke = "mutation ($board: UUID!, $id: UUID!) { revokeShareLink(boardId: $board, id: $id) }"
    await ask(revoke, board=str(board.id), id=made["link"]["id"])
    assert (await ask(listed, board=str(board.id)))["shareLinks"] == []


async def test_a_board_is_passed_on(studio: Studio, ask: Ask):
    board = await studio.boards.create(studio.actor, "Ours")
    viewer = await member(studio, board.id)
    give = """
        mutation ($board: UUID!, $user: UUID!) {
          transferBoard(boardId: $board, userId: $user) { ownerId members { userId role } }
        }
    """
    given = (await ask(give, board=str(board.id), user=str(viewer.user_id)))["transferBoard"]
    assert given["ownerId"] == str(viewer.user_id)
    assert given["members"] == [{"userId": str(studio.actor.user_id), "role": "ADMIN"}]

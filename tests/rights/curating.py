"""How the GraphQL surface is called for what people do with boards and with what is on them."""

from collections.abc import Mapping

from tests.rights.calls import ON_SPARE_BOARD, Document

__all__ = ["CURATING"]

BOARD_QUERY = "query ($board_id: UUID!) { board(id: $board_id) "
GENERATION_QUERY = "query ($generation_id: UUID!) { generation(id: $generation_id) "
CURATING: Mapping[str, Document] = {
    **{
        f"Board.{name}": Document(text=BOARD_QUERY + f"{{ id {name} }} }}", at="board")
        for name in ("settings", "metadata", "coverId")
    },
    "BoardMember.inviter": Document(
        text=BOARD_QUERY + "{ members { inviter { id displayName email } } } }",
        at="board.members",
        empty_is_hidden=True,
    ),
    "Generation.tags": Document(
        text=GENERATION_QUERY + "{ tags { id name } } }", at="generation.tags"
    ),
    "Generation.isFavourite": Document(
        text=GENERATION_QUERY + "{ isFavourite } }", at="generation.isFavourite"
    ),
    "Generation.notes": Document(
        text=GENERATION_QUERY + "{ notes { id text } } }", at="generation.notes"
    ),
    "Note.user": Document(
        text=GENERATION_QUERY + "{ notes { user { id displayName email } } } }",
        at="generation.notes",
    ),
    "boardInvitations": Document(
        text="query ($board_id: UUID!) { boardInvitations(boardId: $board_id) { id } }",
        at="boardInvitations",
    ),
    "shareLinks": Document(
        text="query ($board_id: UUID!) { shareLinks(boardId: $board_id) { id hint } }",
        at="shareLinks",
    ),
    "trashedGenerations": Document(
        text="query ($board_id: UUID!) { trashedGenerations(boardId: $board_id) "
        "{ items { generation { id inputParams } } } }",
        at="trashedGenerations",
    ),
    "trashedBoards": Document(
        text="{ trashedBoards { items { boardId title } } }", at="trashedBoards"
    ),
    "favourites": Document(text="{ favourites { items { id } } }", at="favourites"),
    "tags": Document(text="{ tags { id name } }", at="tags"),
    "tag": Document(text="query ($tag_id: UUID!) { tag(id: $tag_id) { id name } }", at="tag"),
    "tagBySlug": Document(
        text='query ($tag_id: UUID!) { tag(id: $tag_id) { id } tagBySlug(slug: "none") { id } }',
        at="tag",
    ),
    "createTag": Document(
        text="mutation ($slug: String!) { createTag(input: {name: $slug}) { id } }",
        at="createTag",
    ),
    "updateTag": Document(
        text='mutation ($tag_id: UUID!) { updateTag(input: {id: $tag_id, description: "It" }) '
        "{ id } }",
        at="updateTag",
    ),
    "deleteTag": Document(
        text="mutation ($tag_id: UUID!) { deleteTag(id: $tag_id) }", at="deleteTag"
    ),
    "addTagToGeneration": Document(
        text="mutation ($generation_id: UUID!, $tag_id: UUID!) { addTagToGeneration("
        "generationId: $generation_id, tagId: $tag_id) { id } }",
        at="addTagToGeneration",
    ),
    "removeTagFromGeneration": Document(
        text="mutation ($generation_id: UUID!, $tag_id: UUID!) { removeTagFromGeneration("
        "generationId: $generation_id, tagId: $tag_id) }",
        at="removeTagFromGeneration",
        kinds={"tag_id": "tag that is on it"},
    ),
    "setGenerationTitle": Document(
        text="mutation ($generation_id: UUID!) { setGenerationTitle(id: $generation_id, "
        'title: "Sea") { id } }',
        at="setGenerationTitle",
    ),
    "markFavourite": Document(
        text="mutation ($generation_id: UUID!) { markFavourite(id: $generation_id) }",
        at="markFavourite",
    ),
    "unmarkFavourite": Document(
        text="mutation ($generation_id: UUID!) { unmarkFavourite(id: $generation_id) }",
        at="unmarkFavourite",
    ),
    "addNote": Document(
        text="mutation ($generation_id: UUID!) { addNote(generationId: $generation_id, "
        'text: "Fine") { id } }',
        at="addNote",
    ),
    "changeNote": Document(
        text='mutation ($note_id: UUID!) { changeNote(id: $note_id, text: "Finer") { id } }',
        at="changeNote",
        kinds={"note_id": "note"},
    ),
    "deleteNote": Document(
        text="mutation ($note_id: UUID!) { deleteNote(id: $note_id) }",
        at="deleteNote",
        kinds={"note_id": "note"},
    ),
    "bulk": Document(
        text="mutation ($ids: [UUID!]!, $tag_id: UUID!, $board_id: UUID!) { bulk(input: "
        "{action: COPY, ids: $ids, boardId: $board_id}) { items { outcome } } "
        "tagged: bulk(input: {action: TAG, ids: $ids, tagId: $tag_id}) { items { id } } }",
        at="bulk",
        kinds={"ids": "generation"},
    ),
    "undo": Document(
        text="mutation ($undo_id: UUID!) { undo(id: $undo_id) { items { id } } }",
        at="undo",
        kinds={"undo_id": "undo"},
    ),
    "restoreGeneration": Document(
        text="mutation ($generation_id: UUID!) { restoreGeneration(id: $generation_id) { id } }",
        at="restoreGeneration",
        kinds={"generation_id": "deleted generation"},
    ),
    "updateBoard": Document(
        text="mutation ($board_id: UUID!, $cover_id: UUID) { updateBoard(input: "
        "{id: $board_id, coverId: $cover_id}) { id } }",
        at="updateBoard",
        kinds={"cover_id": "generation"},
    ),
    "deleteBoard": Document(
        text="mutation ($board_id: UUID!) { deleteBoard(id: $board_id) }",
        at="deleteBoard",
        kinds={"board_id": "spare board"},
    ),
    "restoreBoard": Document(
        text="mutation ($board_id: UUID!) { restoreBoard(id: $board_id) { id } }",
        at="restoreBoard",
        kinds={"board_id": "trashed board"},
    ),
    "transferBoard": Document(
        text="mutation ($board_id: UUID!, $user_id: UUID!) { transferBoard(boardId: $board_id, "
        "userId: $user_id) { id } }",
        at="transferBoard",
        kinds=ON_SPARE_BOARD,
    ),
    "addBoardMember": Document(
        text="mutation ($board_id: UUID!, $user_id: UUID!) { addBoardMember(input: "
        "{boardId: $board_id, userId: $user_id}) { id } }",
        at="addBoardMember",
    ),
    "removeBoardMember": Document(
        text="mutation ($board_id: UUID!, $user_id: UUID!) { removeBoardMember("
        "boardId: $board_id, userId: $user_id) { id } }",
        at="removeBoardMember",
        kinds=ON_SPARE_BOARD,
        # An owner is let through, and cannot leave.
        passes=("CONFLICT",),
    ),
    "updateBoardMemberRole": Document(
        text="mutation ($board_id: UUID!, $user_id: UUID!) { updateBoardMemberRole("
        "boardId: $board_id, userId: $user_id, role: EDITOR) { id } }",
        at="updateBoardMemberRole",
        kinds={"user_id": "board member"},
    ),
    "inviteBoardMember": Document(
        text="mutation ($board_id: UUID!) { inviteBoardMember(boardId: $board_id, "
        'email: "somebody@elsewhere.example") { link } }',
        at="inviteBoardMember",
    ),
    "withdrawInvitation": Document(
        text="mutation ($board_id: UUID!, $invitation_id: UUID!) { withdrawInvitation("
        "boardId: $board_id, id: $invitation_id) }",
        at="withdrawInvitation",
        kinds={"invitation_id": "invitation"},
    ),
    "acceptInvitation": Document(
        text='mutation { acceptInvitation(link: "unknown") { id } }',
        at="acceptInvitation",
        passes=("NOT_FOUND",),
        hidden=(),
    ),
    "createShareLink": Document(
        text="mutation ($board_id: UUID!) { createShareLink(boardId: $board_id) { secret } }",
        at="createShareLink",
    ),
    "revokeShareLink": Document(
        text="mutation ($board_id: UUID!, $link_id: UUID!) { revokeShareLink("
        "boardId: $board_id, id: $link_id) }",
        at="revokeShareLink",
        kinds={"link_id": "share link"},
    ),
    "regenerate": Document(
        text="mutation ($generation_id: UUID!) { regenerate(id: $generation_id) { id } }",
        at="regenerate",
        # No generator has made it.
        passes=("CONFLICT",),
    ),
    "retryGeneration": Document(
        text="mutation ($generation_id: UUID!) { retryGeneration(id: $generation_id) { id } }",
        at="retryGeneration",
        passes=("CONFLICT",),
    ),
    "uploadArtifact": Document(
        text="mutation ($board_id: UUID!, $parent_id: UUID!) { uploadArtifact(input: "
        "{boardId: $board_id, artifactType: IMAGE, parentGenerationId: $parent_id, "
        'fileUrl: "http://127.0.0.1:9/" }) { id } }',
        at="uploadArtifact",
        # A private address is refused, once the actor may upload.
        passes=("INVALID_INPUT",),
    ),
    "Subscription.jobUpdated": Document(
        text="subscription ($job_id: UUID!) { jobUpdated(id: $job_id) { id state } }",
        at="jobUpdated",
    ),
    "Subscription.boardEvents": Document(
        text="subscription ($board_id: UUID!) { boardEvents(boardId: $board_id) "
        "{ type generations { id inputParams } } }",
        at="boardEvents",
    ),
    "BoardEvent.generation": Document(
        text="subscription ($board_id: UUID!) { boardEvents(boardId: $board_id) "
        "{ type generation { id inputParams } } }",
        at="boardEvents",
    ),
}

"""How each operation is called: its things, its body, and what shows that somebody was let through.

An operation that takes only a path needs no entry here. In bodies and queries a name in braces,
such as `{board_id}`, stands for the id of a thing of that kind.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from boards.ids import new_id
from tests.rights.story_things import story_job, workspace
from tests.rights.world import GENERATOR, Person, Place, World

__all__ = ["GRAPHQL", "KINDS", "REST", "Call", "Document", "filled", "named", "things_for"]

KINDS: Mapping[str, str] = {
    "board_id": "board",
    "generation_id": "generation",
    "parent_id": "generation",
    "input_id": "generation",
    "batch_id": "generation",
    "tag_id": "tag",
    "job_id": "job",
    "upload_id": "resumable upload",
    "budget_id": "budget",
    "endpoint_id": "endpoint",
    "delivery_id": "delivery",
    "token_id": "token",
    "session_id": "agent session",
    "tenant_id": "tenant",
    "user_id": "member",
    "subject_id": "member",
    "cover_id": "generation",
    "made_from": "generation",
    "music_id": "generation",
    "old_id": "generation",
    "new_id": "generation",
    "note_id": "note",
    "invitation_id": "invitation",
    "link_id": "share link",
    "undo_id": "undo",
}
"""What kind of thing a name stands for, where a call does not say otherwise."""

_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One operation of the REST surface. `passes` are the statuses of those who were let through:
    what they asked for may then still be impossible."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    piece: bytes | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    passes: Sequence[int] = (200, 201, 202, 204)
    hidden: Sequence[int] = (404,)
    ends_session: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """One operation of the GraphQL surface. `at` is where its answer stands; `passes` are the codes
    of those who were let through. An empty list where there is something is as good as a refusal
    only with `empty_is_hidden`."""

    text: str
    at: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    passes: Sequence[str] = ()
    hidden: Sequence[str] = ("NOT_FOUND",)
    empty_is_hidden: bool = False


INPUTS: Mapping[str, Any] = {"generator": GENERATOR, "inputs": {}}
ATTENTION = {"generation_id": "attention"}
# There is nobody to ask about a local run.
ASKED = (200, 409)

ON_SPARE_BOARD = {"board_id": "spare board", "user_id": "board member"}
SHARED = {"token": "share text", "generation_id": "shared generation"}

REST: Mapping[str, Call | tuple[Call, ...]] = {
    "create_budget": Call(
        json={"scope": "user", "subject_id": "{subject_id}", "period": "total", "amount": "5"},
        # As for any value that names nobody.
        hidden=(422,),
    ),
    "set_time_zone": Call(json={"time_zone": "UTC"}),
    "change_budget": Call(json={"amount": "7"}),
    "list_ledger": Call(query={"board_id": "{board_id}", "generation_id": "{generation_id}"}),
    "adjust_cost": Call(json={"actual": "0.02", "cause": "invoice"}),
    "get_generator": Call(path={"name": GENERATOR}),
    "estimate": Call(json={**INPUTS, "board_id": "{board_id}"}),
    "submit_generation": Call(json={**INPUTS, "board_id": "{board_id}"}),
    "list_generations": Call(
        query={"board_id": "{board_id}", "user_id": "{user_id}", "made_from": "{made_from}"}
    ),
    "list_generation_ids": Call(query={"user_id": "{user_id}", "made_from": "{made_from}"}),
    "search_generations": Call(
        query={
            "q": "a",
            "board_id": "{board_id}",
            "user_id": "{user_id}",
            "made_from": "{made_from}",
        }
    ),
    # What nobody's job has made cannot be made anew.
    "remix_generation": Call(passes=(200, 409)),
    "estimate_rerun": Call(
        json={"board_id": "{board_id}", "swap": {"old_id": "{old_id}", "new_id": "{new_id}"}},
        passes=(200, 409),
    ),
    "rerun_generation": Call(
        json={"board_id": "{board_id}", "swap": {"old_id": "{old_id}", "new_id": "{new_id}"}},
        passes=(202, 409),
    ),
    "cancel_generation": Call(kinds={"generation_id": "running"}),
    "get_extra_file": Call(path={"index": "0"}),
    "head_extra_file": Call(path={"index": "0"}),
    "check_generation": Call(kinds=ATTENTION, passes=ASKED),
    "mark_generation_lost": Call(kinds=ATTENTION),
    "release_hold": Call(kinds=ATTENTION),
    "list_jobs": Call(query={"board_id": "{board_id}"}),
    "cancel_job": Call(kinds={"job_id": "live job"}),
    "read_recipe": Call(form={}, passes=(200, 422)),
    "upload": Call(form={"board_id": "{board_id}", "parent_id": "{parent_id}"}),
    # A private address is refused, once the actor may upload.
    "upload_from_url": Call(
        json={"url": "http://127.0.0.1:9/", "board_id": "{board_id}", "parent_id": "{parent_id}"},
        passes=(422,),
    ),
    # A picture is no zip, which is found out once the actor may import.
    "import_board": Call(form={}, passes=(422,)),
    "create_resumable_upload": Call(
        headers={"Upload-Length": "10"},
        metadata={"board_id": "{board_id}", "parent_id": "{parent_id}"},
    ),
    "append_to_resumable_upload": Call(headers={"Upload-Offset": "0"}, piece=b"abc"),
    "create_board": Call(json={"title": "A new board"}),
    "update_board": Call(json={"description": "Changed", "cover_id": "{generation_id}"}),
    "get_board_cover": Call(kinds={"board_id": "covered board"}),
    "delete_board": Call(kinds={"board_id": "spare board"}),
    "restore_board": Call(kinds={"board_id": "trashed board"}),
    "add_board_member": Call(json={"user_id": "{user_id}"}),
    "change_board_member": Call(kinds={"user_id": "board member"}, json={"role": "editor"}),
    # An owner is let through, and cannot leave.
    "remove_board_member": Call(kinds=ON_SPARE_BOARD, passes=(204, 409)),
    "transfer_board": Call(kinds=ON_SPARE_BOARD, json={"user_id": "{user_id}"}),
    "invite_to_board": Call(json={"email": "ann@elsewhere.example"}),
    "accept_invitation": Call(json={"link": "unknown"}, passes=(404,)),
    "create_share_link": Call(json={}),
    "get_shared_board": Call(kinds=SHARED),
    "list_shared_generations": Call(kinds=SHARED),
    "get_shared_content": Call(kinds=SHARED),
    "get_shared_extra_file": Call(kinds=SHARED, path={"index": "0"}),
    "get_shared_thumbnail": Call(kinds=SHARED),
    "change_generations": (
        Call(json={"action": "tag", "ids": ["{generation_id}"], "tag_id": "{tag_id}"}),
        Call(json={"action": "copy", "ids": ["{generation_id}"], "board_id": "{board_id}"}),
    ),
    "update_generation": Call(json={"title": "A title"}),
    "restore_generation": Call(kinds={"generation_id": "deleted generation"}),
    "create_tag": Call(json={"name": "{slug}"}),
    "update_tag": Call(json={"description": "Changed"}),
    "untag_generation": Call(kinds={"tag_id": "tag that is on it"}),
    "add_note": Call(json={"text": "Fine"}),
    "change_note": Call(json={"text": "Finer"}),
    "receive_webhook": Call(path={"provider": "nobody"}, json={}, passes=(404,)),
    "create_webhook_endpoint": Call(json={"url": "http://127.0.0.1:9/in"}, passes=(201, 409)),
    "update_webhook_endpoint": Call(json={"description": "mine"}),
    "set_key": Call(path={"provider": "fal"}, json={"key": "a-key-of-some-length"}),
    "remove_key": Call(path={"provider": "kie"}, passes=(204, 404)),
    "get_metrics": Call(),
    "pause_provider": Call(path={"name": "luma"}),
    "resume_provider": Call(path={"name": "luma"}),
    "follow_events": (
        Call(query={"board_id": "{board_id}"}),
        Call(query={"job_id": "{job_id}"}),
    ),
    "open_agent_session": Call(json={"name": "mine", "budget": "1"}),
    "change_agent_session": Call(json={"budget": "2"}),
    "set_storage_quota": Call(json={"max_bytes": None}, kinds={"tenant_id": "spare tenant"}),
    "check_storage": Call(json={}),
    "create_token": Call(json={"name": "mine", "scopes": ["read"]}),
    "create_tenant": Call(json={"slug": "{slug}", "name": "Another"}),
    "register_tenant": Call(json={"slug": "{slug}", "name": "Another"}),
    "rename_tenant": Call(json={"name": "Renamed"}),
    "approve_tenant": Call(kinds={"tenant_id": "spare tenant"}),
    "delete_tenant": Call(kinds={"tenant_id": "spare tenant"}),
    "restore_tenant": Call(kinds={"tenant_id": "spare tenant"}),
    "add_tenant_member": Call(json={"email": "{email}", "role": "member"}),
    "change_user": Call(json={"role": "member"}),
    "list_audit": Call(query={"user_id": "{user_id}"}),
    "sign_in": Call(
        json={"email": "nobody@people.example", "password": "wrong, of course"}, passes=(401,)
    ),
    "change_password": Call(
        json={"current": "wrong, of course", "new": "a longer pass phrase"}, passes=(422,)
    ),
    "look_at_link": Call(json={"link": "unknown"}, passes=(404,)),
    "use_link": Call(json={"link": "unknown", "password": "a longer pass phrase"}, passes=(404,)),
    # Nobody is signed in by an identity provider here.
    "begin_sign_in": Call(passes=(403,)),
    "finish_sign_in": Call(passes=(303,)),
    "sign_out": Call(ends_session=True),
}

_GENERATION = "{ id inputParams cost { amount } }"

GRAPHQL: Mapping[str, Document] = {
    "board": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) { id title } }", at="board"
    ),
    "me": Document(text="{ me { id email role } }", at="me"),
    "user": Document(
        text="query ($user_id: UUID!) { user(id: $user_id) { id displayName email authSubject } }",
        at="user",
        kinds={"user_id": "host"},
    ),
    "User.boards": Document(
        text="query ($user_id: UUID!) { user(id: $user_id) { boards { id title } } }",
        at="user.boards",
        kinds={"user_id": "host"},
    ),
    "User.memberBoards": Document(
        text="query ($user_id: UUID!) { user(id: $user_id) { memberBoards { id title } } }",
        at="user.memberBoards",
        kinds={"user_id": "host"},
    ),
    "publicBoards": Document(text="{ publicBoards { id title } }", at="publicBoards"),
    "searchBoards": Document(
        text='{ searchBoards(query: "the") { id title owner { displayName email } } }',
        at="searchBoards",
    ),
    "boards": Document(text="{ boards { nodes { id title } } }", at="boards.nodes"),
    "BoardConnection.totalCount": Document(
        text="{ boards { totalCount } }", at="boards.totalCount"
    ),
    "Board.owner": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) "
        "{ owner { id displayName email authSubject } } }",
        at="board.owner",
    ),
    "Board.members": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) { members { userId role } } }",
        at="board.members",
        empty_is_hidden=True,
    ),
    "BoardMember.user": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) "
        "{ members { user { id displayName email authSubject } } } }",
        at="board.members",
        empty_is_hidden=True,
    ),
    "Board.generationCount": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) { generationCount } }",
        at="board.generationCount",
    ),
    "Board.generationsConnection": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) "
        "{ generationsConnection { nodes { id inputParams } } } }",
        at="board.generationsConnection",
    ),
    "generations": Document(
        text="query ($board_id: UUID!, $batch_id: UUID!, $tag_id: UUID!) { "
        "generations(boardId: $board_id, filter: {batchId: $batch_id, tagId: $tag_id}) "
        "{ nodes { id inputParams } } }",
        at="generations",
    ),
    "GenerationConnection.totalCount": Document(
        text="query ($board_id: UUID!) { generations(boardId: $board_id) { totalCount } }",
        at="generations.totalCount",
    ),
    "Generation.user": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) "
        "{ user { id displayName email authSubject } } }",
        at="generation.user",
    ),
    "batch": Document(
        text="query ($batch_id: UUID!) { batch(id: $batch_id) { id inputParams } }", at="batch"
    ),
    "job": Document(
        text="query ($job_id: UUID!) { job(id: $job_id) { id generations { inputParams } } }",
        at="job",
    ),
    "jobs": Document(
        text="query ($board_id: UUID!) { jobs(boardId: $board_id) { nodes { id } } }", at="jobs"
    ),
    "JobConnection.totalCount": Document(
        text="query ($board_id: UUID!) { jobs(boardId: $board_id) { totalCount } }",
        at="jobs.totalCount",
    ),
    "cancelJob": Document(
        text="mutation ($job_id: UUID!) { cancelJob(id: $job_id) { id } }",
        at="cancelJob",
        kinds={"job_id": "live job"},
    ),
    "myBoards": Document(text="{ myBoards { id title } }", at="myBoards"),
    "createBoard": Document(
        text='mutation { createBoard(input: {title: "A new board"}) { id } }', at="createBoard"
    ),
    "generation": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) { id inputParams "
        "cost { amount } } }",
        at="generation",
    ),
    "recentGenerations": Document(
        text="query ($board_id: UUID!) { recentGenerations(boardId: $board_id) "
        "{ id inputParams } }",
        at="recentGenerations",
        empty_is_hidden=True,
    ),
    "Board.generations": Document(
        text="query ($board_id: UUID!) { board(id: $board_id) { generations { id inputParams } } }",
        at="board.generations",
    ),
    "Generation.board": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) "
        "{ board { id title } } }",
        at="generation.board",
    ),
    "Generation.inputArtifacts": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) "
        "{ inputArtifacts { generationId role } } }",
        at="generation.inputArtifacts",
    ),
    "Generation.ancestry": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) "
        "{ ancestry { depth generation { id inputParams } } } }",
        at="generation.ancestry",
    ),
    "Generation.descendants": Document(
        text="query ($generation_id: UUID!) { generation(id: $generation_id) "
        "{ descendants { depth generation { id inputParams } } } }",
        at="generation.descendants",
    ),
    "searchGenerations": Document(
        text="query ($board_id: UUID!, $user_id: UUID!, $made_from: UUID!) { searchGenerations("
        'query: "a", filters: {boardId: $board_id, userId: $user_id, madeFrom: $made_from}) '
        "{ nodes { id inputParams } } }",
        at="searchGenerations",
    ),
    "remix": Document(
        text="query ($generation_id: UUID!) { remix(id: $generation_id) { inputs } }",
        at="remix",
        passes=("CONFLICT",),
    ),
    "estimateRerun": Document(
        text="query ($generation_id: UUID!, $board_id: UUID!, $old_id: UUID!, $new_id: UUID!) "
        "{ estimateRerun(input: {generationId: $generation_id, boardId: $board_id, "
        "swap: {oldId: $old_id, newId: $new_id}}) { cost { amount } } }",
        at="estimateRerun",
        passes=("CONFLICT",),
    ),
    "rerun": Document(
        text="mutation ($generation_id: UUID!, $board_id: UUID!, $old_id: UUID!, $new_id: UUID!) "
        "{ rerun(input: {generationId: $generation_id, boardId: $board_id, "
        "swap: {oldId: $old_id, newId: $new_id}}) { jobId } }",
        at="rerun",
        passes=("CONFLICT",),
    ),
    "generators": Document(text="{ generators { name } }", at="generators"),
    "estimate": Document(
        text="query ($board_id: UUID!, $inputs: JSON!) { estimate(generatorName: "
        f'"{GENERATOR}", inputs: $inputs, boardId: $board_id) {{ amount }} }}',
        at="estimate",
        variables={"inputs": INPUTS["inputs"]},
    ),
    "estimatePlan": Document(
        text="query ($board_id: UUID!, $inputs: JSON!) { estimatePlan(plan: [{generatorName: "
        f'"{GENERATOR}", inputs: $inputs, boardId: $board_id}}]) {{ cost {{ amount }} }} }}',
        at="estimatePlan",
        variables={"inputs": INPUTS["inputs"]},
    ),
    "runGeneration": Document(
        text="mutation ($board_id: UUID!, $inputs: JSON!) { runGeneration(generatorName: "
        f'"{GENERATOR}", inputs: $inputs, boardId: $board_id) {{ id }} }}',
        at="runGeneration",
        variables={"inputs": INPUTS["inputs"]},
    ),
    "createGeneration": Document(
        text="mutation ($board_id: UUID!, $inputs: JSON!) { createGeneration(input: "
        f'{{generatorName: "{GENERATOR}", inputParams: $inputs, boardId: $board_id, '
        "artifactType: IMAGE}) { id } }",
        at="createGeneration",
        variables={"inputs": INPUTS["inputs"]},
    ),
    "cancelGeneration": Document(
        text=f"mutation ($generation_id: UUID!) {{ cancelGeneration(id: $generation_id) "
        f"{_GENERATION} }}",
        at="cancelGeneration",
        kinds={"generation_id": "running"},
    ),
    "deleteGeneration": Document(
        text="mutation ($generation_id: UUID!) { deleteGeneration(id: $generation_id) }",
        at="deleteGeneration",
    ),
    "attentionList": Document(
        text=f"{{ attentionList {{ items {{ generation {_GENERATION} }} }} }}", at="attentionList"
    ),
    "checkAgain": Document(
        text="mutation ($generation_id: UUID!) { checkAgain(id: $generation_id) { message } }",
        at="checkAgain",
        kinds=ATTENTION,
        passes=("CONFLICT",),
    ),
    "markLost": Document(
        text=f"mutation ($generation_id: UUID!) {{ markLost(id: $generation_id) {_GENERATION} }}",
        at="markLost",
        kinds=ATTENTION,
    ),
    "releaseHold": Document(
        text="mutation ($generation_id: UUID!) { releaseHold(id: $generation_id) "
        f"{_GENERATION} }}",
        at="releaseHold",
        kinds=ATTENTION,
    ),
    "budgets": Document(text="{ budgets { id amount } }", at="budgets"),
    "setBudget": Document(
        text="mutation ($subject_id: UUID!) { setBudget(input: {scope: USER, period: TOTAL, "
        'amount: "5", subjectId: $subject_id}) { id } }',
        at="setBudget",
        hidden=("NOT_FOUND", "INVALID_INPUT"),
    ),
    "removeBudget": Document(
        text="mutation ($budget_id: UUID!) { removeBudget(id: $budget_id) }", at="removeBudget"
    ),
    "spend": Document(text="{ spend { total { spent } } }", at="spend"),
    "ledger": Document(
        text="query ($board_id: UUID, $generation_id: UUID) { ledger(boardId: $board_id, "
        "generationId: $generation_id) { items { number } } }",
        at="ledger",
    ),
}


async def things_for(
    world: World,
    names: Sequence[str],
    kinds: Mapping[str, str],
    place: Place,
    by: Person | None,
) -> dict[str, str]:
    """Make one new thing for each name, and give their ids."""
    found: dict[str, str] = {}
    for name in names:
        kind = kinds.get(name, KINDS.get(name, name))
        found[name] = str(await _MAKERS[kind](world, place, by, found))
    return found


Maker = Callable[[World, Place, Person | None, Mapping[str, str]], Awaitable[UUID | str]]


async def _board(world: World, place: Place, *_: object) -> UUID:
    return world.boards[place]


async def _tenant(world: World, place: Place, *_: object) -> UUID:
    return world.tenants[place]


async def _token(world: World, place: Place, by: Person | None, *_: object) -> UUID:
    host = world.host(place)
    owner = by if by and by.user_id and by.tenant_id == host.tenant_id else host
    return (await world.token(owner))[0]


async def _agent_session(world: World, place: Place, by: Person | None, *_: object) -> UUID:
    host = world.host(place)
    return await world.agent_session(
        by if by and by.user_id and by.tenant_id == host.tenant_id else host
    )


async def _slug(*_: object) -> str:
    return f"new-{new_id().hex[-12:]}"


async def _email(*_: object) -> str:
    return f"{new_id().hex[-12:]}@people.example"


async def _host(world: World, place: Place, *_: object) -> UUID:
    host = world.host(place).user_id
    assert host is not None
    return host


_MAKERS: Mapping[str, Maker] = {
    "board": _board,
    "host": _host,
    "generation": lambda world, place, by, _: world.generation(place, by),
    "running": lambda world, place, by, _: world.running(place, by),
    "attention": lambda world, place, by, _: world.attention(place, by),
    "resumable upload": lambda world, place, by, _: world.resumable(place, by),
    "job": lambda world, place, by, _: world.job(place, by),
    "live job": lambda world, place, by, _: world.job(place, by, is_over=False),
    "budget": lambda world, place, *_: world.budget(place),
    "endpoint": lambda world, place, *_: world.endpoint(place),
    "delivery": lambda world, place, _, made: world.delivery(place, UUID(made["endpoint_id"])),
    "token": _token,
    "agent session": _agent_session,
    "tenant": _tenant,
    "spare tenant": lambda world, *_: world.tenant(f"spare-{new_id().hex[-12:]}"),
    "member": lambda world, place, *_: world.member(place),
    "spare board": lambda world, place, *_: world.spare_board(place),
    "covered board": lambda world, place, *_: world.covered_board(place),
    "trashed board": lambda world, place, *_: world.spare_board(place, in_trash=True),
    "board member": lambda world, place, by, made: world.board_member(
        place, by, UUID(made["board_id"])
    ),
    "deleted generation": lambda world, place, by, _: world.deleted_generation(place, by),
    "tag": lambda world, place, *_: world.tag(place),
    "tag that is on it": lambda world, place, _, made: world.tag(
        place, on=UUID(made["generation_id"])
    ),
    "note": lambda world, place, by, _: world.note(place, by),
    "invitation": lambda world, place, *_: world.invitation(place),
    "share link": lambda world, place, *_: world.share_link(place),
    "share text": lambda world, place, *_: world.share_text(place),
    "shared generation": lambda world, place, _, made: world.shared_generation(
        place, made["token"]
    ),
    "undo": lambda world, place, by, _: world.undo(place, by),
    "workspace": workspace,
    "story job": story_job,
    "slug": _slug,
    "email": _email,
}


def named(*values: object) -> list[str]:
    """The names in braces, in order, each once."""
    return list(dict.fromkeys(_NAME.findall(" ".join(repr(value) for value in values))))


def filled(value: Any, things: Mapping[str, str]) -> Any:
    """The same with ids in place of names."""
    if isinstance(value, str):
        return _NAME.sub(lambda match: things[match.group(1)], value)
    if isinstance(value, Mapping):
        return {key: filled(item, things) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, things) for item in value]
    return value

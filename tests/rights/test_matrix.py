"""Every operation of every surface, by every kind of person: what docs/rights.md says happens."""

import re
from collections.abc import Iterable
from uuid import UUID

import pytest

from boards.ids import new_id
from tests.rights.asking import Answer, as_json, ask
from tests.rights.calls import REST, things_for
from tests.rights.surfaces import Operation, ids_given, operations_of
from tests.rights.world import PROMPTS, TITLES, Person, Place, World
from tests.rights.written import Column, Row, read_rows

pytestmark = pytest.mark.asyncio(loop_scope="session")

OUTCOMES = {"yes", "no", "hidden", "sign in"}
OWN = "own"
ON_BOARDS = {"owner", "admin", "editor", "viewer", "read token"}
ADMINS = {"tenant admin", "platform admin", "other tenant"}
_CHANGING = re.compile(r'"(?:request_id|error_id)":"[0-9a-f]*"')
OF_THE_ANSWER = {"x-request-id"}


async def test_every_operation_has_a_row_and_every_row_an_operation(world: World) -> None:
    offered = {operation.key for operation in operations_of(world.api)}
    written = {row.key for row in read_rows()}
    assert offered - written == set(), "write rows for these into docs/rights.md"
    assert written - offered == set(), "these are offered no more"
    assert REST.keys() <= {operation.name for operation in operations_of(world.api)}


async def test_the_table_says_nothing_twice_and_nothing_strange() -> None:
    rows = list(read_rows())
    assert len({(row.key, row.whose) for row in rows}) == len(rows)
    assert {cell for row in rows for cell in row.cells.values()} <= OUTCOMES
    assert {row.whose for row in rows} <= {"", OWN, "another's"}


async def test_every_id_that_can_be_sent_is_tried(world: World) -> None:
    missing = {
        operation.key: operation.ids - ids_given(operation)
        for operation in operations_of(world.api)
        if operation.ids - ids_given(operation)
    }
    assert missing == {}, "give these ids to the calls in tests/rights/calls.py"


@pytest.mark.slow
async def test_what_happens_is_what_is_written(world: World) -> None:
    wrong: list[str] = []
    leaks: list[str] = []
    tried = 0
    for operation, row in matched(world):
        for column, expected in row.cells.items():
            person = world.people[column.who]
            answer = await attempt(world, operation, row, column, person)
            tried += 1
            found = operation.outcome(answer)
            where = f"{operation.key} ({row.whose}) by {column.title}"
            if found != expected:
                wrong.append(f"{where}: {found}, written is {expected}")
            leaks += [f"{where} told {secret!r}" for secret in told(answer, column, person)]
    assert tried > 500
    assert wrong == []
    assert leaks == []


@pytest.mark.slow
@pytest.mark.parametrize("who", ["owner", "tenant admin", "stranger"])
async def test_what_is_another_tenant_s_is_as_if_there_were_none(world: World, who: str) -> None:
    person = world.people[who]
    different: list[str] = []
    tried = 0
    for operation in operations_of(world.api):
        for name in operation.names:
            if name in ("slug", "email", "token") or operation.ends_session:
                continue
            answers = []
            # The same things both times: answers may name them.
            own = await things_for(world, operation.names, operation.kinds, Place.SHARED, person)
            other = await things_for(world, operation.names, operation.kinds, Place.ABROAD, None)
            for foreign in (True, False):
                sent = other[name] if foreign else str(new_id())
                answer = await operation.try_it(world.api, person.headers, {**own, name: sent})
                answers.append(plain(answer, sent))
            tried += 1
            if answers[0] != answers[1]:
                different.append(f"{operation.key} {name}: {answers[0]} but {answers[1]}")
    assert tried > 50, different
    assert different == []


async def test_another_tenant_s_input_is_refused_in_the_words_of_the_specification(
    world: World,
) -> None:
    ids = {place: await world.generation(place, None) for place in Place}
    person = world.people["stranger"]
    said: dict[str, tuple[int, str]] = {}
    tries: dict[str, UUID] = {**{place.value: one for place, one in ids.items()}}
    tries["missing"] = new_id()
    for name, generation_id in tries.items():
        submit = next(one for one in operations_of(world.api) if one.name == "submit_generation")
        answer = await submit_with(world, person, submit, str(generation_id))
        said[name] = (answer.status, answer.json.get("detail", "").replace(str(generation_id), "…"))
    assert "Access denied to generation … - tenant mismatch" in said[Place.ABROAD][1]
    assert "Generation … not found" in said[Place.SHARED][1], "unreadable in the same tenant"
    assert said[Place.SHARED] == said["missing"]
    assert said[Place.PUBLIC][0] == 202, "what may be seen may be used"


async def submit_with(
    world: World, person: Person, submit: Operation, generation_id: str
) -> Answer:
    body = {"generator": "local-upscale", "inputs": {"image_source": generation_id}}
    return await ask(
        world.api,
        "POST",
        "/api/v1/generations",
        headers=person.headers,
        body=as_json(body),
        content_type="application/json",
    )


def matched(world: World) -> Iterable[tuple[Operation, Row]]:
    """Each operation with its rows."""
    rows = list(read_rows())
    for operation in operations_of(world.api):
        for row in rows:
            if row.key == operation.key:
                yield operation, row


async def attempt(
    world: World, operation: Operation, row: Row, column: Column, person: Person
) -> Answer:
    by = person if row.whose == OWN else None
    things = await things_for(world, operation.names, operation.kinds, column.place, by)
    headers = person.headers
    if operation.ends_session:
        headers = await world.again(person)
    return await operation.try_it(world.api, headers, things)


def told(answer: Answer, column: Column, person: Person) -> list[str]:
    """What an answer told that is not for this person."""
    secrets = [PROMPTS[Place.ABROAD], TITLES[Place.ABROAD]]
    if column.who == "other tenant":
        secrets = [PROMPTS[place] for place in (Place.SHARED, Place.PUBLIC)] + [
            TITLES[place] for place in (Place.SHARED, Place.PUBLIC)
        ]
    elif column.who not in ON_BOARDS:
        secrets += [PROMPTS[Place.SHARED], PROMPTS[Place.PUBLIC]]
        if column.who not in ADMINS:
            secrets.append(TITLES[Place.SHARED])
    text = answer.text.replace(person.email, "")
    if column.who not in ADMINS:
        secrets.append("@people.example")
    return [secret for secret in secrets if secret in text]


def plain(answer: Answer, sent: str) -> tuple[int, str, dict[str, str]]:
    """An answer without what differs between any two."""
    headers = {key: value for key, value in answer.headers.items() if key not in OF_THE_ANSWER}
    return answer.status, _CHANGING.sub("", answer.text.replace(sent, "…")), headers

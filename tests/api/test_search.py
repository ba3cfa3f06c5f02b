"""The edge of search: what is asked is passed on, and a gallery's ids are laid out and tagged."""

from typing import Any, cast
from uuid import UUID

import httpx2
import pytest

from boards.api.rest import search
from boards.domain.artifacts import ArtifactType
from boards.domain.generations import Generation
from boards.domain.search import Order
from boards.services.generations import GenerationQuery
from boards.services.ports import Page
from boards.services.search import SearchService
from tests.api.doubles import Doubles, MakeApp, client_of, gen_id, generation

BOARD = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


class SearchDouble:
    """Finds one generation, and three ids."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    async def find(
        self, actor: object, text: str, which: GenerationQuery, *, limit: int, cursor: str | None
    ) -> Page[Generation]:
        self.heard.append((text, which, limit, cursor))
        return Page(items=(generation(1),), next="n1")

    async def ids(self, actor: object, board_id: UUID, which: GenerationQuery) -> bytes:
        self.heard.append((board_id, which))
        return b"".join(gen_id(number).bytes for number in (3, 1, 2))


@pytest.fixture
def double() -> SearchDouble:
    return SearchDouble()


@pytest.fixture
def client(make_app: MakeApp, double: SearchDouble) -> httpx2.AsyncClient:
    return client_of(make_app(routers=[search.router(cast(SearchService, double))]))


async def test_a_search_is_passed_on_with_its_filters(
    client: httpx2.AsyncClient, double: SearchDouble
) -> None:
    asked = {"q": "red boat", "type": "image", "order": "cost", "min_cost": "0.50", "limit": 5}
    answer = await client.get("/api/v1/search", params=cast(Any, asked))
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["items"]] == [str(gen_id(1))]
    assert answer.json()["next"] == "n1"
    [(text, which, limit, _)] = double.heard
    assert (text, limit) == ("red boat", 5)
    assert isinstance(which, GenerationQuery)
    assert (which.artifact_type, which.order) == (ArtifactType.IMAGE, Order.COST)
    assert str(which.min_cost) == "0.50"


@pytest.mark.parametrize(
    "asked", [{"order": "size"}, {"min_cost": "-1"}, {"since": "yesterday"}, {"q": "a" * 1001}]
)
async def test_what_makes_no_sense_is_refused(
    client: httpx2.AsyncClient, asked: dict[str, str]
) -> None:
    assert (await client.get("/api/v1/search", params=asked)).status_code == 422


async def test_the_ids_of_a_board_come_in_order_and_are_known_by_their_tag(
    client: httpx2.AsyncClient,
) -> None:
    path = f"/api/v1/boards/{BOARD}/generation-ids"
    answer = await client.get(path)
    expected = [str(gen_id(number)) for number in (3, 1, 2)]
    assert answer.json() == {"count": 3, "ids": expected}
    again = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_list_is_asked_for_by_ids(client: httpx2.AsyncClient, doubles: Doubles) -> None:
    wrong = await client.get("/api/v1/generations?ids=1,2")
    assert wrong.status_code == 422
    assert wrong.json()["problems"][0]["at"] == "ids"

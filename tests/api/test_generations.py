"""REST: generations."""

from decimal import Decimal

import httpx2
import pytest

from boards.domain.artifacts import ArtifactType
from boards.domain.costs import unpriced
from boards.domain.generations import ExtraFile, Failure, Phase, Status
from boards.domain.lineage import Node
from boards.errors import OverBudget
from boards.services.generations import GenerationQuery, LineageView
from tests.api.doubles import (
    BOARD,
    JOB,
    NOW,
    Doubles,
    MakeApp,
    client_of,
    gen_id,
    generation,
    stored,
)

PATH = "/api/v1/generations"


class TestSubmit:
    async def test_a_submit_answers_at_once_with_the_job_and_its_price(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post(PATH, json={"generator": "paint", "inputs": {"prompt": "x"}})
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/api/v1/jobs/{JOB}"
        assert answer.json()["job_id"] == str(JOB)
        assert answer.json()["state"] == "queued"
        assert answer.json()["cost_estimate"]["amount"] == "0.156"
        assert [one["status"] for one in answer.json()["generations"]] == ["pending"]

    async def test_everything_that_was_sent_reaches_the_service(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        await client.post(
            PATH,
            json={
                "generator": "paint",
                "inputs": {"prompt": "x", "list": [1, 2.5, None, {"deep": True}]},
                "board_id": str(BOARD),
                "takes": 4,
                "priority": -3,
                "force": True,
            },
        )
        ((actor, request),) = doubles.submit.calls
        assert actor is doubles.actor
        assert request.generator == "paint"
        assert request.inputs == {"prompt": "x", "list": [1, 2.5, None, {"deep": True}]}
        assert request.board_id == BOARD
        assert (request.takes, request.priority, request.force) == (4, -3, True)

    @pytest.mark.parametrize(
        ("body", "at"),
        [
            ({"inputs": {}}, "generator"),
            ({"generator": "paint"}, "inputs"),
            ({"generator": "", "inputs": {}}, "generator"),
            ({"generator": "paint", "inputs": []}, "inputs"),
            ({"generator": "paint", "inputs": {}, "takes": 0}, "takes"),
            ({"generator": "paint", "inputs": {}, "takes": 51}, "takes"),
            ({"generator": "paint", "inputs": {}, "takes": "2"}, "takes"),
            ({"generator": "paint", "inputs": {}, "takes": True}, "takes"),
            ({"generator": "paint", "inputs": {}, "takes": 1.5}, "takes"),
            ({"generator": "paint", "inputs": {}, "force": "yes"}, "force"),
            ({"generator": "paint", "inputs": {}, "priority": 10**6}, "priority"),
            ({"generator": "paint", "inputs": {}, "board_id": "mine"}, "board_id"),
            ({"generator": "paint", "inputs": {}, "board_id": BOARD.hex}, "board_id"),
            ({"generator": "paint", "inputs": {"prompt": "a\x00b"}}, "inputs"),
            ({"generator": "paint", "inputs": {"\x00": 1}}, "inputs"),
        ],
    )
    async def test_a_wrong_body_is_refused_by_place_and_spends_nothing(
        self, client: httpx2.AsyncClient, doubles: Doubles, body: object, at: str
    ) -> None:
        answer = await client.post(PATH, json=body)
        assert answer.status_code == 422
        assert [one["at"] for one in answer.json()["problems"]] == [at]
        assert doubles.submit.calls == []

    async def test_an_integer_may_be_written_with_a_point(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        await client.post(PATH, json={"generator": "paint", "inputs": {}, "takes": 2.0})
        ((_, request),) = doubles.submit.calls
        assert (request.takes, type(request.takes)) == (2, int)

    async def test_a_number_beyond_all_floats_is_refused(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        body = b'{"generator": "paint", "inputs": {"scale": [1e999]}}'
        answer = await client.post(PATH, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422
        assert doubles.submit.calls == []

    async def test_a_misspelt_key_is_refused_with_the_nearest_name(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post(
            PATH, json={"generator": "paint", "inputs": {}, "takez": 2, "boardid": None}
        )
        assert answer.status_code == 422
        said = {one["at"]: one["message"] for one in answer.json()["problems"]}
        assert "Did you mean 'takes'?" in said["takez"]
        assert "Did you mean 'board_id'?" in said["boardid"]
        assert doubles.submit.calls == []

    async def test_a_key_full_of_braces_is_only_a_name(self, client: httpx2.AsyncClient) -> None:
        answer = await client.post(PATH, json={"generator": "paint", "inputs": {}, "{key!r}": 2})
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["at"] == "{key!r}"

    async def test_over_budget_says_all_four_amounts(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.submit.raises = OverBudget(
            "Over the daily budget.",
            limit=Decimal("10.00"),
            spent=Decimal("9.900000000"),
            held=Decimal(0),
            asked=None,
        )
        answer = await client.post(PATH, json={"generator": "paint", "inputs": {}})
        assert answer.status_code == 402
        problem = answer.json()
        assert problem["code"] == "over_budget"
        assert (problem["limit"], problem["spent"], problem["held"]) == ("10", "9.9", "0")
        assert problem["asked"] is None


class TestEstimate:
    async def test_an_estimate_says_the_cost_of_all_takes(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        answer = await client.post(
            "/api/v1/estimate",
            json={"generator": "paint", "inputs": {}, "takes": 4, "board_id": str(BOARD)},
        )
        assert answer.status_code == 200
        found = answer.json()
        names = ("cost_estimate", "takes", "warnings", "refusal")
        assert {name: found[name] for name in names} == {
            "cost_estimate": {
                "amount": "0.156",
                "currency": "USD",
                "known": True,
                "confidence": "listed",
                "basis": {
                    "provider": "acme",
                    "model": "paint-1",
                    "unit": "image",
                    "units": "4",
                    "unit_price": "0.039",
                },
                "cached_units": 0,
            },
            "takes": 4,
            "warnings": [],
            "refusal": None,
        }
        assert [part["generator"] for part in found["parts"]] == ["paint"]
        ((_, request),) = doubles.submit.calls
        assert (request.takes, request.board_id) == (4, BOARD)

    async def test_what_only_a_submit_understands_is_refused(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.post(
            "/api/v1/estimate", json={"generator": "paint", "inputs": {}, "priority": 1}
        )
        assert answer.status_code == 422


class TestShape:
    async def test_a_completed_generation_shows_its_file_and_its_extra_files(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        row = generation(
            phase=Phase.COMPLETED,
            progress=1.0,
            file=stored("k/1.png", b"12345"),
            thumbnail_key="k/1.webp",
            extra_files=(
                ExtraFile(role="mask", type=ArtifactType.IMAGE, file=stored("k/2.png", b"123")),
            ),
            output_metadata={"seed": 7},
            completed_at=NOW,
        )
        doubles.generations.add(row)
        seen = (await client.get(f"{PATH}/{row.id}")).json()
        base = f"http://localhost:8088{PATH}/{row.id}"
        assert seen["file"] == {
            "format": "png",
            "mime": "image/png",
            "size": 5,
            "sha256": "ab" * 32,
            "width": 4,
            "height": 3,
            "duration": None,
            "fps": None,
            "sample_rate": None,
            "channels": None,
            "has_alpha": None,
            "codec": None,
            "frames": None,
            "orientation": None,
            "is_signed": None,
            "url": f"{base}/content",
        }
        assert seen["extra_files"] == [
            {
                "role": "mask",
                "type": "image",
                "format": "png",
                "mime": "image/png",
                "size": 3,
                "url": f"{base}/files/0",
            }
        ]
        assert seen["thumbnail_url"] == f"{base}/thumbnail"
        assert seen["inputs"] == {"prompt": "a red boat"}
        assert seen["output_metadata"] == {"seed": 7}
        assert seen["completed_at"] == "2026-03-01T12:00:00Z"
        assert (seen["status"], seen["phase"], seen["error"]) == ("completed", "completed", None)

    async def test_no_storage_key_and_no_external_id_leave_the_server(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        row = generation(file=stored("secret/key.png", b"1"), external_id="req-77")
        doubles.generations.add(row)
        answer = await client.get(f"{PATH}/{row.id}")
        assert answer.status_code == 200
        assert "secret" not in answer.text
        assert "req-77" not in answer.text

    async def test_a_lost_submit_is_processing_and_needs_attention(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        row = generation(phase=Phase.SUBMIT_UNKNOWN, needs_attention=True)
        doubles.generations.add(row)
        seen = (await client.get(f"{PATH}/{row.id}")).json()
        assert (seen["status"], seen["phase"]) == ("processing", "submit_unknown")
        assert seen["needs_attention"] is True

    async def test_a_failure_is_shown_with_its_error_id(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        failure = Failure(code="provider_broken", message="It broke.", error_id="e1")
        row = generation(phase=Phase.FAILED, failure=failure, estimate=unpriced())
        doubles.generations.add(row)
        seen = (await client.get(f"{PATH}/{row.id}")).json()
        assert seen["error"] == {
            "code": "provider_broken",
            "message": "It broke.",
            "retryable": False,
            "provider_code": None,
            "error_id": "e1",
        }
        assert seen["cost_estimate"]["amount"] is None
        assert seen["cost_estimate"]["known"] is False
        assert seen["cost"] is None

    async def test_links_begin_with_the_public_url_where_there_is_one(
        self, make_app: MakeApp, doubles: Doubles
    ) -> None:
        row = generation(file=stored("a.png", b"1"))
        doubles.generations.add(row)
        app = make_app(public_url="https://boards.example/studio/")
        async with client_of(app) as client:
            seen = (await client.get(f"{PATH}/{row.id}")).json()
            submitted = await client.post(PATH, json={"generator": "paint", "inputs": {}})
        assert seen["file"]["url"] == f"https://boards.example/studio{PATH}/{row.id}/content"
        assert submitted.headers["location"] == f"/studio/api/v1/jobs/{JOB}"


class TestList:
    async def test_filters_and_the_cursor_reach_the_service(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.add(generation(1), generation(2))
        doubles.generations.next = "abc"
        answer = await client.get(
            PATH,
            params={
                "board_id": str(BOARD),
                "status": "completed",
                "type": "image",
                "generator": "paint",
                "needs_attention": "false",
                "limit": "7",
                "cursor": "xyz",
            },
        )
        assert answer.status_code == 200
        assert [one["id"] for one in answer.json()["items"]] == [str(gen_id(1)), str(gen_id(2))]
        assert answer.json()["next"] == "abc"
        assert doubles.generations.calls == [
            (
                GenerationQuery(
                    board_id=BOARD,
                    status=Status.COMPLETED,
                    artifact_type=ArtifactType.IMAGE,
                    generator_name="paint",
                    needs_attention=False,
                ),
                7,
                "xyz",
            )
        ]

    async def test_fifty_are_given_where_no_limit_is_said(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        assert (await client.get(PATH)).json() == {"items": [], "next": None}
        assert doubles.generations.calls == [(GenerationQuery(), 50, None)]

    @pytest.mark.parametrize(
        ("query", "at"),
        [
            ("limit=0", "limit"),
            ("limit=-1", "limit"),
            ("limit=201", "limit"),
            ("limit=many", "limit"),
            ("status=done", "status"),
            ("type=picture", "type"),
            ("board_id=mine", "board_id"),
            ("generator=%00", "generator"),
            ("cursor=%00", "cursor"),
            ("boardid=x", "boardid"),
        ],
    )
    async def test_a_wrong_query_is_refused_and_named(
        self, client: httpx2.AsyncClient, doubles: Doubles, query: str, at: str
    ) -> None:
        answer = await client.get(f"{PATH}?{query}")
        assert answer.status_code == 422
        assert [one["at"] for one in answer.json()["problems"]] == [at]
        assert doubles.generations.calls == []

    async def test_a_misspelt_filter_does_not_list_everything(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get(PATH, params={"typ": "image"})
        assert "Did you mean 'type'?" in answer.json()["detail"]


class TestOne:
    async def test_a_missing_generation_is_a_problem_with_its_code(
        self, client: httpx2.AsyncClient
    ) -> None:
        answer = await client.get(f"{PATH}/{gen_id(1)}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "urn:boards:error:not_found",
            "title": "Not found",
            "status": 404,
            "detail": f"Generation {gen_id(1)} not found",
            "code": "not_found",
            "problems": [],
            "request_id": answer.headers["x-request-id"],
        }

    @pytest.mark.parametrize("text", ["x", "1", gen_id(1).hex, f"{{{gen_id(1)}}}", "%00"])
    async def test_what_is_no_id_is_refused(self, client: httpx2.AsyncClient, text: str) -> None:
        answer = await client.get(f"{PATH}/{text}")
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["at"] == "generation_id"

    async def test_an_id_in_capitals_is_the_same_id(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.add(generation(1))
        answer = await client.get(f"{PATH}/{str(gen_id(1)).upper()}")
        assert answer.json()["id"] == str(gen_id(1))

    async def test_cancel_answers_with_the_generation(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.add(generation(1, phase=Phase.CANCELLED))
        answer = await client.post(f"{PATH}/{gen_id(1)}/cancel")
        assert answer.status_code == 200
        assert answer.json()["status"] == "cancelled"

    async def test_delete_answers_with_nothing_and_the_second_time_with_not_found(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        doubles.generations.add(generation(1))
        first = await client.delete(f"{PATH}/{gen_id(1)}")
        assert (first.status_code, first.content) == (204, b"")
        assert (await client.delete(f"{PATH}/{gen_id(1)}")).status_code == 404


class TestLineage:
    async def test_both_trees_are_shown_and_what_is_hidden_is_unknown(
        self, client: httpx2.AsyncClient, doubles: Doubles
    ) -> None:
        row = generation(1)
        doubles.generations.add(row)
        hidden = Node(generation_id=gen_id(2), generation=None, role="image_source", depth=1)
        doubles.generations.view = LineageView(
            ancestors=Node(
                generation_id=row.id, generation=row, role=None, depth=0, branches=(hidden,)
            ),
            descendants=Node(generation_id=row.id, generation=row, role=None, depth=0),
        )
        seen = (await client.get(f"{PATH}/{row.id}/lineage?max_depth=3")).json()
        assert seen["generation_id"] == str(row.id)
        assert seen["ancestors"]["known"] is True
        assert seen["ancestors"]["generator"] == "paint"
        assert seen["ancestors"]["branches"] == [
            {
                "generation_id": str(gen_id(2)),
                "known": False,
                "generator": None,
                "artifact_type": None,
                "status": None,
                "role": "image_source",
                "position": None,
                "depth": 1,
                "repeated": False,
                "branches": [],
            }
        ]
        assert seen["descendants"]["branches"] == []
        assert doubles.generations.calls[-1] == (3,)

    @pytest.mark.parametrize("depth", [0, 101])
    async def test_a_depth_out_of_bounds_is_refused(
        self, client: httpx2.AsyncClient, depth: int
    ) -> None:
        answer = await client.get(f"{PATH}/{gen_id(1)}/lineage?max_depth={depth}")
        assert answer.status_code == 422

"""Kie.ai's protocol against the lab, as its pages show it: we know of no client of its own."""

import json

import httpx2
import pytest

from boards.testing.lab import Event, Kind, Lab, Stage
from boards.testing.lab.media import credentials_of

MARKET = {"model": "google/nano-banana-edit", "input": {"prompt": "x", "output_format": "png"}}


@pytest.fixture
async def client(lab: Lab):
    headers = {"authorization": "Bearer kie-x"}
    async with httpx2.AsyncClient(base_url=lab.url, headers=headers) as opened:
        yield opened


async def asked(client, path: str, task_id: str) -> dict:
    answer = await client.get(path, params={"taskId": task_id})
    assert answer.status_code == 200
    return answer.json()


async def submitted(client, path: str, body: dict) -> str:
    answer = await client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (200, 200)
    return answer.json()["data"]["taskId"]


class TestTheMarket:
    async def test_the_result_is_json_in_a_text(self, client, lab):
        task_id = await submitted(client, "/kie/api/v1/jobs/createTask", MARKET)

        record = await asked(client, "/kie/api/v1/jobs/recordInfo", task_id)

        data = record["data"]
        assert (record["code"], data["state"], data["model"]) == (200, "success", MARKET["model"])
        assert json.loads(data["param"]) == MARKET
        (url,) = json.loads(data["resultJson"])["resultUrls"]
        assert credentials_of((await client.get(url)).content) is not None
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_a_failed_task_says_why(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="content_policy_violation")
        task_id = await submitted(client, "/kie/api/v1/jobs/createTask", MARKET)

        data = (await asked(client, "/kie/api/v1/jobs/recordInfo", task_id))["data"]

        assert (data["state"], data["failCode"], data["resultJson"]) == ("fail", "400", "")
        assert "content policies" in data["failMsg"]
        assert lab.book.billed == 0

    async def test_an_unknown_task_is_a_422_inside_a_200(self, client):
        record = await asked(client, "/kie/api/v1/jobs/recordInfo", "none")

        assert (record["code"], record["data"]) == (422, None)

    async def test_without_a_key_nothing_is_accepted(self, client, lab):
        answer = await client.post(
            "/kie/api/v1/jobs/createTask", json=MARKET, headers={"authorization": ""}
        )

        assert (answer.status_code, answer.json()["code"]) == (200, 401)
        assert lab.book.accepted == 0


class TestVeo:
    async def test_a_flag_tells_the_state_and_the_result_is_an_object(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.NEVER)
        body = {"prompt": "a wave", "model": "veo3"}
        task_id = await submitted(client, "/kie/api/v1/veo/generate", body)
        running = await asked(client, "/kie/api/v1/veo/record-info", task_id)
        (job,) = lab.desk.jobs.values()
        lab.desk.end_job(job)

        ended = await asked(client, "/kie/api/v1/veo/record-info", task_id)

        assert (running["data"]["successFlag"], running["data"]["response"]) == (0, None)
        assert ended["data"]["successFlag"] == 1
        (url,) = ended["data"]["response"]["resultUrls"]
        assert (await client.get(url)).content[4:8] == b"ftyp"
        assert json.loads(ended["data"]["paramJson"]) == body

    async def test_a_failed_video_has_a_flag_and_a_code(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS)
        task_id = await submitted(client, "/kie/api/v1/veo/generate", {"prompt": "a wave"})

        data = (await asked(client, "/kie/api/v1/veo/record-info", task_id))["data"]

        assert (data["successFlag"], data["errorCode"]) == (3, "501")


async def test_a_file_is_uploaded_to_the_other_host(client, lab):
    answer = await client.post(
        "/kie-upload/api/file-stream-upload",
        data={"uploadPath": "boards"},
        files={"file": ("a.png", b"bytes", "image/png")},
    )

    data = answer.json()["data"]
    assert (await client.get(data["downloadUrl"])).content == b"bytes"
    assert (data["fileName"], data["fileSize"], data["mimeType"]) == ("a.png", 5, "image/png")
    assert lab.book.count(Event.UPLOADED) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.MODERATION, 400),
        (Kind.AUTH, 401),
        (Kind.QUOTA, 402),
        (Kind.NOT_FOUND, 404),
        (Kind.INPUT, 422),
        (Kind.BUSY, 429),
    ],
)
async def test_every_refusal_is_a_200_with_a_code_inside(client, lab, kind, code):
    lab.fault(Stage.SUBMIT, kind)

    answer = await client.post("/kie/api/v1/jobs/createTask", json=MARKET)

    assert (answer.status_code, answer.json()["code"]) == (200, code)
    assert answer.json()["msg"]
    assert lab.book.accepted == 0

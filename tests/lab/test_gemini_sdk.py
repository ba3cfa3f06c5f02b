"""Google's own Python client, unchanged, against the lab."""

from typing import Any

import pytest
from google import genai
from google.genai import errors, types
from google.genai.client import AsyncClient

from boards.testing.lab import Event, Kind, Lab, Stage
from boards.testing.lab.media import credentials_of, image

IMAGES = "gemini-3.1-flash-image"
VIDEOS = "veo-3.1-generate-preview"


@pytest.fixture
async def client(lab: Lab):
    options = types.HttpOptions(base_url=f"{lab.url}/gemini", api_version="v1beta")
    opened = genai.Client(api_key="AIzaX", http_options=options).aio
    yield opened
    await opened.aclose()


async def drawn(client: AsyncClient, *contents: Any, **config: Any) -> Any:
    return await client.models.generate_content(
        model=IMAGES,
        contents=[*contents] or ["a boat"],
        config=types.GenerateContentConfig(
            response_modalities=["IMAGE"], image_config=types.ImageConfig(**config)
        ),
    )


class TestImages:
    async def test_an_image_comes_inline_with_its_credentials(self, client, lab):
        answer = await drawn(client, aspect_ratio="16:9", image_size="1K")

        (part,) = answer.parts
        assert part.inline_data.mime_type == "image/png"
        assert credentials_of(part.inline_data.data) is not None
        assert part.as_image().image_bytes == part.inline_data.data
        assert answer.candidates[0].finish_reason is types.FinishReason.STOP
        assert answer.model_version == IMAGES
        assert (lab.book.accepted, lab.book.billed) == (1, 1)

    async def test_the_usage_is_told_by_modality(self, client):
        source = types.Part.from_bytes(data=image("png", 64, 64), mime_type="image/png")

        usage = (await drawn(client, "a boat", source, image_size="2K")).usage_metadata

        made = {each.modality: each.token_count for each in usage.candidates_tokens_details}
        given = {each.modality: each.token_count for each in usage.prompt_tokens_details}
        assert made == {types.MediaModality.IMAGE: 1680}
        assert given[types.MediaModality.IMAGE] == 560
        assert usage.total_token_count == usage.prompt_token_count + 1680

    @pytest.mark.parametrize("reason", ["IMAGE_SAFETY", "NO_IMAGE", "SPII", "IMAGE_RECITATION"])
    async def test_a_refusal_is_a_finish_reason(self, client, lab, reason):
        lab.fault(Stage.SUBMIT, Kind.MODERATION, code=f"finishReason={reason}")

        answer = await drawn(client)

        assert answer.candidates[0].finish_reason is types.FinishReason[reason]
        assert answer.parts is None
        assert lab.book.accepted == 0

    @pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "PROHIBITED_CONTENT", "IMAGE_SAFETY"])
    async def test_a_prompt_is_blocked(self, client, lab, reason):
        lab.fault(Stage.SUBMIT, Kind.MODERATION, code=f"blockReason={reason}")

        answer = await drawn(client)

        assert answer.prompt_feedback.block_reason is types.BlockedReason[reason]
        assert not answer.candidates

    async def test_words_may_come_instead_of_an_image(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.EMPTY)

        answer = await drawn(client)

        assert answer.text
        assert all(part.inline_data is None for part in answer.parts)


class TestVideos:
    async def test_a_video_is_begun_asked_about_and_fetched(self, client, lab):
        begun = await filmed(client)
        assert not begun.done
        ended = await client.operations.get(begun)

        (video,) = ended.response.generated_videos
        name = video.video.uri.partition("/files/")[2].partition(":")[0]
        data = await client.files.download(file=f"files/{name}")
        assert ended.done
        assert data[4:8] == b"ftyp"
        assert lab.book.count(Event.DOWNLOADED) == 1

    async def test_filtered_videos_are_counted(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS, code="content_policy_violation")

        ended = await client.operations.get(await filmed(client))

        assert ended.response.rai_media_filtered_count == 1
        assert ended.response.rai_media_filtered_reasons
        assert ended.response.generated_videos is None

    async def test_a_failed_operation_carries_its_error(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.FAILS)

        ended = await client.operations.get(await filmed(client))

        assert ended.error["code"] == 13
        assert ended.response is None


class TestErrors:
    @pytest.mark.parametrize(
        ("kind", "code", "status"),
        [
            (Kind.AUTH, 400, "INVALID_ARGUMENT"),
            (Kind.INPUT, 400, "INVALID_ARGUMENT"),
            (Kind.QUOTA, 402, "RESOURCE_EXHAUSTED"),
            (Kind.NOT_FOUND, 404, "NOT_FOUND"),
            (Kind.BUSY, 429, "RESOURCE_EXHAUSTED"),
        ],
    )
    async def test_refusals_have_their_status(self, client, lab, kind, code, status):
        lab.fault(Stage.SUBMIT, kind, retry_after=3.0)

        with pytest.raises(errors.ClientError) as refused:
            await drawn(client)

        assert (refused.value.code, refused.value.status) == (code, status)
        assert lab.book.accepted == 0

    async def test_a_wrong_key_is_told_by_its_reason(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.AUTH)

        with pytest.raises(errors.ClientError) as refused:
            await drawn(client)

        assert refused.value.details["error"]["details"][0]["reason"] == "API_KEY_INVALID"

    async def test_the_wait_is_told_in_the_details(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.BUSY, retry_after=3.5)

        with pytest.raises(errors.ClientError) as refused:
            await drawn(client)

        assert refused.value.details["error"]["details"][0]["retryDelay"] == "3.5s"

    async def test_a_server_error_is_one_of_the_server(self, client, lab):
        lab.fault(Stage.SUBMIT, Kind.STATUS, status=503, code="UNAVAILABLE")

        with pytest.raises(errors.ServerError) as failed:
            await drawn(client)

        assert (failed.value.code, failed.value.status) == (503, "UNAVAILABLE")


async def filmed(client: AsyncClient) -> Any:
    return await client.models.generate_videos(
        model=VIDEOS,
        source=types.GenerateVideosSource(
            prompt="a wave", image=types.Image(image_bytes=b"\x89PNG", mime_type="image/png")
        ),
        config=types.GenerateVideosConfig(
            aspect_ratio="16:9", duration_seconds=8, resolution="720p", negative_prompt="people"
        ),
    )

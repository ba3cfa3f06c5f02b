"""ElevenLabs in the lab: speech, sound effects and music, each answered with the audio itself.

Routes, bodies and formats come from the methods of ElevenLabs' own Python client
(text_to_speech.convert, text_to_sound_effects.convert, music.compose), the codes from its page on
error messages and its guide to music, the header `character-cost` from public users of it;
docs/lab.md lists where each was found. Its credits are one a character, two in the second voice, or
40 a second of sound.
"""

import time
from collections.abc import Iterable

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage

__all__ = ["ElevenLabsLab"]

# What a character costs in each voice: voices of the library may be dearer than one's own.
VOICES = {"JBFqnCBsd6RMkjVDRZzb": 1, "EXAVITQu4vr4xnSDxMaL": 2}
MIMES = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg"}
CREDITS_A_SECOND = 40


class ElevenLabsLab:
    """The API below `/elevenlabs`."""

    name = "elevenlabs"
    keys = {"ELEVENLABS_API_KEY": "sk_lab_elevenlabs_0123456789"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/elevenlabs"}

    def routes(self) -> Iterable[Route]:
        def submit(path: str, handler: object) -> Route:
            endpoint = self._desk.endpoint(self, Stage.SUBMIT, handler)  # type: ignore[arg-type]
            return Route(f"/elevenlabs/v1/{path}", endpoint, methods=["POST"])

        return [
            submit("text-to-speech/{voice_id}", self._speak),
            submit("sound-generation", self._make_noise),
            submit("music", self._compose),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                return _error(401, "invalid_api_key", "Invalid API key")
            case Kind.BUSY:
                headers = {}
                if fault.retry_after is not None:
                    headers["retry-after"] = f"{fault.retry_after:g}"
                    headers["x-ratelimit-reset"] = str(int(time.time() + fault.retry_after))
                code = fault.code or "too_many_concurrent_requests"
                return _error(429, code, "Too many concurrent requests.", headers=headers)
            case Kind.QUOTA:
                # With 401, as a wrong key: only the code tells them apart.
                text = (
                    "This request exceeds your quota of 10000. You have 0 credits remaining, "
                    "while 91 credits are required for this request."
                )
                return _error(401, "quota_exceeded", text)
            case Kind.NOT_FOUND:
                return _error(404, "voice_not_found", "A voice with this voice_id was not found.")
            case Kind.INPUT:
                return _fields("text", "A text of 500 characters is too long: 500")
            case Kind.MODERATION:
                more: dict[str, JsonValue] = {"data": {"prompt_suggestion": "Something else."}}
                return _error(400, "bad_prompt", "Your prompt breaks the terms.", more=more)
            case _ if fault.code:
                return _error(fault.status, fault.code, "The server had an error.")
            case _:
                return gateway(fault.status, fault)

    async def _speak(self, request: Request, fault: Fault | None) -> Response:
        if request.path_params["voice_id"] not in VOICES:
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.NOT_FOUND))
        body = await read_json(request)
        return await self._sound(request, body, fault, needs="text", seconds=1.0)

    async def _make_noise(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        seconds = float(str(body.get("duration_seconds") or 1.0))
        return await self._sound(request, body, fault, needs="text", seconds=seconds)

    async def _compose(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        length = body.get("music_length_ms")
        if length is not None and not (isinstance(length, int) and 3_000 <= length <= 600_000):
            return _fields("music_length_ms", "Input should be from 3000 to 600000")
        seconds = (length or 3_000) / 1000
        return await self._sound(request, body, fault, needs="prompt", seconds=seconds)

    async def _sound(
        self,
        request: Request,
        body: dict[str, JsonValue],
        fault: Fault | None,
        *,
        needs: str,
        seconds: float,
    ) -> Response:
        if not request.headers.get("xi-api-key"):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        if not body.get(needs):
            return _fields(needs, "Field required")
        codec = request.query_params.get("output_format", "mp3_44100_128").partition("_")[0]
        if codec not in MIMES:
            return _fields("output_format", "The lab makes mp3, wav and opus")
        job = self._desk.open_job(self, request.url.path, body, fault)
        await self._desk.work(fault)
        self._desk.end_job(job)
        if fault is not None and fault.kind is Kind.FAILS:
            return _error(500, fault.code or "internal_server_error", "The server had an error.")
        voice = request.path_params.get("voice_id")
        charged = VOICES[voice] * len(str(body[needs])) if voice else seconds * CREDITS_A_SECOND
        data = b"" if job.is_empty else media.sound(codec, min(seconds, 2.0), job.number % 12)
        self._desk.book.write(self.name, Event.FETCHED, job.id)
        headers = {"request-id": job.id, "character-cost": f"{charged:g}"}
        return Response(data, media_type=MIMES[codec], headers=headers)


def _error(
    status: int,
    code: str,
    message: str,
    *,
    headers: dict[str, str] | None = None,
    more: dict[str, JsonValue] | None = None,
) -> Response:
    """A refusal: `detail` with a code, which is called `status`."""
    detail: JsonValue = {"status": code, "message": message, **(more or {})}
    return json_answer({"detail": detail}, status, {"x-trace-id": "lab", **(headers or {})})


def _fields(name: str, message: str) -> Response:
    """What is wrong with a field: 422 and a list."""
    fault: JsonValue = {"loc": ["body", name], "msg": message, "type": "value_error"}
    return json_answer({"detail": [fault]}, 422)

"""OpenAI in the lab: images, edits, speech and transcription, each answered at once.

Fields come from the types of OpenAI's own Python client (images, speech, transcription, usage,
errors); docs/lab.md lists where each was found. PNGs carry a `caBX` chunk right after the header,
as OpenAI's do.
"""

import base64
import hashlib
from collections.abc import Iterable

from pydantic import JsonValue
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage

__all__ = ["OpenAILab"]

# Tokens of one picture. The lab's own figures: near to what the list prices come to.
TOKENS = {"low": 272, "medium": 1056, "high": 4160}
SPEECH = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
}


class OpenAILab:
    """The API below `/openai/v1`."""

    name = "openai"
    keys = {"OPENAI_API_KEY": "sk-lab-0123456789"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/openai/v1"}

    def routes(self) -> Iterable[Route]:
        def submit(path: str, handler: object) -> Route:
            endpoint = self._desk.endpoint(self, Stage.SUBMIT, handler)  # type: ignore[arg-type]
            return Route(f"/openai/v1/{path}", endpoint, methods=["POST"])

        return [
            submit("images/generations", self._generate),
            submit("images/edits", self._edit),
            submit("audio/speech", self._speak),
            submit("audio/transcriptions", self._transcribe),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                # The real one quotes the key, too.
                text = "Incorrect API key provided: sk-lab-0123456789."
                return _error(401, "invalid_api_key", text)
            case Kind.BUSY:
                headers = {"x-ratelimit-remaining-requests": "0"}
                if fault.retry_after is not None:
                    headers["retry-after"] = f"{fault.retry_after:g}"
                    headers["retry-after-ms"] = f"{fault.retry_after * 1000:g}"
                return _error(429, "rate_limit_exceeded", "Rate limit reached.", headers=headers)
            case Kind.QUOTA:
                text = "You exceeded your current quota; check your plan and billing."
                return _error(429, "insufficient_quota", text)
            case Kind.NOT_FOUND:
                return _error(404, "model_not_found", "The model does not exist.")
            case Kind.INPUT:
                return _error(400, "invalid_value", "Invalid size '500x500': 500 is too small.")
            case Kind.MODERATION:
                text = "Your request was rejected by the safety system."
                return _error(400, "moderation_blocked", text, kind="image_generation_user_error")
            case _ if fault.code:
                return _error(fault.status, fault.code, "The server had an error.")
            case _:
                return gateway(fault.status, fault)

    async def _generate(self, request: Request, fault: Fault | None) -> Response:
        return await self._images(request, await read_json(request), fault, inputs=0)

    async def _edit(self, request: Request, fault: Fault | None) -> Response:
        async with request.form() as form:
            sources = form.getlist("image[]") or form.getlist("image")
            return await self._images(request, _fields(form), fault, inputs=len(sources))

    async def _images(
        self, request: Request, body: dict[str, JsonValue], fault: Fault | None, *, inputs: int
    ) -> Response:
        refused = self._checked(request, body)
        if refused is not None:
            return refused
        if "response_format" in body and str(body.get("model")).startswith("gpt-image"):
            text = "Unknown parameter: 'response_format'."
            return _error(400, "unknown_parameter", text, parameter="response_format")
        job = self._desk.open_job(self, request.url.path, body, fault)
        await self._desk.work(fault)
        self._desk.end_job(job)
        count = int(str(body.get("n") or 1))
        format = str(body.get("output_format") or "png")
        quality = str(body.get("quality") or "medium")
        size = str(body.get("size") or "1024x1024")
        width, height = (int(part) for part in size.split("x"))
        data: list[JsonValue] = []
        hashes: list[str] = []
        for n in range(0 if job.is_empty else count):
            seed = (job.number * 10 + n) % 8
            if format == "png":
                made = media.png_with_credentials(width, height, seed)
            else:
                made = media.image(format, width, height, seed)
            data.append({"b64_json": base64.b64encode(made).decode()})
            hashes.append(hashlib.sha256(made).hexdigest())
        text_tokens = len(str(body.get("prompt"))) // 4 + 1
        image_tokens, output = inputs * 300, TOKENS.get(quality, 1056) * count
        self._desk.book.write(self.name, Event.FETCHED, job.id, " ".join(hashes))
        return self._answer(
            job.id,
            {
                "created": 1_790_000_000,
                "data": data,
                "background": "opaque",
                "output_format": format,
                "quality": quality,
                "size": size,
                "usage": {
                    "input_tokens": text_tokens + image_tokens,
                    "input_tokens_details": {
                        "text_tokens": text_tokens,
                        "image_tokens": image_tokens,
                    },
                    "output_tokens": output,
                    "total_tokens": text_tokens + image_tokens + output,
                },
            },
        )

    async def _speak(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        refused = self._checked(request, body, needs="input")
        if refused is not None:
            return refused
        job = self._desk.open_job(self, request.url.path, body, fault)
        await self._desk.work(fault)
        self._desk.end_job(job)
        format = str(body.get("response_format") or "mp3")
        data = b"" if job.is_empty else media.sound(format, seed=job.number % 12)
        self._desk.book.write(self.name, Event.FETCHED, job.id)
        return Response(data, media_type=SPEECH.get(format, "audio/mpeg"), headers=_headers(job.id))

    async def _transcribe(self, request: Request, fault: Fault | None) -> Response:
        async with request.form() as form:
            body = _fields(form)
            file = form.get("file")
            refused = self._checked(request, {**body, "file": "…" if file else ""}, needs="file")
            if refused is not None:
                return refused
            job = self._desk.open_job(self, request.url.path, body, fault)
        await self._desk.work(fault)
        self._desk.end_job(job)
        self._desk.book.write(self.name, Event.FETCHED, job.id)
        text = "" if job.is_empty else f"This is what the lab hears, number {job.number}."
        return self._answer(job.id, {"text": text, "usage": {"type": "duration", "seconds": 1}})

    def _checked(
        self, request: Request, body: dict[str, JsonValue], needs: str = "prompt"
    ) -> Response | None:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        for name in ("model", needs):
            if not body.get(name):
                text = f"Missing required parameter: '{name}'."
                return _error(400, "missing_required_parameter", text, parameter=name)
        return None

    def _answer(self, job_id: str, content: dict[str, JsonValue]) -> Response:
        return json_answer(content, headers=_headers(job_id))


def _headers(job_id: str) -> dict[str, str]:
    return {"x-request-id": f"req_{job_id}", "openai-processing-ms": "12"}


def _fields(form: FormData) -> dict[str, JsonValue]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _error(
    status: int,
    code: str,
    message: str,
    *,
    kind: str = "invalid_request_error",
    parameter: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """OpenAI's one error shape."""
    error: JsonValue = {"message": message, "type": kind, "param": parameter, "code": code}
    return json_answer({"error": error}, status, {"x-request-id": "req_lab", **(headers or {})})

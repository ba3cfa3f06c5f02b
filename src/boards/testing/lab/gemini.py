"""Google Gemini in the lab: `generateContent`, long-running videos, and refusals with 200.

Fields come from the facts on Google's client (contents, candidates, usage, operations, errors);
the answer to a wrong key and to an empty account from Google's page on API errors. Which refusal a
MODERATION gives is said by the fault's code, as `finishReason=SPII` or `blockReason=OTHER`.
"""

import base64
import secrets
from collections.abc import Iterable

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, LabJob, Progress, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage

__all__ = ["GeminiLab"]

# Tokens of one image. The lab's own figures: near to what the list prices come to.
TOKENS = {"1K": 1120, "2K": 1680, "4K": 2520}
SIDES = {"1K": 1024, "2K": 2048, "4K": 4096}
IMAGE_IN = 560
_STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class GeminiLab:
    """The API below `/gemini`, in whatever version it is called."""

    name = "gemini"
    keys = {"GEMINI_API_KEY": "AIzaLab0123456789"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: set[str] = set()

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/gemini/v1beta"}

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        make = desk.endpoint(self, Stage.SUBMIT, self._generate)
        begin = desk.endpoint(self, Stage.SUBMIT, self._begin)
        look = desk.endpoint(self, Stage.POLL, self._operation)
        fetch = desk.endpoint(self, Stage.FETCH, self._operation)

        async def call(request: Request) -> Response:
            match request.path_params["call"].rpartition(":")[2]:
                case "generateContent":
                    return await make(request)
                case "predictLongRunning":
                    return await begin(request)
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.NOT_FOUND))

        async def operation(request: Request) -> Response:
            # One address for both: once it has told the end, whoever asks again wants the result.
            is_fetch = request.path_params["id"] in self._told
            return await (fetch if is_fetch else look)(request)

        root = "/gemini/{version}"
        return [
            Route(f"{root}/models/{{call}}", call, methods=["POST"]),
            Route(f"{root}/models/{{model}}/operations/{{id}}", operation, methods=["GET"]),
            Route(f"{root}/files/{{call}}", self._download, methods=["GET"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                # A wrong key is an invalid argument; the reason tells.
                reason: JsonValue = {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "API_KEY_INVALID",
                    "domain": "googleapis.com",
                }
                return _error(400, "API key not valid. Please pass a valid API key.", reason)
            case Kind.BUSY:
                after = fault.retry_after
                delay: JsonValue = {
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": f"{after or 0:g}s",
                }
                return _error(429, "Quota exceeded.", *([] if after is None else [delay]))
            case Kind.QUOTA:
                return _error(402, "Your credits are used up.", word="RESOURCE_EXHAUSTED")
            case Kind.NOT_FOUND:
                return _error(404, "models/none is not found for API version v1beta.")
            case Kind.INPUT:
                return _error(400, "Invalid value at 'generation_config': 500")
            case Kind.MODERATION:
                return _blocked(fault.code)
            case _ if fault.code:
                return _error(fault.status, "The model is overloaded.", word=fault.code)
            case _:
                return gateway(fault.status, fault)

    async def _generate(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        given = _given(body)
        refused = self._checked(request, given)
        if refused is not None:
            return refused
        job = self._desk.open_job(self, request.path_params["call"], body, fault)
        await self._desk.work(fault)
        self._desk.end_job(job)
        self._desk.book.write(self.name, Event.FETCHED, job.id)
        config = body.get("generationConfig")
        wanted = config.get("imageConfig") if isinstance(config, dict) else None
        wanted = wanted if isinstance(wanted, dict) else {}
        size = str(wanted.get("imageSize") or "1K")
        if job.is_empty:
            parts: list[JsonValue] = [{"text": "I would rather talk about it."}]
        else:
            width, height = _size(str(wanted.get("aspectRatio") or "1:1"), SIDES.get(size, 1024))
            png = media.png_with_credentials(width, height, job.number % 8)
            data = base64.b64encode(png).decode()
            parts = [{"inlineData": {"mimeType": "image/png", "data": data}}]
        return json_answer(_content(job, parts, _usage(given, None if job.is_empty else size)))

    async def _begin(self, request: Request, fault: Fault | None) -> Response:
        body = await read_json(request)
        instances = body.get("instances")
        given = instances[0] if isinstance(instances, list) and instances else None
        prompt = given.get("prompt") if isinstance(given, dict) else None
        refused = self._checked(request, [prompt] if prompt else [])
        if refused is not None:
            return refused
        call, job_id = request.path_params["call"], secrets.token_hex(8)
        job = self._desk.open_job(self, call, body, fault, id=job_id)
        return json_answer({"name": _name(job)})

    async def _operation(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._desk.jobs.get((self.name, request.path_params["id"]))
        if job is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        event = Event.FETCHED if job.id in self._told else Event.LOOKED
        self._desk.book.write(self.name, event, job.id)
        if not job.is_over:
            return json_answer({"name": _name(job)})
        self._told.add(job.id)
        answer: dict[str, JsonValue] = {"name": _name(job), "done": True}
        code = job.fault.code if job.fault is not None else ""
        if job.progress is Progress.FAILED and code != "content_policy_violation":
            answer["error"] = {"code": 13, "message": f"It ended with {code or 'an error'}."}
            return json_answer(answer)
        if not job.result:
            job.result = self._videos(job)
        answer["response"] = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunning",
            "generateVideoResponse": job.result,
        }
        return json_answer(answer)

    async def _download(self, request: Request) -> Response:
        """Hand a video out, to whoever has a key (the fact: fetch the uri with the key)."""
        if "x-goog-api-key" not in request.headers:
            return _error(403, "Method doesn't allow unregistered callers.")
        name = request.path_params["call"].partition(":")[0]
        request.scope["path_params"] = {"provider": self.name, "name": name}
        return await self._desk.file(request)

    def _videos(self, job: LabJob) -> dict[str, JsonValue]:
        if job.progress is Progress.FAILED:
            reason = "Sorry, we can't create videos of this. You have not been charged."
            return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [reason]}
        if job.is_empty:
            return {"generatedSamples": []}
        name = secrets.token_hex(6)
        video = media.video(seed=job.number % 16)
        self._desk.files[f"{self.name}/{name}"] = (video, "video/mp4")
        uri = f"{self._desk.url}/gemini/v1beta/files/{name}:download?alt=media"
        return {"generatedSamples": [{"video": {"uri": uri}}]}

    def _checked(self, request: Request, given: list[JsonValue]) -> Response | None:
        if "x-goog-api-key" not in request.headers:
            return _error(403, "Method doesn't allow unregistered callers.")
        if not given:
            return _error(400, "* GenerateContentRequest.contents: contents is not specified")
        return None


def _given(body: dict[str, JsonValue]) -> list[JsonValue]:
    """The parts of all turns."""
    contents = body.get("contents")
    turns = contents if isinstance(contents, list) else [contents]
    found: list[JsonValue] = []
    for turn in turns:
        parts = turn.get("parts") if isinstance(turn, dict) else None
        found += parts if isinstance(parts, list) else []
    return found


def _content(
    job: LabJob, parts: list[JsonValue], usage: dict[str, JsonValue]
) -> dict[str, JsonValue]:
    return {
        "candidates": [
            {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        ],
        "usageMetadata": usage,
        "modelVersion": job.endpoint.partition(":")[0],
        "responseId": job.id,
    }


def _usage(given: list[JsonValue], size: str | None) -> dict[str, JsonValue]:
    """Tokens as the bill counts them: by kind, with their sums."""
    texts = [str(part["text"]) for part in given if isinstance(part, dict) and "text" in part]
    words = sum(len(text) // 4 + 1 for text in texts)
    images = (len(given) - len(texts)) * IMAGE_IN
    made = TOKENS.get(size, 1120) if size else 0
    said = 0 if size else 8
    usage: dict[str, JsonValue] = {
        "promptTokenCount": words + images,
        "promptTokensDetails": _details(TEXT=words, IMAGE=images),
        "candidatesTokenCount": made + said,
        "candidatesTokensDetails": _details(TEXT=said, IMAGE=made),
        "totalTokenCount": words + images + made + said,
    }
    return usage


def _details(**tokens: int) -> list[JsonValue]:
    return [
        {"modality": modality, "tokenCount": number}
        for modality, number in tokens.items()
        if number
    ]


def _name(job: LabJob) -> str:
    return f"models/{job.endpoint.partition(':')[0]}/operations/{job.id}"


def _size(ratio: str, side: int) -> tuple[int, int]:
    """An area of side × side in this shape, in multiples of 32."""
    across, _, down = ratio.partition(":")
    shape = int(across) / int(down) if across.isdecimal() and down.isdecimal() else 1.0
    height = (side * side / shape) ** 0.5
    return round(height * shape / 32) * 32, round(height / 32) * 32


def _blocked(code: str) -> Response:
    """A refusal with 200: of the prompt, or of what was to be drawn."""
    word, _, reason = (code or "finishReason=IMAGE_SAFETY").partition("=")
    usage: JsonValue = {"promptTokenCount": 4, "totalTokenCount": 4}
    if word == "blockReason":
        return json_answer({"promptFeedback": {"blockReason": reason}, "usageMetadata": usage})
    candidate: JsonValue = {
        "finishReason": reason or word,
        "finishMessage": "Unable to show the generated image.",
        "index": 0,
    }
    return json_answer({"candidates": [candidate], "usageMetadata": usage})


def _error(status: int, message: str, *details: JsonValue, word: str | None = None) -> Response:
    """Google's one error shape."""
    error: dict[str, JsonValue] = {
        "code": status,
        "message": message,
        "status": word or _STATUS_WORDS.get(status, "UNKNOWN"),
    }
    if details:
        error["details"] = [*details]
    return json_answer({"error": error}, status)

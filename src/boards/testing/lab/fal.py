"""fal in the lab: the queue, its storage, and both shapes of its errors.

Fields come from the facts on fal's own clients and pages (submit, status, result, headers, error
types); docs/lab.md lists where each was found. What a model makes follows from its declaration;
an unknown one makes images.
"""

import base64
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.catalog import load_declarations
from boards.domain.artifacts import ArtifactType
from boards.generators.declared import Declaration
from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, LabJob, Progress, gateway, json_answer, read_json
from boards.testing.lab.documents import document_of, documented
from boards.testing.lab.faults import Fault, Kind, Stage
from boards.testing.lab.hooks import FalSigner

__all__ = ["FalLab"]

# Names of fal's image sizes, from the schemas of its models.
SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
# error_type → status (fal's page on request errors).
STATUSES = {
    "request_timeout": 504,
    "startup_timeout": 504,
    "runner_scheduling_failure": 503,
    "runner_connection_timeout": 503,
    "runner_disconnected": 503,
    "runner_connection_refused": 503,
    "runner_connection_error": 503,
    "runner_incomplete_response": 502,
    "runner_server_error": 500,
    "client_disconnected": 499,
    "client_cancelled": 499,
    "bad_request": 400,
    "internal_error": 500,
}
_JOB = re.compile(r"(?P<app>.+)/requests/(?P<id>[^/]+)(?P<rest>/status|/cancel)?")


class FalLab:
    """The queue below `/fal`, REST below `/fal-rest`, the CDN below `/fal-cdn`, and the pages of
    models below `/fal-site`."""

    name = "fal"
    keys = {"FAL_KEY": "lab-fal-id:lab-fal-secret"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.signer = FalSigner()

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {
            "base_url": f"{lab_url}/fal",
            "upload_url": f"{lab_url}/fal-rest",
            "catalog_url": f"{lab_url}/fal-site",
        }

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        submit = desk.endpoint(self, Stage.SUBMIT, self._submit)
        look = desk.endpoint(self, Stage.POLL, self._status)
        fetch = desk.endpoint(self, Stage.FETCH, self._result)
        cancel = desk.endpoint(self, Stage.CANCEL, self._cancel)
        upload = desk.endpoint(self, Stage.UPLOAD, self._initiate)

        async def queue(request: Request) -> Response:
            found = _JOB.fullmatch(request.path_params["path"])
            rest = found.group("rest") if found else None
            if found is None:
                return await submit(request) if request.method == "POST" else gateway(405)
            if rest == "/cancel":
                return await cancel(request) if request.method == "PUT" else gateway(405)
            return await (look if rest else fetch)(request)

        return [
            Route("/fal/{path:path}", queue, methods=["GET", "POST", "PUT"]),
            Route("/fal-site/api/openapi/queue/openapi.json", self._openapi, methods=["GET"]),
            Route("/fal-rest/storage/upload/initiate", upload, methods=["POST"]),
            Route("/fal-rest/.well-known/jwks.json", self._keys),
            Route("/fal-rest/storage/auth/token", self._token, methods=["POST"]),
            Route("/fal-cdn/files/upload", self._cdn_upload, methods=["POST"]),
            Route("/fal-cdn/put/{name}", self._put, methods=["PUT"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                text = "Cannot access application. Authentication is required."
                return json_answer({"detail": text}, 401)
            case Kind.BUSY:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                return json_answer({"detail": "Too many requests"}, 429, headers)
            case Kind.QUOTA:
                return json_answer({"detail": "User is locked. Reason: Exhausted balance."}, 403)
            case Kind.NOT_FOUND:
                return json_answer({"detail": "Request not found"}, 404)
            case Kind.INPUT:
                return _model_error("value_error", "A 500x500 image is too small: 500")
            case Kind.MODERATION:
                return _moderation()
            case _ if fault.code:
                status = STATUSES.get(fault.code, fault.status)
                return _request_error(fault.code, status, fault)
            case _:
                return gateway(fault.status, fault)

    async def _submit(self, request: Request, fault: Fault | None) -> Response:
        if not request.headers.get("authorization", "").startswith("Key "):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        endpoint = request.path_params["path"]
        callback = request.query_params.get("fal_webhook")
        tell = None if callback is None else partial(self._tell, callback)
        job = self._desk.open_job(self, endpoint, await read_json(request), fault, tell=tell)
        # Retries inside fal give a request another name; both are told (fal's webhook page).
        links = self._links(job)
        answer: dict[str, JsonValue] = {**links, "gateway_request_id": f"gw-{job.id}"}
        return json_answer(answer, headers={"x-fal-request-id": job.id})

    async def _status(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._job(request)
        if job is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        self._desk.book.write(self.name, Event.LOOKED, job.id)
        answer: dict[str, JsonValue] = {**self._links(job), "request_id": job.said_id}
        match job.progress:
            case Progress.QUEUED:
                answer |= {"status": "IN_QUEUE", "queue_position": 0}
            case Progress.RUNNING:
                answer |= {"status": "IN_PROGRESS", "logs": None}
            case Progress.DONE:
                answer |= {
                    "status": "COMPLETED",
                    "logs": None,
                    "metrics": {"inference_time": self._desk.seconds},
                }
            case Progress.FAILED | Progress.CANCELLED:
                code = "client_cancelled"
                if job.fault is not None and job.progress is Progress.FAILED:
                    code = job.fault.code or "runner_server_error"
                answer |= {
                    "status": "COMPLETED",
                    "logs": None,
                    "metrics": {},
                    "error": f"The request ended with {code}.",
                    "error_type": code,
                }
        # 202 while it is under way, 200 at its end: from memory, so nothing relies on it.
        return json_answer(answer, 200 if job.is_over else 202)

    async def _result(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._job(request)
        if job is None:
            return self.refuse(Fault(stage=Stage.FETCH, kind=Kind.NOT_FOUND))
        if job.progress is not Progress.DONE:
            if job.progress in {Progress.FAILED, Progress.CANCELLED}:
                code = job.fault.code if job.fault and job.fault.code else "runner_server_error"
                if code == "content_policy_violation":
                    return _moderation()
                return _request_error(code, STATUSES.get(code, 500))
            return json_answer({"detail": "Request is still in progress"}, 400)
        self._desk.book.write(self.name, Event.FETCHED, job.id)
        document, units = self._document(job)
        headers = {"x-fal-request-id": job.said_id, "x-fal-billable-units": f"{units}"}
        return json_answer(document, headers=headers)

    async def _cancel(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._job(request)
        if job is None:
            return json_answer({"status": "NOT_FOUND"}, 404)
        was_queued = job.progress is Progress.QUEUED
        if not self._desk.cancel_job(job):
            return json_answer({"status": "ALREADY_COMPLETED"}, 400)
        # Out of the queue it is gone; a runner only gets a signal (fal's page on cancelling).
        if was_queued:
            return json_answer({"status": "OK"})
        return json_answer({"status": "CANCELLATION_REQUESTED"}, 202)

    async def _initiate(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        asked = await read_json(request)
        mime = str(asked.get("content_type") or "application/octet-stream")
        file_url = self._desk.keep(self.name, b"", mime)
        name = file_url.rpartition("/")[2]
        return json_answer(
            {"upload_url": f"{self._desk.url}/fal-cdn/put/{name}", "file_url": file_url}
        )

    async def _put(self, request: Request) -> Response:
        name = f"{self.name}/{request.path_params['name']}"
        if name not in self._desk.files:
            return json_answer({"detail": "No such upload"}, 404)
        mime = request.headers.get("content-type", self._desk.files[name][1])
        self._desk.files[name] = (await request.body(), mime)
        # The address is signed: whoever sends a key as well has given it away.
        detail = "with a key" if "authorization" in request.headers else ""
        self._desk.book.write(self.name, Event.UPLOADED, name, detail)
        return Response(status_code=200)

    async def _token(self, request: Request) -> Response:  # noqa: ARG002
        ends = datetime.now(UTC) + timedelta(hours=1)
        return json_answer(
            {
                "token": "lab-cdn-token",
                "token_type": "Bearer",
                "base_url": f"{self._desk.url}/fal-cdn",
                "expires_at": ends.isoformat(),
            }
        )

    async def _cdn_upload(self, request: Request) -> Response:
        mime = request.headers.get("content-type", "application/octet-stream")
        url = self._desk.keep(self.name, await request.body(), mime)
        self._desk.book.write(self.name, Event.UPLOADED, url.rpartition("/")[2])
        return json_answer({"access_url": url})

    async def _openapi(self, request: Request) -> Response:
        model = request.query_params.get("endpoint_id", "")
        document = self._desk.documents.get((self.name, model)) or document_of(self.name, model)
        if document is None:
            return json_answer({"detail": "Not found"}, 404)
        if "authorization" in request.headers:
            self._desk.book.write(self.name, Event.REFUSED, "", "a key where none is needed")
        return Response(document, media_type="application/json")

    async def _keys(self, request: Request) -> Response:  # noqa: ARG002
        return json_answer(self.signer.jwks())

    def _tell(self, url: str, job: LabJob) -> None:
        done = job.progress is Progress.DONE
        body: dict[str, JsonValue] = {
            "request_id": job.id,
            "gateway_request_id": f"gw-{job.id}",
            "status": "OK" if done else "ERROR",
            "error": None if done else "It ended with an error.",
            "payload": self._document(job)[0] if done else None,
        }
        self._desk.hooks.job_ended(self.name, url, body, self.signer, job_id=job.id)

    def _job(self, request: Request) -> LabJob | None:
        found = _JOB.fullmatch(request.path_params["path"])
        return self._desk.jobs.get((self.name, found.group("id"))) if found else None

    def _links(self, job: LabJob) -> dict[str, JsonValue]:
        app = "/".join(job.endpoint.split("/")[:2])
        address = f"{self._desk.url}/fal/{app}/requests/{job.id}"
        return {
            "request_id": job.id,
            "response_url": address,
            "status_url": f"{address}/status",
            "cancel_url": f"{address}/cancel",
        }

    def _document(self, job: LabJob) -> tuple[dict[str, JsonValue], int]:
        """The result, once made the same for ever, and the units that it is billed at."""
        if not job.result:
            job.result = self._make(job)
        made = job.result.get("images")
        return job.result, len(made) if isinstance(made, list) else 1

    def _make(self, job: LabJob) -> dict[str, JsonValue]:
        declared = _declared().get(job.endpoint)
        kind = declared.makes if declared else ArtifactType.IMAGE
        place = declared.result.files[0] if declared and declared.result.files else "images"
        if job.is_empty:
            return {place: [] if place.endswith("s") else None}
        wanted = job.body.get("num_images")
        count = wanted if isinstance(wanted, int) else 1
        files = [self._file(job, kind, n) for n in range(count)]
        value: JsonValue = [*files] if place.endswith("s") else files[0]
        if kind is not ArtifactType.IMAGE:
            return {place: value, **_beside(place, job, self._desk)}
        return {
            place: value,
            "timings": {"inference": self._desk.seconds},
            "seed": job.body.get("seed") or 1000 + job.number,
            "has_nsfw_concepts": [False] * count,
            "prompt": job.body.get("prompt", ""),
        }

    def _file(self, job: LabJob, kind: ArtifactType, n: int) -> JsonValue:
        seed = job.number * 10 + n
        if kind is ArtifactType.VIDEO:
            data, mime = media.video(seed=seed % 16), "video/mp4"
        elif kind is ArtifactType.AUDIO:
            data, mime = media.sound("wav", seed=seed % 12), "audio/wav"
        elif kind is ArtifactType.LORA:
            data, mime = media.lora(seed), "application/octet-stream"
        else:
            width, height = _size(job.body.get("image_size"))
            format = str(job.body.get("output_format") or "png")
            data, mime = media.image(format, width, height, seed % 8), f"image/{format}"
        if job.body.get("sync_mode") is True:
            url = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        else:
            url = self._desk.keep(self.name, data, mime)
        file: dict[str, JsonValue] = {
            "url": url,
            "content_type": mime,
            "file_name": url.rpartition("/")[2] if url.startswith("http") else None,
            "file_size": len(data),
        }
        if kind is ArtifactType.IMAGE:
            file |= dict(zip(("width", "height"), _size(job.body.get("image_size")), strict=True))
        return file


def _beside(place: str, job: LabJob, desk: Desk) -> dict[str, JsonValue]:
    """What fal's models say beside a video, a sound or a LoRA."""
    if place == "diffusers_lora_file":
        config = desk.keep("fal", b'{"steps": 1000}', "application/json")
        return {"config_file": {"url": config, "content_type": "application/json"}}
    beside: dict[str, JsonValue] = {"seed": job.body.get("seed") or 1000 + job.number}
    if place == "audio":
        beside["duration_ms"] = 1000
        if job.body.get("timestamps") is True:
            words: JsonValue = {"characters": ["T"], "character_end_times_seconds": [0.1]}
            beside["timestamps"] = [words]
    return beside


@cache
def _declared() -> dict[str, Declaration]:
    shipped = {each.endpoint: each for each in load_declarations("fal")}
    return {**documented("fal"), **shipped}


def _size(value: JsonValue) -> tuple[int, int]:
    if isinstance(value, dict):
        return int(str(value.get("width", 512))), int(str(value.get("height", 512)))
    return SIZES.get(str(value), (1024, 768))


def _model_error(kind: str, message: str) -> Response:
    """A model's refusal: 422 and a list of faults (fal's page on errors)."""
    detail: dict[str, JsonValue] = {
        "loc": ["body", "prompt"],
        "msg": message,
        "type": kind,
        "url": f"https://docs.fal.ai/errors#{kind}",
        "ctx": {},
        "input": "…",
    }
    headers = {"x-fal-billable-units": "0", "x-fal-error-type": kind}
    return json_answer({"detail": [detail]}, 422, headers)


def _moderation() -> Response:
    return _model_error(
        "content_policy_violation", "The content could not be processed because of its content."
    )


def _request_error(code: str, status: int, fault: Fault | None = None) -> Response:
    """fal's own failure: a text and an error type, in the body and in a header."""
    headers = {"x-fal-error-type": code, "x-fal-request-id": "lab", "x-fal-retryable": "false"}
    if fault is not None and fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return json_answer({"detail": f"It ended with {code}", "error_type": code}, status, headers)

"""Replicate in the lab: predictions by model, version and deployment, files, and its problems.

Fields come from the facts on Replicate's clients and pages (prediction, metrics, urls, files,
problem details, webhook secret). A model without a declaration gives a list of images. Replicate
refuses content at the end of a prediction, with E005 in its error; the lab's MODERATION of a
request is a 422 like any other, for want of a shape of its own.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from pydantic import JsonValue
from starlette.datastructures import UploadFile
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
from boards.testing.lab.hooks import StandardSigner

__all__ = ["ReplicateLab"]

LONGEST_WAIT = 60.0
"""Seconds that `Prefer: wait` waits at most (Replicate's page on creating predictions)."""
SECRET = "whsec_bGFiLXdlYmhvb2stc2VjcmV0LW9mLTMyLWJ5dGVz"  # noqa: S105 - the lab's, for all to see
_MEGAPIXEL = 1_000_000
_STATUS = {
    Progress.QUEUED: "starting",
    Progress.RUNNING: "processing",
    Progress.DONE: "succeeded",
    Progress.FAILED: "failed",
    Progress.CANCELLED: "canceled",
}
_SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs."


class ReplicateLab:
    """The API below `/replicate`."""

    name = "replicate"
    keys = {"REPLICATE_API_TOKEN": "r8_lab0123456789"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: set[str] = set()
        self.signer = StandardSigner(secret=SECRET)
        self._files: dict[str, dict[str, JsonValue]] = {}

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/replicate"}

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        submit = desk.endpoint(self, Stage.SUBMIT, self._create)
        look = desk.endpoint(self, Stage.POLL, self._get)
        fetch = desk.endpoint(self, Stage.FETCH, self._get)
        cancel = desk.endpoint(self, Stage.CANCEL, self._cancel)
        upload = desk.endpoint(self, Stage.UPLOAD, self._upload)

        async def prediction(request: Request) -> Response:
            # One address for both: once it has told the end, whoever asks again wants the result.
            is_fetch = request.path_params["id"] in self._told
            return await (fetch if is_fetch else look)(request)

        root = "/replicate/v1"
        models, deployments = f"{root}/models/{{model:path}}", f"{root}/deployments/{{model:path}}"
        return [
            Route(f"{models}/predictions", submit, methods=["POST"]),
            Route(models, self._model, methods=["GET"]),
            Route(f"{deployments}/predictions", submit, methods=["POST"]),
            Route(f"{root}/predictions", submit, methods=["POST"]),
            Route(f"{root}/predictions", self._list, methods=["GET"]),
            Route(f"{root}/predictions/{{id}}", prediction, methods=["GET"]),
            Route(f"{root}/predictions/{{id}}/cancel", cancel, methods=["POST"]),
            Route(f"{root}/files", upload, methods=["POST"]),
            Route(f"{root}/files/{{id}}", self._file, methods=["GET", "DELETE"]),
            Route(f"{root}/webhooks/default/secret", self._secret, methods=["GET"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                text = "You did not pass a valid authentication token"
                return _problem(401, text, title="Unauthenticated")
            case Kind.BUSY:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                text = "Request was throttled. Your rate limit resets in ~30s."
                return _problem(429, text, headers=headers)
            case Kind.QUOTA:
                text = "You have insufficient credit to run this model."
                return _problem(402, text, title="Insufficient credit")
            case Kind.NOT_FOUND:
                return _problem(404, "The requested resource could not be found.")
            case Kind.INPUT:
                return _problem(422, "- input.seed: 500 is not allowed", title="Input validation")
            case Kind.MODERATION:
                return _problem(422, _SENSITIVE, title="Input validation")
            case _ if fault.code:
                return _problem(fault.status, "Something went wrong.", title=fault.code)
            case _:
                return gateway(fault.status, fault)

    async def _create(self, request: Request, fault: Fault | None) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        asked = await read_json(request)
        named = request.path_params.get("model") or asked.get("version")
        if not isinstance(named, str) or not isinstance(asked.get("input"), dict):
            return _problem(422, "- input is required", title="Input validation")
        callback = asked.get("webhook")
        tell = partial(self._tell, callback) if isinstance(callback, str) else None
        job = self._desk.open_job(self, named, asked, fault, id=secrets.token_hex(13), tell=tell)
        if await self._waited(request, job):
            self._told.add(job.id)
            return json_answer(self._prediction(job), 201)
        # At the start nothing is known of it, however soon it will be done.
        begun = {**self._prediction(job), "status": "starting", "output": None}
        return json_answer({**begun, "started_at": None, "completed_at": None, "metrics": {}}, 201)

    async def _get(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._desk.jobs.get((self.name, request.path_params["id"]))
        if job is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        event = Event.FETCHED if job.id in self._told else Event.LOOKED
        self._desk.book.write(self.name, event, job.id)
        if job.is_over:
            self._told.add(job.id)
        return json_answer({**self._prediction(job), "id": job.said_id})

    async def _list(self, request: Request) -> Response:  # noqa: ARG002
        jobs = [job for (provider, _), job in self._desk.jobs.items() if provider == self.name]
        results: list[JsonValue] = [self._prediction(job) for job in reversed(jobs)]
        return json_answer({"next": None, "previous": None, "results": results})

    async def _cancel(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._desk.jobs.get((self.name, request.path_params["id"]))
        if job is None:
            return self.refuse(Fault(stage=Stage.CANCEL, kind=Kind.NOT_FOUND))
        self._desk.cancel_job(job)
        return json_answer(self._prediction(job))

    async def _upload(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        async with request.form() as form:
            content = form.get("content")
            if not isinstance(content, UploadFile):
                return _problem(422, "- content is required", title="Input validation")
            data = await content.read()
            name, mime = content.filename or "file", content.content_type or ""
        mime = mime or "application/octet-stream"
        url = self._desk.keep(self.name, data, mime)
        file_id = url.rpartition("/")[2]
        self._desk.book.write(self.name, Event.UPLOADED, file_id)
        now = datetime.now(UTC)
        self._files[file_id] = {
            "id": file_id,
            "name": name,
            "content_type": mime,
            "size": len(data),
            "etag": hashlib.md5(data, usedforsecurity=False).hexdigest(),
            "checksums": {"sha256": hashlib.sha256(data).hexdigest()},
            "metadata": {},
            "created_at": now.isoformat(),
            "expires_at": (now + timedelta(days=1)).isoformat(),
            "urls": {"get": f"{self._desk.url}/replicate/v1/files/{file_id}"},
        }
        return json_answer(self._files[file_id], 201)

    async def _file(self, request: Request) -> Response:
        file_id = request.path_params["id"]
        if file_id not in self._files:
            return self.refuse(Fault(stage=Stage.UPLOAD, kind=Kind.NOT_FOUND))
        if request.method == "DELETE":
            del self._files[file_id]
            return Response(status_code=204)
        return json_answer(self._files[file_id])

    async def _model(self, request: Request) -> Response:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.AUTH))
        model = request.path_params["model"]
        document = self._desk.documents.get((self.name, model)) or document_of(self.name, model)
        if document is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        return Response(document, media_type="application/json")

    async def _secret(self, request: Request) -> Response:  # noqa: ARG002
        return json_answer({"key": SECRET})

    def _tell(self, url: str, job: LabJob) -> None:
        body = self._prediction(job)
        self._desk.hooks.job_ended(self.name, url, body, self.signer, job_id=f"msg_{job.id}")

    async def _waited(self, request: Request, job: LabJob) -> bool:
        """Wait as `Prefer` says; True when the job is over by then."""
        word, _, said = request.headers.get("prefer", "").partition("=")
        if word != "wait":
            return False
        seconds = min(float(said), LONGEST_WAIT) if said.isdecimal() else LONGEST_WAIT
        for _ in range(round(seconds * 100)):
            if job.is_over:
                break
            await asyncio.sleep(0.01)
        return job.is_over

    def _prediction(self, job: LabJob) -> dict[str, JsonValue]:
        address = f"{self._desk.url}/replicate/v1/predictions/{job.id}"
        model, _, version = job.endpoint.partition(":")
        begun, ended = job.progress is not Progress.QUEUED, job.is_over
        done = job.progress is Progress.DONE
        if done and not job.result:
            job.result = self._make(job)
        output = job.result.get("output") if done else None
        count = len(output) if isinstance(output, list) else int(output is not None)
        metrics: dict[str, JsonValue] = {"predict_time": self._desk.seconds} if ended else {}
        if done and job.result.get("kind") == "image":
            metrics["image_count"] = count
        now = datetime.now(UTC).isoformat()
        return {
            "id": job.id,
            "model": model,
            "version": version or hashlib.sha256(model.encode()).hexdigest(),
            "input": job.body["input"],
            "output": output,
            "logs": "",
            "error": _error(job.fault) if job.progress is Progress.FAILED else None,
            "status": _STATUS[job.progress],
            "created_at": now,
            "started_at": now if begun else None,
            "completed_at": now if ended else None,
            "data_removed": False,
            "metrics": metrics,
            "urls": {
                "get": address,
                "cancel": f"{address}/cancel",
                "stream": f"{address}/stream",
                "web": f"https://replicate.com/p/{job.id}",
            },
        }

    def _make(self, job: LabJob) -> dict[str, JsonValue]:
        declared = _declared().get(job.endpoint)
        kind = declared.makes if declared else ArtifactType.IMAGE
        given = job.body["input"]
        given = given if isinstance(given, dict) else {}
        many = declared is None or declared.limits.outputs is not None
        wanted = given.get("num_outputs")
        count = 0 if job.is_empty else wanted if isinstance(wanted, int) else 1
        files: list[JsonValue] = [self._made(job, kind, given, n) for n in range(count)]
        output: JsonValue = files if many else files[0] if files else None
        return {"kind": kind.value, "output": output}

    def _made(
        self, job: LabJob, kind: ArtifactType, given: dict[str, JsonValue], n: int
    ) -> JsonValue:
        seed = job.number * 10 + n
        if kind is ArtifactType.VIDEO:
            return self._desk.keep(self.name, media.video(seed=seed % 16), "video/mp4")
        if kind is ArtifactType.AUDIO:
            return self._desk.keep(self.name, media.sound("wav", seed=seed % 12), "audio/wav")
        format = str(given.get("output_format") or "webp")
        width, height = _size(given.get("aspect_ratio"))
        if format == "png":
            data = media.png_with_credentials(width, height, seed % 8)
        else:
            data = media.image(format, width, height, seed % 8)
        return self._desk.keep(self.name, data, f"image/{format}".replace("jpg", "jpeg"))


@cache
def _declared() -> dict[str, Declaration]:
    shipped = {each.endpoint: each for each in load_declarations("replicate")}
    return {**documented("replicate"), **shipped}


def _size(ratio: JsonValue) -> tuple[int, int]:
    """About a megapixel of this shape, in multiples of 16."""
    across, _, down = str(ratio or "1:1").partition(":")
    shape = int(across) / int(down) if across.isdecimal() and down.isdecimal() else 1.0
    height = (_MEGAPIXEL / shape) ** 0.5
    return round(height * shape / 16) * 16, round(height / 16) * 16


def _error(fault: Fault | None) -> str:
    """A model's error, which ends with the code of its kind."""
    code = fault.code if fault is not None else ""
    if code == "content_policy_violation":
        return f"{_SENSITIVE} (E005) (uIJ6l3ruRD)"
    return f"Prediction failed: {code or 'the model gave up'}"


def _problem(
    status: int, detail: str, *, title: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    """Replicate's one error shape; some problems have no title."""
    document: dict[str, JsonValue] = {"detail": detail, "status": status}
    if title is not None:
        document["title"] = title
    return json_answer(document, status, headers)

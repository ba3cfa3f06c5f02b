"""Runway in the lab: tasks, their deletion, uploads, and the account.

Fields come from the types of Runway's own Python client (task_retrieve_response, the create params
and responses, uploads, organization) and from its pages on errors, task failures, moderation and
inputs; docs/lab.md lists where each was found. PNGs carry a `caBX` chunk, to see that it is kept.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, LabJob, Progress, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage

__all__ = ["RunwayLab"]

# What a request needs, by endpoint (the create params of the client).
NEEDED = {
    "text_to_image": ("model", "promptText", "ratio"),
    "image_to_video": ("model", "promptImage", "ratio"),
    "text_to_video": ("model", "promptText", "ratio"),
}
CREDITS_A_SECOND = 5
DEFAULT_FAILURE = "INTERNAL.BAD_OUTPUT.CODE01"


class RunwayLab:
    """The API below `/runway`, presigned uploads below `/runway-uploads`.

    A job with the fault `NEVER` and the code THROTTLED waits for the account's other tasks.
    """

    name = "runway"
    keys = {"RUNWAYML_API_SECRET": "key_lab_0123456789abcdef"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._since: dict[str, str] = {}
        self._charged: dict[str, int] = {}
        self._told: set[str] = set()

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}/runway"}

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        look = desk.endpoint(self, Stage.POLL, self._task)
        fetch = desk.endpoint(self, Stage.FETCH, self._task)
        cancel = desk.endpoint(self, Stage.CANCEL, self._delete)

        async def task(request: Request) -> Response:
            if request.method == "DELETE":
                return await cancel(request)
            # One and the same question: after the end has been told it is asked for the result.
            return await (fetch if request.path_params["id"] in self._told else look)(request)

        submit = desk.endpoint(self, Stage.SUBMIT, self._submit)
        upload = desk.endpoint(self, Stage.UPLOAD, self._upload)
        return [
            Route("/runway/v1/tasks/{id}", task, methods=["GET", "DELETE"]),
            Route("/runway/v1/uploads", upload, methods=["POST"]),
            Route("/runway/v1/organization", self._organization),
            Route("/runway/v1/{endpoint}", submit, methods=["POST"]),
            Route("/runway-uploads/{name}", self._take, methods=["POST"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                return _error(401, "The API key is not valid.")
            case Kind.BUSY:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                return _error(429, "Your daily task limit has been reached.", headers=headers)
            case Kind.QUOTA:
                return _error(400, "You do not have enough credits to run this task.")
            case Kind.NOT_FOUND:
                return _error(404, "Not found")
            case Kind.INPUT:
                return _invalid("ratio", "500:500 is too small: 500")
            case Kind.MODERATION:
                # Moderation is a verdict on a task; a request is never refused for it.
                return _invalid("promptText", "Rejected")
            case _ if fault.code:
                return _error(fault.status, fault.code)
            case _:
                return gateway(fault.status, fault)

    async def _submit(self, request: Request, fault: Fault | None) -> Response:
        endpoint = request.path_params["endpoint"]
        body = await read_json(request)
        refused = self._checked(request)
        if refused is not None:
            return refused
        if endpoint not in NEEDED:
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.NOT_FOUND))
        for name in NEEDED[endpoint]:
            if not body.get(name):
                return _invalid(name, "Required")
        image = str(body.get("promptImage") or "data:")
        if not image.startswith(("https://", "runway://", "data:")):
            return _invalid("promptImage", "Must be an HTTPS URL, a Runway URI or a data URI")
        if image.startswith("data:") and len(image) > 5_000_000:
            return _invalid("promptImage", "Too big: a data URI has at most 5 MB")
        job = self._desk.open_job(self, endpoint, body, fault)
        self._since[job.id] = _now()
        estimate: JsonValue = {"credits": _credits(job)}
        return json_answer({"id": job.id, "estimatedCost": estimate})

    async def _task(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._job(request)
        refused = self._checked(request)
        if refused is not None:
            return refused
        if job is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        again = job.id in self._told
        self._desk.book.write(self.name, Event.FETCHED if again else Event.LOOKED, job.id)
        if job.is_over:
            self._told.add(job.id)
        return json_answer({**self._document(job), "id": job.said_id})

    def _document(self, job: LabJob) -> dict[str, JsonValue]:
        task: dict[str, JsonValue] = {"id": job.id, "createdAt": self._since.get(job.id, _now())}
        estimate: JsonValue = {"credits": _credits(job)}
        match job.progress:
            case Progress.QUEUED:
                throttled = job.fault is not None and job.fault.code == "THROTTLED"
                status = "THROTTLED" if throttled else "PENDING"
                return {**task, "status": status, "estimatedCost": estimate}
            case Progress.RUNNING:
                return {**task, "status": "RUNNING", "progress": 0.5, "estimatedCost": estimate}
            case Progress.DONE:
                if "output" not in job.result:
                    job.result["output"] = [] if job.is_empty else [self._make(job)]
                    self._charged[job.id] = _credits(job)
                return {**task, "status": "SUCCEEDED", **job.result, "cost": self._cost(job)}
            case Progress.FAILED:
                code = (job.fault.code if job.fault else "") or DEFAULT_FAILURE
                # Moderated generations cost what successful ones do.
                if "SAFETY" in code.split("."):
                    self._charge(job)
                more: dict[str, JsonValue] = {
                    "failure": f"The task ended with {code}.",
                    "failureCode": code,
                }
                return {**task, "status": "FAILED", **more, "cost": self._cost(job)}
            case Progress.CANCELLED:
                return {**task, "status": "CANCELLED", "cost": self._cost(job)}

    async def _delete(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        """Cancel what is not over, and refund it if it had not begun; delete what is."""
        job = self._job(request)
        if job is None:
            return self.refuse(Fault(stage=Stage.CANCEL, kind=Kind.NOT_FOUND))
        has_begun = job.progress is Progress.RUNNING
        if self._desk.cancel_job(job):
            if has_begun:
                self._charge(job)
        else:
            del self._desk.jobs[self.name, job.id]
        return Response(status_code=204)

    async def _upload(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        refused = self._checked(request)
        if refused is not None:
            return refused
        asked = await read_json(request)
        if asked.get("type") != "ephemeral" or not asked.get("filename"):
            return _invalid("type", "Must be ephemeral")
        name = f"{secrets.token_hex(8)}-{asked['filename']}"
        return json_answer(
            {
                "uploadUrl": f"{self._desk.url}/runway-uploads/{name}",
                "fields": {"key": name, "policy": "lab"},
                "runwayUri": f"runway://{name}",
            }
        )

    async def _take(self, request: Request) -> Response:
        if "authorization" in request.headers:
            # Presigned: whoever sends the key here has given it away.
            return Response("Only one auth mechanism allowed", status_code=400)
        async with request.form() as form:
            file = form.get("file")
            if file is None or isinstance(file, str) or form.get("policy") != "lab":
                return Response("The form is not the one that was given", status_code=403)
            mime = file.content_type or "application/octet-stream"
            name = request.path_params["name"]
            self._desk.files[f"{self.name}/{name}"] = (await file.read(), mime)
        self._desk.book.write(self.name, Event.UPLOADED, name)
        return Response(status_code=204)

    async def _organization(self, request: Request) -> Response:
        refused = self._checked(request)
        if refused is not None:
            return refused
        limits: JsonValue = {"maxConcurrentGenerations": 2, "maxDailyGenerations": 200}
        return json_answer(
            {
                "creditBalance": 1000 - sum(self._charged.values()),
                "tier": {"maxMonthlyCreditSpend": 10_000, "models": {"gen4_turbo": limits}},
                "usage": {"models": {"gen4_turbo": {"dailyGenerations": len(self._since)}}},
            }
        )

    def _checked(self, request: Request) -> Response | None:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        if not request.headers.get("x-runway-version"):
            return _error(400, "The header X-Runway-Version is missing.")
        return None

    def _job(self, request: Request) -> LabJob | None:
        return self._desk.jobs.get((self.name, request.path_params["id"]))

    def _charge(self, job: LabJob) -> None:
        if job.id not in self._charged:
            self._charged[job.id] = _credits(job)
            self._desk.book.write(self.name, Event.BILLED, job.id, job.endpoint)

    def _cost(self, job: LabJob) -> JsonValue:
        return {"credits": self._charged.get(job.id, 0)}

    def _make(self, job: LabJob) -> JsonValue:
        if job.endpoint.endswith("_to_video"):
            return self._desk.keep(self.name, media.video(seed=job.number % 16), "video/mp4")
        width, height = _size(job)
        data = media.png_with_credentials(width, height, job.number % 8)
        return self._desk.keep(self.name, data, "image/png")


def _size(job: LabJob) -> tuple[int, int]:
    width, _, height = str(job.body.get("ratio")).partition(":")
    return int(width), int(height)


def _credits(job: LabJob) -> int:
    """Five a second of video; five for a still of 720 lines, else eight."""
    if job.endpoint.endswith("_to_video"):
        return CREDITS_A_SECOND * int(str(job.body.get("duration") or 10))
    return 5 if 720 in _size(job) else 8


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _error(status: int, text: str, *, headers: dict[str, str] | None = None) -> Response:
    """Runway's error: a text, and no code."""
    return json_answer({"error": text}, status, headers)


def _invalid(name: str, message: str) -> Response:
    issue: JsonValue = {"path": [name], "message": message}
    return json_answer({"error": "Validation of body failed", "issues": [issue]}, 400)

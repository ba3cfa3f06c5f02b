"""Luma in the lab: generations of images and videos, their list and removal, and the balance.

Fields come from the types of Luma's own Python client (generation, the create params, credits), the
list of faults from the error schema of Vercel's provider for Luma, the words of a refusal from an
issue at Luma's nodes for ComfyUI; docs/lab.md lists where each was found. PNGs carry a `caBX`
chunk, to see that it is kept.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from boards.testing.lab import media
from boards.testing.lab.book import Event
from boards.testing.lab.desk import Desk, LabJob, Progress, gateway, json_answer, read_json
from boards.testing.lab.faults import Fault, Kind, Stage

__all__ = ["LumaLab"]

ROOT = "/luma/dream-machine/v1"
MODELS = {"image": ("photon-1", "photon-flash-1"), "video": ("ray-2", "ray-flash-2")}
STATES = {
    Progress.QUEUED: "queued",
    Progress.RUNNING: "dreaming",
    Progress.DONE: "completed",
    Progress.FAILED: "failed",
    Progress.CANCELLED: "failed",
}
MODERATION = "Advanced moderation failed"
# The lab's own sizes, small ones.
SIZES = {
    "1:1": (512, 512),
    "16:9": (640, 360),
    "9:16": (360, 640),
    "4:3": (512, 384),
    "3:4": (384, 512),
    "21:9": (672, 288),
    "9:21": (288, 672),
}


class LumaLab:
    """The API below `/luma/dream-machine/v1`."""

    name = "luma"
    keys = {"LUMAAI_API_KEY": "luma-lab-0123456789abcdef"}

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._since: dict[str, str] = {}
        self._told: set[str] = set()

    def addresses(self, lab_url: str) -> dict[str, str]:
        return {"base_url": f"{lab_url}{ROOT}"}

    def routes(self) -> Iterable[Route]:
        desk = self._desk
        look = desk.endpoint(self, Stage.POLL, self._generation)
        fetch = desk.endpoint(self, Stage.FETCH, self._generation)
        remove = desk.endpoint(self, Stage.CANCEL, self._remove)

        async def generation(request: Request) -> Response:
            if request.method == "DELETE":
                return await remove(request)
            # One and the same question: after the end has been told it is asked for the result.
            return await (fetch if request.path_params["id"] in self._told else look)(request)

        submit = desk.endpoint(self, Stage.SUBMIT, self._submit)
        return [
            Route(f"{ROOT}/credits", self._balance),
            Route(f"{ROOT}/generations", self._list),
            Route(f"{ROOT}/generations/{{kind:str}}", submit, methods=["POST"]),
            Route(f"{ROOT}/generations/{{id}}", generation, methods=["GET", "DELETE"]),
        ]

    def refuse(self, fault: Fault) -> Response:
        match fault.kind:
            case Kind.AUTH:
                return json_answer({"detail": "Not authenticated"}, 401)
            case Kind.BUSY:
                after = fault.retry_after
                headers = {} if after is None else {"retry-after": f"{after:g}"}
                return json_answer({"detail": "Too many requests"}, 429, headers)
            case Kind.QUOTA:
                return json_answer({"detail": "Insufficient credits"}, 402)
            case Kind.NOT_FOUND:
                return json_answer({"detail": "Generation not found"}, 404)
            case Kind.INPUT:
                return _fields("prompt", "A prompt of 500 words is too long: 500")
            case Kind.MODERATION:
                return json_answer({"detail": MODERATION}, 400)
            case _ if fault.code:
                return json_answer({"detail": fault.code}, fault.status)
            case _:
                return gateway(fault.status, fault)

    async def _submit(self, request: Request, fault: Fault | None) -> Response:
        kind = request.path_params["kind"]
        if not _is_authorised(request):
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.AUTH))
        if kind not in MODELS:
            return self.refuse(Fault(stage=Stage.SUBMIT, kind=Kind.NOT_FOUND))
        body = await read_json(request)
        if body.get("model") not in MODELS[kind]:
            return _fields("model", f"Input should be one of {', '.join(MODELS[kind])}")
        if body.get("aspect_ratio", "16:9") not in SIZES:
            return _fields("aspect_ratio", "Input should be a known shape")
        callback, job_id = body.get("callback_url"), str(uuid.uuid4())
        tell = partial(self._tell, callback) if isinstance(callback, str) else None
        self._since[job_id] = datetime.now(UTC).isoformat()
        job = self._desk.open_job(self, kind, body, fault, id=job_id, tell=tell)
        return json_answer(self._document(job), 201)

    async def _generation(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        job = self._desk.jobs.get((self.name, request.path_params["id"]))
        if not _is_authorised(request):
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.AUTH))
        if job is None:
            return self.refuse(Fault(stage=Stage.POLL, kind=Kind.NOT_FOUND))
        again = job.id in self._told
        self._desk.book.write(self.name, Event.FETCHED if again else Event.LOOKED, job.id)
        if job.is_over:
            self._told.add(job.id)
        return json_answer({**self._document(job), "id": job.said_id})

    async def _remove(self, request: Request, fault: Fault | None) -> Response:  # noqa: ARG002
        """Remove a generation, with its result."""
        found = self._desk.jobs.pop((self.name, request.path_params["id"]), None)
        if found is None:
            return self.refuse(Fault(stage=Stage.CANCEL, kind=Kind.NOT_FOUND))
        return Response(status_code=204)

    async def _list(self, request: Request) -> Response:  # noqa: ARG002 - a route's signature
        mine = [job for job in self._desk.jobs.values() if job.provider == self.name]
        listed: list[JsonValue] = [self._document(job) for job in mine]
        return json_answer({"generations": listed, "count": len(mine), "has_more": False})

    async def _balance(self, request: Request) -> Response:  # noqa: ARG002
        return json_answer({"credit_balance": 10_000.0})

    def _tell(self, url: str, job: LabJob) -> None:
        """Nothing signs Luma's callbacks."""
        self._desk.hooks.job_ended(self.name, url, self._document(job), None, job_id=job.id)

    def _document(self, job: LabJob) -> dict[str, JsonValue]:
        if job.progress is Progress.DONE and "assets" not in job.result:
            job.result["assets"] = self._make(job)
        reason = job.fault.code if job.fault is not None else ""
        failed = job.progress in {Progress.FAILED, Progress.CANCELLED}
        request: JsonValue = {**job.body, "generation_type": job.endpoint}
        return {
            "id": job.id,
            "generation_type": job.endpoint,
            "state": STATES[job.progress],
            "failure_reason": (reason or "Job failed") if failed else None,
            "created_at": self._since[job.id],
            "assets": job.result.get("assets"),
            "model": job.body.get("model"),
            "request": request,
        }

    def _make(self, job: LabJob) -> JsonValue:
        """The three addresses, of which a kind fills its own."""
        assets: dict[str, JsonValue] = {"image": None, "video": None, "progress_video": None}
        if job.is_empty:
            return assets
        width, height = SIZES[str(job.body.get("aspect_ratio") or "16:9")]
        if job.endpoint == "video":
            data = media.video(width, height, seed=job.number % 16)
            assets["video"] = self._desk.keep(self.name, data, "video/mp4")
        elif job.body.get("format") == "png":
            data = media.png_with_credentials(width, height, job.number % 8)
            assets["image"] = self._desk.keep(self.name, data, "image/png")
        else:
            data = media.image("jpg", width, height, job.number % 8)
            assets["image"] = self._desk.keep(self.name, data, "image/jpeg")
        return assets


def _is_authorised(request: Request) -> bool:
    return request.headers.get("authorization", "").startswith("Bearer ")


def _fields(name: str, message: str) -> Response:
    """What is wrong with a field: 422 and a list."""
    fault: JsonValue = {
        "type": "value_error",
        "loc": ["body", name],
        "msg": message,
        "input": "…",
        "ctx": {"expected": "something else"},
    }
    return json_answer({"detail": [fault]}, 422)

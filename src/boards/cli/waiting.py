"""Waits for a job with a progress bar, and does the right thing when somebody presses Ctrl-C."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from boards.cli.answers import JobJson
from boards.cli.exits import Exit, Stop
from boards.cli.remote import Client
from boards.cli.show import console

__all__ = ["settled", "wait_for"]

LOOK_SECONDS = 0.5
PATIENT_SECONDS = 20.0
LOST_SECONDS = 60.0
STOP_SECONDS = 30.0
FINAL = frozenset({"completed", "failed", "cancelled"})

Tell = Callable[[JobJson], None]


def settled(job: JobJson) -> bool:
    """Tell whether waiting any longer makes no sense: it is final, or only a person can help."""
    return all(
        one["status"] in FINAL or one["phase"] == "submit_unknown" for one in job["generations"]
    )


async def wait_for(client: Client, job_id: str, *, title: str) -> JobJson:
    """Wait until the job has settled.

    On Ctrl-C a job on a server keeps running; one in this process is cancelled, since it would
    stop with it. Either way it ends in a `Stop` that says so.
    """
    try:
        with _progress(title) as tell:
            return await _follow(client, job_id, tell)
    except asyncio.CancelledError:
        if client.address is not None:
            raise Stop(
                f"Interrupted; job {job_id} keeps running on {client.address}. "
                f"`boards show {job_id}` looks at it, `boards cancel {job_id}` cancels it.",
                exit_code=Exit.INTERRUPTED,
                more={"job_id": job_id},
            ) from None
        raise await _cancelled(client, job_id) from None


async def _follow(client: Client, job_id: str, tell: Tell | None) -> JobJson:
    loop = asyncio.get_running_loop()
    heard = loop.time()
    while True:
        try:
            job = await client.job(job_id, wait=PATIENT_SECONDS if tell is None else LOOK_SECONDS)
        except Stop as stop:
            # A server may be restarted meanwhile; the job is in its database.
            if stop.exit_code is not Exit.UNREACHABLE or client.address is None:
                raise
            if loop.time() - heard > LOST_SECONDS:
                raise Stop(
                    f"{stop.message} Job {job_id} goes on with the server; "
                    f"`boards show {job_id}` looks at it.",
                    exit_code=Exit.UNREACHABLE,
                    code=stop.code,
                    more={"job_id": job_id},
                ) from stop
            await asyncio.sleep(1)
            continue
        heard = loop.time()
        if tell is not None:
            tell(job)
        if settled(job):
            return job


async def _cancelled(client: Client, job_id: str) -> Stop:
    """Cancel a job of this process and wait until its runs have stopped."""
    job = await client.cancel_job(job_id)
    if not settled(job):
        job = await client.job(job_id, wait=STOP_SECONDS)
    if job["state"] == "cancelled":
        said = f"Interrupted; job {job_id} is cancelled."
    elif settled(job):
        said = f"Interrupted; job {job_id} had ended before: `boards show {job_id}`."
    else:
        said = f"Interrupted; job {job_id} goes on when Boards runs again."
    return Stop(said, exit_code=Exit.INTERRUPTED, more={"job_id": job_id})


@contextmanager
def _progress(title: str) -> Iterator[Tell | None]:
    """Show a bar on a terminal; elsewhere, nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        console=console(sys.stderr),
        transient=True,
    ) as progress:
        task = progress.add_task(title, total=1.0, said="")

        def tell(job: JobJson) -> None:
            said = next((one["message"] for one in job["generations"] if one["message"]), "")
            said = said or ("waiting" if job["state"] == "queued" else "")
            progress.update(task, completed=job["progress"], said=said[:28])

        yield tell

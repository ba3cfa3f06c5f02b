"""Works until somebody stops it: a worker process without a server."""

import asyncio
import signal
from contextlib import AsyncExitStack

from uvicorn.loops.auto import auto_loop_factory

from boards.adapters.telemetry.logging import configure_logging
from boards.bootstrap import Role, open_app
from boards.settings import Settings

__all__ = ["work"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def work(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; the second one ends it at once."""
    configure_logging(settings.log_level, settings.log_format)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in SIGNALS:
        loop.add_signal_handler(each, asked.set)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, role=Role.WORKER))
        if settings.metrics_port:
            stack.callback(app.metrics.show_at(settings.host, settings.metrics_port))
        print("Boards works here (Ctrl-C stops it)", flush=True)
        await asked.wait()
        for each in SIGNALS:
            # From here on the system's own way, for those who do not want to wait.
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
        print("Stopping; what runs may come to its end (again: stop at once)", flush=True)

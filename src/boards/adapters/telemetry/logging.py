"""Logging: structlog for us and for the libraries, one line per event, on standard error.

    log = structlog.get_logger(__name__)
    with structlog.contextvars.bound_contextvars(request_id=..., job_id=..., tenant_id=...):
        log.info("stored", storage_key=key, size=1234)

What is bound so stands in every line below it, those of libraries included.
"""

import logging
import sys
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from boards.adapters.telemetry.redaction import redact

__all__ = ["configure_logging"]

# Their INFO lines hold statements with their values, or addresses with their rights.
_TALKATIVE = ("sqlalchemy", "alembic", "httpx2", "httpcore2", "asyncio", "PIL", "multipart")
# uvicorn puts handlers of its own here, which write past ours.
_WITH_HANDLERS = ("uvicorn", "uvicorn.access", "uvicorn.error")


def configure_logging(
    level: Literal["debug", "info", "warning", "error"],
    format: Literal["json", "console"],
    stream: TextIO | None = None,
) -> None:
    """Send every log line of this process, ours and the libraries', to `stream`.

    Without a stream it is standard error, whatever that is at the time of the line. Calling it
    again replaces what was set before.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a logger made before this call must follow it, too
    )
    handler = _Stderr() if stream is None else logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                _drop_twin,
                redact,  # last before the rendering, so that nothing is added behind it
                _renderer(format, handler.stream),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _WITH_HANDLERS:
        logger = logging.getLogger(name)
        # Whoever configured it before may have silenced it, too.
        logger.handlers, logger.propagate, logger.disabled = [], True, False
        logger.setLevel(logging.NOTSET)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def _renderer(format: Literal["json", "console"], stream: TextIO) -> Processor:
    if format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    # Tracebacks are text already; the library's pretty ones would print local variables.
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _drop_twin(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drop the second copy of its text that uvicorn gives to each line."""
    event.pop("color_message", None)
    return event


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is now; progress bars and tests exchange it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, stream: TextIO) -> None:
        raise NotImplementedError("this handler always writes to standard error")

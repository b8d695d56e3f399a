"""Logging: structlog everywhere outside workflows; workflow code logs through `workflow.logger`, rendered by the same
formatter.

structlog inside workflow code can hang it and speaks twice on replay, so the standard library's root handler renders
both.
"""

import logging
import sys

import structlog

from runtime.settings import Settings

QUIET = {"httpx": "WARNING", "httpcore": "WARNING", "asyncio": "WARNING", "temporalio": "INFO"}


def configure(settings: Settings, *, process: str) -> None:
    """JSON lines on stderr, with the process's name; never a number, a RIO or a key (callers log ids and hashes
    only).
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

    def name_process(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                name_process,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)

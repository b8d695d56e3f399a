"""Errors that no code expects: a problem for the client, and a log line that says where, without any value.

The framework's own handler raises the error again once it has answered, and the server then logs its whole text, which
may hold what somebody sent.
"""

import traceback

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problem_codes import CODES
from api.http.problems import Problem, answer

_log = structlog.get_logger(__name__)


class AnswerBrokenOff(Exception):
    """An answer that had begun could not be finished; the server closes the connection."""


class UnexpectedErrors:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 500 where nothing was answered yet, else raises `AnswerBrokenOff`."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - nothing may pass with its text
            frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            _log.error("unforeseen", error=type(error).__name__, frames=frames)
            if begun or scope["type"] != "http":
                raise AnswerBrokenOff from None
            await answer(Problem("internal", CODES["internal"].meaning))(scope, receive, send)

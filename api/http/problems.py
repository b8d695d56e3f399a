"""Every error of the API: RFC 9457 `application/problem+json` with a stable `code`. Texts never repeat a value that was
sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from api.http.problem_codes import CODES, STATUS_CODES
from journal import Sealed

MEDIA_TYPE = "application/problem+json"
RETRY_SOON_S = 5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FieldError:
    """One field that is wrong: its path in the body (`holder.name`) or the parameter's name, a code, and a sentence."""

    field: str
    code: str
    message: str
    suggestion: str | None = None

    def body(self) -> dict[str, str]:
        """As it stands in `errors`."""
        shown = {"field": self.field, "code": self.code, "message": self.message}
        return shown if self.suggestion is None else {**shown, "suggestion": self.suggestion}


class Problem(Exception):
    """An answer that is an error. `code` is one of `CODES`; `members` are further members of the problem."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: list[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = errors or []
        self.headers = dict(headers or {})
        self.members = members


def unavailable(code: str, detail: str, retry_after_s: int = RETRY_SOON_S) -> Problem:
    """A problem that passes by itself: 503 with Retry-After."""
    return Problem(code, detail, headers={"Retry-After": str(retry_after_s)})


def refused_fields(errors: list[FieldError]) -> Problem:
    """The problem of one or several wrong fields; its code is theirs when they share one, else `request_invalid`."""
    codes = {error.code for error in errors}
    code = codes.pop() if len(codes) == 1 else "request_invalid"
    detail = f"{errors[0].field}: {errors[0].message}" if len(errors) == 1 else f"{len(errors)} fields are wrong"
    suggestion = next((error.suggestion for error in errors if error.suggestion is not None), None)
    members: dict[str, Any] = {} if suggestion is None else {"suggestion": suggestion}
    return Problem(code, detail, errors=errors, **members)


def answer(problem: Problem) -> Response:
    """The problem as it leaves. `instance` names this one occurrence; a path could hold a number."""
    kind = CODES[problem.code]
    body: dict[str, Any] = {
        "type": f"urn:relais:problem:{problem.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": f"urn:uuid:{uuid4()}",
        "code": problem.code,
        **problem.members,
    }
    if problem.errors:
        body["errors"] = [error.body() for error in problem.errors]
    if kind.status >= 500:
        _log.warning("problem", code=problem.code, instance=body["instance"])
    return JSONResponse(body, kind.status, problem.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem, those of the framework included."""

    @app.exception_handler(Problem)
    async def ours(_request: Request, problem: Problem) -> Response:
        return answer(problem)

    @app.exception_handler(HTTPException)
    async def of_the_framework(_request: Request, error: HTTPException) -> Response:
        code = STATUS_CODES.get(error.status_code, "request_malformed")
        return answer(Problem(code, CODES[code].meaning, headers=error.headers))

    @app.exception_handler(RequestValidationError)
    async def of_parameters(_request: Request, error: RequestValidationError) -> Response:
        errors = [
            FieldError(str(each["loc"][-1]), "parameter_invalid", each["msg"][:1].lower() + each["msg"][1:])
            for each in error.errors()
        ]
        return answer(refused_fields(errors))

    @app.exception_handler(OperationalError)
    async def of_the_database(_request: Request, error: OperationalError) -> Response:
        # The text of the error may hold parameters of the statement: only its class is logged.
        _log.error("journal_unavailable", error=type(error.orig).__name__)
        return answer(unavailable("journal_unavailable", CODES["journal_unavailable"].meaning))

    @app.exception_handler(Sealed)
    async def of_the_seal(_request: Request, error: Sealed) -> Response:
        _log.error("journal_altered", reason=str(error))
        return answer(Problem("journal_altered", CODES["journal_altered"].meaning))

"""Refusals as JSON: `{"code": …, "message": …}`, with `field` where one field is to blame.

Some have further members. A value that was sent is never repeated.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed"}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Refusal(Exception):
    """A business refusal; raised inside a transaction it rolls back what was done. `extra` are further members."""

    def __init__(
        self, status: int, code: str, message: str, *, field: str | None = None, extra: Mapping[str, Any] = _NOTHING
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.extra = extra


def json_response(content: Any, status: int = 200) -> Response:
    """Compact JSON."""
    return Response(
        json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        status_code=status,
        media_type="application/json",
    )


def error_response(
    status: int, code: str, message: str, field: str | None = None, extra: Mapping[str, Any] = _NOTHING
) -> Response:
    """The form that all errors have."""
    about = {} if field is None else {"field": field}
    return json_response({"code": code, "message": message, **about, **extra}, status)


def install(app: FastAPI) -> None:
    """Let every route answer errors in this form."""

    @app.exception_handler(Refusal)
    async def refused(_request: Request, refusal: Refusal) -> Response:
        return error_response(refusal.status, refusal.code, refusal.message, refusal.field, refusal.extra)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        # The first part of a location says where the field is (body, query, path), not what it is called.
        field = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return error_response(422, "invalid_request", f"{field}: {first['msg']}", field)

    @app.exception_handler(HTTPException)
    async def unrouted(_request: Request, error: HTTPException) -> Response:
        code = _HTTP_CODES.get(error.status_code, "http_error")
        return error_response(error.status_code, code, str(error.detail))

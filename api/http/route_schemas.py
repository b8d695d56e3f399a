"""How routes describe to OpenAPI what FastAPI cannot see: bodies read by hand, and problems."""

from typing import Any

from api.http.examples import REQUESTS
from api.http.headers import IDEMPOTENCY_KEY
from api.http.problem_codes import CODES
from api.http.problems import MEDIA_TYPE
from api.http.validation import RequestBody

PROBLEM_SCHEMA = "Problem"


def body_schema(model: type[RequestBody], *, takes_key: bool = True) -> dict[str, Any]:
    """The request body and the idempotency key of a route that reads them strictly by itself; `api.http.openapi` adds
    the model to the components.
    """
    content = {
        "schema": {"$ref": f"#/components/schemas/{model.__name__}"},
        "example": REQUESTS[model.__name__],
    }
    key = {
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "required": False,
        "description": "1 to 255 visible ASCII characters: a repetition with the same body is carried out once. "
        "Required where an order is created, unless `dry_run`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }
    parameters = [key] if takes_key else []
    return {"parameters": parameters, "requestBody": {"required": True, "content": {"application/json": content}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route, by status, each with the codes it can have."""
    schema = {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}
    return {
        status: {"description": _codes_of(status), "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


def _codes_of(status: int) -> str:
    return "\n".join(f"- `{code}`: {kind.meaning}" for code, kind in CODES.items() if kind.status == status)

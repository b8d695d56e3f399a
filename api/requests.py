"""How routes describe to OpenAPI what FastAPI cannot see: bodies read by hand, and problems."""

from typing import Any

from api.edge import EdgeModel
from api.problem_codes import CODES
from api.problems import MEDIA_TYPE

PROBLEM_SCHEMA = "Problem"


def body_schema(model: type[EdgeModel]) -> dict[str, Any]:
    """The request body of a route that reads it strictly by itself; `api.openapi` adds the model to the components."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": reference}}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems of a route, by status, each with the codes it can have."""
    schema = {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}
    return {
        status: {"description": _codes_of(status), "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


def _codes_of(status: int) -> str:
    return "\n".join(f"- `{code}`: {kind.meaning}" for code, kind in CODES.items() if kind.status == status)

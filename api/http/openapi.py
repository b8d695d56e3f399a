"""The OpenAPI document: what FastAPI finds, and the bodies, problems and examples it cannot see."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.http.examples import ANSWERS, REQUESTS
from api.http.problem_codes import CODES
from api.http.route_schemas import PROBLEM_SCHEMA
from api.http.validation import RequestBody
from api.lines.routes import LineBody
from api.port_in.body import PortInBody
from api.port_in.port_back_checks import PortBackBody
from api.sim_replacement.body import SimReplacementBody
from api.termination.body import TerminationBody
from api.updates.changes import CancelBody, NoteBody, RescheduleBody, ResolveBody
from api.updates.codes import CodeBody
from api.updates.port_out import FreezeBody
from api.updates.sim_replacement import ActivateBody, DeclareBody, ReviewBody

REFERENCES = "#/components/schemas/{model}"
BODIES: tuple[type[RequestBody], ...] = (
    PortInBody,
    SimReplacementBody,
    TerminationBody,
    LineBody,
    CancelBody,
    RescheduleBody,
    ResolveBody,
    NoteBody,
    ReviewBody,
    ActivateBody,
    DeclareBody,
    CodeBody,
    FreezeBody,
    PortBackBody,
)

NO_KEY_NEEDED = ("/healthz", "/readyz")


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = found.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for model in BODIES:
            schema = model.model_json_schema(ref_template=REFERENCES)
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = {**schema, "examples": [REQUESTS[model.__name__]]}
        schemas[PROBLEM_SCHEMA] = _problem_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for name, example in ANSWERS.items():
            schemas[name]["examples"] = [example]
        for path in NO_KEY_NEEDED:
            found["paths"][path]["get"]["security"] = []
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"key": []}]
        app.openapi_schema = found
    return app.openapi_schema


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    instant = {**text, "format": "date-time"}
    error = {
        "type": "object",
        "required": ["field", "code", "message"],
        "properties": {"field": text, "code": text, "message": text, "suggestion": text},
    }
    return {
        "type": "object",
        "description": "RFC 9457. No text repeats a value that was sent.",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "instance": {**text, "description": "names this one occurrence, also in the log"},
            "code": {"type": "string", "enum": list(CODES)},
            "errors": {"type": "array", "items": error},
            "suggestion": {**text, "description": "the RIO that was probably meant, when O and 0 were confused"},
            "held_by": {"type": "object", "properties": {"order_id": text, "kind": text, "since": instant}},
            "locked": {"type": "object", "properties": {"since": instant, "unlocks_at": instant}},
            "barred_by": {
                "type": "object",
                "description": "the order that bars the SIM all the same",
                "properties": {"order_id": text},
            },
            "tries_left": {"type": "integer", "description": "tries of the one-time code"},
            "until": {**instant, "description": "so long no code is taken; legal time"},
            "read_at": {**instant, "description": "when the activation code was read; real time"},
        },
    }

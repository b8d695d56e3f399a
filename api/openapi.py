"""The OpenAPI document: what FastAPI finds, and the bodies, problems and examples it cannot see."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.desk import CancelBody, NoteBody, RescheduleBody, ResolveBody
from api.edge import EdgeModel
from api.port_in_body import PortInBody
from api.problem_codes import CODES
from api.requests import PROBLEM_SCHEMA
from rules.france.rio import Rio

REFERENCES = "#/components/schemas/{model}"
BODIES: tuple[type[EdgeModel], ...] = (PortInBody, CancelBody, RescheduleBody, ResolveBody, NoteBody)
_EXAMPLE_MSISDN = "+33639980001"  # of the range kept free for fiction
_DESK = {"by": "desk.amelie", "reason": "the customer called"}


def examples() -> dict[str, dict[str, Any]]:
    """One example for each body; the RIO is a valid one for its number."""
    return {
        "PortInBody": {
            "msisdn": _EXAMPLE_MSISDN,
            "rio": Rio.of("C1", "P", "7K9M2Q", _EXAMPLE_MSISDN).text,
            "holder": {"kind": "consumer", "name": "Camille Martin"},
            "requested_date": "+5d",
            "sim": {"form": "physical"},
            "mandate": {"signed_at": "2026-05-13T09:30:00+02:00"},
            "contact": {"email": "camille.martin@example.org", "language": "fr"},
        },
        "CancelBody": _DESK,
        "RescheduleBody": {**_DESK, "date": "+5d"},
        "ResolveBody": {**_DESK, "action": "retry"},
        "NoteBody": {"by": "desk.amelie", "text": "the customer prefers e-mail"},
    }


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = found.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for model in BODIES:
            schema = model.model_json_schema(ref_template=REFERENCES)
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = {**schema, "examples": [examples()[model.__name__]]}
        schemas[PROBLEM_SCHEMA] = _problem_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"key": []}]
        app.openapi_schema = found
    return app.openapi_schema


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
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
            "held_by": {
                "type": "object",
                "properties": {"order_id": text, "kind": text, "since": {**text, "format": "date-time"}},
            },
        },
    }

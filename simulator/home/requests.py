"""What routes share: the simulation, the operator and number in the path, and writes with an idempotency key."""

import hashlib
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.numbers import parse
from simulator.simulation import Simulation
from simulator.world.operators import Operator
from simulator.world.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) WITHOUT ROWID;
"""
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Required. The same key and body: the first answer again, no second effect.",
    ),
]
Answer = tuple[int, dict[str, Any]]


def simulation_of(request: Request) -> Simulation:
    """The simulation that the application runs."""
    simulation: Simulation = request.app.state.simulation
    return simulation


def world_of(request: Request) -> World:
    """The world that the application has open."""
    return simulation_of(request).world


def operator_of(world: World, code: str) -> Operator:
    """The operator in the path; 404 `unknown_operator`."""
    operator = world.operators.get(code)
    if operator is None:
        raise Refusal(404, "unknown_operator", "there is no operator with that code", field="operator")
    return operator


def number_of(text: str) -> str:
    """The number in the path, E.164 or national digits; 422 `invalid_number`."""
    try:
        return parse(text)
    except ValueError as error:
        raise Refusal(422, "invalid_number", str(error), field="msisdn") from None


def write_once(
    request: Request, scope: str, key: str | None, body: BaseModel, act: Callable[[str], Answer]
) -> Response:
    """Do a write in one transaction, once per key. `act` gets the key and returns status and answer, or raises Refusal.

    An accepted answer is stored and repeated. A refusal has no effect, so a repeated request is judged again.
    """
    if not key:
        raise Refusal(
            400, "idempotency_key_missing", "every write needs the header Idempotency-Key", field="Idempotency-Key"
        )
    store = world_of(request).store
    fingerprint = hashlib.sha256(
        f"{request.method} {request.scope['path']}\n{body.model_dump_json()}".encode()
    ).digest()
    with store.transaction():
        row = store.execute(
            "SELECT fingerprint, status, answer FROM idempotency WHERE scope = ? AND key = ?", (scope, key)
        ).fetchone()
        if row is not None:
            if row["fingerprint"] != fingerprint:
                raise Refusal(
                    422, "idempotency_key_reused", "this key came with another request before", field="Idempotency-Key"
                )
            return json_response(json.loads(row["answer"]), row["status"])
        status, answer = act(key)
        store.execute(
            "INSERT INTO idempotency (scope, key, fingerprint, status, answer) VALUES (?, ?, ?, ?, ?)",
            (scope, key, fingerprint, status, json.dumps(answer, ensure_ascii=False)),
        )
    return json_response(answer, status)

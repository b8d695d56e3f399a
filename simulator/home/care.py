"""Customer care: subscriptions that are prepared, then activated or cancelled."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards
from simulator.home.fields import Empty, Iccid, Imsi, Instant, Msisdn, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once
from simulator.world.clock import iso
from simulator.world.world import World

PARTY = "care"
SCHEMA = """
CREATE TABLE IF NOT EXISTS care_subscriptions (
    operator TEXT NOT NULL, reference TEXT NOT NULL, state TEXT NOT NULL, contract_id TEXT, msisdn TEXT,
    holder_kind TEXT, holder_name TEXT, iccid TEXT, imsi TEXT, rio TEXT, activated_at TEXT,
    PRIMARY KEY (operator, reference)
) WITHOUT ROWID;
"""
router = APIRouter(prefix="/home/{operator}/care", tags=["home: care"])


class Holder(RequestBody):
    """Who signs the contract."""

    kind: Literal["consumer", "business"]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Prepare(RequestBody):
    """A contract to be prepared."""

    reference: Reference
    msisdn: Msisdn
    holder: Holder
    iccid: Iccid
    imsi: Imsi


class Activate(RequestBody):
    """The contract's start, legal time."""

    effective_at: Instant


@router.post("/subscriptions", status_code=201, summary="Prepare a contract that is not active yet")
async def prepare(request: Request, operator: str, body: Prepare, key: IdempotencyKey = None) -> Response:
    """Effect `subscription_prepared`.

    409 `reference_cancelled` after an undo of the same reference, `reference_in_use` for other data.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        known = _find(world, code, body.reference)
        if known is not None:
            return 201, _prepared_again(known, body)
        contract_id = world.subscribers.new_contract_id(code)
        world.store.execute(
            "INSERT INTO care_subscriptions "
            "(operator, reference, state, contract_id, msisdn, holder_kind, holder_name, iccid, imsi) "
            "VALUES (?, ?, 'prepared', ?, ?, ?, ?, ?, ?)",
            (code, body.reference, contract_id, body.msisdn, body.holder.kind, body.holder.name, body.iccid, body.imsi),
        )
        _effect(world, "subscription_prepared", code, body.reference, key, body.msisdn, contract_id)
        return 201, {"reference": body.reference, "contract_id": contract_id, "state": "prepared"}

    return write_once(request, f"{code}:care", key, body, act)


@router.get("/subscriptions/{reference}", summary="A subscription by its reference; 404 unknown_reference")
async def subscription(request: Request, operator: str, reference: str) -> Response:
    """State prepared, active or cancelled."""
    world = world_of(request)
    row = _known(world, operator_of(world, operator).code, reference)
    fields = ("reference", "contract_id", "msisdn", "iccid", "imsi", "state", "rio", "activated_at")
    return json_response({name: row[name] for name in fields if row[name] is not None})


@router.post("/subscriptions/{reference}/activate", summary="Activate a prepared contract; the line gets its RIO")
async def activate(
    request: Request, operator: str, reference: str, body: Activate, key: IdempotencyKey = None
) -> Response:
    """Effect `contract_activated`, once per reference. 404 `unknown_reference`, 409 `reference_cancelled`."""
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        row = _known(world, code, reference)
        if row["state"] == "cancelled":
            raise _cancelled()
        if row["state"] == "prepared":
            added = world.subscribers.add(
                row["msisdn"],
                code,
                holder_kind=row["holder_kind"],
                holder_name=row["holder_name"],
                iccid=row["iccid"],
                imsi=row["imsi"],
                contract_id=row["contract_id"],
                key=key,
                detail={"reference": reference, "effective_at": iso(body.effective_at)},
            )
            world.store.execute(
                "UPDATE care_subscriptions SET state = 'active', rio = ?, activated_at = ? "
                "WHERE operator = ? AND reference = ?",
                (added.rio, iso(world.clock.legal_now()), code, reference),
            )
            cards.mark(world, code, row["iccid"], "used", msisdn=row["msisdn"])
            world.numbers.take_from_pool(row["msisdn"])
            row = _known(world, code, reference)
        return 200, {name: row[name] for name in ("contract_id", "state", "rio", "activated_at")}

    return write_once(request, f"{code}:care", key, body, act)


@router.post("/subscriptions/{reference}/cancel", summary="Undo a preparation")
async def cancel(request: Request, operator: str, reference: str, body: Empty, key: IdempotencyKey = None) -> Response:
    """Effect `subscription_cancelled` if there was something to undo.

    The reference cannot be used again. 409 `already_active`.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        row = _find(world, code, reference)
        if row is not None and row["state"] == "active":
            raise Refusal(409, "already_active", "the contract is active; it can only be ended")
        if row is None:
            world.store.execute(
                "INSERT INTO care_subscriptions (operator, reference, state) VALUES (?, ?, 'cancelled')",
                (code, reference),
            )
        elif row["state"] == "prepared":
            world.store.execute(
                "UPDATE care_subscriptions SET state = 'cancelled' WHERE operator = ? AND reference = ?",
                (code, reference),
            )
            _effect(world, "subscription_cancelled", code, reference, key, row["msisdn"], row["contract_id"])
        return 200, {"state": "cancelled"}

    return write_once(request, f"{code}:care", key, body, act)


def _find(world: World, operator: str, reference: str) -> dict[str, Any] | None:
    row = world.store.execute(
        "SELECT * FROM care_subscriptions WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    return None if row is None else dict(row)


def _known(world: World, operator: str, reference: str) -> dict[str, Any]:
    row = _find(world, operator, reference)
    if row is None:
        raise Refusal(404, "unknown_reference", "nothing was prepared under this reference", field="reference")
    return row


def _prepared_again(row: dict[str, Any], body: Prepare) -> dict[str, Any]:
    if row["state"] == "cancelled":
        raise _cancelled()
    wanted = (body.msisdn, body.holder.kind, body.holder.name, body.iccid, body.imsi)
    if tuple(row[name] for name in ("msisdn", "holder_kind", "holder_name", "iccid", "imsi")) != wanted:
        raise Refusal(409, "reference_in_use", "another subscription has this reference", field="reference")
    return {name: row[name] for name in ("reference", "contract_id", "state")}


def _cancelled() -> Refusal:
    return Refusal(409, "reference_cancelled", "this reference was undone before", field="reference")


def _effect(world: World, effect: str, operator: str, reference: str, key: str, msisdn: str, contract_id: str) -> None:
    detail = {"operator": operator, "reference": reference, "contract_id": contract_id}
    world.effects.record(PARTY, effect, key=key, msisdn=msisdn, detail=detail)

"""GET /v1/numbers/{msisdn}: who serves a number, what happens to it, what happened."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.context import Here
from api.number_codes import number_code
from api.order_view import as_json
from api.problems import FieldError, refused_fields
from api.requests import problems
from api.threads import in_thread
from domain.identifiers import IdentifierError, parse_msisdn
from domain.lines import LineFacts
from domain.model import Instant, Model
from domain.orders import OrderKind
from journal import LineHold, LineView
from parties.clearing_house.registry import RegistryNumber
from parties.errors import PartyError

REGISTRY_PATIENCE_S = 3.0
"""How long the answer waits for the reference database (real time)."""

_PORTING = {OrderKind.PORT_IN.value, OrderKind.PORT_OUT.value}

router = APIRouter(prefix="/v1", tags=["numbers"])


class PastOrder(Model):
    """One order on the number."""

    order_id: str
    kind: str
    state: str
    stage: str
    donor: str
    recipient: str
    accepted_at: Instant
    updated_at: Instant


class NumberBody(Model):
    """What is known of a number: the reference database says who serves it, the journal what we do with it."""

    msisdn: str
    state: str = Field(description="active, porting, changing, free, or unknown while the reference database is away")
    operator: str | None = Field(description="the serving operator, by the reference database")
    range_holder: str | None
    held_by: LineHold | None = Field(description="the order that holds the line")
    line: LineFacts = Field(description="our line: locked or barred since when, its last change of SIM; legal time")
    history: list[PastOrder] = Field(description="our orders on it, newest first")
    notes: list[str]


@router.get("/numbers/{msisdn}", response_model=NumberBody, summary="Show a number", responses=problems(401, 422))
async def number(
    msisdn: Annotated[str, Path(description="E.164 or national digits", max_length=64)], here: Here
) -> Response:
    """Asks the reference database and the journal. With the reference database away the journal's part comes with a
    note.
    """
    parsed = read_number(msisdn)
    line = await in_thread(here.journal.line, parsed)
    facts = await in_thread(here.journal.line_facts, parsed)
    notes: list[str] = []
    registered: RegistryNumber | None = None
    try:
        async with asyncio.timeout(REGISTRY_PATIENCE_S):
            registered = await here.registry.number(parsed)
    except (PartyError, TimeoutError):
        notes.append("the clearing house's reference database cannot be reached: who serves the number is not known")
    return as_json(
        NumberBody(
            msisdn=parsed,
            state=_state(line, registered, asked=not notes),
            operator=registered.operator if registered else None,
            range_holder=registered.range_holder if registered else None,
            held_by=line.held_by,
            line=facts,
            history=[
                PastOrder(
                    order_id=order.order_id,
                    kind=order.kind,
                    state=order.status.state,
                    stage=order.status.stage,
                    donor=order.donor,
                    recipient=order.recipient,
                    accepted_at=order.accepted_at,
                    updated_at=order.updated_at,
                )
                for order in line.orders
            ],
            notes=notes,
        )
    )


def read_number(text: str, *, in_query: bool = False) -> str:
    """A number from an address, E.164; raises `Problem`. In a query a plus sign that nobody encoded has become a
    space.
    """
    if in_query and text.startswith(" "):
        text = "+" + text[1:]
    try:
        return parse_msisdn(text)
    except IdentifierError as error:
        raise refused_fields([FieldError("msisdn", number_code(error), error.reason)]) from None


def _state(line: LineView, registered: RegistryNumber | None, *, asked: bool) -> str:
    if line.held_by is not None:
        return "porting" if line.held_by.kind in _PORTING else "changing"
    if not asked:
        return "unknown"
    return "active" if registered is not None else "free"

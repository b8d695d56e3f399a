"""GET /v1/numbers/{msisdn}: who serves a number, what happens to it, what happened."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.context import Context, RouteContext
from api.home_systems import AWAY, answer_of
from api.http.problems import FieldError, refused_fields
from api.http.route_schemas import problems
from api.lines.number_errors import number_code
from api.lines.number_state import ACTIVE, FREE, RELEASED, UNKNOWN, left_by, state_of, waits
from api.orders.view import as_json
from domain.identifiers import IdentifierError
from domain.lines import LineFacts
from domain.model import Instant, Model
from domain.termination import Quarantine
from journal import LineHold
from runtime.threads import in_thread

REGISTRY_PATIENCE_S = 3.0
"""How long the answer waits for the reference database (real time)."""

_NO_REGISTRY = "the clearing house's reference database cannot be reached: who serves the number is not known"
_NO_CARE = "customer care cannot be reached: whether the number was given to a new line is not known"

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


class QuarantineBody(Model):
    """The contract has ended. Instants are legal time."""

    since: Instant
    portable_until: Instant = Field(description="so long the number may be ported, with the code that it had")
    reassignable_from: Instant = Field(description="nobody else gets it before, nor while a dossier is open on it")
    ended_by: str = Field(description="the order that ended the contract")


class NumberBody(Model):
    """What is known of a number: the reference database says who serves it, the journal what we do with it."""

    msisdn: str
    state: str = Field(
        description="active (served by `operator`), terminating, porting, changing, quarantine, free, or unknown while "
        "the system that would tell is away"
    )
    operator: str | None = Field(description="the serving operator, by the reference database")
    range_holder: str | None
    left_by: str | None = Field(description="the port out by which the number left us for `operator`")
    held_by: LineHold | None = Field(description="the order that holds the line")
    waiting: list[LineHold] = Field(description="orders that were preempted or wait for the line; the next one first")
    quarantine: QuarantineBody | None = Field(description="while the number waits for its next life")
    line: LineFacts = Field(description="our line: locked or barred since when, its last change of SIM; legal time")
    history: list[PastOrder] = Field(description="our orders on it in its present life, newest first")
    former: int = Field(description="how many orders it had in earlier lives: another holder's business")
    notes: list[str]


@router.get("/numbers/{msisdn}", response_model=NumberBody, summary="Show a number", responses=problems(401, 422))
async def number(
    msisdn: Annotated[str, Path(description="E.164 or national digits", max_length=64)], context: RouteContext
) -> Response:
    """Asks the reference database and the journal. With the reference database away the journal's part comes with a
    note.
    """
    parsed = read_number(context, msisdn)
    line = await in_thread(context.journal.lines.read, parsed)
    facts = await in_thread(context.journal.lines.facts, parsed)
    quarantine = await in_thread(context.journal.quarantines.of, parsed)
    registered = await answer_of(context.registry.number(parsed), REGISTRY_PATIENCE_S)
    notes = [_NO_REGISTRY] if registered == AWAY else []
    state = state_of(line, quarantine, registered, context.settings.home)
    if state == RELEASED:
        state = await _of_its_next_life(context, parsed)
        notes += [_NO_CARE] if state == UNKNOWN else []
    known = None if registered == AWAY else registered
    return as_json(
        NumberBody(
            msisdn=parsed,
            state=state,
            operator=known.operator if known else None,
            range_holder=known.range_holder if known else None,
            left_by=left_by(line, registered, context.settings.home),
            held_by=line.held_by,
            waiting=line.behind,
            quarantine=_shown(quarantine) if waits(quarantine, registered, context.settings.home) else None,
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
            former=line.former,
            notes=notes,
        )
    )


async def _of_its_next_life(context: Context, msisdn: str) -> str:
    """Of a number that went back to our pool, which only customer care can tell."""
    line = await answer_of(context.home_systems.care.line(msisdn), context.home_systems.patience_s)
    if line == AWAY:
        return UNKNOWN
    return FREE if line is None or line.has_ended else ACTIVE


def _shown(quarantine: Quarantine | None) -> QuarantineBody | None:
    return None if quarantine is None else QuarantineBody.model_validate(quarantine.model_dump())


def read_number(context: Context, text: str, *, in_query: bool = False) -> str:
    """A number from an address, E.164; raises `Problem`. In a query a plus sign that nobody encoded has become a
    space.
    """
    if in_query and text.startswith(" "):
        text = "+" + text[1:]
    try:
        return context.regime.numbers.parse(text)
    except IdentifierError as error:
        raise refused_fields([FieldError("msisdn", number_code(error), error.reason)]) from None

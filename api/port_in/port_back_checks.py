"""What is checked before a number is asked back: that it left by this port out, has not moved since, and for whom it
comes back.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from api.context import Context
from api.home_systems import AWAY, answer_of
from api.http.problems import Problem, unavailable
from api.http.validation import ActorName, RequestBody, ShortText, validated
from api.orders.lookup import known_order
from api.port_in.body import SimBody
from api.updates.port_out import must_be_port_out
from domain.orders import OrderState, OrderStatus
from domain.port_out import PortOutOrder
from domain.sims import SimForm
from parties.care import Line
from parties.clearing_house.registry import is_last_move


class PortBackBody(RequestBody):
    """Why a number has to come back, and the SIM that it comes back to."""

    by: ActorName = Field(description="who asks")
    reason: ShortText
    sim: SimBody = Field(default=SimBody(form=SimForm.PHYSICAL))


@dataclass(frozen=True)
class PortBack:
    """A port back that may be asked for: the port out that it takes back, and the line as it was."""

    body: PortBackBody
    out: PortOutOrder
    ended: OrderStatus  # the port out's
    line: Line


async def checked_port_back(context: Context, order_id: str, raw: dict[str, Any]) -> PortBack:
    """The port back that a body asks for; raises the `Problem` that stands against it."""
    body = validated(PortBackBody, raw)
    view = await known_order(context.journal, order_id)
    must_be_port_out(view)
    state = view.status.state
    if state is not OrderState.COMPLETED:
        raise Problem("not_ported_out", f"the port out is {state}: there is nothing to take back", state=state)
    out = PortOutOrder.model_validate(view.order)
    patience_s = context.home_systems.patience_s
    _, line = await asyncio.gather(
        _must_be_where_it_went(context, out), answer_of(context.home_systems.care.line(out.msisdn), patience_s)
    )
    if line == AWAY:
        raise unavailable("care_unavailable", "customer care is away: for whom the number comes back is not known")
    if line is None:
        raise Problem("unknown_line", "customer care knows no line of this number: there is nobody to bring it back to")
    return PortBack(body, out, view.status, line)


async def _must_be_where_it_went(context: Context, out: PortOutOrder) -> None:
    """Raises the `Problem` `ported_again`. What the registry does not say now, the order finds out."""
    patience_s = context.home_systems.patience_s
    number, dossier = await asyncio.gather(
        answer_of(context.registry.number(out.msisdn), patience_s),
        answer_of(context.registry.dossier(out.dossier_id), patience_s),
    )
    if number == AWAY or dossier == AWAY:
        return
    if not is_last_move(dossier, number, donor=out.home, recipient=out.recipient):
        raise Problem("ported_again", f"the number has moved again since {out.recipient} got it by this port out")

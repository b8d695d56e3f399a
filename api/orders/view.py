"""An order as the outside sees it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from api.orders.links import links_of
from domain.model import Instant, Model
from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderState, OrderStatus, WaitingFor
from domain.refusals import Refusal
from domain.timeline import TimelineCode
from journal import AcceptedOrder, ChainReport, EventView, OrderView

_STAGES = "; ".join(f"{kind}: {', '.join(definition.stages)}" for kind, definition in ORDER_KINDS.items())


class TimelineLine(Model):
    """One item of the order's timeline."""

    at: Instant = Field(description="legal time, UTC")
    code: TimelineCode = Field(description="what happened, for programs: stable")
    day: date | None = Field(default=None, description="goes with some codes: a calendar day of the number's territory")
    what: str = Field(description="what happened, for people: may be reworded")
    by: str
    reason: str
    detail: dict[str, Any] = Field(default_factory=dict)


class OrderBody(Model):
    """Where one order stands. Instants are legal time in UTC; `zone` is the number's, null without one."""

    order_id: str
    kind: str
    msisdn: str | None = Field(description="E.164; null for an order without a line of its own")
    donor: str
    recipient: str
    related_to: str | None = Field(description="the order that it belongs to")
    state: OrderState = Field(description="a TMF641 state; final: completed, partial, failed, cancelled, rejected")
    stage: str = Field(description=f"where in its process it is; by kind: {_STAGES}")
    waiting_for: WaitingFor | None = Field(description="whom it waits for, for what, until when, and what happens then")
    needs_attention: bool = Field(description="a human has to decide")
    attention: str = Field(description="what the human should do")
    point_of_no_return: bool = Field(description="from here on the order is only finished, never undone")
    refusal: Refusal | None
    outcome: dict[str, Any] | None
    due: Instant | None
    late: bool = Field(description="the promise was not kept")
    zone: str | None
    accepted_at: Instant
    updated_at: Instant
    timeline: list[TimelineLine] = Field(description="empty in lists")
    journal_intact: bool | None = Field(default=None, description="whether the order's events are as they were written")
    links: dict[str, str] = Field(
        description="where to go from here, by what can be asked of such an order; `workflow` is the Web UI's page"
    )


class OrderList(Model):
    """A page of orders, newest first; `next` is what `after` takes for the following page."""

    items: list[OrderBody]
    next: str | None


def accepted_body(accepted: AcceptedOrder, msisdn: str | None, ui_url: str) -> OrderBody:
    """The order as it was accepted: the same for each repetition of the request."""
    at = accepted.accepted_at
    timeline = [TimelineLine(at=at, **event.model_dump()) for event in accepted.events]
    return _body(accepted, msisdn, accepted.status, at, timeline, None, links_of(accepted, ui_url))


def order_body(
    view: OrderView,
    ui_url: str,
    events: Iterable[EventView] = (),
    report: ChainReport | None = None,
    ported_back_by: str = "",
) -> OrderBody:
    """The order as it stands."""
    timeline = [TimelineLine.model_validate(vars(event)) for event in events if event.what]
    intact = None if report is None else report.ok
    links = links_of(view, ui_url, ported_back_by)
    return _body(view, view.msisdn, view.status, view.updated_at, timeline, intact, links)


def as_json(model: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The model as a JSON answer."""
    return Response(model.model_dump_json(), status, headers, "application/json")


def _body(
    order: AcceptedOrder | OrderView,
    msisdn: str | None,
    status: OrderStatus,
    updated_at: datetime,
    timeline: list[TimelineLine],
    journal_intact: bool | None,
    links: dict[str, str],
) -> OrderBody:
    return OrderBody(
        order_id=order.order_id,
        kind=order.kind,
        msisdn=msisdn,
        donor=order.donor,
        recipient=order.recipient,
        related_to=order.related_to,
        zone=order.order.get("zone") if msisdn else None,
        accepted_at=order.accepted_at,
        updated_at=updated_at,
        timeline=timeline,
        journal_intact=journal_intact,
        links=links,
        **{name: getattr(status, name) for name in OrderStatus.model_fields},
    )

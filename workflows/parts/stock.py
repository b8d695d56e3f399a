"""A SIM from logistics' stock. While the stock is empty the order waits, and says until when."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import workflow

from activities.logistics import LogisticsActivities, ReservedSim, ReserveSim
from domain.orders import Actor, OrderState, WaitingFor
from domain.sims import SimCard
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.context import OrderContext
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import Refused
from workflows.order.transition import Transition

UNUSABLE = frozenset({"sim_used", "unknown_sim"})
"""The card that the shop names cannot be taken. Another try would change nothing."""


async def reserve(context: OrderContext[Any], request: Callable[[str], ReserveSim], *, what: str, step: str) -> SimCard:
    """Reserve until there is a SIM. `request` is made with the idempotency key of its try; `what` names the SIM in
    sentences.

    Raises:
        Refused: the named card cannot be used.
        Withdrawn, GivenUp: as for a call and for the person who is asked.
    """
    number, pause = 1, policies.STOCK_LOOK
    is_told = False
    while True:
        answer = await context.calls.write(
            LogisticsActivities.reserve_sim, request(context.key(step, number)), name=step
        )
        if answer.sim is not None:
            return answer.sim
        assert answer.refusal is not None
        if answer.refusal.raw_code in UNUSABLE:
            raise Refused(Actor(by="logistics", reason=answer.refusal.raw_text), refusal=answer.refusal)
        if answer.stock_is_empty:
            await _wait_for_stock(context, what, answer, pause, tell_customer=not is_told)
            is_told, pause = True, min(pause * 2, policies.STOCK_LOOK_LONGEST)
        else:
            await context.human.ask(f"no {what}: {answer.refusal.raw_text}", actions=RETRY_OR_GIVE_UP)
        number += 1


async def _wait_for_stock(
    context: OrderContext[Any], what: str, answer: ReservedSim, pause: timedelta, *, tell_customer: bool
) -> None:
    """Until the legal instant that logistics named, else for a `pause` of real time."""
    before, cancellation = context.status, context.cancellation
    restock_at = answer.restock_at
    if restock_at is not None and restock_at <= context.time.now():
        restock_at = None
    messages = []
    if tell_customer and restock_at is not None:
        messages = context.messages("stock_empty", day=context.local_day(restock_at))
    await context.log.record(
        Transition(
            code=TimelineCode.STOCK_EMPTY,
            what=f"no {what} in stock",
            by="logistics",
            state=OrderState.PENDING,
            messages=messages,
            waiting_for=WaitingFor(
                party="logistics",
                what=f"a new delivery: no {what} in stock",
                until=restock_at,
                then="the next one is reserved",
            ),
        )
    )
    if restock_at is not None:
        await context.time.until(restock_at, unless=lambda: cancellation.is_requested, summary="the stock is filled up")
    else:
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: cancellation.is_requested, timeout=pause, timeout_summary="before asking for stock again"
            )
    cancellation.stop_if_requested()
    await context.log.resume(before, TimelineCode.STOCK_ASKED_AGAIN, "the stock is asked again")

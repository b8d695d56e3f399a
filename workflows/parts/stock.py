"""A SIM from logistics' stock. An empty stock parks the order, which says until when."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow

from activities.logistics import LogisticsActivities, ReserveSim
from domain.orders import Actor, CustomerMessage, OrderState, WaitingFor
from domain.sims import SimCard
from workflows import policies
from workflows.asking import RETRY_OR_GIVE_UP, calm
from workflows.running import Running
from workflows.stops import Refused

UNUSABLE = frozenset({"sim_used", "unknown_sim"})
"""The card that the shop names cannot be taken: nothing that another try would change."""


async def reserve(running: Running, wanted: Callable[[str], ReserveSim], *, what: str, step: str) -> SimCard:
    """Reserve until there is one. `wanted` is made with the idempotency key of its try; `what` names it in sentences.

    Raises:
        Refused: the named card cannot be used.
        Withdrawn, GivenUp: as for a step and for the person who is asked.
    """
    number, told, pause = 1, False, policies.STOCK_LOOK
    while True:
        request = wanted(running.key(step, number))
        answer = await running.desk.step(LogisticsActivities.reserve_sim, request, name=step, party="logistics")
        if answer.sim is not None:
            return answer.sim
        assert answer.refusal is not None
        if answer.refusal.raw_code in UNUSABLE:
            raise Refused(Actor(by="logistics", reason=answer.refusal.raw_text), refusal=answer.refusal)
        if answer.stock_is_empty:
            await _park(running, what, answer.restock_at, pause, tell_customer=not told)
            told, pause = True, min(pause * 2, policies.STOCK_LOOK_LONGEST)
        else:
            await running.desk.ask_human(f"no {what}: {answer.refusal.raw_text}", actions=RETRY_OR_GIVE_UP)
        number += 1


async def _park(
    running: Running, what: str, restock_at: datetime | None, pause: timedelta, *, tell_customer: bool
) -> None:
    desk, before = running.desk, running.desk.status
    is_known = restock_at is not None and restock_at > running.time.now()
    messages: list[CustomerMessage] = []
    if tell_customer and restock_at is not None and is_known:
        messages = running.messages("stock_empty", day=running.local_day(restock_at))
    await desk.tell(
        state=OrderState.PENDING,
        what=f"no {what} in stock",
        by="logistics",
        messages=messages,
        waiting_for=WaitingFor(
            party="logistics",
            what=f"a new delivery: no {what} in stock",
            until=restock_at if is_known else None,
            then="the next one is reserved",
        ),
    )

    def cancelled() -> bool:
        return desk.cancel is not None

    if restock_at is not None and is_known:
        await running.time.until(restock_at, unless=cancelled, summary="the stock is filled up")
    else:
        with suppress(TimeoutError):
            await workflow.wait_condition(cancelled, timeout=pause, timeout_summary="before asking for stock again")
    desk.stop_if_cancelled()
    await desk.tell(before.stage, before.state, what="the stock is asked again", **calm(before, desk.status))

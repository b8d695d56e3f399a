"""The order that the path of a request names."""

from typing import Annotated

from fastapi import Path

from api.http.problems import Problem
from journal import Journal, OrderView
from runtime.threads import in_thread

PRINTABLE = r"^[!-~]+$"
OrderIdPath = Annotated[str, Path(description="the order's id", max_length=40, pattern=PRINTABLE)]


async def known_order(journal: Journal, order_id: str) -> OrderView:
    """The order, or the `Problem` `not_found`."""
    view = await in_thread(journal.orders.read, order_id)
    if view is None:
        raise not_found()
    return view


def not_found() -> Problem:
    """The problem of an id that no order has."""
    return Problem("not_found", "there is no order of this id")

"""The ids of orders, made where an order is about to be accepted."""

from ulid import ULID

from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderKind


def new_order_id(kind: OrderKind) -> str:
    """The id of an order that is about to be accepted; sorts by time."""
    return f"{ORDER_KINDS[kind].prefix}-{ULID()}"

"""The ids of orders, made where an order is about to be accepted."""

from ulid import ULID

from domain.orders import OrderKind

_PREFIXES = {
    OrderKind.PORT_IN: "pi",
    OrderKind.PORT_OUT: "po",
    OrderKind.SIM_REPLACEMENT: "sr",
    OrderKind.LINE_SERVICE: "ls",
    OrderKind.TERMINATION: "te",
}


def new_order_id(kind: OrderKind) -> str:
    """The id of an order that is about to be accepted; sorts by time."""
    return f"{_PREFIXES[kind]}-{ULID()}"

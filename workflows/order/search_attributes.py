"""The registry of search attributes: what the Web UI's list can show and filter. Always in clear, so never a number,
only its keyed hash.
"""

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from domain.orders import OrderKind, OrderStatus

ORDER_KIND = SearchAttributeKey.for_keyword("OrderKind")
ORDER_STATE = SearchAttributeKey.for_keyword("OrderState")
STAGE = SearchAttributeKey.for_keyword("Stage")
DONOR = SearchAttributeKey.for_keyword("Donor")
RECIPIENT = SearchAttributeKey.for_keyword("Recipient")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")
LINE_HASH = SearchAttributeKey.for_keyword("LineHash")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")
DUE = SearchAttributeKey.for_datetime("Due")

REGISTERED: dict[str, str] = {
    ORDER_KIND.name: "Keyword",
    ORDER_STATE.name: "Keyword",
    STAGE.name: "Keyword",
    DONOR.name: "Keyword",
    RECIPIENT.name: "Keyword",
    WAITING_FOR.name: "Keyword",
    LINE_HASH.name: "Keyword",
    NEEDS_ATTENTION.name: "Bool",
    DUE.name: "Datetime",
}
"""Name → type, as the server wants them registered (7 of 10 Keywords, 1 of 3 Bools in use)."""


def initial(
    *, kind: OrderKind, donor: str, recipient: str, line_hash: str, status: OrderStatus
) -> TypedSearchAttributes:
    """The attributes an order starts with, so that its first stage costs no event."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(ORDER_KIND, kind.value),
            SearchAttributePair(DONOR, donor),
            SearchAttributePair(RECIPIENT, recipient),
            SearchAttributePair(LINE_HASH, line_hash),
            SearchAttributePair(ORDER_STATE, status.state.value),
            SearchAttributePair(STAGE, status.stage),
            SearchAttributePair(NEEDS_ATTENTION, status.needs_attention),
        ]
    )


def listed(status: OrderStatus) -> dict[str, SearchAttributeUpdate[Any]]:
    """The part of a status that the list shows, as the updates that would show it."""
    waiting_for = status.waiting_for.party if status.waiting_for else None
    return {
        ORDER_STATE.name: ORDER_STATE.value_set(status.state.value),
        STAGE.name: STAGE.value_set(status.stage),
        NEEDS_ATTENTION.name: NEEDS_ATTENTION.value_set(status.needs_attention),
        WAITING_FOR.name: WAITING_FOR.value_set(waiting_for) if waiting_for else WAITING_FOR.value_unset(),
        DUE.name: DUE.value_set(status.due) if status.due else DUE.value_unset(),
    }

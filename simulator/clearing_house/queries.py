"""What the query string of an event stream means."""

import re
from collections.abc import Mapping

from simulator.clearing_house.stream import Subscription
from simulator.clearing_house.vocabulary import NOT_OFFERED, MessageType
from simulator.clearing_house.wire_refusals import bad_parameter

UNCONFIRMED, ALL = "Unconfirmed", "All"
_RECEIVED_ONLY = frozenset({"rangeactivation", "rangedeactivation"})
_KNOWN_TYPES = frozenset(message_type.value for message_type in MessageType) | NOT_OFFERED | _RECEIVED_ONLY
_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_INT64 = range(-(2**63), 2**63)


def subscription(operator: str, query: Mapping[str, str]) -> Subscription:
    """The subscription of a reader; raises WireRefusal (400, code 1010) naming the parameter."""
    status = query.get("confirmationStatus", UNCONFIRMED)
    if status not in (UNCONFIRMED, ALL):
        raise bad_parameter("confirmationStatus must be Unconfirmed or All")
    types = frozenset(name for name in query.get("messageTypes", "").split(",") if name)
    if not types <= _KNOWN_TYPES:
        raise bad_parameter("messageTypes holds a name that is no message type")
    return Subscription(operator, _offset(query.get("offset", "-1")), types, status == UNCONFIRMED)


def _offset(text: str) -> int:
    if not _DECIMAL.fullmatch(text) or int(text) not in _INT64:
        raise bad_parameter("offset must be a decimal 64-bit integer")
    return int(text)

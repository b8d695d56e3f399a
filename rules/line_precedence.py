"""Which order has a line: the order that holds it, and the claims of other orders behind it.

An order that only waits is *preemptible*: another order may have the line until the first one has to act. An order
that has begun to move the number has the line *exclusively*: nobody takes it away until the order releases it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.orders import OrderKind

_Kinds = Mapping[str, set[OrderKind]]

_PREEMPTS: _Kinds = {
    OrderKind.SIM_REPLACEMENT: {OrderKind.PORT_OUT, OrderKind.TERMINATION},
    OrderKind.PORT_OUT: {OrderKind.TERMINATION},
}
"""Whose line a kind of order may have while that order is preemptible."""

_ENDS: _Kinds = {
    OrderKind.PORT_OUT: {OrderKind.SIM_REPLACEMENT},
    OrderKind.TERMINATION: {OrderKind.SIM_REPLACEMENT},
}
"""Which holder a kind of order ends when it needs the line exclusively."""

_ENDS_ONLY_WHO_PREEMPTED_IT = {OrderKind.TERMINATION}

_DISPLACES: _Kinds = {OrderKind.PORT_OUT: {OrderKind.TERMINATION}}
"""Which holder a kind of order puts behind itself when it needs the line exclusively."""


@dataclass(frozen=True)
class Claim:
    """What an order has on a line. `since`: when it was accepted, as the caller counts time."""

    order_id: str
    kind: str
    since: int
    preemptible: bool = False
    exclusive: bool = False


Claims = tuple[Claim, ...]
"""All claims on a line. The last one holds it, the one before it is next, and so on."""


def holder_of(claims: Sequence[Claim]) -> Claim | None:
    """The claim that holds the line, None for a free line."""
    return claims[-1] if claims else None


def may_preempt(claim: Claim, holder: Claim) -> bool:
    """Whether the order of `claim` may have the line before the order that holds it now."""
    return holder.preemptible and not holder.exclusive and holder.kind in _PREEMPTS.get(claim.kind, set())


def add(claims: Claims, new: Claim, *, waits: bool) -> Claims | None:
    """The claims with a new one: it holds the line if the line is free or it may preempt the holder. Else it is next,
    if the order `waits`. None: the order cannot have the line.
    """
    holder = holder_of(claims)
    if holder is None or may_preempt(new, holder):
        return (*claims, new)
    return (*claims[:-1], new, holder) if waits else None


def set_preemptible(claims: Claims, order_id: str, preemptible: bool) -> Claims:
    """The claims after the order has become preemptible, or has ceased to be."""
    return _preempted(
        tuple(replace(each, preemptible=preemptible) if each.order_id == order_id else each for each in claims)
    )


def release(claims: Claims, order_id: str) -> Claims:
    """The claims without the order's."""
    return _preempted(tuple(each for each in claims if each.order_id != order_id))


def drop_waiting(claims: Claims) -> Claims:
    """The holder's claim alone."""
    return claims[-1:]


def make_exclusive(claims: Claims, claim: Claim) -> Claims | None:
    """The claims with this order as the exclusive holder. None: the order that holds the line can neither be ended nor
    displaced.
    """
    holder = holder_of(claims)
    own = next((each for each in claims if each.order_id == claim.order_id), claim)
    exclusive = replace(own, exclusive=True)
    behind = tuple(each for each in claims[:-1] if each.order_id != claim.order_id)
    if holder is None or holder.order_id == claim.order_id:
        return (*behind, exclusive)
    if holder.exclusive:
        return None
    if holder.kind in _DISPLACES.get(claim.kind, set()):
        return (*behind, holder, exclusive)
    if holder.kind not in _ENDS.get(claim.kind, set()):
        return None
    if claim.kind in _ENDS_ONLY_WHO_PREEMPTED_IT and own != holder_of(claims[:-1]):
        return None
    return (*behind, exclusive)


def _preempted(claims: Claims) -> Claims:
    """The next claim changes places with the holder's if it may preempt it."""
    if len(claims) > 1 and may_preempt(claims[-2], claims[-1]):
        return (*claims[:-2], claims[-1], claims[-2])
    return claims

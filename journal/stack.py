"""Whose turn it is on a line: its orders in a stack, of which the topmost holds it. Pure; `journal.holds` keeps it.

A port out or a termination that only waits *lends* the line, and takes it back when it has to act. An order that has
begun to move the number is *firm*: the line stays with it until it lets go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.orders import OrderKind

_Kinds = Mapping[str, set[OrderKind]]

_BORROWS_FROM: _Kinds = {
    OrderKind.SIM_REPLACEMENT: {OrderKind.PORT_OUT, OrderKind.TERMINATION},
    OrderKind.PORT_OUT: {OrderKind.TERMINATION},
}
_ENDS: _Kinds = {
    OrderKind.PORT_OUT: {OrderKind.SIM_REPLACEMENT},
    OrderKind.TERMINATION: {OrderKind.SIM_REPLACEMENT},
}
_ENDS_ONLY_ITS_BORROWER = {OrderKind.TERMINATION}
_DISPLACES: _Kinds = {OrderKind.PORT_OUT: {OrderKind.TERMINATION}}


@dataclass(frozen=True)
class Stand:
    """An order on a line. `since`: stored legal instant of its first word about the line."""

    order_id: str
    kind: str
    since: int
    lends: bool = False
    firm: bool = False

    def may_borrow_from(self, holder: "Stand") -> bool:
        return holder.lends and not holder.firm and holder.kind in _BORROWS_FROM.get(self.kind, set())


Stack = tuple[Stand, ...]
"""A line's orders, the holder last; each other has lent the line, or waits for it, behind the next."""


def holder_of(stack: Sequence[Stand]) -> Stand | None:
    return stack[-1] if stack else None


def entered(stack: Stack, new: Stand, *, waits: bool) -> Stack | None:
    """With a new order that wants the line: on top where it is free or may be borrowed, else just behind the holder if
    the order `waits`; None: it cannot have it.
    """
    holder = holder_of(stack)
    if holder is None or new.may_borrow_from(holder):
        return (*stack, new)
    return (*stack[:-1], new, holder) if waits else None


def lending(stack: Stack, order_id: str, lends: bool) -> Stack:
    """The order only waits from now on, or no longer does."""
    return _lent_on(tuple(replace(each, lends=lends) if each.order_id == order_id else each for each in stack))


def without(stack: Stack, order_id: str) -> Stack:
    """The order lets go of the line, or of its place behind the holder."""
    return _lent_on(tuple(each for each in stack if each.order_id != order_id))


def alone(stack: Stack) -> Stack:
    """Nobody waits behind the holder any more."""
    return stack[-1:]


def taken(stack: Stack, taker: Stand) -> Stack | None:
    """The line is the taker's, firmly: None where its holder can neither be ended nor displaced."""
    holder = holder_of(stack)
    mine = next((each for each in stack if each.order_id == taker.order_id), taker)
    firm = replace(mine, firm=True)
    behind = tuple(each for each in stack[:-1] if each.order_id != taker.order_id)
    if holder is None or holder.order_id == taker.order_id:
        return (*behind, firm)
    if holder.firm:
        return None
    if holder.kind in _DISPLACES.get(taker.kind, set()):
        return (*behind, holder, firm)
    if holder.kind not in _ENDS.get(taker.kind, set()):
        return None
    if taker.kind in _ENDS_ONLY_ITS_BORROWER and mine != holder_of(stack[:-1]):
        return None
    return (*behind, firm)


def _lent_on(stack: Stack) -> Stack:
    """A holder that lends lets the one behind it pass, if that one may borrow from it."""
    if len(stack) > 1 and stack[-2].may_borrow_from(stack[-1]):
        return (*stack[:-2], stack[-1], stack[-2])
    return stack

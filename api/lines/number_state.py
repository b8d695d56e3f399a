"""The state of a number, of what the journal and the reference database say."""

from api.home_systems import AWAY, Away
from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderState
from domain.termination import Quarantine
from journal import LineView
from parties.clearing_house.registry import RegistryNumber

ACTIVE, FREE, UNKNOWN, QUARANTINE = "active", "free", "unknown", "quarantine"
PORTING, TERMINATING, CHANGING = "porting", "terminating", "changing"

RELEASED = "released"
"""Back in our pool, unless it was given to a new line since: only customer care knows."""

_UNDER_WAY = ("quarantine", "returning")


def state_of(line: LineView, quarantine: Quarantine | None, registered: RegistryNumber | Away | None, home: str) -> str:
    """`active`, `terminating`, `porting`, `changing`, `quarantine`, `free`, `unknown`; or `RELEASED`."""
    if line.held_by is not None:
        open_states = {ORDER_KINDS[order.kind].number_state for order in (line.held_by, *line.behind)}
        return next(state for state in (PORTING, TERMINATING, CHANGING) if state in open_states)
    if waits(quarantine, registered, home):
        return QUARANTINE
    if registered == AWAY:
        return UNKNOWN
    if registered is None:
        return FREE
    if quarantine is not None and quarantine.state == RELEASED and registered.operator == home:
        return RELEASED
    return ACTIVE


def waits(quarantine: Quarantine | None, registered: RegistryNumber | Away | None, home: str) -> bool:
    """Whether the number is in quarantine now; one that another operator serves was ported out of it."""
    if quarantine is None or quarantine.state not in _UNDER_WAY:
        return False
    return registered is None or registered == AWAY or registered.operator == home


def left_by(line: LineView, registered: RegistryNumber | Away | None, home: str) -> str | None:
    """The port out by which a number that another operator serves now has left us last; None: by none of ours."""
    if registered is None or registered == AWAY or registered.operator == home:
        return None
    gone = (each for each in line.orders if ORDER_KINDS[each.kind].takes_number_away)
    return next((order.order_id for order in gone if order.status.state is OrderState.COMPLETED), None)

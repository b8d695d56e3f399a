"""Port out: what a donor may refuse, what makes it wait, and until when it has to answer."""

from collections.abc import Sequence
from datetime import datetime

from domain.model import Instant, Model
from domain.port_out import Hold, PortOutOrder, Slot
from domain.refusals import Refusal
from rules.france.calendar import Territory
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig


class PortOutPlan(Model):
    """Until when we have to answer. Instants are legal time."""

    edition: str
    zone: str
    warn_at: Instant
    answer_due: Instant
    agreement_valid_days: int = 90


class LineAsked(Model):
    """What our own systems say of the number that is asked for. Instants are legal time.

    `portable_until`: of a number in quarantine. `other_dossier`: another port of the number is under way.
    """

    is_ours: bool  # we serve the number and had a contract for it
    rio: str = ""
    ended: bool = False
    portable_until: Instant | None = None
    other_dossier: bool = False
    port_back_is_due: bool = False  # the dossier that is to be taken back is the last that moved the number, to us
    locked: bool = False
    unlocks_at: Instant | None = None
    swapped_at: Instant | None = None
    being_replaced: bool = False
    contact_changed_at: Instant | None = None
    on_barred_list: bool = False


def plan_port_out(
    received_at: datetime, config: PortOutConfig = DEFAULT_PORT_OUT, territory: Territory = Territory.METROPOLE
) -> PortOutPlan:
    """The deadlines of a request received at this legal instant."""
    raise NotImplementedError


def ground_to_refuse(order: PortOutOrder, line: LineAsked, now: datetime) -> Refusal | None:
    """The legal ground on which the request is refused; None: the number must be let go."""
    raise NotImplementedError


def holds(order: PortOutOrder, line: LineAsked, now: datetime, config: PortOutConfig = DEFAULT_PORT_OUT) -> list[Hold]:
    """Why the answer waits; none: it does not."""
    raise NotImplementedError


def delayed_until(
    held: Sequence[Hold],
    now: datetime,
    config: PortOutConfig = DEFAULT_PORT_OUT,
    territory: Territory = Territory.METROPOLE,
) -> datetime:
    """The legal instant that is announced for the answer."""
    raise NotImplementedError


def slots_from(
    now: datetime, config: PortOutConfig = DEFAULT_PORT_OUT, territory: Territory = Territory.METROPOLE
) -> list[Slot]:
    """The slots in which a number may leave, the first possible one first."""
    raise NotImplementedError

"""Line states (barred, locked, last change of SIM) and the line-service orders that change them."""

from enum import StrEnum

from domain.authentication import Authentication
from domain.model import Instant, Model
from domain.our_line import OurLineOrder


class LineAction(StrEnum):
    """What one order of kind `line_service` does. Such an order never holds the line: it works whatever else runs."""

    BAR = "bar"  # out of service at once: lost, stolen
    UNBAR = "unbar"  # found again
    LOCK = "lock"  # no SIM replacement and no port out, from acceptance on
    UNLOCK = "unlock"  # after a delay in which the holder, told at once, can lock again
    BLOCK_HANDSET = "block_handset"  # a stolen handset, by its IMEI, once a police declaration is there


class Declaration(Model):
    """A declaration of theft to the police. `filed_at` is legal time."""

    reference: str
    filed_at: Instant


class LineServiceOrder(OurLineOrder):
    """Input of the line-service workflow."""

    action: LineAction
    reason: str = ""
    authentication: Authentication
    imei: str | None = None  # of the stolen handset
    declaration: Declaration | None = None
    on_refusal: bool = False  # made by a report of loss whose replacement was answered 409
    effective_at: Instant | None = None  # legal time: when an unlocking opens the lock
    replacement_id: str | None = None  # the SIM replacement it was made with


class LineChange(StrEnum):
    """What a transition of an order changes about its line; the journal stamps it with legal time."""

    BARRED = "barred"  # the last one who asked for it counts
    KEPT_BARRED = "kept_barred"  # barred, unless it was already: who asked for that still counts
    UNBARRED = "unbarred"
    LOCKED = "locked"
    UNLOCKED = "unlocked"  # unless it was locked again after the order was accepted
    SWAPPED = "swapped"  # the number is on another IMSI; ends a bar, which was the old SIM's


class LineFacts(Model):
    """What the journal knows about a line. Instants are legal time; `…_by` is the order that did it."""

    locked_since: Instant | None = None
    locked_by: str | None = None
    unlocks_at: Instant | None = None  # an unlock is under way
    barred_since: Instant | None = None
    barred_by: str | None = None
    swapped_at: Instant | None = None
    swapped_by: str | None = None
    life_began_at: Instant | None = None  # the quarantine is over: what is older is the last holder's


class LineNewsKind(StrEnum):
    """What has happened to the line that an order has, or waits for."""

    PREEMPTED = "preempted"  # another order has it for a while
    RETURNED = "returned"  # it is ours, again or at last
    TAKEN = "taken"  # it is another order's for good: this one ends
    CONTRACT_ENDED = "contract_ended"  # nothing is left to do
    CHANGED = "changed"  # locked, unlocked, barred, or on another SIM


class LineNews(Model):
    """Signal: what has happened to the order's line. `by`: the order that did it, of `kind`."""

    what: LineNewsKind
    by: str = ""
    kind: str = ""


class LineTaken(Model):
    """Whether the order has the line now, until it releases it; else who has it."""

    taken: bool
    by: str = ""
    kind: str = ""


class MoveBegun(Model):
    """Whether the number may move: the order has the line, and its facts have not changed since they were read."""

    begun: bool
    facts: LineFacts = LineFacts()

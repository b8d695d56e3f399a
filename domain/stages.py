"""The stages of each kind of order, as one that goes well passes them. `meaning` is the line that the documentation
prints.
"""

from enum import StrEnum


class Stage(StrEnum):
    """A step of an order's process. Each kind of order has an enumeration of its own."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Stage":
        stage = str.__new__(cls, value)
        stage._value_ = value
        stage.meaning = meaning
        return stage


class PortInStage(Stage):
    """The stages of a port in."""

    ACCEPTED = "accepted", "the order is durable, and the line is its own"
    RESERVING = "reserving", "a SIM and a subscription are set aside at home"
    WAITING_FOR_DONOR = "waiting_for_donor", "the donor has been asked and has not answered yet"
    WAITING_FOR_DAY = "waiting_for_day", "the donor has agreed; the day of the port has not come yet"
    CUTTING_OVER = "cutting_over", "the number goes on the new SIM, and the port is declared performed"
    BROADCASTING = "broadcasting", "the clearing house has accepted the declaration; all operators change their routing"
    UNDOING = "undoing", "the order was stopped before the point of no return; what was done is taken back"
    CLOSED = "closed", "the order has ended, and the line is free for others"


class PortOutStage(Stage):
    """The stages of a port out."""

    ACCEPTED = "accepted", "another operator's request is durable"
    CHECKING = "checking", "the request is judged, and the holder is told of it"
    ANSWERING = "answering", "our answer is on its way"
    AGREED = "agreed", "we have agreed; the recipient has not performed the port yet"
    LEAVING = "leaving", "the recipient has performed the port; the contract with us ends"
    CLOSED = "closed", "the order has ended"


class SimReplacementStage(Stage):
    """The stages of a SIM replacement."""

    ACCEPTED = "accepted", "the order is durable; a lost or stolen SIM is barred"
    CHECKING = "checking", "the line is looked up, and the rules are asked"
    IDENTIFYING = "identifying", "the customer shows who he is by a one-time code"
    ORDERING = "ordering", "the old channel has been told; a card or a profile is set aside"
    ON_THE_WAY = "on_the_way", "the card is in the post, or the profile waits for the customer's phone"
    MOVING = "moving", "the number moves to the new SIM"
    UNDOING = "undoing", "the order was stopped before the point of no return; what was done is taken back"
    CLOSED = "closed", "the order has ended, and the line is free for others"


class LineServiceStage(Stage):
    """The stages of a bar, an unbar, a lock, an unlock or the block of a handset."""

    ACCEPTED = "accepted", "the order is durable; it is carried out at once where nothing is waited for"
    WAITING = "waiting", "a delay runs, or the police declaration is not there yet"
    BLOCKING = "blocking", "the handset is blocked at the equipment register"
    CLOSED = "closed", "the order has ended"


class TerminationStage(Stage):
    """The stages of a termination."""

    ACCEPTED = "accepted", "the order is durable"
    CHECKING = "checking", "the contract is looked up, and the rules say what leaving costs"
    IDENTIFYING = "identifying", "the customer shows who he is by a one-time code"
    NOTICE = "notice", "the end is confirmed; the contract runs until its last day is over"
    TAKING_DOWN = "taking_down", "the last day is over; the line goes down and the contract ends"
    CLOSED = "closed", "the order has ended; the number is in quarantine, the money is settled by an order of its own"


class SettlementStage(Stage):
    """The stages of a settlement."""

    ACCEPTED = "accepted", "the contract has ended; its money is followed from here on"
    INVOICING = "invoicing", "the last invoice has not been issued yet"
    DISPUTING = "disputing", "the invoice is wrong, and billing has been told so"
    REFUNDING = "refunding", "the invoice is right; deposit and advances go back"
    CLOSED = "closed", "nobody owes anything any more"

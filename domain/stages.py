"""The stages of each kind of order, as one that goes well passes them. The lists of stages in `docs/` are made from
them.
"""

from domain.described import Described


class Stage(Described):
    """A step of an order's process. Each kind of order has an enumeration of its own. A meaning begins with the states
    that the order can have in the stage.
    """


class PortInStage(Stage):
    """The stages of a port in."""

    ACCEPTED = (
        "accepted",
        "(acknowledged). The order, its idempotency key and its claim on the line are written in one transaction. "
        "Only then the client gets 202.",
    )
    RESERVING = (
        "reserving",
        "(inProgress). The registry is read, and the national rules make the plan. A SIM and a subscription are set "
        "aside.",
    )
    WAITING_FOR_DONOR = (
        "waiting_for_donor",
        "(pending; waits for the donor). The request has left. The national rules say what a silent donor leads to. In "
        "France it is reminded by e-mail, then a person decides; silence is never an agreement.",
    )
    WAITING_FOR_DAY = (
        "waiting_for_day",
        "(pending; waits for the day). The donor agreed. The customer can move the day or cancel until 18:00 on the "
        "eve.",
    )
    CUTTING_OVER = (
        "cutting_over",
        "(inProgress). The number goes on the new SIM in the HLR. Then *porting performed* is sent.",
    )
    BROADCASTING = (
        "broadcasting",
        "(inProgress, or pending while an acknowledgement is missing). The point of no return has been passed. The "
        "contract becomes active. Every operator's acknowledgement is followed. The service is proved from outside.",
    )
    UNDOING = (
        "undoing",
        "(inProgress, or pendingCancellation after a cancel). The order was stopped before the point of no return. "
        "What was done is undone, newest first. Then it is `closed` as rejected, cancelled or failed.",
    )
    CLOSED = "closed", "(completed). The line is released and the customer is told, in one transaction."


class PortOutStage(Stage):
    """The stages of a port out."""

    ACCEPTED = (
        "accepted",
        "(acknowledged). The order is written down from the inbox, once, however often the request is delivered. If "
        "another order has the line, this one waits behind it. It is never turned away.",
    )
    CHECKING = (
        "checking",
        "(inProgress, pending or held; waits for our systems, the end of a hold, or the order desk). The rules set "
        "the deadlines. The request is judged on the legal grounds alone. The holder is told. A hold waits until it "
        "ends by itself or a person decides.",
    )
    ANSWERING = (
        "answering",
        "(inProgress, or pending while our other orders of the dossier have no decision yet). The answer leaves when "
        "there is a decision about each number of the dossier. A refusal releases the line before it leaves.",
    )
    AGREED = (
        "agreed",
        "(pending; waits for the recipient). Our yes is out. The line works, and a SIM replacement may preempt it.",
    )
    LEAVING = (
        "leaving",
        "(inProgress, or pending while a party is away or another order cannot be stopped any more). The port is "
        "performed. The line goes down, the contract ends, the last invoice is asked for, and the SIM is retired.",
    )
    CLOSED = (
        "closed",
        "(completed, rejected or cancelled). The number has left, and the holder is told. Or the number stays.",
    )


class SimReplacementStage(Stage):
    """The stages of a SIM replacement."""

    ACCEPTED = (
        "accepted",
        "(acknowledged, inProgress). The order, its idempotency key and its claim on the line are written down. A SIM "
        "in wrong hands goes out of service.",
    )
    CHECKING = (
        "checking",
        "(inProgress, or held where something is suspicious). The line is read in customer care and in the HLR. The "
        "rules say, once, what is promised, what it costs, which proof of identity is needed and whether a person has "
        "to look.",
    )
    IDENTIFYING = (
        "identifying",
        "(pending; waits for the customer's code). Only with `one_time_code`. A code goes to a channel that was known "
        "before.",
    )
    ORDERING = (
        "ordering",
        "(inProgress, or pending while the stock is empty). The old channel is told. A SIM is reserved.",
    )
    ON_THE_WAY = (
        "on_the_way",
        "(pending; waits for the post, the customer or the phone). The card travels, or the profile waits for the "
        "phone.",
    )
    MOVING = "moving", "(inProgress). Locks and bars of others are looked at once more. Then the number moves."
    UNDOING = (
        "undoing",
        "(inProgress, pendingCancellation). The order was stopped before the move. What was done is undone, newest "
        "first.",
    )
    CLOSED = (
        "closed",
        "(completed). Care knows the new SIM, the fee is billed or waived, the old SIM is retired, the line is "
        "released, and the customer is told on the old and the new channel.",
    )


class LineServiceStage(Stage):
    """The stages of a bar, an unbar, a lock, an unlock or the block of a handset."""

    ACCEPTED = "accepted", "(acknowledged). The order is written down. Where nothing is waited for, it is done at once."
    WAITING = "waiting", "(pending). The delay of an unlocking runs, or the declaration to the police is not there yet."
    BLOCKING = "blocking", "(inProgress). The handset is blocked at the equipment register."
    CLOSED = "closed", "(completed, rejected, cancelled or failed). It is done, or not done, and the holder is told."


class TerminationStage(Stage):
    """The stages of a termination."""

    ACCEPTED = (
        "accepted",
        "(acknowledged). The order, its idempotency key and its claim on the line are written down.",
    )
    CHECKING = (
        "checking",
        "(inProgress). The contract is read in customer care. The rules say, once, what the last day is, what leaving "
        "costs, and which dates the number has.",
    )
    IDENTIFYING = (
        "identifying",
        "(pending; waits for the customer's code). Only with `one_time_code`. The code goes by SMS to the line if it "
        "works, otherwise by e-mail.",
    )
    NOTICE = (
        "notice",
        "(pending; waits for the end of the last day). The termination is confirmed on a durable medium before "
        "anything is touched. From now on the claim on the line is [preemptible](decisions/0011-who-holds-a-line.md) "
        "by a port out or a SIM replacement.",
    )
    TAKING_DOWN = (
        "taking_down",
        "(inProgress, pending or held; waits for a party that is away). The line goes down, the contract ends, the "
        "last invoice is asked for, the SIM is retired.",
    )
    CLOSED = (
        "closed",
        "(completed, rejected or cancelled). Done, and the customer is told. Or the contract goes on.",
    )


class SettlementStage(Stage):
    """The stages of a settlement."""

    ACCEPTED = "accepted", "(acknowledged). The contract has ended. Its money is followed from here on."
    INVOICING = "invoicing", "(pending or held). The last invoice is waited for, and checked once it is issued."
    DISPUTING = "disputing", "(pending or held). The invoice is wrong, and billing has been told so."
    REFUNDING = "refunding", "(pending or held). The invoice is right. Deposit and advances go back."
    CLOSED = "closed", "(completed). Nobody owes anything any more."

"""An order's timeline: what happened, item by item. Programs read `code`, people read `what`."""

from datetime import date
from typing import Any

from pydantic import Field

from domain.described import Described
from domain.model import Model


class TimelineCode(Described):
    """What happened. Codes are stable; the sentences beside them may be rewritten."""

    # Of every kind of order.
    ACCEPTED = "accepted", "the order is durable"
    PLANNED = "planned", "the rules have made the plan"
    NOTE = "note", "a person has added a note"
    PARTY_AWAY = "party_away", "a party does not answer: the order waits for it"
    PARTY_BACK = "party_back", "the party has answered, the order goes on"
    HELD = "held", "a person has to decide"
    DECIDED = "decided", "a person has decided"
    DECISION_NOT_NEEDED = "decision_not_needed", "what a person was asked has settled itself"
    CANCEL_REQUESTED = "cancel_requested", "a cancel is recorded"
    UNDOING = "undoing", "what was done is taken back"
    LATE = "late", "a promise or a legal term was not kept"
    MESSAGE_NOTED = "message_noted", "a message that changes nothing"
    CLOSED = "closed", "the order has ended"
    STATUS_CHANGED = (
        "status_changed",
        "only the status has changed: in the event stream alone, without a sentence",
    )
    # Identity.
    CODE_SENT = "code_sent", "a one-time code is on its way to the customer"
    IDENTIFIED = "identified", "the customer has shown who he is"
    CODES_WRONG = "codes_wrong", "too many wrong codes: none is taken for a while"
    # SIM cards and profiles.
    STOCK_EMPTY = "stock_empty", "no SIM is in stock: the order waits"
    STOCK_ASKED_AGAIN = "stock_asked_again", "the stock is asked again"
    PROFILE_READY = "profile_ready", "the eSIM profile waits for the customer's phone"
    PROFILE_FAILED = "profile_failed", "the download of the eSIM profile has failed"
    PROFILE_ENABLED = "profile_enabled", "the eSIM is on the customer's phone"
    CARD_SENT = "card_sent", "the card is in the post"
    CARD_DELIVERED = "card_delivered", "the card is delivered"
    CARD_LOST = "card_lost", "the card was lost or came back"
    CARD_REMINDED = "card_reminded", "the customer is reminded of the card"
    CARD_RECEIVED = "card_received", "the customer says that the card is there"
    # Porting.
    ASKED = "asked", "the donor is asked"
    ANSWER_DELAYED = "answer_delayed", "the answer is announced for later"
    REMINDED = "reminded", "the silent donor is reminded"
    TERM_RENEWED = "term_renewed", "the silent donor is given another term"
    LATE_ANSWER = "late_answer", "the donor has answered after its deadline"
    AGREED = "agreed", "the port is agreed; `day`: when it takes place, of a port out the first possible day"
    REFUSED = "refused", "the request is refused"
    REFUSAL_QUESTIONED = "refusal_questioned", "the ground of a refusal is not one that the rules know"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn", "the donor has taken its yes back"
    RESCHEDULED = "rescheduled", "the port has moved; `day`: to when"
    DAY_MISSED = "day_missed", "the cut-over could not begin in its slot; `day`: the next one"
    CUT_OVER = "cut_over", "the number goes on the new SIM"
    DECLARATION_CORRECTED = "declaration_corrected", "*porting performed* is sent again, corrected"
    PERFORMED_UNKNOWN = "performed_unknown", "whether *porting performed* has arrived is not known yet"
    PERFORMED = "performed", "the port is performed: the point of no return has been passed"
    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing", "an operator has not acknowledged the new routing yet"
    PROVED = "proved", "reference database and HLR show that we serve the number"
    # Port out.
    HOLDER_TOLD = "holder_told", "the holder knows who asks for the number"
    ANSWER_DUE = "answer_due", "our answer is due soon"
    ANSWER_SHARED = "answer_shared", "the order follows the one answer that all numbers of the dossier get"
    CAME_BACK = "came_back", "the number is ours again"
    ASKED_BACK = "asked_back", "a port back asks for the number"
    # The line.
    NOTICE_SENT = "notice_sent", "the old channel is told of the new SIM"
    BARRED = "barred", "the line is out of service"
    NOT_BARRED = "not_barred", "there was nothing to bar"
    UNBARRED = "unbarred", "the line is in service again"
    UNLOCK_WAITS = "unlock_waits", "the lock opens after a delay"
    MOVING = "moving", "the number moves to the new SIM"
    MOVED = "moved", "the number is on the new SIM"
    DECLARATION_AWAITED = "declaration_awaited", "the declaration to the police is waited for"
    DECLARATION_RECEIVED = "declaration_received", "the declaration to the police is there"
    BLOCKING = "blocking", "the stolen handset is blocked"
    BLOCKED_LATE = "blocked_late", "the handset was blocked later than the law allows"
    LINE_AWAITED = "line_awaited", "another order has the line: it is waited for"
    LINE_DOWN = "line_down", "the last day is over: the line goes down"
    # Ends of contracts.
    CONFIRMED = "confirmed", "the end of the contract is confirmed; `day`: its last day"
    FOLDED = "folded", "a port out ends the contract instead"
    NOTICE_CONTINUED = "notice_continued", "the port out came to nothing: the notice goes on"
    INVOICE_RIGHT = "invoice_right", "the last invoice is right"
    INVOICE_DISPUTED = "invoice_disputed", "the last invoice is wrong, and billing is told so"
    INVOICE_CREDITED = "invoice_credited", "billing has credited what was too much"
    MONEY_AWAITED = "money_awaited", "an invoice, a credit note or a payment is waited for"
    REFUNDED = "refunded", "deposit or advances are paid back"


class TimelineEvent(Model):
    """One item of an order's timeline. `detail` may hold personal data and is encrypted in the journal; `what` must
    not. `day` is a calendar day of the number's territory.
    """

    code: TimelineCode
    what: str
    by: str = "relais"
    reason: str = ""
    day: date | None = None
    detail: dict[str, Any] = Field(default_factory=dict)


def accepted_event(by: str = "relais", reason: str = "", what: str = "accepted") -> TimelineEvent:
    """The first item of every order."""
    return TimelineEvent(code=TimelineCode.ACCEPTED, what=what, by=by, reason=reason)

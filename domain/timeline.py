"""An order's timeline: what happened, item by item. Programs read `code`, people read `what`."""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.model import Model


class TimelineCode(StrEnum):
    """What happened. Codes are stable; the sentences beside them may be rewritten."""

    # Of every kind of order.
    ACCEPTED = "accepted"
    PLANNED = "planned"
    NOTE = "note"  # what a person has added
    PARTY_AWAY = "party_away"  # a party does not answer: the order waits for it
    PARTY_BACK = "party_back"
    HELD = "held"  # a person has to decide
    DECIDED = "decided"
    DECISION_NOT_NEEDED = "decision_not_needed"
    CANCEL_REQUESTED = "cancel_requested"
    UNDOING = "undoing"
    LATE = "late"  # a promise or a legal term was not kept
    MESSAGE_NOTED = "message_noted"  # a message that changes nothing
    CLOSED = "closed"
    STATUS_CHANGED = "status_changed"  # nothing but the status: without a sentence, and only in the event stream
    # Identity.
    CODE_SENT = "code_sent"
    IDENTIFIED = "identified"
    CODES_WRONG = "codes_wrong"
    # SIM cards and profiles.
    STOCK_EMPTY = "stock_empty"
    STOCK_ASKED_AGAIN = "stock_asked_again"
    PROFILE_READY = "profile_ready"
    PROFILE_FAILED = "profile_failed"
    PROFILE_ENABLED = "profile_enabled"
    CARD_SENT = "card_sent"
    CARD_DELIVERED = "card_delivered"
    CARD_LOST = "card_lost"
    CARD_REMINDED = "card_reminded"
    CARD_RECEIVED = "card_received"
    # Porting.
    ASKED = "asked"
    ANSWER_DELAYED = "answer_delayed"
    REMINDED = "reminded"
    TERM_RENEWED = "term_renewed"
    LATE_ANSWER = "late_answer"
    AGREED = "agreed"  # with `day`
    REFUSED = "refused"
    REFUSAL_QUESTIONED = "refusal_questioned"  # a ground that the rules do not know
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"
    RESCHEDULED = "rescheduled"  # with `day`
    DAY_MISSED = "day_missed"  # with `day`
    CUT_OVER = "cut_over"
    DECLARATION_CORRECTED = "declaration_corrected"
    PERFORMED_UNKNOWN = "performed_unknown"  # whether the declaration has arrived is not known yet
    PERFORMED = "performed"
    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing"
    PROVED = "proved"
    # Port out.
    HOLDER_TOLD = "holder_told"
    ANSWER_DUE = "answer_due"
    ANSWER_SHARED = "answer_shared"  # one answer for all numbers of the dossier
    CAME_BACK = "came_back"  # the number is ours again
    ASKED_BACK = "asked_back"  # by a port back
    # The line.
    NOTICE_SENT = "notice_sent"
    BARRED = "barred"
    NOT_BARRED = "not_barred"
    UNBARRED = "unbarred"
    UNLOCK_WAITS = "unlock_waits"
    MOVING = "moving"
    MOVED = "moved"
    DECLARATION_AWAITED = "declaration_awaited"
    DECLARATION_RECEIVED = "declaration_received"
    BLOCKING = "blocking"  # a stolen handset
    BLOCKED_LATE = "blocked_late"
    LINE_AWAITED = "line_awaited"
    LINE_DOWN = "line_down"
    # Ends of contracts.
    CONFIRMED = "confirmed"  # with `day`
    FOLDED = "folded"  # a port out ends the contract instead
    NOTICE_CONTINUED = "notice_continued"
    INVOICE_AWAITED = "invoice_awaited"
    INVOICE_RIGHT = "invoice_right"
    INVOICE_DISPUTED = "invoice_disputed"
    INVOICE_CREDITED = "invoice_credited"
    MONEY_AWAITED = "money_awaited"
    REFUNDED = "refunded"


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

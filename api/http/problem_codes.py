"""The codes of all problems: what each means, and the HTTP status it comes with. docs/api.md shows the same table."""

from typing import NamedTuple


class ProblemCode(NamedTuple):
    """One kind of problem."""

    status: int
    title: str
    meaning: str


_FIELD = "A field is wrong"
_BODY = "The body cannot be read"
_KEY = "The idempotency key cannot be used"
_CODE = "The code is not taken"
_ACTIVATION = "No activation code"
_NOT_NOW = "Not possible now"

CODES: dict[str, ProblemCode] = {
    "number_invalid": ProblemCode(422, _FIELD, "not a phone number that can be read"),
    "number_not_mobile": ProblemCode(422, _FIELD, "a French number, but not a mobile one"),
    "number_foreign": ProblemCode(422, _FIELD, "a number of another country"),
    "number_other_territory": ProblemCode(
        422, _FIELD, "a number of another territory than ours: portable only inside its own"
    ),
    "rio_invalid": ProblemCode(
        422,
        _FIELD,
        "the RIO has a wrong form or operator, or a key unfit for the number; `suggestion` if O and 0 were mixed up",
    ),
    "same_operator": ProblemCode(422, _FIELD, "the RIO names our own operator: nothing to port"),
    "holder_invalid": ProblemCode(422, _FIELD, "the holder's kind or name is missing or unusable"),
    "date_malformed": ProblemCode(422, _FIELD, "a date is an ISO date, or +5d for days from today"),
    "date_in_past": ProblemCode(422, _FIELD, "the requested date is over"),
    "date_too_early": ProblemCode(422, _FIELD, "the requested date is before the first that can be had"),
    "date_before_notice": ProblemCode(422, _FIELD, "the requested last day is before the notice allows"),
    "date_not_working_day": ProblemCode(422, _FIELD, "the requested date is a Sunday or a public holiday"),
    "date_too_far": ProblemCode(422, _FIELD, "the requested date is after the last that can be chosen"),
    "mandate_missing": ProblemCode(422, _FIELD, "there is no mandate, or it does not say when it was signed"),
    "mandate_in_future": ProblemCode(422, _FIELD, "the mandate is signed later than now, in legal time"),
    "instant_invalid": ProblemCode(422, _FIELD, "not an RFC 3339 instant with its zone"),
    "email_invalid": ProblemCode(422, _FIELD, "not an e-mail address"),
    "phone_invalid": ProblemCode(422, _FIELD, "not a phone number to reach the customer at"),
    "reason_invalid": ProblemCode(422, _FIELD, "not one of the reasons for another SIM"),
    "form_invalid": ProblemCode(422, _FIELD, "a SIM is physical or esim"),
    "imei_invalid": ProblemCode(422, _FIELD, "an IMEI has 15 digits"),
    "imei_check_digit": ProblemCode(422, _FIELD, "the check digit of the IMEI does not fit"),
    "eid_invalid": ProblemCode(422, _FIELD, "an EID has 32 digits"),
    "eid_check_digit": ProblemCode(422, _FIELD, "the check digits of the EID do not fit"),
    "iccid_invalid": ProblemCode(422, _FIELD, "an ICCID has 19 or 20 digits and starts with 8933"),
    "iccid_check_digit": ProblemCode(422, _FIELD, "the check digit of the ICCID does not fit"),
    "iccid_unknown": ProblemCode(422, _FIELD, "no card of ours has this ICCID"),
    "iccid_used": ProblemCode(422, _FIELD, "the card is reserved, used or retired already"),
    "esim_not_supported": ProblemCode(422, _FIELD, "a phone of this type takes no eSIM"),
    "handset_blocked": ProblemCode(422, _FIELD, "the phone is in the register of stolen handsets"),
    "declaration_in_future": ProblemCode(422, _FIELD, "the declaration is made later than now, in legal time"),
    "authentication_invalid": ProblemCode(422, _FIELD, "the method or the agent is unusable"),
    "authentication_not_enough": ProblemCode(
        422, _FIELD, "not enough to show who he is for this; the sentence says why"
    ),
    "agent_missing": ProblemCode(422, _FIELD, "in a shop, `agent` names who has seen the proof of identity"),
    "unknown_line": ProblemCode(422, _FIELD, "no line of ours has this number"),
    "number_inactive": ProblemCode(422, _FIELD, "the line of this number has ended"),
    "number_not_ours": ProblemCode(422, _FIELD, "another operator serves the number"),
    "field_missing": ProblemCode(422, _FIELD, "a required field is missing"),
    "field_unknown": ProblemCode(422, _FIELD, "a field of this name does not exist"),
    "field_invalid": ProblemCode(422, _FIELD, "a field has a wrong type, length or value"),
    "field_unfit": ProblemCode(422, _FIELD, "the field does not go with the others"),
    "character_forbidden": ProblemCode(
        422, _FIELD, "a text holds a control or bidirectional character, or half of a pair"
    ),
    "request_invalid": ProblemCode(422, "Several fields are wrong", "see `errors`, where each has its own code"),
    "parameter_invalid": ProblemCode(422, "A parameter is wrong", "a query parameter is unknown or has a wrong value"),
    "request_malformed": ProblemCode(400, "The request cannot be read", "the request is not one that HTTP allows here"),
    "body_malformed": ProblemCode(
        400, _BODY, "not one JSON object in UTF-8, or too deep, or with a number that is none"
    ),
    "key_duplicate": ProblemCode(400, _BODY, "an object has the same key twice"),
    "body_too_large": ProblemCode(413, _BODY, "larger than 64 KiB"),
    "body_timeout": ProblemCode(408, _BODY, "the body did not arrive in time"),
    "content_type_unsupported": ProblemCode(415, _BODY, "the body must be application/json, not compressed"),
    "idempotency_key_missing": ProblemCode(400, _KEY, "the header Idempotency-Key is required"),
    "idempotency_key_invalid": ProblemCode(400, _KEY, "a key is 1 to 255 visible ASCII characters, sent once"),
    "idempotency_key_reused": ProblemCode(422, _KEY, "the key stands for another request already"),
    "unauthorized": ProblemCode(401, "Who is asking?", "the header Authorization: Bearer KEY is missing or wrong"),
    "signature_invalid": ProblemCode(
        401, "Who is telling?", "a callback is signed under the secret registered with the party, at most 300 s ago"
    ),
    "forbidden_origin": ProblemCode(403, "Not from there", "the codec answers the Temporal Web UI only"),
    "not_found": ProblemCode(404, "Not found", "there is nothing of this name"),
    "method_not_allowed": ProblemCode(405, "Not this way", "this method does not exist here; see Allow"),
    "line_held": ProblemCode(409, "The line is held", "another order is open on the line; `held_by` says which"),
    "line_locked": ProblemCode(
        409, "The line is locked", "its holder has locked it; `locked` says since when and when it opens"
    ),
    "not_locked": ProblemCode(409, "The line is not locked", "there is no lock to lift"),
    "not_a_port_out": ProblemCode(409, "Not this order", "only a port out can be frozen or taken back"),
    "not_ported_out": ProblemCode(409, "Not this order", "the port out was not performed: nothing is to be taken back"),
    "ported_again": ProblemCode(409, "The number moved on", "it has moved again since: it cannot be asked back"),
    "code_wrong": ProblemCode(409, _CODE, "not the newest code that was sent; `tries_left`"),
    "code_locked": ProblemCode(409, _CODE, "wrong too often; `until` says how long no code is taken"),
    "code_expired": ProblemCode(409, _CODE, "the code is too old"),
    "no_code_wanted": ProblemCode(409, _CODE, "the order waits for no code"),
    "no_activation_code": ProblemCode(404, _ACTIVATION, "the order has none, or none yet, or took it back"),
    "activation_code_read": ProblemCode(410, _ACTIVATION, "it was read already, at `read_at`, and can be read once"),
    "order_closed": ProblemCode(409, "The order is closed", "the order has come to its end"),
    "refused_by_order": ProblemCode(409, "The order says no", "not possible where the order stands; `detail` says why"),
    "not_started_yet": ProblemCode(503, _NOT_NOW, "the order is accepted and about to start; ask again shortly"),
    "order_catching_up": ProblemCode(
        503,
        _NOT_NOW,
        "the order does its last step again and does not know yet where it stands; nothing was asked of it",
    ),
    "order_not_answering": ProblemCode(
        503,
        _NOT_NOW,
        "the order did not answer in time; the request may be recorded all the same: look before repeating it",
    ),
    "temporal_unavailable": ProblemCode(503, _NOT_NOW, "the workflow engine is away; orders are still accepted"),
    "clock_unavailable": ProblemCode(503, _NOT_NOW, "the legal clock is away; nothing legal is decided without it"),
    "care_unavailable": ProblemCode(
        503, _NOT_NOW, "customer care is away; for whom a number comes back is not known without it"
    ),
    "journal_unavailable": ProblemCode(503, _NOT_NOW, "the journal cannot be reached; nothing was accepted"),
    "journal_altered": ProblemCode(500, "The journal was altered", "what the journal holds was changed from outside"),
    "payload_undecodable": ProblemCode(400, _BODY, "a payload was sealed with another key or was altered"),
    "internal": ProblemCode(500, "Our mistake", "something we did not foresee; repeating with the same key is safe"),
}

STATUS_CODES = {404: "not_found", 405: "method_not_allowed", 401: "unauthorized", 413: "body_too_large"}
"""The code for an error that the framework raises by its status alone."""

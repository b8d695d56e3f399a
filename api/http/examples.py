"""One example of each body, as the OpenAPI document and the documentation show them."""

from typing import Any

MSISDN = "+33639984098"  # of the range kept free for fiction; a line of CIRUS in every new development world
OUR_MSISDN = "+33639980042"  # one of ALIZE
_RIO = "C1P6FL7U3JDP"
_DESK = {"by": "desk.amelie", "reason": "the customer called"}
_ORDER_ID = "pi-01JV4Y2Q6ZK8X3N5R7T9W1B2C3"
_AT = "2026-05-13T07:31:00Z"

REQUESTS: dict[str, dict[str, Any]] = {
    "PortInBody": {
        "msisdn": MSISDN,
        "rio": _RIO,
        "holder": {"kind": "consumer", "name": "Farid Perrin"},
        "sim": {"form": "physical"},
        "mandate": {"signed_at": "2025-05-13T09:30:00+02:00"},
        "contact": {"email": "farid.perrin@example.org", "language": "fr"},
    },
    "SimReplacementBody": {
        "msisdn": OUR_MSISDN,
        "reason": "stolen",
        "form": "esim",
        "imei": "356938035643809",
        "declaration": {"reference": "PV 2026/004711", "filed_at": "2025-05-13T09:30:00+02:00"},
        "authentication": {"method": "in_shop", "agent": "shop.lyon.amelie"},
    },
    "TerminationBody": {
        "msisdn": OUR_MSISDN,
        "requested_date": "+30d",
        "authentication": {"method": "portal"},
    },
    "FreezeBody": {
        "by": "shop.lyon.amelie",
        "reason": "the holder has not asked for this port",
        "authentication": {"method": "in_shop", "agent": "shop.lyon.amelie"},
    },
    "PortBackBody": {"by": "desk.amelie", "reason": "the wrong number was ported", "sim": {"form": "physical"}},
    "LineBody": {"reason": "the phone was found", "authentication": {"method": "portal"}},
    "ReviewBody": {"by": "desk.amelie", "reason": "called back on the number we know"},
    "ActivateBody": {"by": "customer"},
    "DeclareBody": {"by": "desk.amelie", "reference": "PV 2026/004711", "filed_at": "2025-05-13T09:30:00+02:00"},
    "CodeBody": {"code": "042 317"},
    "CancelBody": _DESK,
    "RescheduleBody": {**_DESK, "date": "+5d"},
    "ResolveBody": {**_DESK, "action": "retry"},
    "NoteBody": {"by": "desk.amelie", "text": "the customer prefers e-mail"},
}
"""By the name of the model. No day is asked for: one that is a working day today is a Sunday tomorrow."""

_OWN = f"/v1/orders/{_ORDER_ID}"
ANSWERS: dict[str, dict[str, Any]] = {
    "OrderBody": {
        "order_id": _ORDER_ID,
        "kind": "port_in",
        "msisdn": MSISDN,
        "donor": "CIRUS",
        "recipient": "ALIZE",
        "related_to": None,
        "state": "pending",
        "stage": "waiting_for_donor",
        "waiting_for": {
            "party": "CIRUS",
            "what": "its answer",
            "until": "2026-05-16T16:00:00Z",
            "then": "its desk is reminded by e-mail",
        },
        "needs_attention": False,
        "attention": "",
        "point_of_no_return": False,
        "refusal": None,
        "outcome": None,
        "due": "2026-05-16T16:00:00Z",
        "late": False,
        "zone": "Europe/Paris",
        "accepted_at": _AT,
        "updated_at": _AT,
        "timeline": [
            {
                "at": _AT,
                "code": "accepted",
                "day": None,
                "what": "accepted",
                "by": "customer",
                "reason": "mandate signed",
                "detail": {},
            }
        ],
        "journal_intact": True,
        "links": {
            "order": _OWN,
            **{name: f"{_OWN}/{name}" for name in ("events", "cancel", "reschedule", "resolve", "note")},
            "workflow": f"http://127.0.0.1:8233/namespaces/default/workflows/{_ORDER_ID}",
        },
    },
    "RecordedBody": {"order_id": _ORDER_ID, "state": "pending", "message": "noted"},
    "ClockBody": {
        "legal": "2026-05-13T07:31:00Z",
        "real": "2026-05-13T07:31:00Z",
        "pace": 1.0,
        "world": "bf169d8f99c7daf0",
        "zone": "Europe/Paris",
    },
    "Problem": {
        "type": "urn:relais:problem:rio_invalid",
        "title": "A field is wrong",
        "status": 422,
        "detail": "rio: the RIO does not belong to this number: its key does not fit",
        "instance": "urn:uuid:9bc43894-1f58-4e75-bd04-d0b7d06f4954",
        "code": "rio_invalid",
        "errors": [
            {
                "field": "rio",
                "code": "rio_invalid",
                "message": "the RIO does not belong to this number: its key does not fit",
            }
        ],
    },
}
"""By the name of the model."""

"""The body of a SIM replacement, as it comes in."""

from typing import Annotated

from pydantic import Field, StringConstraints

from api.http.fields import AuthenticationBody, ShortText, TypedInstant, authentication_code
from api.http.validation import RequestBody
from domain.sim_replacement import ReplacementReason
from domain.sims import SimForm

DeclarationReference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class DeclarationBody(RequestBody):
    """A declaration of theft to the police."""

    reference: DeclarationReference = Field(description="its number, as on the paper")
    filed_at: TypedInstant = Field(description="when it was made, legal time with its zone; not in the future")


class SimReplacementBody(RequestBody):
    """Another SIM for a line of ours."""

    msisdn: ShortText = Field(description="the number: E.164, or national digits with plain spaces, dots or hyphens")
    reason: ReplacementReason = Field(
        description="`lost`, `stolen`, `fraud`: the old SIM is barred at once and for good; `damaged`, `upgrade`: it "
        "works until the new one is in use"
    )
    form: SimForm = Field(description="`physical`: a card, sent by post unless `iccid` names one; `esim`: a profile")
    imei: ShortText | None = Field(
        default=None,
        description="stolen: the handset that is gone, which is blocked; else the one that the new SIM goes into",
    )
    declaration: DeclarationBody | None = Field(
        default=None, description="only when stolen; may follow later, at the order that blocks the handset"
    )
    eid: ShortText | None = Field(default=None, description="the phone that the eSIM is for; only with `esim`")
    iccid: ShortText | None = Field(
        default=None, description="the card that the shop hands over; only with `physical`, in a shop"
    )
    authentication: AuthenticationBody


_CODES = {
    "msisdn": "number_invalid",
    "reason": "reason_invalid",
    "form": "form_invalid",
    "imei": "imei_invalid",
    "eid": "eid_invalid",
    "iccid": "iccid_invalid",
    "declaration.filed_at": "instant_invalid",
}


def code_of(path: str, error_type: str) -> str | None:
    """The code of a wrong field of this body; None: the general one."""
    if error_type == "missing":
        return None
    return _CODES.get(path) or authentication_code(path, error_type)

"""ES2+ as the engine needs it: order a profile, release it for download, give it back.

There are no request ids and nothing protects from a repetition: so every call names its profile by an explicit ICCID,
and after a lost reply the next call tells what is there.
"""

import json
from typing import Any

import httpx
from pydantic import Field

from domain.model import Model
from parties.answers import write_answer
from parties.http import HttpParty
from parties.smdp.answers import PARTY, check
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

REQUESTER = "relais"
PROTOCOL = "gsma/rsp/v2.2.0"
_FUNCTIONS = "/gsma/rsp2/es2plus/"
_PADDED_LENGTH = 20


class Confirmed(Model):
    """A profile that waits for a phone: where it is fetched and by which matching id."""

    matching_id: str = Field(alias="matchingId", repr=False)
    address: str = Field(alias="smdpAddress")

    @property
    def activation_code(self) -> str:
        """SGP.22, section 4.1: format 1, no object identifier, no confirmation code."""
        return f"1${self.address}${self.matching_id}"


class Smdp:
    """`base_url` is that of the home operator's systems, without a trailing slash.

    `PartyRefused.raw` is the status code, subject and reason: `8.2.1/3.3`.
    """

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/smdp{_FUNCTIONS}", timeouts)

    async def download_order(self, *, iccid: str, eid: str | None, key: str) -> None:
        """Reserve the profile: Available becomes Allocated, or Linked to the phone that `eid` names."""
        await self._call("downloadOrder", key, iccid=padded(iccid), eid=eid)

    async def confirm_order(self, *, iccid: str, eid: str | None, matching_id: str, key: str) -> Confirmed:
        """Release the profile for download under our matching id."""
        answer = await self._call(
            "confirmOrder", key, iccid=padded(iccid), eid=eid, matchingId=matching_id, releaseFlag=True
        )
        return write_answer(Confirmed, answer, PARTY, "confirmOrder")

    async def cancel_order(
        self, *, iccid: str, eid: str | None, matching_id: str | None, reusable: bool, key: str
    ) -> None:
        """Give the profile back: to be ordered anew, or, when it is not `reusable`, never again."""
        final = "Available" if reusable else "Unavailable"
        await self._call(
            "cancelOrder",
            key,
            iccid=padded(iccid),
            eid=eid,
            matchingId=matching_id,
            finalProfileStatusIndicator=final,
        )

    async def _call(self, function: str, key: str, **fields: Any) -> dict[str, Any]:
        """One function; `key` names the call here and in the effect log. Fields that are None are left out."""
        header = {"functionRequesterIdentifier": REQUESTER, "functionCallIdentifier": key}
        body = {"header": header} | {name: value for name, value in fields.items() if value is not None}
        headers = {"Content-Type": "application/json", "X-Admin-Protocol": PROTOCOL, "Idempotency-Key": key}
        content = json.dumps(body, separators=(",", ":")).encode()
        answer = await self._party.send("POST", function, function, content, headers=headers)
        check(answer, function)
        return answer


def padded(iccid: str) -> str:
    """The wire's twenty characters: a 19-digit ICCID is filled up with `F`."""
    return iccid.ljust(_PADDED_LENGTH, "F")

"""A hand on the SM-DP+ and on the customer's phone, without any client of ours between."""

import time
from typing import Any

from tests.support.home import Home

PROTOCOL = {"X-Admin-Protocol": "gsma/rsp/v2.2.0"}
SUCCESS = "Executed-Success"
PATIENCE_S = 15.0
POLL_S = 0.02


class Esim:
    """ES2+ calls of one operator. Every test takes eSIMs of its own from logistics' stock."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.operator = home.path.rsplit("/", 1)[-1]

    def reserve(self, msisdn: str | None = None, *, phone: dict[str, Any] | None = None) -> str:
        """The ICCID of a new eSIM, and how the phone of its number behaves."""
        if msisdn is not None and phone is not None:
            assert self.home.http.put(f"/admin/phones/{msisdn}", json=phone).is_success
        body = {"reference": self.home.new_reference(), "form": "esim", "handed_over": False}
        reserved = self.home.write("/logistics/sims", body if msisdn is None else {**body, "msisdn": msisdn})
        return str(reserved.json()["iccid"])

    def call(self, function: str, *, key: str | None = None, **fields: Any) -> dict[str, Any]:
        """The answer's body; `iccid` is padded on its way."""
        if "iccid" in fields:
            fields["iccid"] = fields["iccid"].ljust(20, "F")
        header = {"functionRequesterIdentifier": "relais.example", "functionCallIdentifier": "call-1"}
        answer = self.home.http.post(
            f"{self.home.path}/smdp/gsma/rsp2/es2plus/{function}",
            json={"header": header, **fields},
            headers=PROTOCOL if key is None else {**PROTOCOL, "Idempotency-Key": key},
        )
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def ask(self, function: str, **fields: Any) -> str:
        """How it ended: the status, or the codes of a failure as `8.2.1/3.3`."""
        status = self.call(function, **fields)["header"]["functionExecutionStatus"]
        if status["status"] != "Failed":
            return str(status["status"])
        return "{subjectCode}/{reasonCode}".format(**status["statusCodeData"])

    def order(self, iccid: str) -> str:
        assert self.ask("downloadOrder", iccid=iccid) == SUCCESS
        return iccid

    def release(self, iccid: str) -> dict[str, Any]:
        """Order, confirm and release; what the activation code is made of."""
        return self.call("confirmOrder", iccid=self.order(iccid), releaseFlag=True)

    def cancel(self, iccid: str, final: str = "Available", **fields: Any) -> str:
        return self.ask("cancelOrder", iccid=iccid, finalProfileStatusIndicator=final, **fields)

    def wait_until(self, iccid: str, effect: str) -> None:
        """The last effect on the profile is this one."""
        deadline = time.monotonic() + PATIENCE_S
        while self.effects(iccid)[-1] != effect:
            assert time.monotonic() < deadline, self.effects(iccid)
            time.sleep(POLL_S)

    def effects(self, iccid: str) -> list[str]:
        """Effects on a profile with the state that it came to: `profile_ordered Allocated`."""
        items = self.home.get("/admin/effects", limit=10_000).json()["items"]
        mine = [item for item in items if item["party"] == "smdp" and item["detail"]["iccid"] == iccid]
        return [f"{item['effect']} {item['detail']['state']}" for item in mine]

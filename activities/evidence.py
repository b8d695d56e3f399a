"""Proof from outside: what the reference database, the HLR and the other operators say, kept with the order."""

import asyncio

from pydantic import Field
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Instant, Model
from domain.party import Party
from parties.clearing_house.client import ClearingHouse
from parties.hlr import Hlr

LOOKS = (0.1, 0.3, 0.8)
"""Real seconds between looks for the last acknowledgements. One that is missing after them is waited for apart."""


class Look(Model):
    dossier_id: str
    msisdn: str
    imsi: str


class Evidence(Model):
    """What was seen. `acknowledged`: operator → legal instant; `missing`: operators that have not acknowledged yet."""

    acknowledged: dict[str, Instant] = Field(default_factory=dict)
    missing: list[str] = Field(default_factory=list)
    reference: str = ""  # the operator that the reference database names
    on_our_sim: bool = False  # the home HLR carries the number on the new SIM


class EvidenceActivities:
    """Reads only; nothing changes here."""

    def __init__(self, clearing_house: ClearingHouse, hlr: Hlr) -> None:
        self._clearing_house = clearing_house
        self._hlr = hlr

    @activity.defn(name="evidence_look")
    @calls_parties(Party.CLEARING_HOUSE, Party.HLR)
    async def look(self, request: Look) -> Evidence:
        """Everything that can be seen now; waits a moment for the last acknowledgements."""
        with outages_are_retried():
            evidence = await self._acknowledgements(request.dossier_id)
            for pause in LOOKS:
                if not evidence.missing and evidence.acknowledged:
                    break
                await asyncio.sleep(pause)
                evidence = await self._acknowledgements(request.dossier_id)
            found = await self._clearing_house.number(request.msisdn)
            carrier = await self._hlr.info_by_msisdn(request.msisdn)
        return evidence.model_copy(
            update={
                "reference": found.operator if found else "",
                "on_our_sim": carrier is not None and carrier.imsi == request.imsi,
            }
        )

    @activity.defn(name="evidence_await_acknowledgements")
    @calls_parties(Party.CLEARING_HOUSE, Party.HLR)
    async def await_acknowledgements(self, request: Look) -> Evidence:
        """The same, once all have acknowledged; until then it fails to be retried, which costs the history nothing."""
        evidence = await self.look(request)
        if evidence.missing:
            raise ApplicationError(f"not acknowledged yet by {', '.join(evidence.missing)}", type=UNAVAILABLE)
        return evidence

    async def _acknowledgements(self, dossier_id: str) -> Evidence:
        dossier = await self._clearing_house.dossier(dossier_id)
        if dossier is None:
            return Evidence()
        done = {entry.operator: entry.at for entry in dossier.acknowledgements if entry.at is not None}
        return Evidence(
            acknowledged=done, missing=[entry.operator for entry in dossier.acknowledgements if entry.at is None]
        )

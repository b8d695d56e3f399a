"""The dialogue with the donor through the clearing house: ask, declare, take back."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, as_refusal, outages_are_retried
from activities.dossier_looks import LOOKS, look_until
from activities.parties_called import calls_parties
from activities.recorder import Recorder
from domain.authorisation import Authorisation
from domain.directory import Directory
from domain.model import Instant, Model
from domain.orders import StepRequest, StepResult
from domain.party import Party
from domain.port_in import Holder
from domain.refusals import Refusal
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.port_back import port_back_note
from parties.clearing_house.registry import RegistryDossier
from parties.clock import ClockReader
from parties.errors import NotConnected, OutcomeUnknown, PartyRefused, PartyUnavailable

VALIDATION = frozenset({"field_validation", "parameter_validation"})
"""Refusals that are about the message. Any other one (our signature, their database) is about us or them, and must not
end a customer's order.
"""


class AskDonor(StepRequest):
    """`attempt`: each asking of an order is a dossier of its own. A port back needs no authorisation:
    `back_of_dossier` moved the number by mistake.
    """

    order_id: str
    attempt: int
    donor: str
    msisdn: str
    authorisation: Authorisation
    holder: Holder
    back_of_dossier: str = ""


class Asked(StepResult):
    dossier_id: str = ""
    refusal: Refusal | None = None


class DeclarePerformed(StepRequest):
    """The transition is recorded once the registry shows the port performed. `actual`: the planned instant of the
    cut-over (legal). `errors_seen`: how many *errorfound* of the dossier are known already. `look_first`: an earlier
    declaration may have arrived.
    """

    order_id: str
    dossier_id: str
    donor: str
    msisdn: str
    actual: Instant
    backporting: bool
    key: str
    errors_seen: int = 0
    look_first: bool = False


class Declared(StepResult):
    """What became of a declaration.

    `performed`: the registry shows it, the point of no return is passed. `not_connected`: not a byte has left.
    `error_found`: the clearing house refuses it, code and text say why. `cancelled`: the dossier shows a cancel.
    `unknown`: ask again, never undo.
    """

    status: Literal["performed", "not_connected", "error_found", "cancelled", "unknown"]
    error_code: str = ""
    error_text: str = ""
    errors_seen: int = 0
    first_possible: Instant | None = None


class CancelDossier(Model):
    order_id: str
    attempt: int
    donor: str
    note: str
    key: str


class DossierCancelled(Model):
    """`cancelled`: the registry shows it. `nothing`: there was no open dossier. `performed`: too late."""

    status: Literal["cancelled", "nothing", "performed"]


class ClearingHouseActivities:
    """What the clearing house is sent for a port in. Every message has a key and survives a lost reply."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        directory: Directory,
        home: str,
        clock: ClockReader,
        recorder: Recorder,
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._directory = directory
        self._home = directory.by_code(home)
        self._clock = clock
        self._recorder = recorder

    @activity.defn(name="clearing_house_ask_donor")
    @calls_parties(Party.CLEARING_HOUSE)
    async def ask_donor(self, request: AskDonor) -> Asked:
        """Send the porting request. The dossier is recorded before: an answer can arrive before the reply."""
        dossier_id = await self._dossier_id(request.order_id, request.attempt)
        with outages_are_retried():
            try:
                await self._clearing_house.porting_request(
                    dossier_id=dossier_id,
                    donor=self._directory.by_code(request.donor),
                    home=self._home,
                    msisdn=request.msisdn,
                    authorisation=request.authorisation,
                    holder=request.holder,
                    note=port_back_note(request.back_of_dossier) if request.back_of_dossier else "",
                    sent_at=(await self._clock.recent()).legal,
                    key=f"{request.order_id}:ask:{request.attempt}",
                )
            except PartyRefused as error:
                if error.code not in VALIDATION:
                    raise ApplicationError(str(error), type=UNAVAILABLE) from None
                return Asked(dossier_id=dossier_id, refusal=as_refusal(error))
        await self._recorder.record(request.entry)
        return Asked(dossier_id=dossier_id, recorded=True)

    @activity.defn(name="clearing_house_declare_performed")
    @calls_parties(Party.CLEARING_HOUSE)
    async def declare_performed(self, request: DeclarePerformed) -> Declared:
        """Send *porting performed* once and find out what became of it. Tried once per call: the workflow decides
        what follows.
        """
        if request.look_first:
            seen = await self._verdict(request, looks=LOOKS[:1])
            if seen.status in ("performed", "error_found", "cancelled"):
                return seen
        try:
            await self._clearing_house.porting_performed(
                dossier_id=request.dossier_id,
                donor=self._directory.by_code(request.donor),
                home=self._home,
                msisdn=request.msisdn,
                actual=request.actual,
                backporting=request.backporting,
                sent_at=request.actual,
                key=request.key,
            )
        except NotConnected:
            return Declared(status="not_connected", errors_seen=request.errors_seen)
        except PartyRefused as error:
            return Declared(
                status="error_found",
                error_code=error.raw or error.code,
                error_text=error.message,
                errors_seen=request.errors_seen,
            )
        except (OutcomeUnknown, PartyUnavailable):
            pass  # a byte has left: only the registry can tell
        return await self._verdict(request, looks=LOOKS)

    @activity.defn(name="clearing_house_keep_declaring")
    @calls_parties(Party.CLEARING_HOUSE)
    async def keep_declaring(self, request: DeclarePerformed) -> Declared:
        """The same, for a declaration that may have arrived: fails, to be retried, until something is known of it, so
        that days of waiting cost the history nothing.
        """
        declared = await self.declare_performed(request)
        if declared.status in ("unknown", "not_connected"):
            raise ApplicationError("what became of porting performed is not known yet", type=UNAVAILABLE)
        return declared

    @activity.defn(name="clearing_house_cancel_dossier")
    @calls_parties(Party.CLEARING_HOUSE)
    async def cancel_dossier(self, request: CancelDossier) -> DossierCancelled:
        """Take the porting request back, and be done only when the registry shows it."""
        dossier_id = await self._dossier_id(request.order_id, request.attempt)
        with outages_are_retried():
            # A request that we gave up waiting for may still be on its way: unknown is not yet nothing.
            dossier = await look_until(self._clearing_house, dossier_id, LOOKS, lambda _: True)
            if dossier is None or dossier.status in ("refused", "expired"):
                return DossierCancelled(status="nothing")
            if dossier.status in ("performed", "cancelled"):
                return DossierCancelled(status=dossier.status)
            try:
                await self._clearing_house.cancel(
                    dossier_id=dossier_id,
                    donor=self._directory.by_code(request.donor),
                    home=self._home,
                    note=request.note,
                    sent_at=(await self._clock.recent()).legal,
                    key=request.key,
                )
            except PartyRefused as error:
                raise ApplicationError(str(error), type=UNAVAILABLE) from None
            shown = await look_until(
                self._clearing_house, dossier_id, LOOKS, lambda seen: seen.status in ("cancelled", "performed")
            )
        if shown is not None and shown.status == "cancelled":
            return DossierCancelled(status="cancelled")
        if shown is not None and shown.status == "performed":
            return DossierCancelled(status="performed")
        raise ApplicationError("the clearing house does not show the cancel yet", type=UNAVAILABLE)

    async def _verdict(self, request: DeclarePerformed, looks: Sequence[float]) -> Declared:
        """What the registry says of a declaration; unreachable or undecided is `unknown`."""

        def decided(dossier: RegistryDossier) -> bool:
            return dossier.status in ("performed", "cancelled", "expired") or _errors(dossier) > request.errors_seen

        try:
            dossier = await look_until(self._clearing_house, request.dossier_id, looks, decided)
        except (PartyUnavailable, PartyRefused):
            dossier = None
        if dossier is None or not decided(dossier):
            return Declared(status="unknown", errors_seen=request.errors_seen)
        if dossier.status == "performed":
            await self._recorder.record(request.entry)
            return Declared(status="performed", errors_seen=_errors(dossier), recorded=True)
        if dossier.status in ("cancelled", "expired"):
            return Declared(status="cancelled", errors_seen=_errors(dossier))
        last = [message for message in dossier.messages if message.type == "errorfound"][-1]
        return Declared(
            status="error_found",
            error_code=last.error_code or "",
            error_text=last.description or "",
            errors_seen=_errors(dossier),
            first_possible=dossier.first_possible,
        )

    def _dossier_id(self, order_id: str, attempt: int) -> Awaitable[str]:
        return asyncio.to_thread(self._journal.dossiers.open, order_id, attempt, self._home.code)


def _errors(dossier: RegistryDossier) -> int:
    return sum(message.type == "errorfound" for message in dossier.messages)

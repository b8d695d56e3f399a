"""One number whose quarantine is over: to the home pool, or by *deactivation* to its range holder.

Nothing is undone here. A deactivation is idempotent by its dossier, which the journal has before anything is sent: once
a byte of it has left, only the registry tells what became of it, and what is not known is looked at in the next round.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from activities.dossier_looks import LOOKS, look_until
from activities.failing_parties import FailingParties
from activities.recorder import Recorder
from domain.directory import Directory, Operator, UnknownOperator
from domain.model import Instant
from domain.termination import Quarantine
from journal import Journal
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.errors import NotConnected, OutcomeUnknown, PartyFailed, PartyRefused, PartyUnavailable

RETURNING = "returning"
"""State of a quarantine whose dossier is made: its deactivation may have left."""

CARE, CLEARING_HOUSE = "care", "clearing_house"


class NumberOutcome(StrEnum):
    """What became of a number that was due; the first three are states in which a quarantine ends."""

    POOLED = "released"
    RETURNED = "returned"
    PORTED = "ported"
    HELD = "held"


class NumberKeeper:
    """Gives numbers back. Trouble is raised as the party's own error, and the number stays due."""

    def __init__(
        self,
        journal: Journal,
        clearing_house: ClearingHouse,
        care: Care,
        directory: Directory,
        home: str,
        recorder: Recorder,
        looks: Sequence[float] = LOOKS,
    ) -> None:
        self._journal = journal
        self._clearing_house = clearing_house
        self._care = care
        self._directory = directory
        self._home = directory.by_code(home)
        self._recorder = recorder
        self._looks = looks

    async def give_back(self, number: Quarantine, now: Instant, parties: FailingParties) -> NumberOutcome:
        """What becomes of the number at the legal instant `now`; its quarantine is settled unless the number is held.

        Raises:
            PartyError: a party's trouble.
        """
        outcome, dossier_id = await self._outcome(number, now, parties)
        if outcome is not NumberOutcome.HELD:
            at_legal, _ = await self._recorder.stamps()
            await asyncio.to_thread(
                self._journal.quarantines.settle,
                number.contract_id,
                outcome.value,
                at_legal=at_legal,
                dossier_id=dossier_id,
            )
        return outcome

    async def _outcome(
        self, number: Quarantine, now: Instant, parties: FailingParties
    ) -> tuple[NumberOutcome, str | None]:
        if number.state == RETURNING:
            dossier_id = await self._dossier_id(number)
            with parties.asked(CLEARING_HOUSE, "dossier"):
                if _performed(await self._clearing_house.dossier(dossier_id)):
                    return NumberOutcome.RETURNED, dossier_id
        with parties.asked(CLEARING_HOUSE, "number"):
            seen = await self._registry(number)
        if seen.operator != self._home.code:
            return NumberOutcome.PORTED, None
        if seen.open_dossier or await self._is_held(number):
            return NumberOutcome.HELD, None
        if seen.range_holder == self._home.code:
            with parties.asked(CARE, "pool"):
                return await self._pool(number), None
        dossier_id = await self._dossier_id(number)
        with parties.asked(CLEARING_HOUSE, "deactivation"):
            await self._deactivate(number, seen.range_holder, dossier_id, now)
        return NumberOutcome.RETURNED, dossier_id

    async def _registry(self, number: Quarantine) -> RegistryNumber:
        seen = await self._clearing_house.number(number.msisdn)
        if seen is None:
            raise PartyFailed(CLEARING_HOUSE, "number", "the registry does not know a number that we served")
        return seen

    async def _is_held(self, number: Quarantine) -> bool:
        line = await asyncio.to_thread(self._journal.lines.read, number.msisdn)
        return line.held_by is not None

    async def _pool(self, number: Quarantine) -> NumberOutcome:
        """Free for a new line. Customer care has given it to one already when the line is one of another contract."""
        reference = f"quarantine:{number.contract_id}"
        try:
            await self._care.pool(reference=reference, msisdn=number.msisdn, key=f"{reference}:pool:1")
        except PartyRefused as refused:
            if refused.code != "number_in_use":
                raise
            line = await self._care.line(number.msisdn)
            if line is None or line.contract.id == number.contract_id:
                return NumberOutcome.HELD
        return NumberOutcome.POOLED

    async def _deactivate(self, number: Quarantine, range_holder: str, dossier_id: str, now: Instant) -> None:
        """Returns once the registry shows it. What was refused after it had been taken may be sent anew on another
        legal day, which is the number of the try.
        """
        try:
            await self._clearing_house.deactivation(
                dossier_id=dossier_id,
                home=self._home,
                msisdn=number.msisdn,
                range_holder=self._operator(range_holder),
                sent_at=now,
                key=f"quarantine:{number.contract_id}:deactivation:{now:%Y-%m-%d}",
            )
        except NotConnected:
            raise
        except (OutcomeUnknown, PartyUnavailable):
            pass  # a byte has left: only the registry can tell
        if not _performed(await look_until(self._clearing_house, dossier_id, self._looks, _performed)):
            raise PartyFailed(CLEARING_HOUSE, "deactivation", "the registry does not show it yet")

    def _operator(self, code: str) -> Operator | None:
        """The range holder, None for one that our directory does not know: the clearing house does."""
        try:
            return self._directory.by_code(code)
        except UnknownOperator:
            return None

    async def _dossier_id(self, number: Quarantine) -> str:
        return await asyncio.to_thread(self._journal.quarantines.open_dossier, number.contract_id, self._home.code)


def _performed(dossier: RegistryDossier | None) -> bool:
    return dossier is not None and dossier.status == "performed"

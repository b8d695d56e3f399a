"""What our own systems say of a number that another operator asks for."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from activities.our_systems import OurSystems
from domain.contracts import Account
from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderKind
from domain.port_out import PortOutOrder
from parties.care import Line
from parties.clearing_house.registry import RegistryDossier, is_last_move
from parties.errors import PartyRefused, PartyUnavailable
from rules.plans import LineAsked
from rules.regime import Regime


@dataclass(frozen=True)
class RequestedLine:
    """The line as the rules ask of it, and as our systems know it. `carrier`: the IMSI that the HLR names."""

    asked: LineAsked
    line: Line | None
    account: Account
    carrier: str | None


class RequestedLines:
    """Asks customer care, billing, the HLR and the journal; the registry where only it can tell."""

    def __init__(self, systems: OurSystems, regime: Regime) -> None:
        self._systems = systems
        self._regime = regime

    async def look(self, order: PortOutOrder, now: datetime) -> RequestedLine:
        """The line that the order asks for at legal `now`.

        Raises:
            PartyError: a party's trouble; also while the number has just come in and care has no contract for it yet.
        """
        (line, account), carrier, facts, view, other_dossier, port_back_is_due = await asyncio.gather(
            self._systems.line_and_account(order.msisdn),
            self._systems.hlr.carrier(order.msisdn),
            asyncio.to_thread(self._systems.journal.lines.facts, order.msisdn),
            asyncio.to_thread(self._systems.journal.lines.read, order.msisdn),
            self._other_dossier(order),
            self._port_back_is_due(order),
        )
        ended = line is None or line.has_ended
        is_ours = not ended or await self._is_with_us(order)
        if ended and is_ours and view.held_by is not None and ORDER_KINDS[view.held_by.kind].brings_number:
            raise PartyUnavailable("care", "line", "the contract of a number that has just come in is not active yet")
        if line is None:
            return RequestedLine(LineAsked(is_ours=False), None, account, carrier)
        asked = LineAsked(
            is_ours=is_ours,
            code=line.rio,
            ended=ended,
            portable_until=await self._portable_until(line, now) if ended else None,
            other_dossier=other_dossier,
            port_back_is_due=port_back_is_due,
            locked=facts.locked_since is not None,
            unlocks_at=facts.unlocks_at,
            swapped_at=max((at for at in (facts.swapped_at, line.sim_since) if at is not None), default=None),
            being_replaced=view.held_by is not None and view.held_by.kind == OrderKind.SIM_REPLACEMENT,
            contact_changed_at=line.contact.changed_at,
            on_barred_list=self._regime.sims.is_barred_number(order.msisdn),
        )
        return RequestedLine(asked, line, account, carrier)

    async def _is_with_us(self, order: PortOutOrder) -> bool:
        """Without a running contract only the registry tells: the number may have been ported out, be in quarantine, or
        have just come in.
        """
        found = await self._systems.clearing_house.number(order.msisdn)
        return found is not None and found.operator == order.home

    async def _portable_until(self, line: Line, now: datetime) -> datetime | None:
        """Of the quarantine that followed the contract; where the journal knows none, by the contract's end."""
        kept = await asyncio.to_thread(self._systems.journal.quarantines.of, line.msisdn, now)
        if kept is not None and (line.ended_at is None or kept.since >= line.ended_at):
            return kept.portable_until
        if line.ended_at is None:
            return None
        return self._regime.leaving.quarantine(line.ended_at, line.msisdn).portable_until

    async def _other_dossier(self, order: PortOutOrder) -> bool:
        """Whether an older request for the number is still open: of two, the older one wins."""
        requests = await asyncio.to_thread(self._systems.journal.dossiers.open_ports_out, order.msisdn)
        for _, dossier_id in takewhile(lambda each: each[0] != order.order_id, requests):
            dossier = await self._dossier(dossier_id)
            if dossier is None or dossier.is_open:
                return True
        return False

    async def _port_back_is_due(self, order: PortOutOrder) -> bool:
        if not order.back_of:
            return False
        dossier = await self._dossier(order.back_of)
        number = await self._systems.clearing_house.number(order.msisdn)
        return is_last_move(dossier, number, donor=order.recipient, recipient=order.home)

    async def _dossier(self, dossier_id: str) -> RegistryDossier | None:
        """None also for a dossier of others, which the registry does not show us."""
        try:
            return await self._systems.clearing_house.dossier(dossier_id)
        except PartyRefused:
            return None

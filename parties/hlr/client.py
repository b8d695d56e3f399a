"""The HLR as the engine sees it: two reads, and compounds that may be repeated at any time.

The HLR has no idempotency keys and no compare-and-set, and moving a number takes several commands: so a compound
reads, writes what differs and reads again. After a crash in between it is simply called again; what it finds in the
HLR counts, never what somebody remembers. A change acts at the phone's next location update: provisioned is not yet
in effect.
"""

from parties.hlr.bar import switch_carrier
from parties.hlr.change import Change
from parties.hlr.move import move
from parties.hlr.protocol import checked_imsi, number_digits
from parties.hlr.register import Register
from parties.hlr.subscriber import Subscriber


class Hlr(Register):
    """One register, over one connection that is opened when needed and shared by all callers of one event loop.

    `NotConnected` is only raised when no change of this call can have left us; trouble after that is `OutcomeUnknown`.
    """

    async def put_in_service(self, imsi: str, msisdn: str) -> Subscriber:
        """Make this SIM carry this E.164 number with voice and data on; returns the record as read back.

        Refused `number_on_another_sim` while another SIM carries it and `sim_carries_another_number` when this one
        carries another: nobody else's service is ever taken by it.
        """
        call = "put_in_service"
        change, digits = Change(self, call), number_digits(msisdn, call)
        found = await change.sim(checked_imsi(imsi, call)) or await change.create(imsi)
        if found.msisdn is not None and found.msisdn != msisdn:
            raise change.refused("sim_carries_another_number", "the SIM carries another number")
        if found.msisdn is None and not await change.set_number(imsi, digits):
            holder = await change.carrier(msisdn)
            if holder is None:
                raise change.failed("the number could not be set, and no SIM carries it")
            if holder.imsi != imsi:
                raise change.refused("number_on_another_sim", "another SIM carries the number")
        await change.switch(found, on=True)
        now = await change.sim(imsi)
        if now is None or now.msisdn != msisdn or not now.in_service:
            raise change.not_read_back()
        return now

    async def take_out_of_service(self, imsi: str, msisdn: str) -> None:
        """Undo `put_in_service`: voice and data off, the number off this SIM. Safe when nothing, or only a part, was
        done.

        A SIM that meanwhile carries another number is left alone, and so is this number on another SIM.
        """
        call = "take_out_of_service"
        number_digits(msisdn, call)
        await _take_out(Change(self, call), checked_imsi(imsi, call), msisdn)

    async def forget(self, imsi: str, msisdn: str) -> None:
        """Undo `put_in_service` of a card that will never be used: out of service, and its record deleted. Safe when
        there is none; a SIM that meanwhile carries another number is left alone.
        """
        call = "forget"
        number_digits(msisdn, call)
        change = Change(self, call)
        await _take_out(change, checked_imsi(imsi, call), msisdn)
        found = await change.sim(imsi)
        if found is not None and found.msisdn is None:
            await change.delete(imsi)

    async def bar(self, msisdn: str) -> str:
        """Voice and data off for whatever SIM carries the number; returns its IMSI. Refused `number_inactive` when
        none does.
        """
        return await switch_carrier(Change(self, "bar"), msisdn, on=False)

    async def unbar(self, msisdn: str) -> str:
        """Undo `bar`: voice and data on for whatever SIM carries the number; returns its IMSI. Refused as `bar` is."""
        return await switch_carrier(Change(self, "unbar"), msisdn, on=True)

    async def move(self, msisdn: str, old_imsi: str, new_imsi: str) -> Subscriber:
        """The number from the old SIM, '' for none, to the new one; then the old one's record is deleted. Returns the
        new one's as read back.

        Refused `number_on_another_sim` while a third SIM carries it and `sim_carries_another_number` when the new one
        carries another. A refusal means that the number is where it was.
        """
        call = "move"
        old = checked_imsi(old_imsi, call) if old_imsi else ""
        new, digits = checked_imsi(new_imsi, call), number_digits(msisdn, call)
        return await move(Change(self, call), msisdn, digits, "" if old == new else old, new)


async def _take_out(change: Change, imsi: str, msisdn: str) -> None:
    found = await change.sim(imsi)
    if found is None or found.msisdn not in (None, msisdn):
        return
    await change.switch(found, on=False)
    if found.msisdn is not None:
        await change.clear_number(imsi)
    now = await change.sim(imsi)
    if now is not None and (now.msisdn == msisdn or not now.silent):
        raise change.not_read_back()

"""One compound under way: its commands, and what trouble means once a change has left us."""

from parties.errors import NotConnected, OutcomeUnknown, PartyError, PartyFailed, PartyRefused, PartyUnavailable
from parties.hlr.connection import ConnectionLost, NoConnection
from parties.hlr.frames import Reply
from parties.hlr.protocol import PARTY, ErrorText
from parties.hlr.register import Register
from parties.hlr.subscriber import Subscriber


class Change:
    """Reads and writes of the compound `call`. Trouble is harmless before the first change and `OutcomeUnknown` after
    it.
    """

    def __init__(self, register: Register, call: str) -> None:
        self._register = register
        self._call = call
        self._changed = False

    async def sim(self, imsi: str) -> Subscriber | None:
        try:
            return await self._register.info_by_imsi(imsi)
        except PartyUnavailable as error:
            raise self._seen_through(error) from None

    async def carrier(self, msisdn: str) -> Subscriber | None:
        try:
            return await self._register.info_by_msisdn(msisdn)
        except PartyUnavailable as error:
            raise self._seen_through(error) from None

    async def create(self, imsi: str) -> Subscriber:
        """The record of a new SIM, or of one that another call has just created."""
        reply = await self._write(f"subscriber.create {imsi}")
        if not reply.ok and reply.text == ErrorText.INVALID_IMSI:
            raise self.refused("imsi_invalid", "the HLR does not take this IMSI")
        if not reply.ok and reply.text != ErrorText.EXISTS:
            raise self.failed("the SIM could not be created")
        created = await self.sim(imsi)
        if created is None:
            raise self.not_read_back()
        return created

    async def delete(self, imsi: str) -> None:
        reply = await self._write(f"subscriber.delete {imsi}")
        if not reply.ok and reply.text != ErrorText.NOT_THERE:
            raise self.failed("the SIM could not be deleted")

    async def set_number(self, imsi: str, digits: str) -> bool:
        """False: refused, because another SIM has the number or for any trouble of the database; only a look tells."""
        return (await self._write(f"subscriber.by-imsi-{imsi}.msisdn {digits}")).ok

    async def clear_number(self, imsi: str) -> None:
        await self._set(imsi, "msisdn", "none")

    async def switch(self, found: Subscriber, *, on: bool) -> None:
        """Voice and data on or off, where they are not."""
        value = "1" if on else "0"
        if found.cs_enabled != on:
            await self._set(found.imsi, "cs-enabled", value)
        if found.ps_enabled != on:
            await self._set(found.imsi, "ps-enabled", value)

    def refused(self, code: str, message: str) -> PartyRefused:
        return PartyRefused(PARTY, self._call, code=code, message=message)

    def failed(self, message: str) -> PartyFailed:
        return PartyFailed(PARTY, self._call, message)

    def not_read_back(self) -> PartyUnavailable:
        return PartyUnavailable(PARTY, self._call, "what was written does not read back")

    async def _set(self, imsi: str, name: str, value: str) -> None:
        reply = await self._write(f"subscriber.by-imsi-{imsi}.{name} {value}")
        if not reply.ok:
            raise self.failed(f"{name} could not be set")

    async def _write(self, rest: str) -> Reply:
        try:
            reply = await self._register.ask("SET", rest)
        except NoConnection as error:
            if self._changed:
                raise self._unknown(error) from None
            raise NotConnected(PARTY, self._call, f"no connection ({error})") from None
        except ConnectionLost as error:
            raise self._unknown(error) from None
        self._changed = True
        return reply

    def _seen_through(self, error: PartyUnavailable) -> PartyError:
        return self._unknown(error.message) if self._changed else error

    def _unknown(self, why: object) -> OutcomeUnknown:
        return OutcomeUnknown(PARTY, self._call, f"some of the changes may be done ({why})")

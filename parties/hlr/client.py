"""The HLR as the engine sees it: two reads and two compounds that may be repeated at any time.

The HLR has no idempotency keys and no compare-and-set, and moving a number takes several commands: so a compound
reads, writes what differs and reads again. After a crash in between it is simply called again; what it finds in the
HLR counts, never what somebody remembers. A change acts at the phone's next location update: provisioned is not yet
in effect.
"""

import asyncio
import re
from enum import StrEnum

from parties.errors import NotConnected, OutcomeUnknown, PartyError, PartyFailed, PartyRefused, PartyUnavailable
from parties.hlr.connection import Connection, ConnectionLost, NoConnection
from parties.hlr.frames import Reply
from parties.hlr.subscriber import Subscriber, parse_info
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "hlr"

_IMSI = re.compile(r"[0-9]{6,15}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")


class Text(StrEnum):
    """OsmoHLR's error texts that mean something to us (its `src/ctrl.c`)."""

    NO_SUBSCRIBER = "No such subscriber."
    NOT_THERE = "Subscriber doesn't exist."
    EXISTS = "Subscriber already exists."
    INVALID_IMSI = "Invalid IMSI value."


class Hlr:
    """One register, over one connection that is opened when needed and shared by all callers of one event loop.

    `NotConnected` is only raised when no change of this call can have left us; trouble after that is `OutcomeUnknown`.
    """

    def __init__(self, host: str, port: int, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._host = host
        self._port = port
        self._timeouts = timeouts
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()

    async def info_by_imsi(self, imsi: str) -> Subscriber | None:
        """The record of a SIM, None when the HLR has none."""
        return await self._info("info_by_imsi", f"subscriber.by-imsi-{_checked_imsi(imsi, 'info_by_imsi')}.info")

    async def info_by_msisdn(self, msisdn: str) -> Subscriber | None:
        """The record of the SIM that carries an E.164 number, None when none does."""
        return await self._info("info_by_msisdn", f"subscriber.by-msisdn-{_digits(msisdn, 'info_by_msisdn')}.info")

    async def carrier(self, msisdn: str) -> str | None:
        """The IMSI of the SIM that carries an E.164 number, None when none does."""
        found = await self.info_by_msisdn(msisdn)
        return found.imsi if found else None

    async def put_in_service(self, imsi: str, msisdn: str) -> Subscriber:
        """Make this SIM carry this E.164 number with voice and data on; returns the record as read back.

        Refused `number_on_another_sim` while another SIM carries it and `sim_carries_another_number` when this one
        carries another: nobody else's service is ever taken by it.
        """
        return await _Change(self, "put_in_service", imsi, msisdn).put_in_service()

    async def take_out_of_service(self, imsi: str, msisdn: str) -> None:
        """Undo `put_in_service`: voice and data off, the number off this SIM. Safe when nothing, or only a part, was
        done.

        A SIM that meanwhile carries another number is left alone, and so is this number on another SIM.
        """
        await _Change(self, "take_out_of_service", imsi, msisdn).take_out_of_service()

    async def forget(self, imsi: str, msisdn: str) -> None:
        """Undo `put_in_service` of a card that will never be used: out of service, and its record deleted. Safe when
        there is none; a SIM that meanwhile carries another number is left alone.
        """
        await _Change(self, "forget", imsi, msisdn).forget()

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def ask(self, verb: str, rest: str) -> Reply:
        """One command on the kept connection, opened first if need be. `NoConnection` or `ConnectionLost`."""
        connection = self._connection
        if connection is None or not connection.usable:
            async with self._connecting:
                connection = self._connection
                if connection is None or not connection.usable:
                    connection = self._connection = await Connection.open(self._host, self._port, self._timeouts)
        return await connection.command(verb, rest)

    async def _info(self, call: str, variable: str) -> Subscriber | None:
        try:
            reply = await self.ask("GET", variable)
        except NoConnection as error:
            raise NotConnected(PARTY, call, f"no connection ({error})") from None
        except ConnectionLost as error:
            raise PartyUnavailable(PARTY, call, str(error)) from None
        if not reply.ok:
            if reply.text == Text.NO_SUBSCRIBER:
                return None
            raise PartyFailed(PARTY, call, "the read was answered by an error")
        try:
            return parse_info(reply.text)
        except ValueError:
            raise PartyFailed(PARTY, call, "answer is not a record") from None


class _Change:
    """One compound under way: it knows whether a change has left us, and so what trouble means."""

    def __init__(self, hlr: Hlr, call: str, imsi: str, msisdn: str) -> None:
        self._hlr = hlr
        self._call = call
        self._imsi = _checked_imsi(imsi, call)
        self._msisdn = msisdn
        self._number = _digits(msisdn, call)
        self._changed = False

    async def put_in_service(self) -> Subscriber:
        found = await self._read() or await self._create()
        if found.msisdn is not None and found.msisdn != self._msisdn:
            raise self._refused("sim_carries_another_number", "the SIM carries another number")
        if found.msisdn is None:
            await self._attach_number()
        await self._switch("1", cs=not found.cs_enabled, ps=not found.ps_enabled)
        now = await self._read()
        if now is None or now.msisdn != self._msisdn or not now.in_service:
            raise PartyUnavailable(PARTY, self._call, "what was written does not read back")
        return now

    async def take_out_of_service(self) -> None:
        found = await self._read()
        if found is None or found.msisdn not in (None, self._msisdn):
            return
        await self._switch("0", cs=found.cs_enabled, ps=found.ps_enabled)
        if found.msisdn is not None:
            await self._set("msisdn", "none")
        now = await self._read()
        if now is not None and (now.msisdn == self._msisdn or not now.silent):
            raise PartyUnavailable(PARTY, self._call, "what was written does not read back")

    async def forget(self) -> None:
        await self.take_out_of_service()
        found = await self._read()
        if found is None or found.msisdn is not None:
            return
        reply = await self._write(f"subscriber.delete {self._imsi}")
        if not reply.ok and reply.text != Text.NOT_THERE:
            raise PartyFailed(PARTY, self._call, "the SIM could not be deleted")

    async def _create(self) -> Subscriber:
        reply = await self._write(f"subscriber.create {self._imsi}")
        if not reply.ok and reply.text == Text.INVALID_IMSI:
            raise self._refused("imsi_invalid", "the HLR does not take this IMSI")
        if not reply.ok and reply.text != Text.EXISTS:
            raise PartyFailed(PARTY, self._call, "the SIM could not be created")
        created = await self._read()
        if created is None:
            raise PartyUnavailable(PARTY, self._call, "what was written does not read back")
        return created

    async def _attach_number(self) -> None:
        reply = await self._write(f"subscriber.by-imsi-{self._imsi}.msisdn {self._number}")
        if reply.ok:
            return
        # The same text stands for "another SIM has it" and for any trouble of the database: only a look tells.
        holder = await self._read_holder()
        if holder is None:
            raise PartyFailed(PARTY, self._call, "the number could not be set, and no SIM carries it")
        if holder.imsi != self._imsi:
            raise self._refused("number_on_another_sim", "another SIM carries the number")

    async def _switch(self, value: str, *, cs: bool, ps: bool) -> None:
        if cs:
            await self._set("cs-enabled", value)
        if ps:
            await self._set("ps-enabled", value)

    async def _set(self, name: str, value: str) -> None:
        reply = await self._write(f"subscriber.by-imsi-{self._imsi}.{name} {value}")
        if not reply.ok:
            raise PartyFailed(PARTY, self._call, f"{name} could not be set")

    async def _write(self, rest: str) -> Reply:
        try:
            reply = await self._hlr.ask("SET", rest)
        except NoConnection as error:
            if self._changed:
                raise self._unknown(error) from None
            raise NotConnected(PARTY, self._call, f"no connection ({error})") from None
        except ConnectionLost as error:
            raise self._unknown(error) from None
        self._changed = True
        return reply

    async def _read(self) -> Subscriber | None:
        try:
            return await self._hlr.info_by_imsi(self._imsi)
        except PartyUnavailable as error:
            raise self._seen_through(error) from None

    async def _read_holder(self) -> Subscriber | None:
        try:
            return await self._hlr.info_by_msisdn(self._msisdn)
        except PartyUnavailable as error:
            raise self._seen_through(error) from None

    def _seen_through(self, error: PartyUnavailable) -> PartyError:
        """Trouble of a read within a compound: harmless before the first change, unknown after it."""
        return self._unknown(error.message) if self._changed else error

    def _unknown(self, why: object) -> OutcomeUnknown:
        return OutcomeUnknown(PARTY, self._call, f"some of the changes may be done ({why})")

    def _refused(self, code: str, message: str) -> PartyRefused:
        return PartyRefused(PARTY, self._call, code=code, message=message)


def _checked_imsi(imsi: str, call: str) -> str:
    if not _IMSI.fullmatch(imsi):
        raise PartyRefused(PARTY, call, code="imsi_invalid", message="not an IMSI")
    return imsi


def _digits(msisdn: str, call: str) -> str:
    """The HLR's form of an E.164 number: its digits."""
    if not _E164.fullmatch(msisdn):
        raise PartyRefused(PARTY, call, code="msisdn_invalid", message="not an E.164 number")
    return msisdn[1:]

"""The connection to the HLR, and the two reads that everything else is made of."""

import asyncio

from parties.errors import NotConnected, PartyFailed, PartyUnavailable
from parties.hlr.connection import Connection, ConnectionLost, NoConnection
from parties.hlr.frames import Reply
from parties.hlr.protocol import PARTY, ErrorText, checked_imsi, number_digits
from parties.hlr.subscriber import Subscriber, parse_info
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts


class Register:
    """One register, over one connection that is opened when needed and shared by all callers of one event loop."""

    def __init__(self, host: str, port: int, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._host = host
        self._port = port
        self._timeouts = timeouts
        self._connection: Connection | None = None
        self._connecting = asyncio.Lock()

    async def info_by_imsi(self, imsi: str) -> Subscriber | None:
        """The record of a SIM, None when the HLR has none."""
        return await self._info("info_by_imsi", f"subscriber.by-imsi-{checked_imsi(imsi, 'info_by_imsi')}.info")

    async def info_by_msisdn(self, msisdn: str) -> Subscriber | None:
        """The record of the SIM that carries an E.164 number, None when none does."""
        return await self._info(
            "info_by_msisdn", f"subscriber.by-msisdn-{number_digits(msisdn, 'info_by_msisdn')}.info"
        )

    async def carrier(self, msisdn: str) -> str | None:
        """The IMSI of the SIM that carries an E.164 number, None when none does."""
        found = await self.info_by_msisdn(msisdn)
        return found.imsi if found else None

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
            if reply.text == ErrorText.NO_SUBSCRIBER:
                return None
            raise PartyFailed(PARTY, call, "the read was answered by an error")
        try:
            return parse_info(reply.text)
        except ValueError:
            raise PartyFailed(PARTY, call, "answer is not a record") from None

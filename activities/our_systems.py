"""Who is asked about a line of ours."""

from dataclasses import dataclass

from domain.contracts import Account
from journal import Journal
from parties.billing import Billing
from parties.care import Care, Line
from parties.clearing_house.client import ClearingHouse
from parties.hlr import Hlr


@dataclass(frozen=True)
class OurSystems:
    """Customer care, billing, HLR and journal; the registry where only it can tell."""

    care: Care
    billing: Billing
    hlr: Hlr
    clearing_house: ClearingHouse
    journal: Journal

    async def line_and_account(self, msisdn: str) -> tuple[Line | None, Account]:
        """The line of an E.164 number as customer care knows it, and the account of its contract."""
        line = await self.care.line(msisdn)
        account = None if line is None else await self.billing.account(line.contract.id)
        return line, account or Account()

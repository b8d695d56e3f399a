"""Every party that a donor asks, and a journal with requests of BOREA in it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from activities.port_out import PortOutActivities
from activities.port_out_answer import PortOutAnswerActivities
from activities.port_out_end import PortOutEndActivities
from activities.recorder import Recorder
from domain.clock import LegalClock, real_time
from domain.contracts import Account
from domain.directory import DEFAULT_DIRECTORY
from domain.port_out import PortOutOrder
from journal import Journal
from parties.care import Line
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.clock import ClockReader
from parties.errors import OutcomeUnknown, PartyRefused
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.regime import FRANCE, FrenchRegime
from rules.france.rio import Rio
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from tests.support.france import with_rio
from tests.support.journal_kit import MSISDN, NOW, REAL
from tests.support.our_line import OLD, a_line
from tests.support.our_systems import systems_of

RIO = Rio.of("A1", "P", "K7M9Q2", MSISDN).text
DOSSIER = "BOREA-1001"


def port_out_id(number: int = 1) -> str:
    return f"po-{number:026d}"


def port_out(number: int = 1, **changed: Any) -> PortOutOrder:
    """BOREA's request for `MSISDN`."""
    values: dict[str, Any] = {
        "order_id": port_out_id(number),
        "line_hash": "h",
        "msisdn": MSISDN,
        "home": "ALIZE",
        "recipient": "BOREA",
        "dossier_id": DOSSIER,
        "rio": RIO,
        "accepted_at": NOW,
        "accepted_at_real": REAL,
    }
    return PortOutOrder(**with_rio(values | changed))


def dossier(status: str = "requested", dossier_id: str = DOSSIER, **changed: Any) -> RegistryDossier:
    values = {"dossier_id": dossier_id, "status": status, "recipient": "BOREA", "donor": "ALIZE", **changed}
    return RegistryDossier(number="0639980001", **values)


@dataclass
class DonorHome:
    """An exception in a party's place is raised. `deaf`: what is sent never shows; `losing`: so many replies are."""

    found: Line | None = field(default_factory=lambda: a_line(rio=RIO))
    account_of: dict[str, Account] = field(default_factory=dict)
    imsi: str | Exception | None = OLD.imsi
    operator: str = "ALIZE"
    changed_at: datetime | None = None
    dossiers: dict[str, RegistryDossier | Exception] = field(default_factory=lambda: {DOSSIER: dossier()})
    now: datetime = NOW
    deaf: bool = False
    losing: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def line(self, _msisdn: str) -> Line | None:
        return self.found

    async def account(self, contract_id: str) -> Account | None:
        return self.account_of.get(contract_id)

    async def carrier(self, _msisdn: str) -> str | None:
        if isinstance(self.imsi, Exception):
            raise self.imsi
        return self.imsi

    async def number(self, _msisdn: str) -> RegistryNumber:
        return RegistryNumber(
            number="0639980001",
            operator=self.operator,
            range_holder="ALIZE",
            network_operator=self.operator,
            changed_at=self.changed_at,
        )

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        known = self.dossiers.get(dossier_id)
        if isinstance(known, Exception):
            raise known
        return known

    async def pra_delayed(self, **message: Any) -> str:
        return self._take(message, "delayed")

    async def porting_answers(self, **message: Any) -> str:
        blocked = all(answer.blocking_code for answer in message["answers"])
        return self._take(message, "refused" if blocked else "agreed")

    async def read(self) -> LegalClock:
        return real_time(self.now)

    recent = read

    def _take(self, message: dict[str, Any], status: str) -> str:
        self.sent.append(message)
        if not self.deaf:
            self.dossiers[message["dossier_id"]] = dossier(status, message["dossier_id"])
        if self.losing:
            self.losing -= 1
            raise OutcomeUnknown("clearing_house", "post", "the reply was lost")
        return "t-1"

    def activities(
        self, journal: Journal, config: PortOutConfig = DEFAULT_PORT_OUT, sim_rules: SimRulesConfig = DEFAULT_SIM_RULES
    ) -> PortOutActivities:
        regime = FrenchRegime(port_out_figures=config, sim_figures=sim_rules)
        clock, systems = cast(ClockReader, self), systems_of(self, journal)
        return PortOutActivities(clock, systems, regime, Recorder(journal, clock))

    def answer_activities(self, journal: Journal) -> PortOutAnswerActivities:
        clock, house = cast(ClockReader, self), cast(ClearingHouse, self)
        return PortOutAnswerActivities(clock, house, journal, DEFAULT_DIRECTORY, "ALIZE", looks=(0.0,))

    def end_activities(self, journal: Journal) -> PortOutEndActivities:
        return PortOutEndActivities(systems_of(self, journal), FRANCE)


NOT_YOURS = PartyRefused("clearing_house", "dossier", code="forbidden", message="only its parties see it", status=403)
DAY = timedelta(days=1)

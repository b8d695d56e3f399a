"""The fake parties of ports out, under the real activities: the rules are the real ones."""

from collections.abc import Callable, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from activities.port_out import PortOutActivities
from activities.port_out_answer import PortOutAnswerActivities
from activities.port_out_end import PortOutEndActivities
from activities.recorder import Recorder
from domain.directory import DEFAULT_DIRECTORY
from domain.lines import LineFacts
from domain.port_out import DossierDecision, NumberDecision, Slot
from domain.termination import Quarantine
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import NumberAnswer
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.clock import ClockReader
from runtime.activity_list import activities_of
from tests.support.end_activities import EndReads, FakeBilling, FakeHlr
from tests.support.fake_keeping import FakeHolds, FakeKeeping
from tests.support.fake_sim_parties import FakeStock
from tests.support.our_systems import systems_of
from tests.support.out_world import OutWorld
from tests.support.sim_activities import FakeOutbox


class FakeHub:
    """The clearing house as a donor speaks to it."""

    def __init__(self, world: OutWorld) -> None:
        self._world = world

    async def number(self, msisdn: str) -> RegistryNumber:
        async def do() -> RegistryNumber:
            return RegistryNumber(
                number=msisdn, operator=self._world.served_by, range_holder="ALIZE", network_operator="ALIZE"
            )

        return await self._world.act("registry_number", msisdn, do)

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        async def do() -> RegistryDossier | None:
            known = self._world.dossiers.get(dossier_id)
            if known is None:
                return None
            return RegistryDossier(
                dossier_id=dossier_id, status=known.status, actual=known.actual, recipient="BOREA", donor="ALIZE"
            )

        return await self._world.act("registry_dossier", dossier_id, do)

    async def pra_delayed(
        self, *, dossier_id: str, answer_due: datetime, reason_code: str, key: str, **_more: Any
    ) -> str:
        async def do() -> str:
            dossier = self._world.dossiers[dossier_id]
            if dossier.takes("pradelayed", key):
                dossier.status = "delayed"
                dossier.announced.append((answer_due, reason_code))
                self._world.effect("announced", key)
            return "t-1"

        return await self._world.act("hub_delay", key, do)

    async def porting_answers(self, *, dossier_id: str, answers: Sequence[NumberAnswer], key: str, **_more: Any) -> str:
        async def do() -> str:
            dossier = self._world.dossiers[dossier_id]
            if dossier.takes("answer", key):
                dossier.status = "refused" if all(answer.blocking_code for answer in answers) else "agreed"
                dossier.answers = list(answers)
                self._world.effect("answered", key)
                self._world.known_when_answered = {
                    "told": list(self._world.told),
                    "released": self._world.recorder.released,
                }
            return "t-1"

        return await self._world.act("hub_answer", key, do)


class FakeRequests:
    """The journal's knowledge of requests for the number."""

    def __init__(self, world: OutWorld) -> None:
        self._world = world
        self.lines = self.quarantines = self.dossiers = self.slots = self

    def facts(self, msisdn: str) -> LineFacts:
        return self._world.recorder.facts

    def read(self, msisdn: str) -> Any:
        holder = self._world.line_holder
        return SimpleNamespace(held_by=SimpleNamespace(kind=holder) if holder else None)

    def of(self, msisdn: str, now: datetime | None = None) -> Quarantine | None:
        return self._world.quarantine

    def open_ports_out(self, msisdn: str) -> list[tuple[str, str]]:
        return self._world.older

    def record_decision(self, order_id: str, decision: NumberDecision) -> list[DossierDecision]:
        dossier = self._world.dossier
        dossier.words.setdefault(
            order_id, DossierDecision(order_id=order_id, msisdn=dossier.numbers[order_id], decision=decision)
        )
        if dossier.words.keys() != dossier.numbers.keys():
            return []
        return [dossier.words[each] for each in dossier.numbers]

    def withdraw_decision(self, order_id: str) -> bool:
        dossier = self._world.dossier
        if dossier.words.keys() == dossier.numbers.keys():
            return False
        return dossier.words.pop(order_id, None) is not None

    def reserve(self, order_id: str, slots: Sequence[Slot], **capacity: int) -> datetime:
        return slots[0].start


def out_activities(world: OutWorld) -> list[Callable[..., Any]]:
    """Everything that a port out calls."""
    hub, requests = FakeHub(world), cast(Journal, FakeRequests(world))
    clock, recorder = cast(ClockReader, world.clock), cast(Recorder, world.recorder)
    house, systems = cast(ClearingHouse, hub), systems_of(EndReads(world), requests, hub)
    parties = (
        FakeKeeping(world),
        FakeHolds(world),
        FakeStock(world),
        FakeHlr(world),
        FakeBilling(world),
        FakeOutbox(world),
        PortOutActivities(clock, systems, world.regime, recorder),
        PortOutAnswerActivities(clock, house, requests, DEFAULT_DIRECTORY, "ALIZE", looks=(0.0,)),
        PortOutEndActivities(systems, world.regime),
    )
    return [method for party in parties for method in activities_of(party)]

"""A number that left by mistake is asked back: without a RIO, and only while nothing else has moved it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities.clearing_house import AskDonor, ClearingHouseActivities
from activities.port_in_plans import PlannedPortIn, PlanPortIn, PortInPlanActivities
from activities.recorder import Recorder
from domain.authorisation import Authorisation
from domain.directory import DEFAULT_DIRECTORY
from domain.port_in import Holder, HolderKind, PortInOrder
from domain.refusals import RefusalCode
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import customer
from parties.clearing_house.port_back import port_back_note, taken_back
from parties.clock import ClockReader
from tests.support.donor_home import DAY, DonorHome, dossier
from tests.support.france import FRANCE, ZONE
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, open_journal, order_id

BACK_OF = "BOREA-1001"
ZOE = Holder(kind=HolderKind.CONSUMER, name="Zoé Martin")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance(1, msisdn=MSISDN))
    yield opened
    opened.close()


class House(DonorHome):
    async def porting_request(self, **message: Any) -> str:
        self.sent.append(message)
        return "t-1"


@pytest.fixture
def house() -> House:
    """BOREA serves the number since the port that was a mistake."""
    made = House(operator="BOREA", changed_at=NOW - DAY)
    made.dossiers[BACK_OF] = dossier("performed", performed_at=NOW - DAY)
    return made


async def planned(house: House, journal: Journal) -> PlannedPortIn:
    clock = cast(ClockReader, house)
    planning = PortInPlanActivities(clock, cast(ClearingHouse, house), FRANCE, Recorder(journal, clock))
    order = PortInOrder(
        order_id=order_id(1), line_hash="h", msisdn=MSISDN, zone=ZONE, holder=ZOE, home="ALIZE", donor="BOREA",
        accepted_at=NOW, accepted_at_real=REAL, port_back_of="po-1", back_of_dossier=BACK_OF,
    )  # fmt: skip
    return await ActivityEnvironment().run(planning.plan_port_in, PlanPortIn(order=order))


async def test_while_nothing_has_moved_the_number_since_it_can_be_asked_back(house: House, journal: Journal):
    done = await planned(house, journal)
    assert done.refusal is None
    assert done.plan is not None


@pytest.mark.parametrize(("operator", "changed_at"), [("CIRUS", NOW), ("BOREA", NOW), ("CIRUS", NOW - DAY)])
async def test_a_number_that_was_ported_again_cannot_be_asked_back(
    house: House, journal: Journal, operator: str, changed_at: datetime
):
    house.operator, house.changed_at = operator, changed_at
    done = await planned(house, journal)
    assert done.refusal is not None
    assert done.refusal.code is RefusalCode.NUMBER_NOT_PORTABLE
    assert "ported again" in done.refusal.raw_text


@pytest.mark.parametrize("back_of", [BACK_OF, ""])
async def test_the_request_names_the_dossier_where_it_has_no_rio(house: House, journal: Journal, back_of: str):
    clock = cast(ClockReader, house)
    house_of = cast(ClearingHouse, house)
    asking = ClearingHouseActivities(house_of, journal, DEFAULT_DIRECTORY, "ALIZE", clock, Recorder(journal, clock))
    request = AskDonor(
        order_id=order_id(1),
        attempt=1,
        donor="BOREA",
        msisdn=MSISDN,
        authorisation=Authorisation(),
        holder=ZOE,
        back_of_dossier=back_of,
    )
    await ActivityEnvironment().run(asking.ask_donor, request)
    assert taken_back(house.sent[0]["note"]) == back_of
    assert customer(ZOE, house.sent[0]["authorisation"]).customerid is None


@pytest.mark.parametrize(
    ("note", "dossier_id"),
    [
        (port_back_note(BACK_OF), BACK_OF),
        (f" {port_back_note(BACK_OF)} ", BACK_OF),
        (None, ""),
        ("PORTBACK", ""),
        ("PORTBACK borea-1001", ""),
        (f"please {port_back_note(BACK_OF)}", ""),
    ],
)
def test_only_the_agreed_words_take_a_dossier_back(note: str | None, dossier_id: str):
    assert taken_back(note) == dossier_id

"""What the home systems answer about SIMs, lines and handsets, as a workflow gets to know it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.hlr import Barring, HlrActivities, Move, Number, Provisioned
from activities.identity import IdentityActivities, SendCode
from activities.journal import NOT_SENT_YET, AllSent, JournalActivities, SentMessages
from activities.logistics import LogisticsActivities, LookAtShipment, Released, ReserveSim, RetireSim, ShipmentSeen
from activities.recorder import Recorder
from domain.clock import LegalClock, real_time
from domain.orders import OrderKind
from domain.refusals import RefusalCode
from domain.sims import ShipmentStage, SimForm
from journal import Journal
from parties.clock import ClockReader
from parties.errors import PartyRefused
from parties.hlr import Hlr
from parties.logistics import Logistics, Shipment
from tests.support.journal_kit import NOW, acceptance, open_journal, order_id

MSISDN = "+33639980001"
RESTOCK = "2026-05-20T08:00:00Z"


class Refusing:
    """Any party, any call: refused with a code."""

    def __init__(self, code: str, **details: Any) -> None:
        self._code, self._details = code, details
        self.asked: dict[str, Any] = {}

    def __getattr__(self, call: str) -> Any:
        async def refuse(*_values: Any, **fields: Any) -> None:
            self.asked = fields
            raise PartyRefused("party", call, code=self._code, message="refused", details=self._details)

        return refuse


@pytest.mark.parametrize("call", ["bar", "unbar"])
async def test_a_number_that_no_sim_carries_is_inactive(call: str) -> None:
    activities = HlrActivities(cast(Hlr, Refusing("number_inactive")))
    done: Barring = await ActivityEnvironment().run(getattr(activities, call), Number(msisdn=MSISDN))
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.raw_code) == (RefusalCode.NUMBER_INACTIVE, "number_inactive")


async def test_a_refused_move_is_a_result() -> None:
    activities = HlrActivities(cast(Hlr, Refusing("number_on_another_sim")))
    move = Move(msisdn=MSISDN, old_imsi="208010000000001", new_imsi="208010000000002")
    done: Provisioned = await ActivityEnvironment().run(activities.move, move)
    assert done.refusal is not None
    assert done.refusal.raw_code == "number_on_another_sim"


@pytest.mark.parametrize(
    ("details", "known"),
    [({"restock_at": RESTOCK}, datetime(2026, 5, 20, 8, tzinfo=UTC)), ({}, None), ({"restock_at": "soon"}, None)],
)
async def test_an_empty_stock_says_until_when_where_that_is_known(
    details: dict[str, str], known: datetime | None
) -> None:
    activities = LogisticsActivities(cast(Logistics, Refusing("stock_empty", **details)))
    done = await ActivityEnvironment().run(activities.reserve_sim, ReserveSim(order_id="sr-1", key="k"))
    assert done.stock_is_empty
    assert done.restock_at == known


@pytest.mark.parametrize(("reference", "asked"), [("", "sr-1"), ("sr-1:2", "sr-1:2")])
async def test_each_sim_of_an_order_has_a_reference_of_its_own(reference: str, asked: str) -> None:
    party = Refusing("stock_empty")
    request = ReserveSim(order_id="sr-1", reference=reference, form=SimForm.ESIM, handed_over=False, key="k")
    await ActivityEnvironment().run(LogisticsActivities(cast(Logistics, party)).reserve_sim, request)
    assert (party.asked["reference"], party.asked["form"], party.asked["handed_over"]) == (asked, SimForm.ESIM, False)


async def test_a_sim_that_logistics_never_had_counts_as_retired() -> None:
    activities = LogisticsActivities(cast(Logistics, Refusing("unknown_sim")))
    retire = RetireSim(order_id="sr-1", iccid="8933010000000000002", key="k")
    assert await ActivityEnvironment().run(activities.retire_sim, retire) == Released()


class Post:
    """Logistics with one shipment."""

    def __init__(self, state: str | None) -> None:
        self._state = state

    async def shipment(self, reference: str) -> Shipment | None:
        return None if self._state is None else Shipment(reference=reference, state=cast(Any, self._state), at=NOW)


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("delivered", ShipmentSeen(stage=ShipmentStage.DELIVERED, at=NOW)),
        ("stopped", ShipmentSeen()),
        (None, ShipmentSeen()),
    ],
)
async def test_a_shipment_is_seen_as_far_as_it_has_come(state: str | None, seen: ShipmentSeen) -> None:
    activities = LogisticsActivities(cast(Logistics, Post(state)))
    assert await ActivityEnvironment().run(activities.look_at_shipment, LookAtShipment(reference="sr-1")) == seen


class Now:
    async def recent(self) -> LegalClock:
        return real_time(NOW)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance(1))
    yield opened
    opened.close()


async def test_a_code_is_made_once_and_has_to_be_sent_before_it_counts_as_told(journal: Journal) -> None:
    recorder = Recorder(journal, cast(ClockReader, Now()))
    identity, activities = IdentityActivities(journal, recorder), JournalActivities(recorder, journal)
    send = SendCode(order_id=order_id(1), order_kind=OrderKind.SIM_REPLACEMENT, number=2, channel="sms", to=MSISDN)
    for _ in range(2):
        done = await ActivityEnvironment().run(identity.send_code, send)
        assert done.recorded
    kind = "sim_replacement.code_2"
    assert journal.outbox.count_unsent(order_id(1), kind) == 1
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(activities.await_sent, SentMessages(order_id=order_id(1), kind=kind))
    assert caught.value.type == NOT_SENT_YET
    other = SentMessages(order_id=order_id(1), kind="sim_replacement.notice")
    assert await ActivityEnvironment().run(activities.await_sent, other) == AllSent()

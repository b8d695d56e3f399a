"""What our systems say of a number that another operator asks for, and what follows from it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.port_out import FindFirstPossible, JudgedPortOut, JudgePortOut, PlanPortOut
from domain.contracts import Contract
from domain.lines import LineChange
from domain.port_out import PortOutOrder
from domain.refusals import RefusalCode
from domain.sims import SimCard
from domain.termination import Quarantine
from journal import Journal
from parties.care import Line, LineContact
from parties.errors import NotConnected
from rules.france.contract_end import ContractEnds
from rules.france.port_out_config import PortOutConfig
from rules.france.rio import Rio
from rules.france.sim_config import SimRulesConfig
from tests.support.donor_home import DAY, NOT_YOURS, RIO, DonorHome, dossier, port_out, port_out_id
from tests.support.journal_kit import MSISDN, NOW, acceptance, entry, order_id, record
from tests.support.our_line import OLD, a_line
from tests.support.ports_out import request_of

OTHER = "BOREA-0999"


@pytest.fixture
def home() -> DonorHome:
    return DonorHome()


async def judged(
    home: DonorHome, journal: Journal, order: PortOutOrder | None = None, released: Any = (), **rules: Any
) -> JudgedPortOut:
    request = JudgePortOut(order=order or port_out(), released=list(released))
    return await ActivityEnvironment().run(home.activities(journal, **rules).judge_port_out, request)


async def refused(home: DonorHome, journal: Journal, **changed: Any) -> RefusalCode | None:
    done = await judged(home, journal, port_out(**changed))
    assert (done.contract is None) == (done.refusal is not None)
    return done.refusal and done.refusal.code


def quarantined(journal: Journal, since: datetime, contract_id: str = "K-7") -> None:
    kept = Quarantine(
        msisdn=MSISDN,
        since=since,
        **ContractEnds().quarantine(since, MSISDN).model_dump(),
        contract_id=contract_id,
        range_holder="ALIZE",
        ended_by=order_id(7),
    )
    journal.orders.accept(acceptance(7, kind="termination", msisdn=MSISDN))
    record(journal, entry(7, "ended", quarantine=kept, release_line=True))


async def test_the_deadlines_count_from_the_receipt_however_late_they_are_planned(home: DonorHome, journal: Journal):
    order = port_out()
    request_of(journal, order)
    home.now = NOW + 9 * DAY
    request = PlanPortOut(order=order, entry=entry(1, "planned", order_id=order.order_id))
    done = await ActivityEnvironment().run(home.activities(journal).plan_port_out, request)
    assert (done.clock.legal, done.plan.answer_due.date()) == (home.now, date(2026, 5, 16))
    seen = journal.orders.read(order.order_id)
    assert seen is not None
    assert seen.status.stage == "planned"


async def test_a_number_with_its_own_rio_is_let_go_with_what_leaving_costs(home: DonorHome, journal: Journal):
    contract = Contract(id="K-7", signed_on=NOW.date(), commitment_months=12, monthly_price=Decimal("20.00"))
    home.found = a_line(rio=RIO, contract=contract)
    done = await judged(home, journal)
    assert (done.refusal, done.holds, done.delayed_until, done.ended) == (None, [], None, False)
    assert (done.contract, done.sim, done.reach.email) == (contract, OLD, "zoe@example.org")
    assert done.cost is not None
    assert (done.cost.last_day.isoformat(), done.cost.fee) == ("2026-05-15", Decimal("220.00"))  # after Ascension Day


async def test_the_sim_is_the_one_that_the_hlr_names(home: DonorHome, journal: Journal):
    home.imsi = "208010000000009"
    assert (await judged(home, journal)).sim == SimCard(iccid="", imsi="208010000000009")


async def test_a_number_without_a_contract_is_not_at_this_donor(home: DonorHome, journal: Journal):
    home.found = None
    assert await refused(home, journal) is RefusalCode.NUMBER_NOT_AT_DONOR


async def test_the_rio_of_another_contract_is_refused_though_its_key_fits(home: DonorHome, journal: Journal):
    other = Rio.of("A1", "P", "K7M9Q3", MSISDN).text
    assert await refused(home, journal, rio=other) is RefusalCode.TRANSFER_CODE_INVALID


async def test_a_number_in_quarantine_is_portable_and_its_contract_costs_no_more(home: DonorHome, journal: Journal):
    ended = NOW - 39 * DAY
    quarantined(journal, ended)
    home.found = a_line(rio=RIO, state="ended", ended_at=ended)
    done = await judged(home, journal)
    assert (done.refusal, done.ended, done.sim, done.cost) == (None, True, None, None)
    assert done.contract is not None
    home.now = NOW + 3 * DAY
    assert await refused(home, journal) is None, "what we judge late was asked for in time"
    assert await refused(home, journal, accepted_at=home.now) is RefusalCode.NUMBER_INACTIVE


@pytest.mark.parametrize(
    ("ended_at", "code"),
    [(NOW - 5 * DAY, None), (NOW - 50 * DAY, RefusalCode.NUMBER_INACTIVE), (None, RefusalCode.NUMBER_INACTIVE)],
)
async def test_without_a_quarantine_of_ours_the_end_that_care_knows_counts(
    home: DonorHome, journal: Journal, ended_at: datetime | None, code: RefusalCode | None
):
    home.found = a_line(rio=RIO, state="ended", ended_at=ended_at)
    assert await refused(home, journal) == code


async def test_the_quarantine_of_an_earlier_contract_says_nothing_of_a_later_one(home: DonorHome, journal: Journal):
    quarantined(journal, NOW - 90 * DAY, "K-6")
    home.found = a_line(rio=RIO, state="ended", ended_at=NOW - 5 * DAY)
    assert await refused(home, journal) is None


async def test_a_number_in_our_custody_is_inactive_whoever_had_it_once(home: DonorHome, journal: Journal):
    home.found = a_line(rio=RIO, state="ended", ended_at=NOW - 5 * DAY)
    quarantined(journal, NOW - 5 * DAY)
    custody = Quarantine(
        msisdn=MSISDN,
        since=NOW - DAY,
        portable_until=NOW - DAY,
        reassignable_from=NOW - DAY,
        contract_id="custody:BOREA-77",
        range_holder="ALIZE",
        ended_by="BOREA-77",
    )
    record(journal, entry(7, "custody", quarantine=custody))
    assert await refused(home, journal) is RefusalCode.NUMBER_INACTIVE


async def test_a_number_that_was_ported_out_of_an_ended_contract_is_another_donors(home: DonorHome, journal: Journal):
    home.found = a_line(rio=RIO, state="ended", ended_at=NOW - 5 * DAY)
    home.operator = "BOREA"
    assert await refused(home, journal) is RefusalCode.NUMBER_NOT_AT_DONOR


@pytest.mark.parametrize("found", [None, a_line(rio=RIO, state="ended")], ids=["first contract", "had one before"])
async def test_a_number_that_has_just_come_in_is_judged_once_its_contract_is_active(
    home: DonorHome, journal: Journal, found: Line | None
):
    journal.orders.accept(acceptance(1, kind="port_in", msisdn=MSISDN))
    home.found = found
    with pytest.raises(ApplicationError, match="not active yet") as caught:
        await judged(home, journal)
    assert not caught.value.non_retryable
    home.found = a_line(rio=RIO)
    assert await refused(home, journal) is None


async def test_a_port_in_that_has_brought_nothing_yet_makes_no_donor_of_us(home: DonorHome, journal: Journal):
    journal.orders.accept(acceptance(1, kind="port_in", msisdn=MSISDN))
    home.found, home.operator = None, "BOREA"
    assert await refused(home, journal) is RefusalCode.NUMBER_NOT_AT_DONOR


async def test_of_two_requests_for_a_number_the_older_wins(home: DonorHome, journal: Journal):
    older, younger = port_out(1, dossier_id=OTHER), port_out(2)
    request_of(journal, older)
    request_of(journal, younger)
    home.dossiers[OTHER] = dossier("delayed", OTHER)
    assert (await judged(home, journal, older)).refusal is None
    assert await refused(home, journal, order_id=younger.order_id) is RefusalCode.ALREADY_IN_PROGRESS


@pytest.mark.parametrize("status", ["refused", "cancelled", "expired", "performed"])
async def test_an_older_request_that_the_registry_has_closed_is_in_nobodys_way(
    home: DonorHome, journal: Journal, status: str
):
    request_of(journal, port_out(1, dossier_id=OTHER))
    request_of(journal, port_out(2))
    home.dossiers[OTHER] = dossier(status, OTHER)
    assert await refused(home, journal, order_id=port_out_id(2)) is None


async def test_a_lock_holds_the_answer_until_it_opens_and_a_person_can_lift_it(home: DonorHome, journal: Journal):
    journal.orders.accept(acceptance(1, msisdn=MSISDN, kind="line_service", line_changes=[LineChange.LOCKED]))
    done = await judged(home, journal)
    assert [(hold.kind, hold.until) for hold in done.holds] == [("locked", None)]
    assert done.delayed_until is not None
    assert done.contract is not None
    lifted = await judged(home, journal, released=["locked"])
    assert (lifted.holds, lifted.delayed_until) == ([], None)


async def test_a_sim_replacement_that_holds_the_line_holds_the_answer(home: DonorHome, journal: Journal):
    journal.orders.accept(acceptance(1, kind="sim_replacement", msisdn=MSISDN))
    assert [hold.kind for hold in (await judged(home, journal)).holds] == ["sim_being_replaced"]


async def test_the_last_change_of_sim_holds_whoever_knows_of_it(home: DonorHome, journal: Journal):
    home.found = a_line(rio=RIO, sim_since=NOW - DAY)
    assert (await judged(home, journal)).delayed_until == NOW + 2 * DAY
    swapped = acceptance(1, msisdn=MSISDN, kind="line_service", line_changes=[LineChange.SWAPPED])
    journal.orders.accept(swapped)
    assert (await judged(home, journal)).delayed_until == NOW + 3 * DAY


async def test_a_new_contact_and_the_barred_list_hold_the_answer(home: DonorHome, journal: Journal):
    home.found = a_line(rio=RIO, contact=LineContact(changed_at=NOW - DAY))
    barred = SimRulesConfig(barred_list=("06 39 98 00 01",))
    done = await judged(home, journal, sim_rules=barred)
    assert [hold.kind for hold in done.holds] == ["contact_changed", "barred_list"]


BACK = {"rio": "", "back_of": "ALIZE-500"}


async def test_what_left_by_mistake_is_given_back_without_a_rio(home: DonorHome, journal: Journal):
    home.changed_at = NOW - DAY
    home.dossiers["ALIZE-500"] = dossier(
        "performed", "ALIZE-500", recipient="ALIZE", donor="BOREA", performed_at=NOW - DAY
    )
    home.found = a_line(rio=RIO, sim_since=NOW - DAY)
    done = await judged(home, journal, port_out(**BACK))
    assert (done.refusal, done.holds) == (None, [])


@pytest.mark.parametrize(
    ("changed", "moved_at"),
    [
        ({}, NOW),  # ported again since
        ({"status": "agreed"}, NOW - DAY),
        ({"donor": "CIRUS"}, NOW - DAY),
        ({"recipient": "DUNE"}, NOW - DAY),
        ({"number": "0639980002"}, NOW - DAY),
    ],
    ids=["ported again", "not performed", "from another", "to another", "another number"],
)
async def test_another_dossier_gives_nothing_back(
    home: DonorHome, journal: Journal, changed: dict[str, Any], moved_at: datetime
):
    values = {"status": "performed", "recipient": "ALIZE", "donor": "BOREA", "performed_at": NOW - DAY} | changed
    home.changed_at = moved_at
    home.dossiers["ALIZE-500"] = dossier("performed", "ALIZE-500").model_copy(update=values)
    assert await refused(home, journal, **BACK) is RefusalCode.TRANSFER_CODE_INVALID


async def test_a_dossier_of_others_gives_nothing_back(home: DonorHome, journal: Journal):
    home.dossiers["ALIZE-500"] = NOT_YOURS
    assert await refused(home, journal, **BACK) is RefusalCode.TRANSFER_CODE_INVALID


async def test_while_one_of_our_systems_is_away_the_judgement_is_tried_again(home: DonorHome, journal: Journal):
    home.imsi = NotConnected("hlr", "carrier", "refused")
    with pytest.raises(ApplicationError) as caught:
        await judged(home, journal)
    assert not caught.value.non_retryable


async def test_slots_are_given_up_to_their_capacity_and_once_to_each_order(home: DonorHome, journal: Journal):
    config = PortOutConfig(slot_hours=(8, 9), capacity_per_slot=1, most_days_ahead=1)
    find = home.activities(journal, config=config).find_first_possible
    for number in (1, 2, 3):
        request_of(journal, port_out(number, dossier_id=f"BOREA-{1000 + number}"))

    async def first(number: int) -> datetime:
        request = FindFirstPossible(order_id=port_out_id(number), msisdn=MSISDN)
        return (await ActivityEnvironment().run(find, request)).at

    eight = datetime.fromisoformat("2026-05-15T08:00:00+02:00")
    assert [await first(1), await first(2)] == [eight, eight + timedelta(hours=1)]
    home.now = NOW + DAY
    assert await first(1) == eight
    home.now = NOW
    with pytest.raises(ApplicationError, match="has room") as caught:
        await first(3)
    assert not caught.value.non_retryable

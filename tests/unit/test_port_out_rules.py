"""What a donor may refuse, what makes its answer wait, and until when it has to answer."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.port_out import Hold, PortOutOrder
from domain.refusals import RefusalCode, block_code
from rules.france.calendar import is_working_day, local_date
from rules.france.contract_end import ContractEnds
from rules.france.numbering import Territory
from rules.france.port_out import PortOut
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.refusals import DONOR_GROUNDS
from rules.france.rio import Rio
from rules.france.sim_config import SimRulesConfig
from rules.plans import LineAsked, PortOutPlan
from tests.support.france import number_in, with_rio

METROPOLE = Territory.METROPOLE
MSISDN = "+33639980001"
RIO = Rio.of("A1", "P", "O01234", MSISDN).text
SECOND = timedelta(seconds=1)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda after: datetime(2024, 1, 1, tzinfo=UTC) + after)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


NOW = paris(2026, 6, 15, 11)


def an_order(**changed: Any) -> PortOutOrder:
    values: dict[str, Any] = {
        "order_id": "po-1",
        "line_hash": "h",
        "msisdn": MSISDN,
        "home": "ALIZE",
        "recipient": "BOREA",
        "dossier_id": "BOREA-12345",
        "rio": RIO,
        "accepted_at": NOW,
        "accepted_at_real": NOW,
    }
    return PortOutOrder(**with_rio(values | changed))


def plan_of(received: datetime, config: PortOutConfig = DEFAULT_PORT_OUT, msisdn: str = MSISDN) -> PortOutPlan:
    return PortOut(config).plan(an_order(accepted_at=received, msisdn=msisdn), received)


def a_line(**changed: Any) -> LineAsked:
    return LineAsked(**({"is_ours": True, "code": RIO} | changed))


def ground(line: LineAsked, **changed: Any) -> RefusalCode | None:
    found = PortOut().ground_to_refuse(an_order(**changed), line)
    return found and found.code


def kinds(line: LineAsked, now: datetime = NOW, order: PortOutOrder | None = None, **rules: Any) -> list[str]:
    return [hold.kind for hold in PortOut(**rules).holds(order or an_order(), line, now)]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (paris(2026, 6, 15, 11), paris(2026, 6, 17, 18)),  # an ordinary Monday
        (paris(2026, 6, 15, 23, 59), paris(2026, 6, 17, 18)),  # the hour does not matter
        (paris(2026, 6, 16, 0, 0), paris(2026, 6, 18, 18)),
        (paris(2026, 6, 12, 11), paris(2026, 6, 15, 18)),  # Saturday counts, Sunday does not
        (paris(2026, 6, 13, 11), paris(2026, 6, 16, 18)),
        (paris(2026, 4, 30, 11), paris(2026, 5, 4, 18)),  # 1 May and a Sunday
        (paris(2026, 5, 13, 11), paris(2026, 5, 16, 18)),  # Ascension Day
        (paris(2026, 3, 27, 11), paris(2026, 3, 30, 18)),  # the clocks change on the Sunday between
    ],
)
def test_the_answer_is_due_in_the_evening_of_the_second_working_day(received, due):
    plan = plan_of(received)
    assert (plan.answer_due, plan.warn_at) == (due, due - timedelta(hours=4))


def test_what_our_own_trouble_delays_is_announced_for_two_working_days_after_the_deadline():
    assert plan_of(paris(2026, 4, 30, 11)).delayed_to == paris(2026, 5, 6, 18)
    after_an_outage = PortOut().plan(an_order(accepted_at=paris(2026, 4, 30, 11)), paris(2026, 5, 19, 9))
    assert after_an_outage.delayed_to == paris(2026, 5, 21, 18)


def test_the_day_of_receipt_is_that_of_the_numbers_territory():
    late = datetime(2026, 6, 15, 21, tzinfo=UTC)  # 16 June in Réunion
    plan = plan_of(late, msisdn=number_in(Territory.REUNION))
    assert (plan.zone, local_date(plan.answer_due, Territory.REUNION)) == ("Indian/Reunion", date(2026, 6, 18))


def test_a_warning_is_never_due_before_the_receipt():
    config = PortOutConfig(answer_working_days=1, warn_before=timedelta(days=9))
    assert plan_of(NOW, config).warn_at == NOW


@pytest.mark.parametrize(
    ("line", "changed", "code"),
    [
        (a_line(is_ours=False, other_dossier=True), {}, RefusalCode.NUMBER_NOT_AT_DONOR),
        (a_line(ended=True, other_dossier=True), {}, RefusalCode.NUMBER_INACTIVE),
        (a_line(other_dossier=True), {"rio": ""}, RefusalCode.ALREADY_IN_PROGRESS),
        (a_line(), {"rio": ""}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"rio": "no RIO at all"}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"rio": RIO[:-1] + ("A" if RIO[-1] != "A" else "B")}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"rio": Rio.of("A1", "P", "765432", MSISDN).text}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"rio": Rio.of("A1", "P", "001234", MSISDN).text}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(code=""), {}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"rio": f" {RIO[:3].lower()} {RIO[3:]}"}, None),
        (a_line(locked=True, being_replaced=True, on_barred_list=True), {}, None),
        (a_line(port_back_is_due=True), {"rio": "", "back_of": "ALIZE-12345"}, None),
        (a_line(), {"rio": "", "back_of": "ALIZE-12345"}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(port_back_is_due=True), {"rio": ""}, RefusalCode.TRANSFER_CODE_INVALID),
        (a_line(), {"back_of": "ALIZE-12345"}, None),
    ],
)
def test_only_the_legal_grounds_refuse_and_the_first_of_them_is_said(line, changed, code):
    assert ground(line, **changed) == code


def test_each_ground_is_one_the_law_knows_and_fits_the_wire():
    lines = [a_line(is_ours=False), a_line(ended=True), a_line(other_dossier=True), a_line(code="")]
    for line in lines:
        refused = PortOut().ground_to_refuse(an_order(), line)
        assert refused is not None
        assert (refused.said_by, refused.raw_code) == ("rules", block_code(refused.code))
        assert refused.code in DONOR_GROUNDS
        assert 0 < len(refused.raw_text) <= 100


@pytest.mark.parametrize(
    ("ended_at", "day_41"),
    [
        (paris(2026, 9, 20), paris(2026, 10, 30)),  # over the end of summer time
        (paris(2026, 3, 10), paris(2026, 4, 19)),  # over its beginning
        (paris(2026, 6, 12, 15), paris(2026, 7, 23)),  # ended within a day: it counts as the last
    ],
)
def test_a_number_in_quarantine_may_be_asked_for_to_the_last_second_of_day_40(ended_at, day_41):
    line = a_line(ended=True, portable_until=ContractEnds().quarantine(ended_at, MSISDN).portable_until)
    assert ground(line, accepted_at=day_41 - SECOND) is None
    assert ground(line, accepted_at=day_41) is RefusalCode.NUMBER_INACTIVE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (a_line(), []),
        (a_line(locked=True), [("locked", None)]),
        (a_line(locked=True, unlocks_at=NOW + SECOND), [("locked", NOW + SECOND)]),
        (a_line(locked=True, unlocks_at=NOW), [("locked", None)]),  # due, and not done yet
        (a_line(being_replaced=True), [("sim_being_replaced", None)]),
        (a_line(swapped_at=NOW - timedelta(days=3) + SECOND), [("sim_replaced", NOW + SECOND)]),
        (a_line(swapped_at=NOW - timedelta(days=3)), []),
        (a_line(contact_changed_at=NOW - timedelta(days=7) + SECOND), [("contact_changed", NOW + SECOND)]),
        (a_line(contact_changed_at=NOW - timedelta(days=7)), []),
        (a_line(on_barred_list=True), [("barred_list", None)]),
    ],
)
def test_what_makes_the_answer_wait_says_until_when(line, expected):
    assert [(hold.kind, hold.until) for hold in PortOut().holds(an_order(), line, NOW)] == expected


def test_every_reason_to_wait_is_told():
    line = a_line(
        locked=True, being_replaced=True, swapped_at=NOW, contact_changed_at=NOW, on_barred_list=True
    )  # fmt: skip
    assert kinds(line) == ["locked", "sim_being_replaced", "sim_replaced", "contact_changed", "barred_list"]


def test_a_port_back_is_held_by_a_lock_and_by_nothing_else():
    line = a_line(
        port_back_is_due=True, being_replaced=True, swapped_at=NOW, contact_changed_at=NOW, on_barred_list=True
    )
    back = an_order(rio="", back_of="ALIZE-12345")
    assert kinds(line, order=back) == []
    assert kinds(line.model_copy(update={"locked": True}), order=back) == ["locked"]


def test_an_operators_own_spans_count():
    line = a_line(swapped_at=NOW - timedelta(hours=2), contact_changed_at=NOW - timedelta(hours=2))
    spans = {
        "config": PortOutConfig(review_contact_changed_within=timedelta(hours=1)),
        "sims": SimRulesConfig(port_out_hold=timedelta(hours=1)),
    }
    assert (kinds(line), kinds(line, **spans)) == (["sim_replaced", "contact_changed"], [])


def hold(until: datetime | None) -> Hold:
    return Hold(kind="locked", why="", until=until)


@pytest.mark.parametrize(
    ("untils", "announced"),
    [
        ([NOW + SECOND], NOW + SECOND),
        ([NOW + timedelta(days=3), NOW + SECOND], NOW + timedelta(days=3)),
        ([NOW + SECOND, None], paris(2026, 6, 17, 18)),
        ([None], paris(2026, 6, 17, 18)),
        ([NOW], paris(2026, 6, 17, 18)),  # due by now, and not done yet
        ([], paris(2026, 6, 17, 18)),
    ],
)
def test_the_announced_answer_is_the_end_of_the_last_reason_or_some_working_days_on(untils, announced):
    assert PortOut().delayed_until([hold(until) for until in untils], NOW, MSISDN) == announced


@given(
    now=INSTANTS,
    territory=st.sampled_from(list(Territory)),
    spans=st.lists(st.none() | st.timedeltas(timedelta(days=-9), timedelta(days=9)), max_size=3),
)
def test_deadlines_and_announcements_lie_in_the_future_on_working_days(now, territory, spans):
    plan = plan_of(now, msisdn=number_in(territory))
    assert now <= plan.warn_at < plan.answer_due
    assert is_working_day(local_date(plan.answer_due, territory), territory)
    held = [hold(None if span is None else now + span) for span in spans]
    assert PortOut().delayed_until(held, now, number_in(territory)) > now


def test_the_first_slot_is_the_morning_of_the_first_working_day_after_today():
    slots = PortOut().slots(NOW, MSISDN)
    assert [(slot.day, slot.start) for slot in slots[:5]] == [
        ("2026-06-16", paris(2026, 6, 16, 8)),
        ("2026-06-16", paris(2026, 6, 16, 9)),
        ("2026-06-16", paris(2026, 6, 16, 10)),
        ("2026-06-16", paris(2026, 6, 16, 11)),
        ("2026-06-17", paris(2026, 6, 17, 8)),
    ]
    assert len(slots) == 60 * 4


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (paris(2026, 6, 19, 11), "2026-06-20"),  # a Saturday
        (paris(2026, 6, 20, 11), "2026-06-22"),
        (paris(2026, 4, 30, 11), "2026-05-02"),
        (paris(2026, 6, 15, 18), "2026-06-17"),  # the eve's broadcast is gone
    ],
)
def test_sundays_and_holidays_have_no_slot(now, day):
    assert PortOut().slots(now, MSISDN)[0].day == day


@given(
    now=INSTANTS,
    territory=st.sampled_from(list(Territory)),
)
def test_slots_are_in_order_on_working_days_and_keep_their_local_hour(now, territory):
    config = PortOutConfig(most_days_ahead=5, slot_hours=(14, 9))
    slots = PortOut(config).slots(now, number_in(territory))
    assert [slot.start for slot in slots] == sorted({slot.start for slot in slots})
    assert slots[0].start > now
    for slot in slots:
        day = date.fromisoformat(slot.day)
        assert is_working_day(day, territory)
        assert local_date(slot.start, territory) == day


def test_a_slot_begins_at_an_hour_of_the_day():
    for hours in ((), (24,), (-1,)):
        with pytest.raises(ValidationError):
            PortOutConfig(slot_hours=hours)


def test_the_answer_time_can_be_chosen():
    config = PortOutConfig(answer_time=time(12), answer_working_days=1)
    assert plan_of(NOW, config).answer_due == paris(2026, 6, 16, 12)

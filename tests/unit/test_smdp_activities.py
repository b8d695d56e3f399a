"""eSIM profiles through lost replies: one order in the end, and its activation code in the journal only."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.smdp import OrderProfile, ProfileOrdered, ProfileReturned, ReturnProfile, SmdpActivities
from journal import Journal, NoActivationCode
from parties.errors import OutcomeUnknown, PartyRefused
from parties.smdp import NOT_AVAILABLE, UNKNOWN_ICCID, Smdp
from parties.smdp.client import Confirmed
from tests.support.journal_kit import REAL, acceptance, open_journal, order_id

ICCID = "8933010000000000002"
ORDER = OrderProfile(order_id=order_id(1), iccid=ICCID, key="order-profile")
RETURN = ReturnProfile(order_id=order_id(1), iccid=ICCID, key="return-profile")


class FakeSmdp:
    """One profile with SGP.22's states; the reply of the call named by `lose` is lost once, after its effect."""

    def __init__(self) -> None:
        self.state = "Available"
        self.matching_id: str | None = None
        self.lose = ""
        self.calls: list[tuple[str, str]] = []

    async def download_order(self, *, iccid: str, eid: str | None, key: str) -> None:
        self._refuse(self.state != "Available", NOT_AVAILABLE)
        self.state = "Allocated"
        self._done("downloadOrder", key)

    async def confirm_order(self, *, iccid: str, eid: str | None, matching_id: str, key: str) -> Confirmed:
        self._refuse(self.state != "Allocated", NOT_AVAILABLE)
        self.state, self.matching_id = "Released", matching_id
        self._done("confirmOrder", key)
        return Confirmed(matchingId=matching_id, smdpAddress="smdp.example")

    async def cancel_order(
        self, *, iccid: str, eid: str | None, matching_id: str | None, reusable: bool, key: str
    ) -> None:
        if self.state == "Available":
            return
        self._refuse(self.state == "Unknown", UNKNOWN_ICCID)
        self._refuse(self.state == "Enabled", NOT_AVAILABLE)
        self._refuse(matching_id is not None and matching_id != self.matching_id, "8.2.6/3.1")
        self.state, self.matching_id = "Available" if reusable else "Unavailable", None
        self._done("cancelOrder", key)

    def _refuse(self, wrong: bool, raw: str) -> None:
        if wrong:
            raise PartyRefused("smdp", "call", code="refused", message="refused", raw=raw)

    def _done(self, call: str, key: str) -> None:
        self.calls.append((call, key))
        if self.lose == call:
            self.lose = ""
            raise OutcomeUnknown("smdp", call, "lost")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance(1))
    yield opened
    opened.close()


@pytest.fixture
def smdp() -> FakeSmdp:
    return FakeSmdp()


@pytest.fixture
def activities(smdp: FakeSmdp, journal: Journal) -> SmdpActivities:
    return SmdpActivities(cast(Smdp, smdp), journal)


async def order(activities: SmdpActivities) -> ProfileOrdered:
    return await ActivityEnvironment().run(activities.order_profile, ORDER)


async def give_back(activities: SmdpActivities, request: ReturnProfile = RETURN) -> ProfileReturned:
    return await ActivityEnvironment().run(activities.return_profile, request)


async def test_the_activation_code_is_in_the_journal_and_nowhere_else(
    activities: SmdpActivities, smdp: FakeSmdp, journal: Journal
) -> None:
    done = await order(activities)
    assert done == ProfileOrdered()
    code = journal.profiles.read_code(order_id(1), REAL)
    assert code == f"1$smdp.example${smdp.matching_id}"


@pytest.mark.parametrize("call", ["downloadOrder", "confirmOrder"])
async def test_an_order_whose_reply_was_lost_is_finished_by_the_next_try(
    activities: SmdpActivities, smdp: FakeSmdp, journal: Journal, call: str
) -> None:
    smdp.lose = call
    with pytest.raises(ApplicationError):
        await order(activities)
    assert await order(activities) == ProfileOrdered()
    assert smdp.state == "Released"
    assert journal.profiles.read_code(order_id(1), REAL).endswith(f"${smdp.matching_id}")
    assert len(set(smdp.calls)) == len(smdp.calls)


async def test_a_profile_that_a_phone_fetched_before_the_next_try_is_ordered(
    activities: SmdpActivities, smdp: FakeSmdp
) -> None:
    smdp.lose = "confirmOrder"
    with pytest.raises(ApplicationError):
        await order(activities)
    smdp.state = "Enabled"
    assert await order(activities) == ProfileOrdered()
    assert smdp.state == "Enabled"


async def test_the_order_of_somebody_else_is_left_alone(activities: SmdpActivities, smdp: FakeSmdp) -> None:
    smdp.state, smdp.matching_id = "Released", "SOMEBODY-ELSES"
    done = await order(activities)
    assert done.refusal is not None
    assert (smdp.state, smdp.matching_id) == ("Released", "SOMEBODY-ELSES")


async def test_a_refusal_keeps_the_words_of_the_server(activities: SmdpActivities, smdp: FakeSmdp) -> None:
    smdp.download_order = _refuse_unknown  # type: ignore[method-assign]
    done = await order(activities)
    assert done.refusal is not None
    assert (done.refusal.said_by, done.refusal.raw_code) == ("smdp", UNKNOWN_ICCID)


async def _refuse_unknown(**_fields: object) -> None:
    raise PartyRefused("smdp", "downloadOrder", code="profile_unknown", message="refused", raw=UNKNOWN_ICCID)


@pytest.mark.parametrize("state", ["Available", "Allocated", "Released", "Unknown"])
async def test_a_profile_on_no_phone_is_given_back_however_far_its_order_came(
    activities: SmdpActivities, smdp: FakeSmdp, state: str
) -> None:
    smdp.state = state
    assert await give_back(activities) == ProfileReturned(in_use=False)
    assert smdp.state in ("Available", "Unknown")


async def test_a_profile_that_went_wrong_on_a_phone_is_out_of_use(activities: SmdpActivities, smdp: FakeSmdp) -> None:
    smdp.state = "Error"
    await give_back(activities, RETURN.model_copy(update={"spoiled": True}))
    assert smdp.state == "Unavailable"


async def test_a_profile_in_use_says_so(activities: SmdpActivities, smdp: FakeSmdp) -> None:
    smdp.state = "Enabled"
    assert (await give_back(activities)).in_use


async def test_a_return_whose_reply_was_lost_does_not_take_the_profile_for_used(
    activities: SmdpActivities, smdp: FakeSmdp
) -> None:
    await order(activities)
    smdp.lose = "cancelOrder"
    with pytest.raises(ApplicationError):
        await give_back(activities)
    assert not (await give_back(activities)).in_use


async def test_the_code_of_a_returned_profile_can_no_longer_be_read(
    activities: SmdpActivities, journal: Journal
) -> None:
    await order(activities)
    await give_back(activities)
    with pytest.raises(NoActivationCode):
        journal.profiles.read_code(order_id(1), REAL)

"""Requests that are refused: on a legal ground only, with the line let go of before the answer leaves."""

from datetime import timedelta
from typing import Any

import pytest

from domain.termination import Quarantine
from tests.support.end_world import CONTRACT
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris
from tests.support.out_story import OutStory
from tests.support.out_world import DOSSIER, FakeDossier, OutWorld


def quarantine(portable_until: Any) -> Quarantine:
    return Quarantine(
        msisdn=NUMBER,
        since=paris(1, 0),
        portable_until=portable_until,
        reassignable_from=portable_until + timedelta(days=5),
        contract_id=CONTRACT.id,
        range_holder="ALIZE",
        ended_by="te-1",
    )


def no_contract(world: OutWorld) -> None:
    world.line = None


def past_day_40(world: OutWorld) -> None:
    world.know(state="ended", ended_at=paris(1, 0))
    world.quarantine = quarantine(paris(3, 0))


def asked_for_by_another(world: OutWorld) -> None:
    world.older = [("po-0", "CIRUS-7"), ("po-1", DOSSIER)]
    world.dossiers["CIRUS-7"] = FakeDossier()


def another_rio(world: OutWorld) -> None:
    world.know(rio="A1P7K9M2Q000")


GROUNDS = [
    (no_contract, "20", "number_not_at_donor"),
    (past_day_40, "21", "number_inactive"),
    (asked_for_by_another, "25", "already_in_progress"),
    (another_rio, "13", "transfer_code_invalid"),
]


@pytest.mark.parametrize(("ground", "code", "reason"), GROUNDS, ids=[each[2] for each in GROUNDS])
async def test_a_legal_ground_refuses_and_the_line_is_let_go_of_before_the_refusal_leaves(
    out: OutStory, ground: Any, code: str, reason: str
) -> None:
    ground(out.world)
    before = out.world.snapshot()
    await out.start()
    assert await out.ends() == "rejected"
    assert out.world.dossier.blocked == [code]
    assert out.world.known_when_answered["released"]
    assert out.world.snapshot() == before
    assert out.world.effects_on_the_line == []
    assert out.world.status.refusal is not None
    assert out.world.status.refusal.code == reason
    told = set() if reason == "number_not_at_donor" else {reason}  # nobody's number: nobody is told
    assert {message.fields["reason"] for message in out.world.recorder.messages} == told
    assert set(out.world.told) == ({"rejected"} if told else set())


async def test_a_missing_rio_is_refused_as_a_wrong_one_is(out: OutStory) -> None:
    await out.start(rio="")
    assert await out.ends() == "rejected"
    assert out.world.dossier.blocked == ["13"]


async def test_the_older_of_two_requests_goes_on_and_a_closed_one_is_in_nobodys_way(out: OutStory) -> None:
    out.world.older = [("po-0", "CIRUS-7"), ("po-1", DOSSIER), ("po-2", "DUNE-3")]
    out.world.dossiers |= {"CIRUS-7": FakeDossier(status="cancelled"), "DUNE-3": FakeDossier()}
    await out.agreed()
    assert out.world.dossier.blocked == [None]


async def test_a_cancel_while_the_refusal_is_on_its_way_counts_as_the_cancel(out: OutStory) -> None:
    another_rio(out.world)

    async def cancelled() -> None:
        out.world.dossier.status = "cancelled"

    out.world.after_effect("care_line", cancelled)
    await out.start()
    assert await out.ends() == "cancelled"
    assert out.world.dossier.sent == []
    assert set(out.world.told) == {"cancelled"}


# The numbers of one dossier.


async def test_numbers_of_one_dossier_are_answered_together_each_with_its_own_word(out: OutStory) -> None:
    async with out.beside() as other:
        another_rio(other.world)
        await out.start(numbers=2)
        await out.line("answered together with the other numbers")
        assert (await out.waiting()).party == "our other orders"
        assert out.world.dossier.sent == []
        await other.start(order_id="po-2", numbers=2)
        assert await other.ends() == "rejected"
        await out.until(lambda: out.world.status.stage == "agreed", "the agreement")
        assert out.world.dossier.sent == [("answer", f"{DOSSIER}:answer:1")]
        assert out.world.dossier.blocked == [None, "13"]
        await out.performed()
        assert await out.ends() == "completed"
        assert other.world.effects_on_the_line == []


async def test_one_number_that_is_held_holds_up_the_answer_about_the_others(out: OutStory) -> None:
    async with out.beside() as other:
        other.world.note_of_line(locked_since=paris(2))
        other.world.retry_after = out.world.retry_after = timedelta(seconds=5)
        await out.start(numbers=2)
        await other.held(order_id="po-2", numbers=2)
        await out.line("answered together with the other numbers")
        await out.quiet()
        assert ((await out.waiting()).party, (await other.waiting()).party) == ("our other orders", "desk")
        assert [kind for kind, _ in out.world.dossier.sent] == ["pradelayed"]
        await other.release()
        await out.pass_time(minutes=2)
        await out.until(lambda: out.world.status.stage == "agreed", "the agreement")
        await other.until(lambda: other.world.status.stage == "agreed", "the agreement")
        assert out.world.dossier.blocked == [None, None]
        assert [kind for kind, _ in out.world.dossier.sent].count("answer") == 1

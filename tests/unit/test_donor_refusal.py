"""A donor's refusal: which ends the order, which a person looks at, which is questioned."""

import pytest

from domain.refusals import RefusalCode, block_code, refusal, refusal_from_block
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from tests.support.france import FRANCE
from tests.support.port_offline import PortOffline
from workflows.order.stops import Refused
from workflows.port_in.refusal import DonorRefusal

HELD = {RefusalCode.DISPUTED, RefusalCode.UNMAPPED}
ENDS = [code for code in RefusalCode if block_code(code) and code not in HELD]
LAWFUL = {
    RefusalCode.ACCOUNT_REFERENCE_INVALID,
    RefusalCode.TRANSFER_CODE_INVALID,
    RefusalCode.NUMBER_NOT_AT_DONOR,
    RefusalCode.NUMBER_INACTIVE,
    RefusalCode.ALREADY_IN_PROGRESS,
}
NO_DECISION = {RefusalCode.TECHNICAL, RefusalCode.DONOR_BUSY}


@pytest.fixture
def port() -> PortOffline:
    asked = PortOffline()
    asked.undo.push("dossier", lambda: pytest.fail("a refused dossier is closed at the clearing house"))
    return asked


@pytest.mark.parametrize("code", ENDS)
async def test_most_refusals_end_the_order_and_unlawful_ones_are_questioned(port, code):
    refused = FRANCE.port_in.judged(refusal(code, "CIRUS", raw_text="so says the desk"))
    with pytest.raises(Refused) as stop:
        await DonorRefusal(port).instead_of_agreement(refused)
    assert (stop.value.refusal, stop.value.actor.by) == (refused, "CIRUS")
    assert stop.value.actor.reason == "so says the desk"
    assert port.undo.names == []
    questioned = [note for note in port.log.notes if note.code is TimelineCode.REFUSAL_QUESTIONED]
    assert bool(questioned) == (code not in LAWFUL | NO_DECISION)


async def test_the_clearing_houses_own_refusal_is_not_questioned(port):
    with pytest.raises(Refused):
        await DonorRefusal(port).instead_of_agreement(refusal(RefusalCode.TOO_SOON, "clearing_house"))
    assert port.log.notes == []


@pytest.mark.parametrize("block", ["60", "99", "47"])
async def test_a_disputed_or_unknown_refusal_is_looked_at_by_a_person_who_may_have_the_donor_asked_again(port, block):
    port.human.answers = [ResolveAction.RETRY]
    await DonorRefusal(port).instead_of_agreement(FRANCE.port_in.judged(refusal_from_block(block, "hm", "CIRUS")))
    assert len(port.human.asked) == 1
    assert port.human.asked[0].startswith("CIRUS refused: ")
    assert port.undo.names == []


async def test_a_refusal_that_a_person_gives_up_on_is_a_rejection(port):
    port.human.answers = [ResolveAction.GIVE_UP]
    refused = refusal_from_block("60", "disputed", "CIRUS")
    with pytest.raises(Refused) as stop:
        await DonorRefusal(port).instead_of_agreement(refused)
    assert (stop.value.refusal, stop.value.actor.by) == (refused, "desk")


async def test_a_refusal_after_the_agreement_is_always_looked_at(port):
    port.human.answers = [ResolveAction.RETRY]
    await DonorRefusal(port).after_agreement(refusal_from_block("13", "", "CIRUS"))
    assert port.human.asked == ["CIRUS agreed, then refused: transfer_code_invalid"]

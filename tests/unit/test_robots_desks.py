"""The robots' desks: what they answer as donors, what they do about what is performed, and what stops them."""

import pytest

from simulator.numbers import national
from simulator.robots.behaviours import AnswerKind
from simulator.robots.donor import Pace
from simulator.world.operators import OPERATORS
from simulator.world.subscriber import Subscriber
from tests.support.clearing_house_world import acceptance, cancel, deactivation, request
from tests.support.robots_world import RobotsWorld, copy_of, make_state, open_robots

DOSSIER = "FJORD-10001"
FAST = 1_000_000.0
HOUR = 3600.0
EVERYBODY = {"ALIZE", "BOREA", "CIRUS", "DUNE", "EOLE", "FJORD"}


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A world in which a working day passes in a tenth of a second."""
    return make_state(tmp_path_factory.mktemp("robots"), pace=FAST)


@pytest.fixture
async def town(state, tmp_path):
    async with open_robots(copy_of(state, tmp_path)) as town:
        yield town


async def test_a_donor_accepts_a_line_with_its_rio_from_eight_in_the_morning(town: RobotsWorld):
    line = town.line("CIRUS")
    town.ask(DOSSIER, line, rio=f" {line.rio.lower()[:3]} {line.rio[3:]} ")
    await town.until(lambda: town.inbox() == ["portingrequestanswer"])
    dossier = town.dossier(DOSSIER)
    assert dossier["status"] == "agreed"
    assert dossier["firstpossibledate"][11:19] in ("06:00:00", "07:00:00")
    assert dossier["firstpossibledate"] > dossier["agreed_at"]


async def test_a_donor_refuses_the_rio_of_another_line(town: RobotsWorld):
    town.ask(DOSSIER, town.line("CIRUS"), rio=town.line("CIRUS", 1).rio)
    await town.until(lambda: town.inbox() == ["portingrequestanswer"])
    assert town.dossier(DOSSIER)["messages"][-1]["blockingcode"] == "13"


async def test_a_donor_refuses_when_told_to_with_the_code_told(town: RobotsWorld):
    line = town.line("CIRUS")
    town.behave(line, AnswerKind.REFUSE, "22")
    town.ask(DOSSIER, line)
    await town.until(lambda: town.inbox() == ["portingrequestanswer"])
    assert (town.dossier(DOSSIER)["status"], town.dossier(DOSSIER)["messages"][-1]["blockingcode"]) == ("refused", "22")


async def test_a_donor_that_delays_says_so_first_and_answers_then(town: RobotsWorld):
    line = town.line("CIRUS")
    town.behave(line, AnswerKind.DELAY)
    town.ask(DOSSIER, line)
    await town.until(lambda: town.inbox() == ["pradelayed", "portingrequestanswer"])
    assert town.dossier(DOSSIER)["status"] == "agreed"


async def test_an_answer_that_is_owed_survives_a_restart(state, tmp_path):
    folder = copy_of(state, tmp_path)
    async with open_robots(folder) as town:
        line = town.line("CIRUS")
        town.behave(line, AnswerKind.LATE)
        town.ask(DOSSIER, line)
        await town.until(lambda: town.house.mailboxes.waiting(["CIRUS"], 1) == [])
        assert town.inbox() == []
    async with open_robots(folder) as town:
        await town.until(lambda: town.inbox() == ["portingrequestanswer"])


def postponed(town: RobotsWorld) -> int:
    return int(town.world.store.execute("SELECT count(*) FROM robot_postponed_answer").fetchone()[0])


async def test_a_cancel_settles_an_answer_that_is_owed(state, tmp_path):
    async with open_robots(copy_of(state, tmp_path), Pace(answer=0.0, late=HOUR)) as town:
        line = town.line("CIRUS")
        town.behave(line, AnswerKind.LATE)
        town.ask(DOSSIER, line)
        await town.until(lambda: postponed(town) == 1)
        town.send("FJORD", cancel(DOSSIER, "FJORD", "CIRUS"))
        await town.until(lambda: postponed(town) == 0)


async def test_an_owed_answer_that_somebody_else_has_given_is_not_given_again(town: RobotsWorld):
    line = town.line("CIRUS")
    town.behave(line, AnswerKind.LATE)
    town.ask(DOSSIER, line)
    await town.until(lambda: postponed(town) == 1)
    town.send("CIRUS", acceptance(DOSSIER, "CIRUS", "FJORD", national(line.msisdn)))
    await town.until(lambda: postponed(town) == 0)
    assert town.inbox() == ["portingrequestanswer"]
    assert "errorfound" not in town.inbox("CIRUS")


async def refused_with(town: RobotsWorld, dossier: str, asker: str, line: Subscriber, back_of: str) -> str | None:
    """The code of CIRUS's answer to a request for a port back; None: it lets the number go."""
    note = f"PORTBACK {back_of}"
    before = len(town.inbox(asker))
    town.send(asker, request(dossier, asker, "CIRUS", national(line.msisdn), rio=None, note=note))
    await town.until(lambda: len(town.inbox(asker)) > before)
    code = town.dossier(dossier, asker)["messages"][-1].get("blockingcode")
    town.send(asker, cancel(dossier, asker, "CIRUS"))
    return code


async def test_a_port_is_taken_back_without_a_rio_by_the_one_it_came_from_as_long_as_nothing_has_moved_the_number(
    town: RobotsWorld,
):
    line, other = town.line("FJORD"), town.line("FJORD", 1)
    for dossier, moved in (("CIRUS-1", line), ("CIRUS-2", other)):
        town.hand_over(dossier, moved, "CIRUS")
    assert await refused_with(town, "FJORD-1", "FJORD", line, "CIRUS-1") is None
    assert await refused_with(town, "FJORD-2", "FJORD", line, "CIRUS-2") == "20"
    assert await refused_with(town, "FJORD-3", "FJORD", line, "NEVER-1") == "20"
    assert await refused_with(town, "DUNE-1", "DUNE", line, "CIRUS-1") == "20"
    town.hand_over("DUNE-2", town.moved(line, "CIRUS"), "DUNE")
    town.hand_over("CIRUS-3", town.moved(line, "DUNE"), "CIRUS")
    assert await refused_with(town, "FJORD-4", "FJORD", line, "CIRUS-1") == "20"


async def test_a_line_with_a_contract_is_refused_by_its_rio_when_its_port_back_names_no_such_port(town: RobotsWorld):
    assert await refused_with(town, "FJORD-1", "FJORD", town.line("CIRUS"), "NEVER-1") == "13"


async def test_a_silent_donor_confirms_and_says_nothing(town: RobotsWorld):
    silent, other = town.line("CIRUS"), town.line("CIRUS", 1)
    town.behave(silent, AnswerKind.SILENT)
    town.ask(DOSSIER, silent)
    town.ask("FJORD-10002", other)
    await town.until(lambda: town.inbox() == ["portingrequestanswer"])
    await town.until(lambda: town.house.mailboxes.waiting(["CIRUS"], 1) == [])
    assert town.dossier(DOSSIER)["status"] == "requested"


async def test_a_contradicting_donor_accepts_and_refuses_in_two_messages(town: RobotsWorld):
    line = town.line("CIRUS")
    town.behave(line, AnswerKind.CONTRADICT)
    town.ask(DOSSIER, line)
    await town.until(lambda: town.inbox() == ["portingrequestanswer"] * 2)
    assert town.dossier(DOSSIER)["status"] == "refused"


async def test_the_donor_takes_its_line_down_and_everybody_follows_and_acknowledges(town: RobotsWorld):
    line = town.line("CIRUS")
    await town.port(DOSSIER, line)
    await town.until(lambda: town.acknowledged(DOSSIER) == EVERYBODY - {"FJORD"})
    assert town.world.hlr("CIRUS").by_msisdn(line.msisdn) is None
    ended = town.world.subscribers.get(line.msisdn, "CIRUS")
    assert ended is not None
    assert ended.state == "ended"
    networks = [code for code, operator in OPERATORS.items() if not operator.virtual]
    assert {town.world.numbers.routing(code, line.msisdn) for code in networks} == {"FJORD"}


async def test_a_number_in_quarantine_leaves_with_its_old_rio_and_its_contract_ends_no_second_time(town: RobotsWorld):
    line = town.line("CIRUS")
    town.world.subscribers.end(line.msisdn, "CIRUS", "terminated")
    town.world.hlr("CIRUS").take_down(line.imsi)
    await town.port(DOSSIER, line)
    await town.until(lambda: town.acknowledged(DOSSIER) == EVERYBODY - {"FJORD"})
    assert [one["effect"] for one in town.world.effects.after(0, 1000)].count("contract_ended") == 1


async def test_a_line_of_the_virtual_operator_leaves_the_hlr_of_its_host(town: RobotsWorld):
    line = town.line("EOLE")
    assert town.world.hlr("BOREA").by_msisdn(line.msisdn) is not None
    await town.port(DOSSIER, line)
    await town.until(lambda: "EOLE" in town.acknowledged(DOSSIER))
    assert town.world.hlr("BOREA").by_msisdn(line.msisdn) is None


async def test_a_number_given_up_is_routed_to_its_range_holder_again(town: RobotsWorld):
    line = town.line("CIRUS")
    await town.port(DOSSIER, line)
    await town.until(lambda: town.world.numbers.routing("DUNE", line.msisdn) == "FJORD")
    town.send("FJORD", deactivation("FJORD-20001", "FJORD", national(line.msisdn)))
    await town.until(lambda: town.acknowledged("FJORD-20001") == EVERYBODY - {"FJORD"})
    assert town.world.numbers.routing("DUNE", line.msisdn) == "CIRUS"
    assert town.world.numbers.pooled_by(line.msisdn) == "CIRUS"
    last = town.world.effects.after(0, 1000)[-1]
    assert (last["effect"], last["msisdn"]) == ("number_pooled", line.msisdn)
    assert last["detail"] == {"operator": "CIRUS", "reference": "FJORD-20001"}


async def test_a_number_that_came_back_is_in_no_pool_once_it_is_served_elsewhere_again(town: RobotsWorld):
    line = town.line("EOLE")
    town.world.numbers.set_reference(line.msisdn, "FJORD")
    town.world.subscribers.end(line.msisdn, "EOLE", "ported_out")
    town.send("FJORD", deactivation("FJORD-20001", "FJORD", national(line.msisdn)))
    await town.until(lambda: town.world.numbers.pooled_by(line.msisdn) == "EOLE")
    town.world.numbers.set_reference(line.msisdn, "DUNE")
    assert town.world.numbers.pooled_by(line.msisdn) is None


async def test_a_robot_whose_operator_is_out_acknowledges_when_it_is_back(town: RobotsWorld):
    line = town.line("CIRUS")
    town.world.faults.put("BOREA", "outage")
    await town.port(DOSSIER, line)
    await town.until(lambda: town.acknowledged(DOSSIER) == EVERYBODY - {"FJORD", "BOREA"})
    assert town.world.numbers.routing("BOREA", line.msisdn) == "CIRUS"
    town.world.faults.clear()
    await town.until(lambda: "BOREA" in town.acknowledged(DOSSIER))
    assert town.world.numbers.routing("BOREA", line.msisdn) == "FJORD"


async def test_faults_of_the_clearing_house_do_not_reach_the_robots(town: RobotsWorld):
    town.world.faults.put("clearing_house", "outage")
    await town.port(DOSSIER, town.line("CIRUS"))
    await town.until(lambda: town.acknowledged(DOSSIER) == EVERYBODY - {"FJORD"})


async def test_a_robot_that_is_off_leaves_its_mailbox_alone_until_it_is_on_again(town: RobotsWorld):
    town.robots.turn("CIRUS", False)
    town.ask(DOSSIER, town.line("CIRUS"))
    town.ask("FJORD-10002", town.line("DUNE"))
    await town.until(lambda: town.inbox() == ["portingrequestanswer"])
    assert len(town.house.mailboxes.waiting(["CIRUS"], 10)) == 1
    town.robots.turn("CIRUS", True)
    await town.until(lambda: town.inbox() == ["portingrequestanswer"] * 2)


async def test_who_sits_at_a_desk_outlives_a_restart(state, tmp_path):
    folder = copy_of(state, tmp_path)
    async with open_robots(folder) as town:
        town.robots.turn("ALIZE", False)
    async with open_robots(folder) as town:
        assert not town.robots.switches.is_on("ALIZE")
        assert town.robots.switches.is_on("BOREA")


async def test_an_operator_for_outside_clients_has_no_robot(town: RobotsWorld):
    with pytest.raises(KeyError):
        town.robots.turn("FJORD", True)

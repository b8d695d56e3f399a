"""Orders that ran with an earlier version of the code go on with this one: their recorded histories replay."""

import json
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from runtime.temporal import plugin
from tests.support.replay_scenarios import RING, SCENARIOS
from tests.support.temporal import BUILD_ID

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


@pytest.mark.parametrize("path", HISTORIES, ids=names(HISTORIES))
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(workflows=[], plugins=[plugin(RING)], build_id=BUILD_ID)
    await replayer.replay_workflow(WorkflowHistory.from_json("pi-1", path.read_text()))


def test_every_way_in_which_an_order_can_go_is_recorded() -> None:
    assert set(names(HISTORIES)) >= set(SCENARIOS)


async def test_a_history_that_the_code_does_not_follow_is_found_out() -> None:
    history = json.loads(next(path for path in HISTORIES if path.stem == "completed").read_text())
    for event in history["events"]:
        attributes = event.get("activityTaskScheduledEventAttributes")
        if attributes and attributes["activityId"] == "reserve-sim":
            attributes["activityId"] = "reserve-a-sim"
            attributes["activityType"] = {"name": "logistics_reserve_a_sim"}
    with pytest.raises(Exception, match=r"(?i)nondeterminism|TMPRL1100"):
        await Replayer(workflows=[], plugins=[plugin(RING)], build_id=BUILD_ID).replay_workflow(
            WorkflowHistory.from_json("pi-1", json.dumps(history))
        )


@pytest.mark.parametrize("path", HISTORIES, ids=names(HISTORIES))
def test_a_recorded_history_shows_no_number_no_rio_and_no_name(path: Path) -> None:
    text = path.read_text()
    assert not re.search(
        r"[+]?33639980[0-9]{3}|0639980[0-9]{3}|C1P7K9M2Q|Camille|89339900|208990000|camille@|49015420", text
    )

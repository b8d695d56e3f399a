"""Records the histories anew: `python -m tests.replay.record [NAME ...]`, all of them without names.

Do so only for a story that has never run anywhere: histories of running orders must replay with the code that replaces
the one they were made by, and these stand for them.
"""

import asyncio
import json
import sys
from pathlib import Path

from tests.support.order_environment import opened, time_skipping
from tests.support.replay_scenarios import RING, SCENARIOS

HISTORIES = Path(__file__).parent / "histories"


async def record(name: str) -> None:
    """Let one story happen and keep its history, payloads sealed."""
    scenario = SCENARIOS[name]
    async with time_skipping(RING) as env, opened(env, scenario.story, scenario.accepted_at) as story:
        await scenario.happen(story)
        state = await story.ends()
        assert state == name.split("_", maxsplit=1)[0], f"{name} ended {state}"
        history = json.loads((await story.handle.fetch_history()).to_json())
    for event in history["events"]:
        for attributes in event.values():
            if isinstance(attributes, dict) and "identity" in attributes:
                attributes["identity"] = "worker"  # else the process and the machine that recorded it
    (HISTORIES / f"{name}.json").write_text(json.dumps(history, separators=(",", ":")) + "\n")


async def main(names: list[str]) -> None:
    HISTORIES.mkdir(exist_ok=True)
    for name in names or SCENARIOS:
        await record(name)
        print(name)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

"""Every place where the worker of the kill tests dies once, and which test file brings it there."""

from activities.recorder import Recorder
from runtime.activity_list import activities
from runtime.engine import open_engine
from runtime.keys import load_or_make
from tests.chaos.crashing_worker import ASYNCHRONOUS, MOVE_COMMANDS, SYNCHRONOUS
from tests.support.living_relais import LivingRelais

OUT_OF_REACH = frozenset({"journal_withdraw_decision"})
"""A yes that waits for another number of its dossier: with one RIO a dossier, nobody here can ask for two that go."""

ON_THE_WAY_OUT = (
    "Orders.accept",
    "Dossiers.record_decision",
    "Orders.accept",
    "clearing_house_answer_request",
    "clearing_house_delay_answer",
    "clearing_house_look_at_dossier",
    "journal_take_line",
    "leaving_find_what_left",
    "leaving_plan_end",
    "rules_find_first_possible",
    "rules_judge_port_out",
    "rules_plan_port_out",
)
"""Only a port out comes by here, or, as at the taking of the line, other orders do the same in another way. Everything
else is where other orders come by; a new activity that none of them calls belongs here.
"""


async def places(relais: LivingRelais, *, on_the_way_out: bool) -> set[str]:
    """Every place where the worker is to die, as the engine itself lists its activities: only on the way out, or all
    others.
    """
    settings = relais.stack.settings
    async with open_engine(settings, load_or_make(settings.keys_folder)) as engine:
        methods = activities(engine, Recorder(engine.journal, engine.parties.clock))
        names = {method.__temporal_activity_definition.name for method in methods}  # type: ignore[attr-defined]
    around = [f"{owner.__name__}.{name}" for owner, name in (*ASYNCHRONOUS, *SYNCHRONOUS)]
    dying = {f"{name}.{when}" for name in (*(names - OUT_OF_REACH), *around) for when in ("before", "after")}
    dying |= {f"hlr_move.{command}" for command in MOVE_COMMANDS}
    return {place for place in dying if place.startswith(ON_THE_WAY_OUT) is on_the_way_out}

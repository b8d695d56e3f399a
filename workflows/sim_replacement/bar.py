"""The old SIM out of service at once, because it is lost, stolen or in a fraudster's hands."""

from activities.hlr import HlrActivities, Number
from domain.lines import LineChange
from domain.orders import OrderState
from workflows.sim_replacement.replacement import Replacement


class Barring:
    """Before anything else, as soon as the person has shown who he is. Never undone by the order."""

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement

    async def run(self) -> None:
        """Barred, once; nothing for a SIM that is in its holder's hands."""
        replacement = self._replacement
        order, desk = replacement.order, replacement.desk
        if replacement.barred or not order.reason.bars_the_old_sim:
            return
        done = await desk.step(
            HlrActivities.bar, Number(msisdn=order.msisdn), name="bar", party="HLR", forward_only=True
        )
        if done.refusal:
            await desk.remark(f"nothing to bar: {done.refusal.raw_text}", by="hlr")
            return
        replacement.barred = True
        await desk.tell(
            state=OrderState.IN_PROGRESS, what="the old SIM is out of service", line_changes=[LineChange.BARRED]
        )

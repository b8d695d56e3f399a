"""A donor that refuses. A refusal ends the order, unless its class says that a person has to look."""

from domain.orders import Actor
from domain.refusals import Refusal, Retry
from domain.timeline import TimelineCode
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import GivenUp, Refused
from workflows.port_in.state import PortInState


class DonorRefusal:
    """What follows a refusal. Either way the dossier is closed at the clearing house, and a retry is a new one."""

    def __init__(self, port: PortInState) -> None:
        self._port = port

    async def instead_of_agreement(self, refused: Refusal) -> None:
        """The donor's answer is a refusal. Returns when a person wants the donor to be asked again.

        Raises:
            Refused: the order ends.
        """
        port = self._port
        port.undo.drop("dossier")
        said_by = refused.said_by
        if said_by == port.order.donor and refused.breach:
            what = f"{said_by} refused on a ground that the rules do not know: {refused.code.value}"
            await port.log.add_note(TimelineCode.REFUSAL_QUESTIONED, what, reason=refused.breach)
        if refused.retry is not Retry.HOLD:
            raise Refused(Actor(by=said_by, reason=refused.raw_text or refused.code.value), refusal=refused)
        await self._ask_a_person(refused, f"{said_by} refused")

    async def after_agreement(self, refused: Refusal) -> None:
        """The donor refuses after its agreement. Returns when a person wants the donor to be asked again.

        Raises:
            Refused: the person gave up.
        """
        self._port.undo.drop("dossier")
        await self._ask_a_person(refused, f"{refused.said_by} agreed, then refused")

    async def _ask_a_person(self, refused: Refusal, what: str) -> None:
        why = f"{what}: {refused.code.value} {refused.raw_text}".strip()
        try:
            await self._port.human.ask(why, actions=RETRY_OR_GIVE_UP, refusal=refused)
        except GivenUp as given_up:
            raise Refused(given_up.actor, refusal=refused) from None

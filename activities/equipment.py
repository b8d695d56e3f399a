"""The equipment register: stolen handsets."""

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Model
from domain.party import Party
from domain.refusals import Refusal
from parties.equipment import Equipment
from parties.errors import PartyRefused


class BlockHandset(Model):
    """`declaration`: reference of the police declaration."""

    order_id: str
    imei: str
    declaration: str
    key: str


class HandsetBlocked(Model):
    refusal: Refusal | None = None


class EquipmentActivities:
    """What the equipment register is told."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment

    @activity.defn(name="equipment_block_handset")
    @calls_parties(Party.EQUIPMENT)
    async def block_handset(self, request: BlockHandset) -> HandsetBlocked:
        """No network of the country serves this handset any more."""
        with outages_are_retried():
            try:
                await self._equipment.block(
                    reference=request.order_id,
                    imei=request.imei,
                    declaration=request.declaration,
                    key=request.key,
                )
            except PartyRefused as error:
                return HandsetBlocked(refusal=as_refusal(error))
        return HandsetBlocked()

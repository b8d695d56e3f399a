"""The equipment register: stolen handsets."""

from temporalio import activity

from domain.model import Model
from domain.refusals import Refusal


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

    @activity.defn(name="equipment_block_handset")
    async def block_handset(self, request: BlockHandset) -> HandsetBlocked:
        """No network of the country serves this handset any more."""
        raise NotImplementedError

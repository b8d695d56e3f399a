"""What customer care's activities hand to a workflow, and with it to Temporal's history."""

from datetime import UTC, datetime
from typing import cast

from temporalio.testing import ActivityEnvironment

from activities.care import ActivateContract, Activated, CareActivities
from parties.care import Activation, Care

NOW = datetime(2026, 5, 18, 8, 0, tzinfo=UTC)
NEW_RIO = "A1P74N7D8O2K"


class FakeCare:
    async def activate(self, *, reference: str, effective_at: datetime, key: str) -> Activation:
        return Activation(contract_id="K-7", state="active", rio=NEW_RIO, activated_at=effective_at)


async def test_the_customers_new_rio_stays_with_customer_care():
    activities = CareActivities(cast(Care, FakeCare()))
    request = ActivateContract(order_id="pi-1", effective_at=NOW, key="pi-1:activate:1")
    done: Activated = await ActivityEnvironment().run(activities.activate_contract, request)
    assert done.contract_id == "K-7"
    assert NEW_RIO not in done.model_dump_json()

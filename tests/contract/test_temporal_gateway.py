"""The gateway against a real Temporal server, with a small workflow in place of the order's."""

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from domain.authorisation import Authorisation
from domain.deliveries import WAKE
from domain.orders import ACCEPTED, OrderKind
from domain.port_in import Holder, HolderKind, PortInOrder
from domain.updates import CancelRequest, NoteRequest, Recorded
from runtime.relay.gateway import NotAnswering, NotRunning, TemporalUnavailable, UpdateRefused
from runtime.relay.temporal_client import TemporalClientGateway
from tests.support.temporal import BUILD_ID

QUEUE = "gateway-test"


@workflow.defn(name="PortIn", sandboxed=False)
class SmallPortIn:
    """Ends at a note; refuses every cancel in its validator."""

    def __init__(self) -> None:
        self._noted = 0
        self._wakes = 0

    @workflow.run
    async def run(self, order: PortInOrder) -> str:
        await workflow.wait_condition(lambda: self._noted > 0)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return f"{order.donor}, woken {self._wakes} times" if self._wakes else order.donor

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        self._wakes += 1

    @workflow.update
    def note(self, request: NoteRequest) -> Recorded:
        self._noted += 1
        return Recorded(state="inProgress", message=f"{request.by} noted {self._noted}")

    @workflow.update
    def cancel(self, request: CancelRequest) -> Recorded:
        raise AssertionError("the validator lets nobody through")

    @cancel.validator
    def may_cancel(self, request: CancelRequest) -> None:
        raise ApplicationError("too late: the eve's cut-off was at 18:00", 7, non_retryable=True)


def order(order_id: str) -> PortInOrder:
    return PortInOrder(
        order_id=order_id,
        line_hash="0" * 32,
        msisdn="+33639980001",
        zone="Europe/Paris",
        authorisation=Authorisation(kind="rio", value="C1P7K9M2Q4IR"),
        holder=Holder(kind=HolderKind.CONSUMER, name="Camille Martin"),
        home="ALIZE",
        donor="CIRUS",
        accepted_at="2026-05-13T08:00:00Z",
        accepted_at_real="2026-05-13T08:00:00Z",
    )


def gateway(client: Client, update_timeout_s: float = 10) -> TemporalClientGateway:
    async def connect() -> Client:
        return client

    return TemporalClientGateway(connect, QUEUE, update_timeout_s=update_timeout_s)


def working(client: Client) -> Worker:
    runner = UnsandboxedWorkflowRunner()
    return Worker(client, task_queue=QUEUE, build_id=BUILD_ID, workflows=[SmallPortIn], workflow_runner=runner)


async def test_an_order_is_started_once_asked_refused_and_found_closed(client: Client):
    temporal = gateway(client)
    assert await temporal.reachable()
    await temporal.start(OrderKind.PORT_IN, order("pi-1"), ACCEPTED)
    await temporal.start(OrderKind.PORT_IN, order("pi-1"), ACCEPTED)
    handle = client.get_workflow_handle("pi-1")
    description = await handle.describe()
    assert (description.workflow_type, description.task_queue) == ("PortIn", QUEUE)
    assert await description.static_summary() == "Port in from CIRUS to ALIZE"
    assert {pair.key.name for pair in description.typed_search_attributes} >= {"OrderKind", "Donor", "LineHash"}
    async with working(client):
        with pytest.raises(UpdateRefused, match="too late: the eve's cut-off was at 18:00") as refused:
            await temporal.update("pi-1", "cancel", CancelRequest(by="desk", reason="x"), "u1")
        assert refused.value.seq == 7
        noted = await temporal.update("pi-1", "note", NoteRequest(by="desk", text="x"), "u2")
        assert noted == Recorded(state="inProgress", message="desk noted 1")
        assert await handle.result() == "CIRUS"
        with pytest.raises(NotRunning):
            await temporal.update("pi-1", "note", NoteRequest(by="desk", text="y"), "u3")
        await temporal.start(OrderKind.PORT_IN, order("pi-1"), ACCEPTED)
        assert (await handle.describe()).run_id == description.run_id  # closed, and not started a second time


async def test_a_wake_reaches_a_running_order_and_nobody_else(client: Client):
    temporal = gateway(client)
    with pytest.raises(NotRunning):
        await temporal.wake("pi-4")
    await temporal.start(OrderKind.PORT_IN, order("pi-4"), ACCEPTED)
    await temporal.wake("pi-4")
    await temporal.wake("pi-4")
    async with working(client):
        await temporal.update("pi-4", "note", NoteRequest(by="desk", text="x"), "u1")
        assert await client.get_workflow_handle("pi-4").result() == "CIRUS, woken 2 times"
    with pytest.raises(NotRunning):
        await temporal.wake("pi-4")


async def test_an_unknown_order_is_not_running_and_one_without_a_worker_does_not_answer(client: Client):
    temporal = gateway(client, update_timeout_s=0.5)
    with pytest.raises(NotRunning):
        await temporal.update("pi-0", "note", NoteRequest(by="desk", text="x"), "u1")
    await temporal.start(OrderKind.PORT_IN, order("pi-2"), ACCEPTED)
    with pytest.raises(NotAnswering):
        await temporal.update("pi-2", "note", NoteRequest(by="desk", text="x"), "u1")


async def test_a_server_that_is_not_there_is_unavailable_until_it_is(client: Client):
    there = False

    async def connect() -> Client:
        return client if there else await Client.connect("127.0.0.1:1")

    temporal = TemporalClientGateway(connect, QUEUE)
    assert not await temporal.reachable()
    with pytest.raises(TemporalUnavailable):
        await temporal.start(OrderKind.PORT_IN, order("pi-3"), ACCEPTED)
    with pytest.raises(TemporalUnavailable):
        await temporal.wake("pi-3")
    there = True
    await temporal.start(OrderKind.PORT_IN, order("pi-3"), ACCEPTED)
    assert await temporal.reachable()

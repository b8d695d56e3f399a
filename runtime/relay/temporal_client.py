"""The gateway to a real Temporal. Connected at first need: the API starts and accepts while Temporal is down."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.deliveries import WAKE
from domain.model import Model
from domain.order_kinds import ORDER_KINDS
from domain.orders import Order, OrderKind, OrderStatus
from domain.updates import Recorded
from runtime.relay.gateway import NotAnswering, NotRunning, TemporalUnavailable, UpdateRefused
from workflows.order.search_attributes import initial

RPC_TIMEOUT = timedelta(seconds=10)
UPDATE_TIMEOUT_S = 15.0


class TemporalClientGateway:
    """Speaks through one client: the one given, or made when it is first needed and kept; the SDK reconnects by
    itself.
    """

    def __init__(
        self,
        client: Client | Callable[[], Awaitable[Client]],
        task_queue: str,
        update_timeout_s: float = UPDATE_TIMEOUT_S,
    ) -> None:
        self._task_queue = task_queue
        self._update_timeout_s = update_timeout_s
        self._client = client
        self._connecting = asyncio.Lock()

    async def start(self, kind: OrderKind, order: Order, status: OrderStatus) -> None:
        """See `TemporalGateway`. The id is never used for a second run, so a repeated start finds the first."""
        client = await self._ready()
        definition = ORDER_KINDS[kind]
        try:
            await client.start_workflow(
                definition.workflow,
                order,
                id=order.order_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=initial(
                    kind=kind,
                    donor=order.donor,
                    recipient=order.recipient,
                    line_hash=order.line_hash,
                    status=status,
                ),
                static_summary=definition.summary(order),
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            raise TemporalUnavailable(error.status.name) from error

    async def wake(self, order_id: str) -> None:
        """See `TemporalGateway`."""
        client = await self._ready()
        try:
            await client.get_workflow_handle(order_id).signal(WAKE, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning from error
            raise TemporalUnavailable(error.status.name) from error

    async def update(self, order_id: str, name: str, request: Model, update_id: str) -> Recorded:
        """See `TemporalGateway`."""
        client = await self._ready()
        handle = client.get_workflow_handle(order_id)
        try:
            async with asyncio.timeout(self._update_timeout_s):
                recorded: Recorded = await handle.execute_update(
                    name, request, id=update_id, result_type=Recorded, rpc_timeout=RPC_TIMEOUT
                )
                return recorded
        except WorkflowUpdateFailedError as error:
            raise _refused(error) from error
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise NotAnswering from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning from error
            raise TemporalUnavailable(error.status.name) from error

    async def reachable(self) -> bool:
        """See `TemporalGateway`."""
        try:
            client = await self._ready()
            return await client.service_client.check_health(timeout=timedelta(seconds=2))
        except (TemporalUnavailable, RPCError):
            return False

    async def _ready(self) -> Client:
        async with self._connecting:
            if not isinstance(self._client, Client):
                try:
                    self._client = await self._client()
                except (RuntimeError, RPCError) as error:  # a dead server is a RuntimeError of the SDK's core
                    raise TemporalUnavailable("not connected") from error
            return self._client


def _refused(error: WorkflowUpdateFailedError) -> UpdateRefused:
    cause = error.cause
    if isinstance(cause, ApplicationError):
        known = next((detail for detail in cause.details if isinstance(detail, int)), None)
        return UpdateRefused(cause.message, known)
    return UpdateRefused("the order refused without a reason")

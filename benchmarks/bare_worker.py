"""The bare saga's own worker process: `python -m benchmarks.bare_worker`. Nothing is encrypted, nothing journalled."""

import asyncio
import signal

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from benchmarks.bare_saga import TASK_QUEUE, BareSaga, Nothing
from runtime.temporal import sandbox
from worker import CACHED_WORKFLOWS, STICKY


async def run() -> None:
    """Works until a signal asks to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    nothing = Nothing(client)
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[BareSaga],
        activities=[nothing.act, nothing.act_locally, nothing.ask],
        workflow_runner=sandbox(),
        max_cached_workflows=CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=STICKY,
    ):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run())

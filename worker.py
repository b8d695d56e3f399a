"""The worker: runs workflows and activities, listens to the clearing house, starts and tells orders, tells customers,
has quarantines looked through. `python worker.py`; stops on SIGINT and SIGTERM.
"""

import asyncio
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import httpx
import structlog
import uvloop
from temporalio.client import Client
from temporalio.worker import Interceptor, Worker

from activities.recorder import Recorder
from background.clearing_house_stream import ClearingHouseStream
from background.message_router import MessageRouter
from background.messages import CustomerMessages
from background.quarantine import QuarantineSchedule
from journal import UnusableJournal
from parties.clearing_house.signature import CredentialsUnusable
from runtime.activity_list import Activity, activities
from runtime.engine import open_engine
from runtime.keys import KeysUnreadable, load_or_make
from runtime.logging import configure
from runtime.relay.relay import Relay
from runtime.relay.temporal_client import TemporalClientGateway
from runtime.settings import Settings
from runtime.temporal import connect

STICKY = timedelta(seconds=2)
"""After a worker's death its workflows go to another one this much later, not the default ten seconds."""

CACHED_WORKFLOWS = 4000
"""More than are in flight: a cache that is too small replays histories and costs two and a half times the CPU."""

BUILD_ID = "relais"
"""Named, since the default is a hash over the code of every loaded module: two seconds of CPU at each start."""

HEARTBEAT_THROTTLE = timedelta(seconds=2)
"""Heartbeats reach Temporal at least this often: less than the shortest heartbeat timeout."""

GRACE = timedelta(seconds=2)
"""What runs when the worker stops has this much longer; what it leaves undone another worker repeats."""

log = structlog.get_logger(__name__)


def build(client: Client, task_queue: str, run: Sequence[Activity], interceptors: Sequence[Interceptor] = ()) -> Worker:
    """A Temporal worker for everything we do; the plugin brings workflows, converter and interceptors with the
    client.
    """
    return Worker(
        client,
        task_queue=task_queue,
        build_id=BUILD_ID,
        activities=run,
        interceptors=interceptors,
        max_cached_workflows=CACHED_WORKFLOWS,
        sticky_queue_schedule_to_start_timeout=STICKY,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=GRACE,
    )


async def run(settings: Settings, interceptors: Sequence[Interceptor] = ()) -> None:
    """Work until a signal asks to stop, also while still starting; then finish what is under way and leave."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(_work(settings, interceptors))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not working.done():
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        log.info("worker_stopped")
        return
    working.result()  # work that ends by itself is a bug: leave with its traceback, to be restarted


async def _work(settings: Settings, interceptors: Sequence[Interceptor]) -> None:
    """Until cancelled; then the worker takes nothing new and gives what runs its grace."""
    ring = load_or_make(settings.keys_folder)
    async with open_engine(settings, ring) as engine:
        journal, parties = engine.journal, engine.parties
        recorder = Recorder(journal, parties.clock)
        runnable = activities(engine, recorder)
        client = await connect(settings, ring=ring)
        relay = Relay(journal, TemporalClientGateway(client, settings.task_queue), settings.max_starts_per_second)
        router = MessageRouter(
            parties.clearing_house,
            journal,
            parties.routing,
            engine.directory,
            parties.clock,
            engine.directory.by_code(settings.home),
            engine.regime,
            relay.wake,
        )
        inbox = ClearingHouseStream(parties.clearing_house, router)
        messages = CustomerMessages(journal, parties.notifications, engine.regime.authorisation, recorder.owes_messages)
        quarantine = QuarantineSchedule(client, parties.clock, settings.home, settings.task_queue)
        async with build(client, settings.task_queue, runnable, interceptors):
            log.info("worker_ready", task_queue=settings.task_queue, home=settings.home)
            async with asyncio.TaskGroup() as group:
                group.create_task(relay.run())
                group.create_task(inbox.run())
                group.create_task(messages.run())
                group.create_task(quarantine.run())


def main() -> int:
    """Exit code 0 after a signal, 1 when it could not start."""
    settings = Settings()
    configure(settings, process="worker")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(settings))
    except (RuntimeError, KeysUnreadable, CredentialsUnusable, UnusableJournal, httpx.HTTPError) as error:
        log.error("worker_cannot_start", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The real worker, which kills itself at chosen places, once at each: `crashing_worker.py FOLDER`.

Just before and just after every activity (its effect done, its completion not yet reported), around what the inbox and
the outbox of customer messages do to the journal and to parties, and between the commands of a move in the HLR and of
an order at the SM-DP+. A file in FOLDER marks each death; which there
are is not listed anywhere, so that a new activity is covered by itself. A parent with everything imported forks the
worker anew after each death, which makes a restart a matter of a tenth of a second.
"""

import asyncio
import ctypes
import functools
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker
from journal.dossiers import Dossiers
from journal.inbox import Inbox
from journal.orders import Orders
from journal.outbox import Outbox
from parties.clearing_house.client import ClearingHouse
from parties.hlr.change import Change
from parties.notifications import Notifications
from parties.routing import Routing
from parties.smdp import Smdp
from runtime.logging import configure
from runtime.settings import Settings

PR_SET_PDEATHSIG = 1
ASYNCHRONOUS = ((ClearingHouse, "confirm"), (Notifications, "send"), (Routing, "route"), (Smdp, "confirm_order"))
SYNCHRONOUS = (
    (Inbox, "receive"),
    (Orders, "accept"),
    (Inbox, "deliver_message"),
    (Dossiers, "record_decision"),
    (Inbox, "mark_done"),
    (Inbox, "add_dead_letter"),
    (Outbox, "claim"),
    (Outbox, "mark_done"),
)
MOVE_COMMANDS = ("clear_number", "set_number", "delete")
"""Of a move in the HLR, the worker dies before each: before `set_number`, the old SIM's loss of the number has left."""


class Deaths:
    """Places where the worker dies once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def die_once(self, place: str) -> None:
        """SIGKILL to this very process, the first time that it comes by."""
        try:
            descriptor = os.open(self._folder / place, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            return
        os.write(descriptor, f"{time.time()}".encode())
        os.close(descriptor)
        os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: type, name: str) -> None:
        """Die before and after a synchronous method."""
        method: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(method)
        def mortal(*args: Any, **more: Any) -> Any:
            self.die_once(f"{owner.__name__}.{name}.before")
            result = method(*args, **more)
            self.die_once(f"{owner.__name__}.{name}.after")
            return result

        setattr(owner, name, mortal)

    def around_async(self, owner: type, name: str) -> None:
        """Die before and after an asynchronous method."""
        method: Callable[..., Awaitable[Any]] = getattr(owner, name)

        @functools.wraps(method)
        async def mortal(*args: Any, **more: Any) -> Any:
            self.die_once(f"{owner.__name__}.{name}.before")
            result = await method(*args, **more)
            self.die_once(f"{owner.__name__}.{name}.after")
            return result

        setattr(owner, name, mortal)

    def before_command(self, name: str) -> None:
        """Die before a command of a move."""
        method: Callable[..., Awaitable[Any]] = getattr(Change, name)

        @functools.wraps(method)
        async def mortal(change: Change, *args: Any) -> Any:
            if vars(change)["_call"] == "move":
                self.die_once(f"hlr_move.{name}")
            return await method(change, *args)

        setattr(Change, name, mortal)


class Mortal(Interceptor):
    """Dies around activities, regular and local."""

    def __init__(self, deaths: Deaths) -> None:
        self._deaths = deaths

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _MortalActivity(next, self._deaths)


class _MortalActivity(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, deaths: Deaths) -> None:
        super().__init__(next)
        self._deaths = deaths

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        name = activity.info().activity_type
        self._deaths.die_once(f"{name}.before")
        result = await super().execute_activity(input)
        self._deaths.die_once(f"{name}.after")
        return result


def live(folder: Path) -> int:
    """One life of the worker."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    deaths = Deaths(folder)
    for owner, name in ASYNCHRONOUS:
        deaths.around_async(owner, name)
    for owner, name in SYNCHRONOUS:
        deaths.around(owner, name)
    for name in MOVE_COMMANDS:
        deaths.before_command(name)
    settings = Settings()
    configure(settings, process="worker")
    try:
        asyncio.run(worker.run(settings, interceptors=[Mortal(deaths)]))
    except RuntimeError as error:  # Temporal is away: the parent tries again
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def main() -> int:
    """Fork lives until one ends well or a signal asks to stop."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    child = 0

    def stop(number: int, _frame: FrameType | None) -> None:
        if child:
            os.kill(child, number)
        else:
            os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(live(folder))
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) == 0:
            return 0


if __name__ == "__main__":
    sys.exit(main())

"""What `make run` does: start everything, port a number, show where to look, stay up until told to stop."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping

from pydantic import ValidationError
from rich.console import Console

from domain.directory import UnknownOperator
from runtime.engine import directory_of
from runtime.settings import Settings
from stack import demo, guide
from stack.errors import StackError
from stack.joined_world import joined
from stack.stack import Stack
from stack.world import WorldUnreachable, pace_of_a_new_world, read_pace

OK, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

REAL_TIME = 1.0


def run() -> int:
    """The exit status: 0 stopped as asked (with ONCE=1: and every check passed), 1 failed, 2 wrong settings, 130
    interrupted."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        settings = Settings()
    except ValidationError as trouble:
        for error in trouble.errors(include_input=False, include_url=False):
            console.print(f"RELAIS_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}")
        return WRONG_USAGE
    try:
        directory_of(settings).by_code(settings.home)
    except UnknownOperator:
        known = ", ".join(operator.code for operator in directory_of(settings).operators)
        console.print(f"RELAIS_HOME: no operator of the directory has this code; there are {known}")
        return WRONG_USAGE
    once = os.environ.get("ONCE", "") not in {"", "0"}
    return asyncio.run(_supervised(console, settings, once))


async def _supervised(console: Console, settings: Settings, once: bool) -> int:
    """Runs until done or told to stop; a second signal does not wait for anybody."""
    try:
        settings = await joined(settings, os.environ)
    except StackError as trouble:
        console.print(f"{trouble}", style="red", markup=False)
        return FAILED
    stack = _stack(console, settings)
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            console.print("Killing what still runs.")
            stack.supervisor.kill_all()
        else:
            console.print("\nStopping (once more to kill).")
            stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)

    work = asyncio.create_task(_session(console, stack, once))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([work, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not work.done():
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        return INTERRUPTED if once else OK
    return work.result()


async def _session(console: Console, stack: Stack, once: bool) -> int:
    try:
        async with stack:
            pace = await read_pace(stack.settings.legal_clock_url)
            if once and pace == REAL_TIME:
                console.print(
                    "ONCE=1 waits for the port to end, which takes days at pace 1. Make a faster world: "
                    "ONCE=1 RELAIS_PACE=20000 RELAIS_STATE_DIR=<a new folder> make run"
                )
                return WRONG_USAGE
            console.print(f"Legal time runs at pace {pace:g}.\n" if pace != REAL_TIME else "Legal time is real time.\n")
            shown = await demo.run(stack, console, wait=pace != REAL_TIME)
            if once:
                return OK if shown.passed else FAILED
            guide.where_to_look(stack, console, shown)
            console.print("\nEverything stays up. Ctrl-C stops it.")
            await asyncio.Event().wait()  # until it is cancelled
            return OK
    except (StackError, WorldUnreachable) as trouble:
        console.print(f"\n{trouble}", style="red", markup=False)
        return FAILED


def _stack(console: Console, settings: Settings) -> Stack:
    def report(name: str, text: str) -> None:
        console.print(f"  {name:<10} {text}", markup=False)

    env: Mapping[str, str] = pace_of_a_new_world(settings, os.environ)
    return Stack(settings, env=env, report=report)

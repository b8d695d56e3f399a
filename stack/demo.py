"""The demonstration: ports a number by the command line, as anybody would, and then proves it from outside."""

import asyncio
import contextlib
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console

from stack.proof import Check, PortToProve, of_the_order, of_the_world
from stack.stack import ROOT, Stack
from stack.witness import Subscription, Witness

DONORS = ("CIRUS", "DUNE")
"""Whose line is ported: the first one's, unless he is at home."""

CANDIDATES = 6
"""Lines to try: one may still be held by an order of an earlier session."""

PATIENCE_S = 300.0
"""How long the demonstration waits for its order (real time)."""


@dataclass
class Shown:
    """What the demonstration has to show for itself."""

    order_id: str = ""
    line: Subscription | None = None
    spare: Subscription | None = None  # a line that somebody may port next
    neighbours: dict[str, Subscription] = field(default_factory=dict)  # a line of each operator with an engine
    checks: list[Check] = field(default_factory=list)
    trouble: str = ""

    @property
    def passed(self) -> bool:
        return not self.trouble and bool(self.checks) and all(check.holds for check in self.checks)


async def run(stack: Stack, console: Console, *, wait: bool) -> Shown:
    """Ports a line of another operator to home. `wait=False`: only starts the order."""
    try:
        async with Witness(stack.simulator_url) as witness:
            shown = await _port(stack, console, witness, wait=wait)
    except httpx.HTTPError as trouble:
        shown = Shown(trouble=f"The demonstration stopped: {type(trouble).__name__} from {_asked(trouble)}.")
    for check in shown.checks:
        mark = "[green]✓[/]" if check.holds else "[red]✗[/]"
        console.print(f"  {mark} {check.says}" + (f" ({check.seen})" if check.seen else ""))
    if shown.trouble:
        console.print(shown.trouble, style="red", markup=False)
    return shown


def command_for(line: Subscription) -> list[str]:
    """The command that ports `line`, without the interpreter."""
    holder = ["--holder", line.holder_name, "--kind", line.holder_kind]
    return ["starter.py", "port-in", "--msisdn", line.msisdn, "--rio", line.rio, *holder]


async def _port(stack: Stack, console: Console, witness: Witness, *, wait: bool) -> Shown:
    since = await witness.last_effect()
    home = stack.settings.home
    donor = next(code for code in DONORS if code != home)
    lines = await witness.plain_lines(donor, CANDIDATES)
    if not lines:
        return Shown(trouble=f"{donor} has no line left to port: make a new world in another RELAIS_STATE_DIR.")
    while lines:
        line = lines.pop(0)
        console.print(f"Porting a line of {donor} to {home}:")
        order, problem = await _order(stack, console, line)
        if order is not None:
            break
        console.print(problem, style="yellow", markup=False)
    else:
        return Shown(trouble="None of the lines could be ported.")
    shown = Shown(order_id=order["order_id"], line=line, spare=lines[0] if lines else None)
    for neighbour in await witness.engines(besides=home):
        shown.neighbours[neighbour] = (await witness.plain_lines(neighbour, 1))[-1]
    if not wait:
        await _starter(stack, console, ["show", shown.order_id])
        return shown
    if not await _followed(stack, console, shown.order_id):
        shown.trouble = f"The order did not end within {PATIENCE_S:g} s."
    console.print("\nProof, from outside:")
    claim = PortToProve(msisdn=line.msisdn, donor=donor, home=home, since=since)
    shown.checks = of_the_order(await _read_order(stack, shown.order_id)) + await of_the_world(witness, claim)
    return shown


async def _order(stack: Stack, console: Console, line: Subscription) -> tuple[dict[str, Any] | None, str]:
    """The accepted order, or what was said instead."""
    command = command_for(line)
    console.print(f"$ python {shlex.join(command)}\n", style="bold", markup=False)
    process = await _spawn(stack, [*command, "--json", "--no-watch"], stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    said = output.decode("utf-8", "replace").strip()
    try:
        answer = json.loads(said)
    except ValueError:
        return None, said or f"starter.py ended with status {process.returncode} and said nothing"
    if process.returncode != 0:
        return None, str(answer.get("detail") or answer.get("title") or said)
    return answer, ""


async def _followed(stack: Stack, console: Console, order_id: str) -> bool:
    """Shows the order live until it ends. False: it did not in time."""
    return await _starter(stack, console, ["watch", order_id]) is not None


async def _starter(stack: Stack, console: Console, arguments: Sequence[str]) -> int | None:
    """Runs the command line on our own terminal; its exit status, None if it took longer than `PATIENCE_S`."""
    console.print(f"$ python starter.py {shlex.join(arguments)}\n", style="bold", markup=False)
    process = await _spawn(stack, ["starter.py", *arguments])
    try:
        return await asyncio.wait_for(process.wait(), PATIENCE_S)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it ended this very moment
                process.kill()
            await process.wait()


async def _spawn(stack: Stack, arguments: Sequence[str], stdout: int | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=stdout, env=stack.env, cwd=ROOT
    )


async def _read_order(stack: Stack, order_id: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    async with httpx.AsyncClient(base_url=stack.api_url, headers=headers, trust_env=False, timeout=30) as client:
        order: dict[str, Any] = (await client.get(f"/v1/orders/{order_id}")).raise_for_status().json()
    return order


def _asked(trouble: httpx.HTTPError) -> str:
    try:
        return str(trouble.request.url)
    except RuntimeError:  # httpx knows no request for this one
        return "an address it could not build"

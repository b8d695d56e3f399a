"""Where to look once the stack is up."""

import os
import shlex
from urllib.parse import quote

from rich.console import Console

from stack.demo import Shown, command_for
from stack.stack import Stack

SHARED_SETTINGS = ("RELAIS_API_PORT", "RELAIS_STATE_DIR")
"""What the command line has to know to find this stack, where it differs from the default."""

ALL_PORTS_IN = 'OrderKind="port_in"'
ALL_ORDERS = 'OrderKind!="quarantine_round"'
"""In a fast world the quarantine's rounds, which are no orders, would crowd them out of the list."""
NEEDS_A_HUMAN = "NeedsAttention=true"
PYTHON = ".venv/bin/python"
IN_THE_SHOP = ("--method", "in_shop", "--agent", "you")


def where_to_look(stack: Stack, console: Console, shown: Shown) -> None:
    """Prints addresses, files, and what to try next."""
    console.print()
    for what, where in _places(stack, shown):
        console.print(f"  {what:<20} {where}", markup=False)
    worker = stack.pid("worker")
    if worker is not None:
        console.print(f"\nTry: kill -9 {worker}   (the worker; it comes back, and no order is lost)")
    if shown.spare is not None:
        console.print("Port a number yourself:", markup=False)
        console.print(f"  {_prefix()}{PYTHON} {shlex.join(command_for(shown.spare))}", markup=False)
    for operator, line in shown.neighbours.items():
        console.print(f"Port a number that the engine of {operator} lets go:", markup=False)
        console.print(f"  {_prefix()}{PYTHON} {shlex.join(command_for(line))}", markup=False)
    if shown.line is not None and shown.passed:
        console.print("Give the line that was just ported an eSIM, or end its contract:", markup=False)
        for arguments in (
            ["replace-sim", "--msisdn", shown.line.msisdn, "--reason", "upgrade", "--form", "esim", *IN_THE_SHOP],
            ["terminate", shown.line.msisdn, *IN_THE_SHOP],
        ):
            console.print(f"  {_prefix()}{PYTHON} starter.py {shlex.join(arguments)}", markup=False)


def _prefix() -> str:
    given = [f"{name}={shlex.quote(os.environ[name])}" for name in SHARED_SETTINGS if os.environ.get(name)]
    return "".join(f"{pair} " for pair in given)


def _places(stack: Stack, shown: Shown) -> list[tuple[str, str]]:
    key = "RELAIS_API_KEY" if stack.settings.api_key else f"key in {stack.settings.api_key_file}"
    places: list[tuple[str, str]] = []
    if "temporal" in stack.wanted:
        workflows = f"{stack.ui_url}/namespaces/{quote(stack.namespace)}/workflows"
        if shown.order_id:
            places.append(("This order", f"{workflows}/{quote(shown.order_id)}"))
        places.append(("All orders", f"{workflows}?query={quote(ALL_ORDERS)}"))
        places.append(("All ports in", f"{workflows}?query={quote(ALL_PORTS_IN)}"))
        places.append(("Needs a human", f"{workflows}?query={quote(NEEDS_A_HUMAN)}"))
    else:
        places.append(("Temporal", f"{stack.temporal_address}, namespace {stack.namespace}"))
        places.append(("Codec for its Web UI", f"{stack.api_url}/codec"))
    places += [
        ("REST API", f"{stack.api_url}/v1/orders   (Authorization: Bearer, {key})"),
        ("OpenAPI", f"{stack.api_url}/openapi.json"),
        ("Simulator", f"{stack.simulator_url}/openapi.json"),
        ("Logs", f"{stack.log_file('*')}"),
    ]
    return places

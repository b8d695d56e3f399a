"""Port in: numbers of every donor that has a robot."""

from collections.abc import Sequence
from itertools import chain, islice, zip_longest

import httpx

from benchmarks.case import Case, TooFewLines
from benchmarks.clients import Body, over_rest
from benchmarks.shape import Step
from domain.orders import OrderKind
from stack.stack import Stack
from stack.witness import Subscription, Witness

DONORS = ("BOREA", "CIRUS", "DUNE", "EOLE")
"""Every foreign operator whose desk is a robot."""


async def bodies(stack: Stack, count: int) -> Sequence[Body]:
    """`count` requests to port a number, donors in turn.

    Raises:
        TooFewLines: says how many there are.
    """
    async with Witness(stack.simulator_url) as witness:
        by_donor = [await witness.plain_lines(donor, count) for donor in DONORS]
    turns = chain.from_iterable(zip_longest(*by_donor))
    lines = list(islice((line for line in turns if line is not None), count))
    if len(lines) < count:
        raise TooFewLines(f"the world has {len(lines)} lines to port, {count} are needed: ask for fewer")
    async with httpx.AsyncClient(trust_env=False) as http:
        clock = (await http.get(f"{stack.simulator_url}/admin/clock")).raise_for_status().json()
    return [_body(line, clock["legal"]) for line in lines]


def _body(line: Subscription, signed_at: str) -> Body:
    return {
        "msisdn": line.msisdn,
        "rio": line.rio,
        "holder": {"kind": line.holder_kind, "name": line.holder_name},
        "sim": {"form": "physical"},
        "mandate": {"signed_at": signed_at},
    }


PORT_IN = Case(
    name="port-in",
    kind=OrderKind.PORT_IN,
    workflow_type="PortIn",
    bodies=bodies,
    client=over_rest("/v1/port-ins"),
    bare=(
        Step.LOCAL,  # plan
        Step.ACTIVITY,  # reserve the SIM
        Step.ACTIVITY,  # prepare the subscription
        Step.ASK,  # the donor
        Step.UPSERT,
        Step.LOCAL,  # the inbox: the donor's answer
        Step.ANSWER,
        Step.LOCAL,  # journal: the day is agreed
        Step.UPSERT,
        Step.TIMER,  # the day
        Step.LOCAL,  # the inbox, before the day counts as come
        Step.LOCAL,  # clock
        Step.LOCAL,  # journal: cut-over begins
        Step.ACTIVITY,  # HLR
        Step.ACTIVITY,  # porting performed
        Step.BOTH,  # contract active; proof
        Step.LOCAL,  # journal: closed
        Step.UPSERT,
    ),
    most_events=63,
    least_per_second=8.0,
    least_ratio=0.6,
)

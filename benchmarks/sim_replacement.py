"""SIM replacement: our own lines move to an eSIM, asked for in the shop and fetched by the customer's phone."""

from collections.abc import Sequence

from benchmarks.case import Case, lines_of_ours
from benchmarks.clients import Body, over_rest
from benchmarks.shape import Step
from domain.orders import OrderKind
from stack.stack import Stack
from stack.witness import Subscription


async def bodies(stack: Stack, count: int) -> Sequence[Body]:
    """`count` requests for an eSIM, each for another line.

    Raises:
        TooFewLines: says how many there are.
    """
    return [_body(line) for line in await lines_of_ours(stack, count)]


def _body(line: Subscription) -> Body:
    return {
        "msisdn": line.msisdn,
        "reason": "upgrade",
        "form": "esim",
        "authentication": {"method": "in_shop", "agent": "bench"},
    }


SIM_REPLACEMENT = Case(
    name="sim-replacement",
    kind=OrderKind.SIM_REPLACEMENT,
    workflow_type="SimReplacement",
    bodies=bodies,
    client=over_rest("/v1/sim-replacements"),
    bare=(
        Step.LOCAL,  # plan
        Step.WATCH,  # the promise
        Step.LOCAL,  # journal: notice
        Step.UPSERT,
        Step.ASK,  # reserve the profile; the phone's first notice comes later all the same
        Step.ASK,  # order it
        Step.LOCAL,  # journal: it waits for the phone
        Step.UPSERT,
        Step.LOCAL,  # the inbox: installed
        Step.LOCAL,  # the inbox: enabled
        Step.ANSWER,
        Step.LOCAL,  # notice sent
        Step.LOCAL,  # line
        Step.LOCAL,  # journal: it moves
        Step.ACTIVITY,  # HLR
        Step.LOCAL,  # journal: moved
        Step.LOCAL,  # line
        Step.PAIR,  # care; old SIM retired
        Step.LOCAL,  # journal: closed
        Step.UPSERT,
    ),
    most_events=60,
    least_per_second=6.0,  # guards against getting slower; what was measured stands in docs/speed.md
    least_ratio=0.4,
)

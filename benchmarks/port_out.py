"""Port out: FJORD, played by us at the clearing house, asks for our own lines and declares them ported."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress

from benchmarks.case import Case, lines_of_ours
from benchmarks.clients import Body, OrderClient, RequestRefused
from benchmarks.figures import percentile
from benchmarks.orders import Ended, JournalLook
from benchmarks.shape import Step
from domain.authorisation import Authorisation
from domain.directory import DEFAULT_DIRECTORY, Operator
from domain.orders import OrderKind
from domain.port_in import DossierMessage, Holder, HolderKind
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.signature import Credentials
from parties.clock import ClockReader
from parties.http import make_http_client
from runtime.engine import regime_of
from runtime.parties import wire_form
from stack.stack import Stack

RECIPIENT = "FJORD"
"""Has no robot: it is for outside clients."""


async def bodies(stack: Stack, count: int) -> Sequence[Body]:
    """`count` of our own lines to be asked for.

    Raises:
        TooFewLines: says how many there are.
    """
    return [vars(line) for line in await lines_of_ours(stack, count)]


@asynccontextmanager
async def opened(stack: Stack) -> AsyncIterator[OrderClient]:
    """FJORD's desk, listening."""
    recipient = DEFAULT_DIRECTORY.by_code(RECIPIENT)
    consumer = f"relais-{RECIPIENT.lower()}"
    credentials = Credentials.load(stack.settings.state_dir / "clearing-house" / consumer)
    http = make_http_client()
    house = ClearingHouse(http, stack.simulator_url, credentials, consumer, wire_form(regime_of(stack.settings)))
    client = RecipientClient(
        house,
        ClockReader(http, stack.settings.legal_clock_url),
        recipient,
        DEFAULT_DIRECTORY.by_code(stack.settings.home),
    )
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await http.aclose()


class RecipientClient:
    """Asks for numbers, and declares each port as soon as its donor agrees: messages' dates are not held to a clock."""

    def __init__(self, house: ClearingHouse, clock: ClockReader, recipient: Operator, donor: Operator) -> None:
        self._house = house
        self._clock = clock
        self._recipient = recipient
        self._donor = donor
        self._asked: dict[str, str] = {}  # dossier → number
        self._answered: dict[str, float] = {}  # dossier → real seconds since 1970
        self._performed: dict[str, float] = {}
        self._order_of: dict[str, str] = {}

    async def submit(self, body: Body) -> None:
        dossier = f"{RECIPIENT}-{secrets.randbelow(10**12):012d}"
        self._asked[dossier] = body["msisdn"]
        await self._house.porting_request(
            dossier_id=dossier, donor=self._donor, home=self._recipient, msisdn=body["msisdn"],
            authorisation=Authorisation(value=body["rio"]),
            holder=Holder(kind=HolderKind(body["holder_kind"]), name=body["holder_name"]), note="",
            key=f"{dossier}:ask", sent_at=(await self._clock.read()).legal,
        )  # fmt: skip

    async def listen(self) -> None:
        """Until cancelled. Raises `RequestRefused` when a number is not let go."""
        async with aclosing(self._house.events()) as events:
            async for event in events:
                if event.message is not None and event.dossier_id in self._asked:
                    await self._on_message(event.message)
                await self._house.confirm(event.message_id)

    async def _on_message(self, message: DossierMessage) -> None:
        dossier = message.dossier_id
        if message.type != "portingrequestanswer":
            return
        if message.blocked or message.first_possible is None:
            raise RequestRefused(f"{self._donor.code} answered {dossier} with {message.blocking_code}: {message.note}")
        self._answered[dossier] = time.time()
        await self._house.porting_performed(
            dossier_id=dossier, donor=self._donor, home=self._recipient, msisdn=self._asked[dossier],
            actual=message.first_possible, backporting=False, key=f"{dossier}:performed",
            sent_at=(await self._clock.read()).legal,
        )  # fmt: skip
        self._performed[dossier] = time.time()

    async def orders(self, journal: JournalLook) -> set[str]:
        self._order_of = await journal.orders_of(set(self._asked))
        return set(self._order_of.values())

    def parts(self, ended: Ended) -> dict[str, float]:
        answers, ends = [], []
        for dossier, order_id in self._order_of.items():
            accepted_at, ended_at = ended.spans[order_id]
            answers.append(self._answered[dossier] - accepted_at)
            ends.append(ended_at - self._performed[dossier])
        first, last = min(self._performed.values()), max(ended_at for _, ended_at in ended.spans.values())
        return {
            "accepted → answered, p50 s": percentile(answers, 0.5),
            "accepted → answered, p95 s": percentile(answers, 0.95),
            "answered, per second": len(answers) / (max(self._answered.values()) - ended.first_accepted),
            "performed → completed, p50 s": percentile(ends, 0.5),
            "performed → completed, p95 s": percentile(ends, 0.95),
            "completed, per second": len(ends) / (last - first),
        }


PORT_OUT = Case(
    name="port-out",
    kind=OrderKind.PORT_OUT,
    workflow_type="PortOut",
    bodies=bodies,
    client=opened,
    bare=(
        Step.LOCAL,  # plan
        Step.WATCH,  # our deadline
        Step.LOCAL,  # judged
        Step.LOCAL,  # journal: the holder's notice
        Step.LOCAL,  # notice sent
        Step.LOCAL,  # first possible slot
        Step.ASK,  # answer
        Step.LOCAL,  # journal: agreed
        Step.UPSERT,
        Step.ANSWER,  # porting performed
        Step.LOCAL,  # journal: it leaves
        Step.LOCAL,  # line
        Step.LOCAL,  # what it leaves behind
        Step.ACTIVITY,  # HLR
        Step.LOCAL,  # journal: out of service
        Step.LOCAL,  # what the end costs
        Step.ACTIVITY,  # contract ended
        Step.ACTIVITY,  # last invoice
        Step.ACTIVITY,  # SIM retired
        Step.LOCAL,  # journal: closed
        Step.UPSERT,
    ),
    most_events=60,
    least_per_second=3.0,  # guards against getting slower; what was measured stands in docs/speed.md
    least_ratio=0.25,
)

"""`python -m benchmarks.port_out_flood`: FJORD asks for a thousand of our numbers within a minute, while customers of
our own port in.

A stack of its own; legal time is real. Measured on the world's effect log, from the clearing house's taking a request
to its taking our answer. Exit status: 0 all were answered, soon and in fair turn, 1 not, 2 it could not be measured.
"""

import asyncio
import secrets
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.case import TooFewLines
from benchmarks.clients import Body, RequestRefused
from benchmarks.figures import Figure, Machine, percentile
from benchmarks.load import Stalled
from benchmarks.machine import this_machine
from benchmarks.port_in import bodies as to_port_in
from benchmarks.port_out import RECIPIENT, bodies
from domain.authorisation import Authorisation
from domain.directory import DEFAULT_DIRECTORY
from domain.port_in import Holder, HolderKind
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.signature import Credentials
from parties.http import make_http_client
from runtime.engine import regime_of
from runtime.parties import wire_form
from stack.errors import StackError
from stack.stack import Stack, free_settings

RESULTS = Path(__file__).parent / "results"
MOST_S = 120.0
"""Real seconds that the last answer may take: a thousandth of what the rules leave a donor."""

LOOK_S, PAGE, TIMEOUT_S, STALLED_S = 0.5, 1000, 30.0, 300.0


class FloodFigures(Figure):
    """Real seconds. `answer_*`: from the request to our answer. `overtaken`: by so many places, at most, was an answer
    out of the turn of the requests. `port_in_*`: of orders beside the flood, from acceptance to the donor's yes.
    """

    at: datetime
    machine: Machine
    requests: int
    asked_in_s: float
    answered: int
    per_second: float
    answer_p50_s: float
    answer_p95_s: float
    answer_max_s: float
    overtaken: int
    port_ins: int
    port_in_p50_s: float
    port_in_max_s: float
    missed: list[str]


def main(
    requests: Annotated[int, typer.Option(min=2, help="numbers that are asked for")] = 1000,
    seconds: Annotated[float, typer.Option(min=1, help="real time over which they are asked for")] = 55.0,
    port_ins: Annotated[int, typer.Option(min=1, help="orders of our own customers meanwhile")] = 20,
    out: Annotated[Path, typer.Option(help="folder for the JSON")] = RESULTS,
) -> None:
    """How a donor stands a flood."""
    console = Console(highlight=False)
    try:
        with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder, Progress(console=console) as bars:
            figures = asyncio.run(measure(Path(folder), requests, seconds, port_ins, bars))
    except (StackError, TooFewLines, RequestRefused, Stalled, httpx.HTTPError) as trouble:
        console.print(f"{type(trouble).__name__}: {trouble}", style="red", markup=False)
        raise typer.Exit(2) from None
    console.print(figures.model_dump(exclude={"machine"}))
    out.mkdir(parents=True, exist_ok=True)
    (out / "port-out-flood.json").write_text(figures.model_dump_json(indent=2) + "\n", encoding="utf-8")
    raise typer.Exit(1 if figures.missed else 0)


async def measure(folder: Path, requests: int, seconds: float, port_ins: int, bars: Progress) -> FloodFigures:
    """One flood.

    Raises:
        StackError, TooFewLines, RequestRefused, Stalled, httpx.HTTPError
    """
    settings = free_settings(folder, temporal_synchronous="normal")
    async with Stack(settings, env={"RELAIS_PACE": "1"}, auto_restart=False) as stack:
        wanted, others = await bodies(stack, requests), await to_port_in(stack, port_ins)
        flood = _Flood(stack, bars)
        ours, *_ = await asyncio.gather(
            flood.port_in(others, seconds), flood.ask(wanted, seconds), flood.watch(requests)
        )
    asked = sorted(flood.asked, key=flood.asked.__getitem__)
    turns = {dossier: turn for turn, dossier in enumerate(sorted(flood.answered, key=flood.answered.__getitem__))}
    took = [flood.answered[dossier] - flood.asked[dossier] for dossier in asked]
    overtaken = max(abs(turn - turns[dossier]) for turn, dossier in enumerate(asked))
    missed = [f"More than {MOST_S:g} s for an answer: {max(took):.1f}."] if max(took) > MOST_S else []
    return FloodFigures(
        at=datetime.now(UTC),
        machine=this_machine(),
        requests=requests,
        asked_in_s=flood.asked[asked[-1]] - flood.asked[asked[0]],
        answered=len(took),
        per_second=len(took) / (max(flood.answered.values()) - flood.asked[asked[0]]),
        answer_p50_s=percentile(took, 0.5),
        answer_p95_s=percentile(took, 0.95),
        answer_max_s=max(took),
        overtaken=overtaken,
        port_ins=port_ins,
        port_in_p50_s=percentile(ours, 0.5),
        port_in_max_s=max(ours),
        missed=missed,
    )


class _Flood:
    """`asked`, `answered`: when, by dossier, in seconds of the effect log's real clock."""

    def __init__(self, stack: Stack, bars: Progress) -> None:
        self._stack = stack
        self._bars = bars
        self.asked: dict[str, float] = {}
        self.answered: dict[str, float] = {}

    async def ask(self, wanted: Sequence[Body], seconds: float) -> None:
        """One request after the other, evenly; several are on their way at once."""
        consumer = f"relais-{RECIPIENT.lower()}"
        credentials = Credentials.load(self._stack.settings.state_dir / "clearing-house" / consumer)
        began = time.monotonic()
        http = make_http_client()
        try:
            form = wire_form(regime_of(self._stack.settings))
            house = ClearingHouse(http, self._stack.simulator_url, credentials, consumer, form)
            await asyncio.gather(
                *(self._ask(house, line, began + turn * seconds / len(wanted)) for turn, line in enumerate(wanted))
            )
        finally:
            await http.aclose()

    async def _ask(self, house: ClearingHouse, line: Body, at: float) -> None:
        await asyncio.sleep(at - time.monotonic())
        dossier = f"{RECIPIENT}-{secrets.randbelow(10**12):012d}"
        await house.porting_request(
            dossier_id=dossier, donor=DEFAULT_DIRECTORY.by_code(self._stack.settings.home),
            home=DEFAULT_DIRECTORY.by_code(RECIPIENT), msisdn=line["msisdn"],
            authorisation=Authorisation(value=line["rio"]),
            holder=Holder(kind=HolderKind(line["holder_kind"]), name=line["holder_name"]), note="",
            key=f"{dossier}:ask", sent_at=datetime.now(UTC),
        )  # fmt: skip

    async def watch(self, requests: int) -> None:
        """Until all are answered. Raises `Stalled` when none was for long, `Refused` when one may not go."""
        bar, after, moved = self._bars.add_task("answered", total=requests), 0, time.monotonic()
        async with httpx.AsyncClient(base_url=self._stack.simulator_url, trust_env=False, timeout=TIMEOUT_S) as world:
            while len(self.answered) < requests:
                page = (await world.get("/admin/effects", params={"after": after, "limit": PAGE})).raise_for_status()
                after = page.json()["next"]
                for entry in page.json()["items"]:
                    self._note(entry)
                    moved = time.monotonic() if entry["effect"] == "porting_answered" else moved
                self._bars.update(bar, completed=len(self.answered))
                if time.monotonic() - moved > STALLED_S:
                    raise Stalled(f"{len(self.answered)} of {requests} requests were answered")
                await asyncio.sleep(LOOK_S)

    def _note(self, entry: dict[str, Any]) -> None:
        at, dossier = datetime.fromisoformat(entry["real_at"]).timestamp(), entry["detail"].get("dossierid", "")
        if not dossier.startswith(RECIPIENT):
            return
        if entry["effect"] == "porting_requested":
            self.asked[dossier] = at
        elif entry["effect"] == "porting_answered":
            if "blockingcode" in entry["detail"]:
                raise RequestRefused(f"{dossier} was refused with {entry['detail']['blockingcode']}")
            self.answered[dossier] = at

    async def port_in(self, others: Sequence[Body], seconds: float) -> list[float]:
        """Orders of our own customers, spread over the flood: the seconds to each donor's yes."""
        authorised = {"Authorization": f"Bearer {self._stack.api_key}"}
        began = time.monotonic()
        async with httpx.AsyncClient(
            base_url=self._stack.api_url, headers=authorised, trust_env=False, timeout=TIMEOUT_S
        ) as api:
            return await asyncio.gather(
                *(self._port_in(api, body, began + n * seconds / len(others)) for n, body in enumerate(others))
            )

    async def _port_in(self, api: httpx.AsyncClient, body: Body, at: float) -> float:
        await asyncio.sleep(at - time.monotonic())
        since = time.monotonic()
        answer = await api.post("/v1/port-ins", json=dict(body), headers={"Idempotency-Key": uuid4().hex})
        place = answer.raise_for_status().headers["Location"]
        while (await api.get(place)).raise_for_status().json()["stage"] != "waiting_for_day":
            if time.monotonic() - since > STALLED_S:
                raise Stalled("a port in does not move on beside the flood")
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - since


if __name__ == "__main__":
    typer.run(main)

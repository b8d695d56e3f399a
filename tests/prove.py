"""The long proofs, one after the other: `python -m tests.prove [NAME ...]`, all of them without names.

What CI proves once and in a fair part, they prove at full size and again and again. Each leaves its figures in
docs/proofs.md.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.support.sizes import FULL_SIZE

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "proofs.md"
SUMMARY = re.compile(r"=+ (.*(?:passed|failed|error).*) in [0-9.]+s")
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile")
EXAMPLES = ("-n", "2", "--dist", "worksteal", "--hypothesis-profile=proof", "-m", "hypothesis", "--timeout=3600")
KILLS = ("tests/chaos/test_worker_killed_everywhere.py", "tests/chaos/test_worker_killed_in_ports_out.py")


@dataclass(frozen=True)
class Proof:
    """Tests and how often they are run. `what`: what is proved, in words."""

    what: str
    tests: Sequence[str]
    rounds: int = 1


PROOFS = {
    "kills": Proof(
        "the worker dies once at every place, twice over",
        (*SIDE_BY_SIDE, *KILLS),
        rounds=2,
    ),
    "processes": Proof(
        "every process dies and every party is at fault, three times over",
        (*SIDE_BY_SIDE, "tests/chaos/test_processes_killed.py", "tests/chaos/test_parties_at_fault.py"),
        rounds=3,
    ),
    "engines": Proof("two engines in one world, a hundred numbers at once", ("-n0", "tests/e2e/test_two_engines.py")),
    "properties": Proof(
        "5,000 examples of every property",
        (*EXAMPLES, "tests/unit"),
    ),
    "races": Proof(
        "the journal's races and deaths in SQLite and PostgreSQL, ten times over",
        ("-n", "2", "tests/unit/test_journal_concurrency.py", "tests/unit/test_journal_line_races.py",
         "tests/unit/test_journal_crash.py"),
        rounds=10,
    ),
}  # fmt: skip


def run(name: str, proof: Proof) -> bool:
    """Runs a proof and writes down its result; whether it held."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *proof.tests]
    began, counted, held = time.monotonic(), "", True
    for number in range(1, proof.rounds + 1):
        print(f"== {name}, round {number} of {proof.rounds}: {proof.what}", flush=True)
        ended = subprocess.run(
            command, cwd=ROOT, env=os.environ | {FULL_SIZE: "1"}, stdout=subprocess.PIPE, text=True, check=False
        )
        sys.stdout.write(ended.stdout)
        counted = (SUMMARY.findall(f"=== {ended.stdout}") or [ended.stdout.strip().splitlines()[-1]])[-1].strip("= ")
        held = held and ended.returncode == 0
    keep(name, proof, "held" if held else "FAILED", f"{counted}, each round", time.monotonic() - began)
    return held


def keep(name: str, proof: Proof, verdict: str, figures: str, seconds: float) -> None:
    """Replaces the proof's row in the document."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    row = (
        f"| `make prove ARGS={name}` | {proof.what} | {verdict}: {figures} | {seconds:.0f} s | "
        f"{datetime.now(UTC):%Y-%m-%d} | {commit} |"
    )
    lines = [line for line in RESULTS.read_text().splitlines() if not line.startswith(f"| `make prove ARGS={name}`")]
    RESULTS.write_text("\n".join([*lines, row]) + "\n")


def main(names: Sequence[str]) -> int:
    """Exit code 0 if all held, 2 for a name that there is none of."""
    if unknown := set(names) - set(PROOFS):
        print(f"no such proof: {', '.join(sorted(unknown))}; there are {', '.join(PROOFS)}")
        return 2
    results = [run(name, PROOFS[name]) for name in names or PROOFS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

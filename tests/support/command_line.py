"""`starter.py` as a shell runs it, against a living Relais."""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from stack.stack import ROOT
from tests.support.living_relais import LivingRelais

DONE, REFUSED_OR_FAILED, WRONG_USAGE = 0, 1, 2


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def starter(relais: LivingRelais, *arguments: str) -> Said:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "starter.py",
        *arguments,
        cwd=ROOT,
        env=relais.stack.env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode())

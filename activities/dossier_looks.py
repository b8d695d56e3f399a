"""How often the registry is read after we have sent a message: only the registry shows what became of it."""

import asyncio
from collections.abc import Callable, Sequence

from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier

LOOKS = (0.05, 0.15, 0.4, 1.0, 2.0)
"""Real seconds between looks at the registry for what we have just sent; together less than one attempt may last."""


async def look_until(
    clearing_house: ClearingHouse,
    dossier_id: str,
    looks: Sequence[float],
    enough: Callable[[RegistryDossier], bool],
) -> RegistryDossier | None:
    """Look at the dossier until it says enough or the looks are used up; its last sight, None for never seen."""
    dossier = await clearing_house.dossier(dossier_id)
    for pause in looks:
        if dossier is not None and enough(dossier):
            break
        await asyncio.sleep(pause)
        dossier = await clearing_house.dossier(dossier_id)
    return dossier

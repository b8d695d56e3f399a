"""A number whose word is given, while the answer of its dossier waits for another one."""

from typing import Any

from tests.support.order_story import paris
from tests.support.out_story import OutStory


async def test_a_number_that_waits_for_others_of_its_dossier_announces_nothing_in_their_place(open_order: Any) -> None:
    out: OutStory = await open_order(OutStory, paris(3, 13, 50))
    out.world.dossier.numbers["po-2"] = "+33639980002"
    await out.start(numbers=2, accepted_at=paris(1))  # a person is warned at 14:00
    await out.line("answered together with the other numbers")
    await out.pass_time(minutes=12)
    await out.line("our answer is due soon")
    assert out.world.dossier.sent == []
    await out.withdrawn()
    assert await out.ends() == "cancelled"

"""`starter.py` against a running Relais: what it prints, and the exit status that a script goes by."""

import asyncio

import pytest

from tests.support.command_line import DONE, REFUSED_OR_FAILED, WRONG_USAGE, starter
from tests.support.living_relais import Line, LivingRelais

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]


def port_in(line: Line, *more: str) -> list[str]:
    return ["port-in", "--msisdn", line.msisdn, "--rio", line.rio, "--holder", line.name, "--kind", line.kind, *more]


async def test_a_watched_port_ends_with_0_when_it_is_done_and_with_1_when_it_is_refused(relais: LivingRelais):
    good, bad = await relais.lines(2)
    await relais.behave(bad, "refuse", "21")
    done, refused = await asyncio.gather(
        starter(relais, *port_in(good, "--watch")), starter(relais, *port_in(bad, "--watch"))
    )
    assert done.status == DONE, done.out
    assert "completed" in done.out
    assert refused.status == REFUSED_OR_FAILED, refused.out
    assert "number_inactive" in refused.out


async def test_an_order_is_found_listed_shown_and_cancelled_by_what_the_commands_print(relais: LivingRelais):
    line = await relais.line()
    for days in range(50, 54):  # Sundays and holidays are refused
        accepted = await starter(relais, *port_in(line, "--date", f"+{days}d", "--json"))
        if accepted.status == DONE:
            break
    assert accepted.status == DONE, accepted.out
    order_id = accepted.json["order_id"]
    found, listed, shown = await asyncio.gather(
        starter(relais, "find", line.msisdn, "--json"),
        starter(relais, "list", "--msisdn", line.msisdn, "--json"),
        starter(relais, "show", order_id, "--json"),
    )
    assert found.json["held_by"]["order_id"] == order_id
    assert [item["order_id"] for item in listed.json["items"]] == [order_id]
    assert shown.json["msisdn"] == line.msisdn
    await relais.until(order_id, "waiting_for_day")
    cancelled = await starter(relais, "cancel", order_id, "--reason", "changed my mind", "--json")
    assert cancelled.status == DONE, cancelled.out
    assert await relais.states([order_id]) == ["cancelled"]
    again = await starter(relais, "cancel", order_id, "--reason", "changed my mind")
    assert again.status == REFUSED_OR_FAILED, again.out


async def test_a_refused_request_ends_with_1_and_wrong_usage_with_2(relais: LivingRelais):
    line = await relais.line()
    swapped = line.rio[:-1] + ("A" if line.rio[-1] != "A" else "B")
    refused, misused = await asyncio.gather(
        starter(relais, "port-in", "--msisdn", line.msisdn, "--rio", swapped, "--holder", line.name, "--json"),
        starter(relais, "port-in", "--msisdn", line.msisdn),
    )
    assert refused.status == REFUSED_OR_FAILED, refused.out
    assert refused.json["code"] == "rio_invalid" or refused.json["errors"][0]["code"] == "rio_invalid"
    assert misused.status == WRONG_USAGE, misused.out

"""Who may take a line from whom."""

from dataclasses import replace

import pytest

from domain.orders import OrderKind
from rules.line_precedence import Claim, add, drop_waiting, make_exclusive, may_preempt, release, set_preemptible

OUT = Claim("po-1", OrderKind.PORT_OUT, since=1)
END = Claim("te-1", OrderKind.TERMINATION, since=2)
SIM = Claim("sr-1", OrderKind.SIM_REPLACEMENT, since=3)
MAY_PREEMPT = {(SIM, OUT), (SIM, END), (OUT, END)}


@pytest.mark.parametrize("claim", [OUT, END, SIM])
@pytest.mark.parametrize("holder", [OUT, END, SIM])
def test_a_preemptible_holder_is_preempted_by_some_kinds_only_and_an_exclusive_one_by_none(claim: Claim, holder: Claim):
    waiting = replace(holder, preemptible=True)
    assert may_preempt(claim, waiting) is ((claim, holder) in MAY_PREEMPT)
    assert not may_preempt(claim, holder)
    assert not may_preempt(claim, replace(waiting, exclusive=True))


def test_a_claim_that_cannot_have_the_line_waits_behind_the_holder_or_is_refused():
    assert add((), SIM, waits=False) == (SIM,)
    assert add((SIM,), OUT, waits=True) == (OUT, SIM)
    assert add((SIM,), OUT, waits=False) is None


def test_a_holder_that_becomes_preemptible_lets_the_next_one_pass_and_gets_the_line_back():
    claims = set_preemptible((OUT, END), END.order_id, True)
    assert claims == (replace(END, preemptible=True), OUT)
    assert release(claims, OUT.order_id) == claims[:1]
    assert drop_waiting(claims) == (OUT,)


def test_an_order_that_needs_the_line_alone_ends_displaces_or_is_told_no():
    assert make_exclusive((OUT, SIM), OUT) == (replace(OUT, exclusive=True),)
    assert make_exclusive((OUT, END), OUT) == (END, replace(OUT, exclusive=True))
    assert make_exclusive((OUT, replace(END, exclusive=True)), OUT) is None
    assert make_exclusive((SIM,), END) is None  # it ends only a replacement that has preempted it

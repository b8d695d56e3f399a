"""Every timeout and retry of the workflows, named once. Durations are real time, but those at the end.

A party's write is tried for an hour and then waits for a human; the interval never exceeds half a minute, so that an
order moves on soon after a fault has gone. A party that says when to come back (`Retry-After`) is obeyed through the
activity's `next_retry_delay`.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from temporalio.common import RetryPolicy

ONE_CALL = timedelta(seconds=20)
"""Longest life of one attempt at a party, its HTTP timeouts included."""

HEARTBEAT = timedelta(seconds=4)
"""Silence after which an attempt counts as dead with its worker."""

PATIENCE = timedelta(hours=1)
"""How long a step is retried before it waits for a human."""


STEADY = RetryPolicy(
    initial_interval=timedelta(seconds=0.5), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""Half a second, doubling, never more than half a minute."""


@dataclass(frozen=True)
class Policy:
    """How one kind of activity is timed and retried."""

    start_to_close: timedelta = ONE_CALL
    schedule_to_close: timedelta | None = PATIENCE
    heartbeat: timedelta | None = HEARTBEAT
    retry: RetryPolicy = field(default_factory=lambda: STEADY)


PARTY_WRITE = Policy()
"""A write to a party: idempotency key, bounded patience, then a human."""

PARTY_READ = Policy()
"""A read that its quick try could not answer."""


BRIEF = timedelta(seconds=15)
"""How long a step is tried before the order says whom it waits for."""


def briefly(policy: Policy) -> Policy:
    """The first try of a step: what it cannot do at once goes on with all its patience, after the wait has been
    shown.
    """
    return replace(policy, schedule_to_close=BRIEF)


SHORTEST = timedelta(seconds=5)
"""What a write with a deadline gets even when next to nothing is left: a party that is well answers in it."""


def within(time_left: timedelta) -> Policy:
    """A write that must succeed within this time, however often it is tried; at least `SHORTEST`."""
    return Policy(schedule_to_close=max(time_left, SHORTEST))


PIVOT = Policy(schedule_to_close=None, retry=RetryPolicy(maximum_attempts=1))
"""Porting performed: the workflow itself decides after each single attempt, because only it knows whether a byte may
have left.
"""

PIVOT_UNTIL_KNOWN = Policy(
    schedule_to_close=None,
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=20)
    ),
)
"""Asking again what became of porting performed: for as long as it takes, since nothing is undone meanwhile."""

UNTIL_ANSWERED = Policy(
    schedule_to_close=None,
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
    ),
)
"""What is never given up on, retried without history events for as long as it takes: a missing acknowledgement, the
journal, the legal clock, a step that can only go forward.
"""

QUICK_READ = Policy(
    start_to_close=timedelta(seconds=4),
    schedule_to_close=timedelta(seconds=6),
    heartbeat=None,
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=2),
)
"""A read or plan as a local activity; what it cannot answer goes on as a regular one."""

QUICK_LOOK = Policy(
    start_to_close=timedelta(seconds=4),
    schedule_to_close=timedelta(seconds=4),
    heartbeat=None,
    retry=RetryPolicy(maximum_attempts=1),
)
"""One look for the last acknowledgements, as a local activity; who is not there by then is followed by a regular
one.
"""

JOURNAL = Policy(
    start_to_close=timedelta(seconds=20),
    schedule_to_close=timedelta(seconds=20),
    heartbeat=None,
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=5), maximum_attempts=6
    ),
)
"""The journal is ours and never given up on; without it nothing may go on. Bounded as a local activity, because that
one's waiting costs history; what it cannot write goes on as a regular one.
"""

CLOCK = Policy(
    start_to_close=timedelta(seconds=4),
    schedule_to_close=timedelta(seconds=8),
    heartbeat=None,
    retry=RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_attempts=2),
)
"""The legal clock: while it cannot be read, nothing legal fires. Bounded as the journal is."""

HLR_AHEAD_OF_REFERENCE = timedelta(minutes=10)
"""How long the number may be on the new SIM while the clearing house cannot be reached at all; leaves 5 of the 15
minutes for the undo.
"""

PIVOT_PAUSE_FIRST = timedelta(seconds=1)
PIVOT_PAUSE_LONGEST = timedelta(seconds=20)
"""Pauses between asking again at the point of no return."""

ACKNOWLEDGEMENT_PATIENCE = timedelta(seconds=60)
"""After this much silence an operator that has not acknowledged a port is shown to the desk."""

STOCK_LOOK = timedelta(minutes=10)
STOCK_LOOK_LONGEST = timedelta(hours=4)
"""Pause before an empty stock, which nobody says will be filled up, is asked again; it doubles."""

MOVE = Policy(
    retry=RetryPolicy(
        initial_interval=timedelta(seconds=0.2), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=2)
    )
)
"""The number's move to another SIM: between its two commands nobody has the number, so it is tried again at once."""

NUMBER_LOOKS = 4
NUMBER_PAUSE = timedelta(seconds=3)
"""A number that no SIM carries may just be between two: looks at it, and the pause between them."""

QUARANTINE_PAGE = Policy(start_to_close=timedelta(minutes=5), schedule_to_close=timedelta(hours=1))
"""A page of numbers whose quarantine is over; it heartbeats."""

LINE_NEWS = timedelta(seconds=30)
LINE_NEWS_LONGEST = timedelta(minutes=10)
"""An order that does not get its line hears why from the journal's outbox; after this long it tries again, and then at
doubling intervals.
"""

NOTICE_MOMENT = Policy(
    start_to_close=timedelta(seconds=2),
    schedule_to_close=timedelta(seconds=3),
    heartbeat=None,
    retry=RetryPolicy(
        initial_interval=timedelta(milliseconds=50), backoff_coefficient=1.5, maximum_interval=timedelta(seconds=0.5)
    ),
)
"""What a notice gets to be on its way before the step that it announces; a step that must not wait for it goes on."""

ROUNDING = timedelta(milliseconds=1)
"""Slept beyond a legal instant, and again when a reading still says "not yet": rounding must neither spin nor cost a
second look.
"""

# Legal time, where the national rules say nothing.

PHONE_PATIENCE = timedelta(days=7)
"""How long a profile of a port in waits for the customer's phone."""

SHIPMENT_LOOK = timedelta(days=1)
"""Pause between looks at a shipment of which nothing is heard."""

AGREEMENT_LOOK = timedelta(hours=1)
"""Pause before a dossier is looked at again that the registry still shows as agreed when its time is over."""

CONFIRMATION_BEFORE_EFFECT = timedelta(days=1)
"""Between the confirmation of a termination and its effect, even where our own systems were away until after the last
day: nothing happens to a line that its holder was not told of before, with time to withdraw. The money is counted up to
the last day all the same.
"""

SETTLEMENT_LOOK = timedelta(days=1)
"""Pause between looks at what billing shows."""

# Counts.

MOST_PROFILES = 3
"""So many eSIM profiles of a port in are tried before a person is asked."""

SETTLEMENT_LOOKS_OF_A_RUN = 100
"""Looks after which a settlement's history begins anew."""

QUARANTINE_PAGES_OF_A_RUN = 200
"""Pages after which a quarantine round's history begins anew."""

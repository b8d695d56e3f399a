"""One round of the quarantine: the numbers that are due go back to the home pool or to their range holder.

The journal carries the quarantine, row by row; a schedule starts a round every so often. What is late only makes a
number free later: its rights are instants in the journal, not moments at which a round ran.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.quarantine import QuarantineActivities, ReleaseDue
    from domain.model import Model
    from workflows.order import policies
    from workflows.order.run_activity import start


class QuarantineRoundInput(Model):
    """`after` and the counts are taken along when the history begins anew."""

    home: str
    after: int = 0
    pooled: int = 0
    returned: int = 0
    ported: int = 0
    held: int = 0
    failed: int = 0


class QuarantineRoundResult(Model):
    """What became of the numbers that were due."""

    pooled: int = 0
    returned: int = 0
    ported: int = 0
    held: int = 0
    failed: int = 0


@workflow.defn(name="QuarantineRound")
class QuarantineRound:
    """Page by page, in the order of the rows."""

    @workflow.run
    async def run(self, request: QuarantineRoundInput) -> QuarantineRoundResult:
        done, page = request, 0
        while page < policies.QUARANTINE_PAGES_OF_A_RUN:
            page += 1
            released = await start(
                QuarantineActivities.release_due,
                ReleaseDue(after=done.after),
                policies.QUARANTINE_PAGE,
                activity_id=f"page-{page}",
                summary="numbers whose quarantine is over",
            )
            done = done.model_copy(
                update={
                    "after": released.next or 0,
                    "pooled": done.pooled + released.pooled,
                    "returned": done.returned + released.returned,
                    "ported": done.ported + released.ported,
                    "held": done.held + released.held,
                    "failed": done.failed + released.failed,
                }
            )
            if released.next is None:
                return QuarantineRoundResult(**done.model_dump(exclude={"home", "after"}))
        return workflow.continue_as_new(done)

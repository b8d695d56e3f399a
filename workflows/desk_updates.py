"""What a person at the desk may send to any order: a decision, a remark; and what he may ask: where it stands."""

from temporalio import workflow

from domain.orders import OrderStatus
from domain.updates import NoteRequest, Recorded, ResolveAction, ResolveRequest, ReviewRequest
from workflows import descriptions
from workflows.asking import refusal_of_update
from workflows.desk import Desk


class DeskUpdates:
    """Base of the workflows that have a desk."""

    desk: Desk

    @workflow.update(description=descriptions.RESOLVE)
    async def resolve(self, request: ResolveRequest) -> Recorded:
        await self._decide(request)
        return self.recorded(f"recorded: {request.action}")

    @resolve.validator
    def check_resolve(self, request: ResolveRequest) -> None:
        self.desk.check_decision(request)

    @workflow.update(description=descriptions.NOTE)
    async def note(self, request: NoteRequest) -> Recorded:
        await self.desk.remark("note", by=request.by, reason=request.text)
        return self.recorded("noted")

    @note.validator
    def check_note(self, request: NoteRequest) -> None:
        if not request.by.strip() or not request.text.strip():
            raise refusal_of_update("by and text must say who notes what")

    @workflow.query(description=descriptions.STATUS)
    def status(self) -> OrderStatus:
        return self.desk.status

    async def _decide(self, decision: ResolveRequest) -> None:
        asked = self.desk.questions
        await self.desk.in_history(decision.action)
        if self.desk.questions != asked:
            raise refusal_of_update("already resolved, and something else is asked now: look at it first")
        self.desk.check_decision(decision)  # somebody else may have been faster
        self.desk.decide(decision)

    def recorded(self, message: str) -> Recorded:
        """The answer of an update: the state now, and what happens next."""
        return Recorded(state=self.desk.status.state.value, message=message)


class ReviewUpdates(DeskUpdates):
    """Of the workflows in which a person may have to look at an order first."""

    @workflow.update(description=descriptions.RELEASE)
    async def release(self, request: ReviewRequest) -> Recorded:
        await self._decide(_as_decision(request, ResolveAction.RELEASE))
        return self.recorded("released: the order goes on")

    @release.validator
    def check_release(self, request: ReviewRequest) -> None:
        self.desk.check_decision(_as_decision(request, ResolveAction.RELEASE))

    @workflow.update(description=descriptions.REFUSE)
    async def refuse(self, request: ReviewRequest) -> Recorded:
        await self._decide(_as_decision(request, ResolveAction.REFUSE))
        return self.recorded("refused: everything is given back")

    @refuse.validator
    def check_refuse(self, request: ReviewRequest) -> None:
        self.desk.check_decision(_as_decision(request, ResolveAction.REFUSE))


def _as_decision(request: ReviewRequest, action: ResolveAction) -> ResolveRequest:
    return ResolveRequest(by=request.by, reason=request.reason, action=action.value)

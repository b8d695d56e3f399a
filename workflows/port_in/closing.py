"""After the point of no return, only forward: contract active, acknowledgements followed, service proved from outside,
order closed.
"""

import asyncio
from functools import partial

from temporalio import workflow

from activities.care import ActivateContract, Activated, CareActivities
from activities.compensation import AssessCompensation, CompensationActivities
from activities.evidence import Evidence, EvidenceActivities, Look
from domain.orders import OrderState, WaitingFor
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from workflows.order import policies
from workflows.order.run_activity import CallFailed
from workflows.order.transition import Transition
from workflows.port_in.state import PortInState


class Closing:
    """What remains once the number is ours. Nothing here is ever undone; what fails is tried again or shown to a
    person.
    """

    def __init__(self, port: PortInState) -> None:
        self._port = port

    async def run(self) -> dict[str, object]:
        """Everything up to the proof; returns the order's outcome."""
        contract, evidence = await asyncio.gather(self._activate(), self._look())
        if evidence is None or evidence.missing or not evidence.acknowledged:
            evidence = await self._await_acknowledgements(evidence)
        evidence = await self._prove(evidence)
        return {
            "served_by": evidence.reference,
            "contract_id": contract.contract_id,
            "proof": {
                "reference_database": evidence.reference,
                "hlr_on_new_sim": evidence.on_our_sim,
                "acknowledged": {name: at.isoformat() for name, at in sorted(evidence.acknowledged.items())},
            },
            **await self._compensation(),
        }

    async def _activate(self) -> Activated:
        """The contract is active from the cut-over on, and with it whatever the customer needs to leave again."""
        port = self._port
        return await port.calls.write_until_granted(
            CareActivities.activate_contract,
            lambda key: ActivateContract(order_id=port.order.order_id, effective_at=port.plan.slot_start, key=key),
            key=partial(port.key, "activate"),
            name="activate-contract",
            refused="customer care refused to activate the contract",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _look(self) -> Evidence | None:
        try:
            return await self._port.calls.attempt(EvidenceActivities.look, self._what(), policies.QUICK_LOOK)
        except CallFailed:
            return None

    async def _await_acknowledgements(self, evidence: Evidence | None) -> Evidence:
        """Some operator has not acknowledged: the port is done and the line is let go of; the missing acknowledgement
        is waited for.
        """
        log = self._port.log
        missing = ", ".join(evidence.missing) if evidence else "some operators"
        waiting_for = WaitingFor(party=missing or "other operators", what="acknowledgement of the new routing")
        await log.record(
            Transition(
                code=TimelineCode.ACKNOWLEDGEMENT_MISSING,
                what=f"not acknowledged yet by {missing}",
                stage=PortInStage.BROADCASTING,
                state=OrderState.PENDING,
                waiting_for=waiting_for,
                release_line=True,
            )
        )
        handle = self._port.calls.start(
            EvidenceActivities.await_acknowledgements,
            self._what(),
            policies.UNTIL_ANSWERED,
            name="await-acknowledgements",
            summary="the last operators acknowledge",
        )
        try:
            await workflow.wait_condition(
                handle.done, timeout=policies.ACKNOWLEDGEMENT_PATIENCE, timeout_summary="before the desk is shown it"
            )
        except TimeoutError:
            await log.record(
                Transition(
                    code=TimelineCode.ACKNOWLEDGEMENT_MISSING,
                    what=f"acknowledgement missing: {missing} still routes calls the old way",
                    waiting_for=waiting_for,
                    attention=f"Call the desk of {missing}: it has not acknowledged the port. Nothing to send, "
                    "the order goes on by itself.",
                )
            )
        return await handle

    async def _prove(self, evidence: Evidence) -> Evidence:
        """The reference database and the HLR both say that home serves the number; if not, a person looks at it."""
        port = self._port
        while evidence.reference != port.order.home or not evidence.on_our_sim:
            await port.human.ask(
                f"no proof of service: the reference database names {evidence.reference or 'nobody'}, "
                f"the HLR {'carries' if evidence.on_our_sim else 'does not carry'} the number on the new SIM",
                actions=(ResolveAction.RETRY,),
            )
            evidence = await port.calls.read(
                EvidenceActivities.look, self._what(), name="prove-again", forward_only=True
            )
        return evidence

    async def _compensation(self) -> dict[str, object]:
        """What a late port owes the customer; nothing is asked where nothing can be owed."""
        plan = self._port.plan
        if plan.chosen_day <= plan.latest_day:
            return {}
        owed = await self._port.calls.write(
            CompensationActivities.assess,
            AssessCompensation(plan=plan, msisdn=self._port.order.msisdn),
            name="assess-compensation",
            forward_only=True,
        )
        return {"compensation": owed.model_dump(mode="json")}

    def _what(self) -> Look:
        port = self._port
        return Look(dossier_id=port.dossier_id, msisdn=port.order.msisdn, imsi=port.sim.imsi)

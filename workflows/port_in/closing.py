"""After the point of no return, only forward: contract active, acknowledgements followed, service proved from
outside, order closed.
"""

import asyncio

from temporalio import workflow

from activities.care import ActivateContract, Activated, CareActivities
from activities.compensation import AssessCompensation, CompensationActivities
from activities.evidence import Evidence, EvidenceActivities, Look
from domain.orders import OrderState, WaitingFor
from domain.updates import ResolveAction
from workflows import calls, policies
from workflows.calls import LocalCallFailed, call_locally
from workflows.granting import until_granted
from workflows.port_in.port import Port


class Closing:
    """What remains once the number is ours. Nothing here is ever undone; what fails is tried again or shown to a
    person.
    """

    def __init__(self, port: Port) -> None:
        self._port = port

    async def run(self) -> dict[str, object]:
        """Everything up to the proof; returns the order's outcome."""
        contract, evidence = await asyncio.gather(self._activate(), self._look())
        if evidence is None or evidence.missing or not evidence.acknowledged:
            evidence = await self._follow_laggards(evidence)
        evidence = await self._proved(evidence)
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
        return await until_granted(
            port,
            CareActivities.activate_contract,
            lambda key: ActivateContract(order_id=port.order.order_id, effective_at=port.plan.slot_start, key=key),
            key="activate",
            name="activate-contract",
            party="care",
            refused="customer care refused to activate the contract",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _look(self) -> Evidence | None:
        try:
            return await call_locally(EvidenceActivities.look, self._what(), policies.QUICK_LOOK)
        except LocalCallFailed:
            return None

    async def _follow_laggards(self, evidence: Evidence | None) -> Evidence:
        """Some operator has not acknowledged: the port is done, the line is let go of, and the laggard is followed
        until it has.
        """
        port = self._port
        missing = ", ".join(evidence.missing) if evidence else "some operators"
        waiting_for = WaitingFor(party=missing or "other operators", what="acknowledgement of the new routing")
        await port.desk.tell(
            "broadcasting",
            OrderState.PENDING,
            what=f"not acknowledged yet by {missing}",
            waiting_for=waiting_for,
            release_line=True,
        )
        handle = calls.start(
            EvidenceActivities.await_acknowledgements,
            self._what(),
            policies.UNTIL_ANSWERED,
            activity_id="await-acknowledgements",
            summary="clearing house: the last operators acknowledge",
        )
        try:
            await workflow.wait_condition(
                handle.done, timeout=policies.LAGGARD, timeout_summary="patience with laggards"
            )
        except TimeoutError:
            await port.desk.tell(
                what=f"laggard: {missing} routes calls the old way",
                waiting_for=waiting_for,
                needs_attention=True,
                attention=f"Call the desk of {missing}: it has not acknowledged the port. Nothing to send, "
                "the order goes on by itself.",
            )
        return await handle

    async def _proved(self, evidence: Evidence) -> Evidence:
        """The reference database and the HLR both say that home serves the number; if not, a person looks at it."""
        port = self._port
        while evidence.reference != port.order.home or not evidence.on_our_sim:
            await port.desk.ask_human(
                f"no proof of service: the reference database names {evidence.reference or 'nobody'}, "
                f"the HLR {'carries' if evidence.on_our_sim else 'does not carry'} the number on the new SIM",
                actions=(ResolveAction.RETRY,),
            )
            evidence = await port.desk.consult(
                EvidenceActivities.look, self._what(), name="prove-again", party="registry and HLR", forward_only=True
            )
        return evidence

    async def _compensation(self) -> dict[str, object]:
        """What a late port owes the customer; nothing is asked where nothing can be owed."""
        port = self._port
        if port.plan.chosen_day <= port.plan.latest_day:
            return {}
        owed = await port.desk.step(
            CompensationActivities.assess,
            AssessCompensation(plan=port.plan, msisdn=port.order.msisdn),
            name="assess-compensation",
            party="rules",
            forward_only=True,
        )
        return {"compensation": owed.model_dump(mode="json")}

    def _what(self) -> Look:
        port = self._port
        return Look(dossier_id=port.dossier_id, msisdn=port.order.msisdn, imsi=port.sim.imsi)

"""The clearing house as a port in's fake activities speak to it: dossiers, the reference database, acknowledgements."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.clearing_house import AskDonor, Asked, CancelDossier, Declared, DeclarePerformed, DossierCancelled
from activities.conversion import UNAVAILABLE
from activities.evidence import Evidence, Look
from parties.clearing_house.registry import RegistryNumber
from tests.support.port_world import Dossier, PortWorld, down

OPERATORS = ("BOREA", "CIRUS", "DUNE")


def dossier_of(attempt: int) -> str:
    """The dossier of the order's asking number `attempt`, from 1."""
    return f"ALIZE-10000{attempt}"


class FakeRegistry:
    """The reads that planning needs."""

    def __init__(self, world: PortWorld) -> None:
        self._world = world

    async def number(self, msisdn: str) -> RegistryNumber | None:
        """Who serves the number; nobody knows it when the world's reference is None."""

        async def do() -> RegistryNumber | None:
            if self._world.reference is None:
                return None
            return RegistryNumber(
                number=f"0{msisdn[3:]}",
                operator=self._world.reference,
                range_holder=self._world.range_holder,
                networkoperator=self._world.reference,
            )

        return await self._world.act("registry_number", msisdn, do)


class FakeClearingHouse:
    """What the clearing house is sent and asked."""

    def __init__(self, world: PortWorld, home: str) -> None:
        self._world = world
        self._home = home

    @activity.defn(name="clearing_house_ask_donor")
    async def ask_donor(self, request: AskDonor) -> Asked:
        async def do() -> Asked:
            dossier_id = dossier_of(request.attempt)
            if self._world.effect("donor_asked", f"{request.order_id}:ask:{request.attempt}"):
                self._world.dossiers[dossier_id] = Dossier()
            await self._world.recorder.record(request.entry)
            return Asked(dossier_id=dossier_id, recorded=True)

        return await self._world.act("clearing_house_ask_donor", request, do)

    @activity.defn(name="clearing_house_declare_performed")
    async def declare(self, request: DeclarePerformed) -> Declared:
        declared = await self._world.act("clearing_house_declare_performed", request, lambda: self._declared(request))
        if declared.status != "performed":
            return declared
        await self._world.recorder.record(request.entry)
        return declared.model_copy(update={"recorded": True})

    @activity.defn(name="clearing_house_keep_declaring")
    async def keep_declaring(self, request: DeclarePerformed) -> Declared:
        declared = await self.declare(request)
        if declared.status in ("unknown", "not_connected"):
            raise down("the clearing house")
        return declared

    async def _declared(self, request: DeclarePerformed) -> Declared:
        world = self._world
        dossier = world.dossiers[request.dossier_id]
        if dossier.status in ("performed", "cancelled"):
            return Declared(status="performed" if dossier.status == "performed" else "cancelled")
        if world.performed_refusals:
            dossier.errors.append(world.performed_refusals.popleft())
            code, text = dossier.errors[-1]
            return Declared(
                status="error_found",
                error_code=code,
                error_text=text,
                errors_seen=len(dossier.errors),
                first_possible=dossier.first_possible,
            )
        if world.effect("performed", request.key):
            dossier.status, world.reference = "performed", self._home
        return Declared(status="performed", errors_seen=len(dossier.errors))

    @activity.defn(name="clearing_house_cancel_dossier")
    async def cancel_dossier(self, request: CancelDossier) -> DossierCancelled:
        async def do() -> DossierCancelled:
            dossier = self._world.dossiers.get(dossier_of(request.attempt))
            if dossier is None or dossier.status == "refused":
                return DossierCancelled(status="nothing")
            if dossier.status == "performed":
                return DossierCancelled(status="performed")
            dossier.status = "cancelled"
            self._world.effect("dossier_cancelled", request.key)
            return DossierCancelled(status="cancelled")

        return await self._world.act("clearing_house_cancel_dossier", request, do)

    @activity.defn(name="evidence_look")
    async def look(self, request: Look) -> Evidence:
        return await self._world.act("evidence_look", request, lambda: self._evidence(request))

    @activity.defn(name="evidence_await_acknowledgements")
    async def await_acknowledgements(self, request: Look) -> Evidence:
        evidence = await self._world.act("evidence_await_acknowledgements", request, lambda: self._evidence(request))
        if evidence.missing:
            raise ApplicationError("not acknowledged yet", type=UNAVAILABLE)
        return evidence

    async def _evidence(self, request: Look) -> Evidence:
        now = await self._world.clock.now()
        return Evidence(
            acknowledged={name: now for name in OPERATORS if name not in self._world.unacknowledged},
            missing=list(self._world.unacknowledged),
            reference=self._world.reference or "",
            on_our_sim=self._world.hlr.get(request.imsi) == request.msisdn,
        )

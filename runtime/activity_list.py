"""The activities that a worker runs."""

from collections.abc import Callable
from typing import Any

from activities.billing import BillingActivities
from activities.care import CareActivities
from activities.clearing_house import ClearingHouseActivities
from activities.clock import ClockActivities
from activities.compensation import CompensationActivities
from activities.contract_ends import ContractEndActivities
from activities.equipment import EquipmentActivities
from activities.evidence import EvidenceActivities
from activities.hlr import HlrActivities
from activities.identity import IdentityActivities
from activities.journal import JournalActivities
from activities.logistics import LogisticsActivities
from activities.notifications import NotificationActivities
from activities.number_return import NumberKeeper
from activities.our_systems import OurSystems
from activities.port_in_plans import PortInPlanActivities
from activities.port_out import PortOutActivities
from activities.port_out_answer import PortOutAnswerActivities
from activities.port_out_end import PortOutEndActivities
from activities.quarantine import QuarantineActivities
from activities.recorder import Recorder
from activities.sim_plans import SimPlanActivities
from activities.smdp import SmdpActivities
from runtime.engine import Engine

Activity = Callable[..., Any]


def activities(engine: Engine, recorder: Recorder) -> list[Activity]:
    """All of them. Raises `CredentialsUnusable`: the clearing house's credentials are missing or damaged."""
    journal, directory, regime, parties = engine.journal, engine.directory, engine.regime, engine.parties
    home, clock, clearing_house = engine.settings.home, parties.clock, parties.clearing_house
    systems = OurSystems(parties.care, parties.billing, parties.hlr, clearing_house, journal)
    keeper = NumberKeeper(journal, clearing_house, parties.care, directory, home, recorder)
    classes: list[object] = [
        JournalActivities(recorder, journal),
        ClockActivities(clock),
        PortInPlanActivities(clock, clearing_house, regime, recorder),
        SimPlanActivities(clock, parties.care, parties.hlr, parties.equipment, journal, regime, recorder),
        ContractEndActivities(clock, systems, regime, recorder),
        PortOutActivities(clock, systems, regime, recorder),
        PortOutAnswerActivities(clock, clearing_house, journal, directory, home),
        PortOutEndActivities(systems, regime),
        BillingActivities(parties.billing, clock),
        QuarantineActivities(clock, journal, keeper),
        IdentityActivities(journal, recorder),
        LogisticsActivities(parties.logistics),
        SmdpActivities(parties.smdp, journal),
        EquipmentActivities(parties.equipment),
        CareActivities(parties.care),
        ClearingHouseActivities(clearing_house, journal, directory, home, clock, recorder),
        HlrActivities(parties.hlr),
        EvidenceActivities(clearing_house, parties.hlr),
        NotificationActivities(parties.notifications, directory),
        CompensationActivities(parties.care, regime),
    ]
    return [method for instance in classes for method in activities_of(instance)]


def activities_of(instance: object) -> list[Activity]:
    """The activity methods of one of the activity classes."""
    methods = (getattr(instance, name) for name in dir(type(instance)) if not name.startswith("_"))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]

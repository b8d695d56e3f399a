"""Everything the worker needs, built once from the settings and handed down; nothing reaches for a global."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from activities.billing import BillingActivities
from activities.care import CareActivities
from activities.clearing_house import ClearingHouseActivities
from activities.clock import ClockActivities
from activities.compensation import CompensationActivities
from activities.equipment import EquipmentActivities
from activities.evidence import EvidenceActivities
from activities.giving_back import NumberKeeper
from activities.hlr import HlrActivities
from activities.identity import IdentityActivities
from activities.journal import JournalActivities
from activities.leaving import LeavingActivities
from activities.logistics import LogisticsActivities
from activities.notifications import NotificationActivities
from activities.our_systems import OurSystems
from activities.planning import PlanningActivities
from activities.port_out import PortOutActivities
from activities.port_out_answer import PortOutAnswerActivities
from activities.port_out_end import PortOutEndActivities
from activities.quarantine import QuarantineActivities
from activities.recorder import Recorder
from activities.sim_planning import SimPlanningActivities
from activities.smdp import SmdpActivities
from domain.directory import DEFAULT_DIRECTORY, Directory
from journal import FieldCipher, Journal, LineIndex
from parties.billing import Billing
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.local_time import WireForm
from parties.clearing_house.signing import Credentials
from parties.clock import ClockReader
from parties.equipment import Equipment
from parties.hlr import Hlr
from parties.http import make_http_client
from parties.logistics import Logistics
from parties.notifications import Notifications
from parties.routing import Routing
from parties.smdp import Smdp
from rules.regime import Regime
from rules.regimes import REGIMES, Figures
from runtime.keys import KeyRing
from runtime.settings import Settings


def open_journal(settings: Settings, ring: KeyRing) -> Journal:
    """The installation's journal; created on first use."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    return Journal.open(
        settings.journal_dsn,
        FieldCipher(ring),
        LineIndex(ring.index_key),
        synchronous=settings.temporal_synchronous,
    )


def directory_of(settings: Settings) -> Directory:
    """The market's operators."""
    return Directory.load(settings.directory_file) if settings.directory_file else DEFAULT_DIRECTORY


class UnknownRegime(RuntimeError):
    """RELAIS_REGIME names no country's rules."""


def regime_of(settings: Settings) -> Regime:
    """The national rules, with the operator's own figures."""
    if settings.regime not in REGIMES:
        raise UnknownRegime(f"RELAIS_REGIME is {settings.regime!r}; there is: {', '.join(REGIMES)}")
    figures = Figures(
        sims=settings.sim_rules_file,
        leaving=settings.leaving_rules_file,
        port_out=settings.port_out_rules_file,
        after_silence=settings.donor_silence,
    )
    return REGIMES[settings.regime](figures)


def wire_form(regime: Regime) -> WireForm:
    """How the country's clearing house writes."""
    return WireForm(regime.numbers.national, ZoneInfo(regime.zone))


def home_hlr_port(settings: Settings, directory: Directory) -> int:
    """Where the home operator's HLR listens: at the setting itself, or, in a simulated world, where the setting is the
    first network's, as many ports after it as networks of the directory come before home's. Writing to the HLR next
    door would put the number on a SIM of another operator.
    """
    if not settings.world_url:
        return settings.hlr_port
    network = directory.by_code(settings.home).network_operator
    return settings.hlr_port + [each.code for each in directory.networks].index(network)


@dataclass(frozen=True)
class Engine:
    """The clients of all parties, the journal, and the activities made of them."""

    settings: Settings
    http: httpx.AsyncClient
    journal: Journal
    directory: Directory
    regime: Regime
    clock: ClockReader
    clearing_house: ClearingHouse
    notifications: Notifications
    routing: Routing
    recorder: Recorder
    activities: list[Callable[..., Any]]


@asynccontextmanager
async def engine(settings: Settings, ring: KeyRing) -> AsyncIterator[Engine]:
    """The engine of one process; closes what it opened.

    Raises:
        CredentialsUnusable: the clearing house's credentials are missing or damaged.
    """
    async with AsyncExitStack() as closing:

        async def pool() -> httpx.AsyncClient:
            """Connections of one party: another one that hangs cannot use them up, and fewer are looked through."""
            return await closing.enter_async_context(make_http_client())

        journal = open_journal(settings, ring)
        closing.callback(journal.close)
        http = await pool()
        directory, regime = directory_of(settings), regime_of(settings)
        home = settings.home_systems_base
        clock = ClockReader(http, settings.legal_clock_url)
        clearing_house = ClearingHouse(
            await pool(),
            settings.clearing_house_base,
            Credentials.load(settings.credentials_dir),
            settings.consumer,
            wire_form(regime),
        )
        hlr = Hlr(settings.hlr_host, home_hlr_port(settings, directory))
        closing.push_async_callback(hlr.aclose)
        care_http = await pool()
        care, billing = Care(care_http, home), Billing(care_http, home)
        systems = OurSystems(care, billing, hlr, clearing_house, journal)
        notifications = Notifications(await pool(), home)
        equipment = Equipment(await pool(), home)
        recorder = Recorder(journal, clock)
        classes: list[object] = [
            JournalActivities(recorder, journal),
            ClockActivities(clock),
            PlanningActivities(clock, clearing_house, regime, recorder),
            SimPlanningActivities(clock, care, hlr, equipment, journal, regime, recorder),
            LeavingActivities(clock, systems, regime, recorder),
            PortOutActivities(clock, systems, regime, recorder),
            PortOutAnswerActivities(clock, clearing_house, journal, directory, settings.home),
            PortOutEndActivities(systems, regime),
            BillingActivities(billing, clock),
            QuarantineActivities(
                clock,
                journal,
                NumberKeeper(journal, clearing_house, care, directory, settings.home, recorder),
            ),
            IdentityActivities(journal, recorder),
            LogisticsActivities(Logistics(await pool(), home)),
            SmdpActivities(Smdp(await pool(), home), journal),
            EquipmentActivities(equipment),
            CareActivities(care),
            ClearingHouseActivities(clearing_house, journal, directory, settings.home, clock, recorder),
            HlrActivities(hlr),
            EvidenceActivities(clearing_house, hlr),
            NotificationActivities(notifications, directory),
            CompensationActivities(care, regime),
        ]
        yield Engine(
            settings=settings,
            http=http,
            journal=journal,
            directory=directory,
            regime=regime,
            clock=clock,
            clearing_house=clearing_house,
            notifications=notifications,
            routing=Routing(await pool(), home, settings.home),
            recorder=recorder,
            activities=[method for instance in classes for method in activities_of(instance)],
        )


def activities_of(instance: object) -> list[Callable[..., Any]]:
    """The activity methods of one of the activity classes."""
    methods = (getattr(instance, name) for name in dir(type(instance)) if not name.startswith("_"))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]

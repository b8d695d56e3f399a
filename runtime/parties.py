"""Every party that we speak to, built once from the settings and handed down."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from domain.directory import Directory
from parties.billing import Billing
from parties.callbacks import Callbacks
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.local_time import WireForm
from parties.clearing_house.signature import Credentials
from parties.clock import ClockReader
from parties.equipment import Equipment
from parties.hlr import Hlr
from parties.http import make_http_client
from parties.logistics import Logistics
from parties.notifications import Notifications
from parties.routing import Routing
from parties.smdp import Smdp
from rules.regime import Regime
from runtime.settings import Settings


@dataclass(frozen=True)
class Parties:
    """The clients of all parties. Each has HTTP connections of its own, so that a party that hangs takes none from
    another; customer care and billing share theirs.
    """

    make_clearing_house: Callable[[], ClearingHouse]
    clock: ClockReader
    hlr: Hlr
    smdp: Smdp
    care: Care
    billing: Billing
    logistics: Logistics
    equipment: Equipment
    notifications: Notifications
    routing: Routing
    callbacks: Callbacks

    @cached_property
    def clearing_house(self) -> ClearingHouse:
        """Made at first need. Raises `CredentialsUnusable` as long as the credentials are missing or damaged."""
        return self.make_clearing_house()


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


@asynccontextmanager
async def open_parties(settings: Settings, directory: Directory, regime: Regime) -> AsyncIterator[Parties]:
    """The parties of one process; closes all connections."""
    async with AsyncExitStack() as closing:
        pools = [await closing.enter_async_context(make_http_client()) for _ in range(9)]
        clock, house, accounts, smdp, logistics, equipment, notifications, routing, callbacks = pools
        hlr = Hlr(settings.hlr_host, home_hlr_port(settings, directory))
        closing.push_async_callback(hlr.aclose)
        base, home = settings.home_systems_base, settings.home
        yield Parties(
            make_clearing_house=lambda: ClearingHouse(
                house,
                settings.clearing_house_base,
                Credentials.load(settings.credentials_dir),
                settings.consumer,
                wire_form(regime),
            ),
            clock=ClockReader(clock, settings.legal_clock_url),
            hlr=hlr,
            smdp=Smdp(smdp, base),
            care=Care(accounts, base),
            billing=Billing(accounts, base),
            logistics=Logistics(logistics, base),
            equipment=Equipment(equipment, base),
            notifications=Notifications(notifications, base),
            routing=Routing(routing, base, home),
            callbacks=Callbacks(callbacks, base, home),
        )

"""What the worker and the API are made of, built once from the settings and handed down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.directory import DEFAULT_DIRECTORY, Directory
from journal import FieldCipher, Journal, LineIndex
from rules.regime import Regime
from rules.regimes import REGIMES, Figures
from runtime.keys import KeyRing
from runtime.parties import Parties, open_parties
from runtime.settings import Settings


@dataclass(frozen=True)
class Engine:
    """The journal, the national rules and all parties of one process."""

    settings: Settings
    journal: Journal
    directory: Directory
    regime: Regime
    parties: Parties


@asynccontextmanager
async def open_engine(settings: Settings, ring: KeyRing) -> AsyncIterator[Engine]:
    """The engine of one process; closes what it opened. Raises `UnknownRegime` or `UnusableJournal`."""
    directory, regime = directory_of(settings), regime_of(settings)
    journal = open_journal(settings, ring)
    try:
        async with open_parties(settings, directory, regime) as parties:
            yield Engine(settings, journal, directory, regime, parties)
    finally:
        journal.close()


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

"""The figures of SIM replacement that an operator may have to change, each with where its default comes from."""

from datetime import time, timedelta
from decimal import Decimal

from pydantic import Field

from domain.model import Model


class SimRulesConfig(Model):
    """One edition of the rules on SIMs. "Ours" means that no public text was found and the default is a choice; hours
    and days are legal time, minutes real time.
    """

    edition: str = "fr-sim-2023-12-01"

    # Ours: the promise. A card is there by `card_by` on the n-th working day; an eSIM works after so many minutes.
    esim_minutes: int = Field(default=10, ge=1, le=1440)
    card_working_days: int = Field(default=1, ge=0, le=30)
    card_by: time = time(20, 0)
    card_cutoff: time = time(18, 0)  # what is accepted later counts from the next day

    # Ours: three wrong codes close the door for a day.
    code_tries: int = Field(default=3, ge=1, le=10)
    code_lock: timedelta = timedelta(hours=24)
    code_valid: timedelta = timedelta(minutes=30)
    code_rounds: int = Field(default=3, ge=1, le=10)
    code_patience: timedelta = timedelta(days=3)  # no code comes back: the order is given up

    # Ours, after the seven days of India and the hours of the FCC's rules: what a person looks at before it is done.
    review_contact_changed_within: timedelta = timedelta(days=7)
    review_replaced_within: timedelta = timedelta(days=3)
    barred_list: tuple[str, ...] = ()

    # Ours: a lifted lock opens after so long; the holder is told at once.
    unlock_delay: timedelta = timedelta(hours=24)

    # Ours: a new port out waits so long after a SIM was replaced.
    port_out_hold: timedelta = timedelta(days=3)

    # CPCE L34-3: four jours ouvrés, Monday to Friday, from the declaration to the block of the handset.
    handset_block_business_days: int = Field(default=4, ge=1, le=30)
    declaration_patience: timedelta = timedelta(days=30)

    # Ours: euros, tax included. A damaged SIM is replaced without a fee for two years (legal guarantee of conformity).
    fee_physical: Decimal = Decimal("10.00")
    fee_esim: Decimal = Decimal("0.00")
    warranty: timedelta = timedelta(days=730)

    # Ours: so many profiles or cards are tried for one order before a person decides.
    most_attempts: int = Field(default=3, ge=1, le=10)
    download_patience: timedelta = timedelta(days=7)
    activation_reminder: timedelta = timedelta(days=3)


DEFAULT_SIM_RULES = SimRulesConfig()

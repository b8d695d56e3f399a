"""What leaving costs before a commitment is over, and what comes back.

Source: Code de la consommation, L224-28. Commitments of at most twelve months are paid to their end. Of longer ones a
consumer who leaves after month 12 pays no instalment that is left; where the offer includes a subsidised handset, at
most 20 % of them (contracts concluded since 1 January 2023, loi 2022-1158 article 15); 25 % by contracts concluded
before, handset or not.

Our reading: before the end of month 12 the instalments to month 12 are due, and the share of what follows; a month that
has begun is no longer owed (its days are billed as a subscription); an amendment is a conclusion of its own; fractions
of a cent are dropped, for each figure is a ceiling.
"""

from datetime import date
from decimal import ROUND_FLOOR, Decimal

from domain.contracts import Account, Contract, CostLine, LeavingCost
from rules.france.commitment import Commitment, commitment_of
from rules.france.config import CURRENCY
from rules.france.contract_end_config import DEFAULT_CONTRACT_END, ContractEndConfig

_CENT = Decimal("0.01")
_NOTHING = Decimal("0.00")

_CODE = "Code de la consommation"
TO_THE_END = f"{_CODE} L224-28: a commitment of at most {{months}} months is paid to its end"
TO_MONTH_12 = f"{_CODE} L224-28: instalments are due to the end of month {{months}} (our reading)"
SHARE_BEFORE = f"{_CODE} L224-28 as before {{reform}}: at most {{share}} of what is left after month {{months}}"
SHARE_SINCE = (
    f"{_CODE} L224-28 (loi 2022-1158, article 15), since {{reform}}, with a subsidised handset: at most {{share}} of "
    "what is left after month {months}"
)
NO_SHARE_SINCE = (
    f"{_CODE} L224-28 (loi 2022-1158, article 15), since {{reform}}, without a subsidised handset: nothing after month "
    "{months}"
)
NOTHING_LEFT = f"{_CODE} L224-28: with no instalment of a commitment left, leaving costs nothing"
DEPOSIT = f"{_CODE} L224-35: back at most {{days}} days after the item is returned"
ADVANCES = f"{_CODE} L224-35: back at most {{days}} days after the last invoice is paid"


def leaving_cost(
    contract: Contract, last_day: date, account: Account, config: ContractEndConfig = DEFAULT_CONTRACT_END
) -> LeavingCost:
    """What leaving on `last_day` (local) costs, figure by figure, and what is due back.

    Raises ValueError for a price, deposit or advance that is no sum of money.
    """
    for amount in (contract.monthly_price, account.deposit, account.advances):
        if amount < 0:
            raise ValueError("prices, deposits and advances are sums of money, not negative")
    commitment = commitment_of(contract, config)
    fees = _fees(contract, commitment, last_day, config)
    back = _back(account, config)
    return LeavingCost(
        last_day=last_day,
        commitment_ends_on=commitment.ends_on,
        lines=fees + back,
        fee=sum((line.amount for line in fees), _NOTHING),
        due_back=-sum((line.amount for line in back), _NOTHING),
        currency=CURRENCY,
        edition=config.edition,
    )


def _fees(contract: Contract, commitment: Commitment, last_day: date, config: ContractEndConfig) -> list[CostLine]:
    begun, price, free_after = commitment.begun_by(last_day), contract.monthly_price, config.free_after_months
    if begun == commitment.months:
        return [CostLine(what="leaving: no instalment left", amount=_NOTHING, rule=NOTHING_LEFT)]
    if commitment.months <= free_after:
        return [_instalments(commitment.months - begun, price, "the commitment", TO_THE_END, config)]
    lines = []
    if begun < free_after:
        lines.append(_instalments(free_after - begun, price, f"month {free_after}", TO_MONTH_12, config))
    lines.append(_share(contract, commitment, commitment.months - max(begun, free_after), config))
    return lines


def _instalments(months: int, price: Decimal, until: str, rule: str, config: ContractEndConfig) -> CostLine:
    return CostLine(
        what=f"{_months(months)} at {price:.2f} to the end of {until}",
        amount=_floor(months * price),
        rule=rule.format(months=config.free_after_months),
    )


def _share(contract: Contract, commitment: Commitment, months: int, config: ContractEndConfig) -> CostLine:
    if commitment.concluded_on < config.reform:
        share, rule = config.share_before, SHARE_BEFORE
    elif contract.handset_subsidy:
        share, rule = config.share_since, SHARE_SINCE
    else:
        share, rule = _NOTHING, NO_SHARE_SINCE
    shown = _percent(share)
    return CostLine(
        what=f"{shown} of {_months(months)} at {contract.monthly_price:.2f} after month {config.free_after_months}",
        amount=_floor(share * months * contract.monthly_price),
        rule=rule.format(reform=config.reform, share=shown, months=config.free_after_months),
    )


def _back(account: Account, config: ContractEndConfig) -> list[CostLine]:
    item = f" ({account.deposit_item})" if account.deposit_item else ""
    due = [
        (f"deposit{item} back", account.deposit, DEPOSIT.format(days=config.deposit_days)),
        ("advances back", account.advances, ADVANCES.format(days=config.advances_days)),
    ]
    return [CostLine(what=what, amount=-amount, rule=rule) for what, amount, rule in due if amount]


def _months(count: int) -> str:
    return f"{count} month" + "s" * (count != 1)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _floor(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_FLOOR)

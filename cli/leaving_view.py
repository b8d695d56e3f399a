"""What leaving costs, figure by figure with its rule, and what becomes of the number."""

from rich.text import Text

from cli.times import Times
from cli.views import Leaving
from domain.contracts import LeavingCost
from domain.money import money

AMOUNT_WIDTH = 12


def preview(leaving: Leaving, times: Times) -> list[Text]:
    """What `POST /v1/terminations?dry_run=true` tells; less where a home system was away."""
    fate = leaving.number
    code = [f"  first the holder gets a one-time code by {leaving.code}"] if leaving.code else []
    then = f"; then it goes {fate.then}" if fate.then else ""
    said = [
        f"  last day: {leaving.last_day:%a %d %b %Y}; the line works to its end, {times.show(leaving.effective_at)}",
        f"  the number can be ported until {times.show(fate.portable_until)}",
        f"  and is nobody else's before {times.show(fate.reassignable_from)}{then}",
        *code,
    ]
    notes = [Text(f"  {note}", style="yellow") for note in leaving.notes]
    return [*(cost(leaving.cost) if leaving.cost else []), *map(Text, said), *notes]


def cost(shown: LeavingCost) -> list[Text]:
    """Each figure above its rule; what comes back is negative."""
    lines: list[Text] = []
    if shown.commitment_ends_on is not None:
        lines.append(Text(f"  the commitment ends with {shown.commitment_ends_on:%a %d %b %Y}"))
    for figure in shown.lines:
        amount = money(figure.amount, shown.currency).rjust(AMOUNT_WIDTH)
        lines += [Text(f"{amount}  {figure.what}"), Text(f"{'':{AMOUNT_WIDTH}}  {figure.rule}", style="dim")]
    back = f"; to come back: {money(shown.due_back, shown.currency)}" if shown.due_back else ""
    return [*lines, Text(f"  to pay for leaving: {money(shown.fee, shown.currency)}{back}", style="bold")]

"""What a person can do about an order where it stands, as the command to type."""

from cli.views import Order

_AT_A_STAGE = {
    ("identifying", "code"): "code {id}",
    ("on_the_way", "activate"): "activate {id}",
    ("waiting", "declaration"): 'declare {id} --reference "…"',
    ("notice", "cancel"): 'cancel {id} --reason "…"',
}
"""By stage and by the link that an order of this kind has."""

_FOR_THE_PHONE = "customer's phone"


def now(shown: Order) -> list[str]:
    """Commands that move the order on from here; the activation code only for who asks for it."""
    if shown.is_final:
        return []
    can = [command for (stage, link), command in _AT_A_STAGE.items() if stage == shown.stage and link in shown.links]
    if shown.waiting_for is not None and shown.waiting_for.party == _FOR_THE_PHONE and "activation_code" in shown.links:
        can.append("activation-code {id}")
    return [f"python starter.py {command.format(id=shown.order_id)}" for command in can]


def beside(shown: Order) -> list[str]:
    """The order that was made with this one."""
    handset = _order_at(shown.links.get("handset"))
    if not handset:
        return []
    return [
        f"The stolen handset: order {handset}, which waits for the police declaration unless it was given. "
        f'Bring it: python starter.py declare {handset} --reference "…"'
    ]


def after(shown: Order) -> list[str]:
    """The order that goes on when this one has ended."""
    settlement = (shown.outcome or {}).get("settlement")
    return [f"Its money is settled by an order of its own: python starter.py watch {settlement}"] if settlement else []


def _order_at(link: str | None) -> str:
    return (link or "").rpartition("/")[2]

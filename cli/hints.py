"""What a person can do about an order where it stands, as the command to type."""

from cli.views import OrderAnswer

_AT_A_STAGE = {
    ("identifying", "code"): "code {id}",
    ("on_the_way", "activate"): "activate {id}",
    ("waiting", "declaration"): 'declare {id} --reference "…"',
    ("notice", "cancel"): 'cancel {id} --reason "…"',
    ("checking", "freeze"): 'freeze {id} --reason "…" --method in_shop --agent you',
}
"""By stage and by the link that an order of this kind has."""

_FOR_THE_PHONE = "customer's phone"


def now(shown: OrderAnswer) -> list[str]:
    """Commands that move the order on from here; the activation code only for who asks for it."""
    if shown.is_final:
        return []
    can = [command for (stage, link), command in _AT_A_STAGE.items() if stage == shown.stage and link in shown.links]
    if shown.waiting_for is not None and shown.waiting_for.party == _FOR_THE_PHONE and "activation_code" in shown.links:
        can.append("activation-code {id}")
    return [f"python starter.py {command.format(id=shown.order_id)}" for command in can]


def beside(shown: OrderAnswer) -> list[str]:
    """The order that was made with this one, or that this one takes back."""
    mistake = _order_at(shown.links.get("port_back_of"))
    if mistake:
        return [f"It takes the port out {mistake} back."]
    handset = _order_at(shown.links.get("handset"))
    if not handset:
        return []
    return [
        f"The stolen handset: order {handset}, which waits for the police declaration unless it was given. "
        f'Bring it: python starter.py declare {handset} --reference "…"'
    ]


def after(shown: OrderAnswer) -> list[str]:
    """The orders that go on when this one has ended."""
    settlement, back = (shown.outcome or {}).get("settlement"), _order_at(shown.links.get("ported_back_by"))
    return [
        *([f"Its money is settled by an order of its own: python starter.py watch {settlement}"] if settlement else []),
        *([f"The number is asked back: python starter.py watch {back}"] if back else []),
    ]


def _order_at(link: str | None) -> str:
    return (link or "").rpartition("/")[2]

"""Where to go from an order: what can be asked of one of its kind."""

from domain.order_kinds import ORDER_KINDS
from journal import AcceptedOrder, OrderView

_ALL = ("events", "cancel", "resolve", "note")

_OTHER_ORDERS = {
    "handset_order_id": "handset",
    "replacement_id": "replacement",
    "ended_by": "ended_by",
    "port_back_of": "port_back_of",
}
"""Fields of an order that name another one, and the link that each becomes."""


def links_of(order: AcceptedOrder | OrderView, ui_url: str, ported_back_by: str = "") -> dict[str, str]:
    """The links of an order, by name; `ui_url` ends in the namespace's workflows. They are those of its kind, at
    whatever stage it stands. `ported_back_by`: the order that takes it back.
    """
    own = f"/v1/orders/{order.order_id}"
    definition = ORDER_KINDS[order.kind]
    paths = [*_ALL, *definition.requests(order.order)]
    if not definition.can_be_cancelled:
        paths.remove("cancel")
    links = {"order": own, **{path.replace("-", "_"): f"{own}/{path}" for path in paths}}
    others = {link: order.order.get(name) for name, link in _OTHER_ORDERS.items()}
    others["ported_back_by"] = ported_back_by
    others["settlement"] = (order.status.outcome or {}).get("settlement")
    links |= {link: f"/v1/orders/{other}" for link, other in others.items() if other}
    return {**links, "workflow": f"{ui_url}/{order.order_id}"}

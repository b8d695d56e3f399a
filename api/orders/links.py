"""Where to go from an order: what can be asked of one of its kind."""

from typing import Any

from domain.authentication import AuthenticationMethod
from domain.lines import LineAction
from domain.orders import OrderKind
from domain.sims import SimForm
from journal import Accepted, OrderView

_ALL = ("events", "cancel", "resolve", "note")
_NEVER_OURS_TO_CANCEL = (OrderKind.SETTLEMENT, OrderKind.PORT_OUT)
"""What is owed is owed, and only the recipient withdraws its request."""

_OTHER_ORDERS = {
    "handset_order_id": "handset",
    "replacement_id": "replacement",
    "ended_by": "ended_by",
    "port_back_of": "port_back_of",
}
"""Fields of an order that name another one, and the link that each becomes."""


def links_of(order: Accepted | OrderView, ui_url: str, ported_back_by: str = "") -> dict[str, str]:
    """The links of an order, by name; `ui_url` ends in the namespace's workflows. They are those of its kind, at
    whatever stage it stands. `ported_back_by`: the order that takes it back.
    """
    own = f"/v1/orders/{order.order_id}"
    paths = [*_ALL, *_of_kind(order.kind, order.order)]
    if order.kind in _NEVER_OURS_TO_CANCEL:
        paths.remove("cancel")
    links = {"order": own, **{path.replace("-", "_"): f"{own}/{path}" for path in paths}}
    others = {link: order.order.get(name) for name, link in _OTHER_ORDERS.items()}
    others["ported_back_by"] = ported_back_by
    others["settlement"] = (order.status.outcome or {}).get("settlement")
    links |= {link: f"/v1/orders/{other}" for link, other in others.items() if other}
    return {**links, "workflow": f"{ui_url}/{order.order_id}"}


def _of_kind(kind: str, order: dict[str, Any]) -> list[str]:
    if kind == OrderKind.PORT_IN:
        esim = order.get("sim_form") == SimForm.ESIM
        return ["reschedule", *(["activation-code"] if esim else [])]
    if kind == OrderKind.PORT_OUT:
        return ["freeze", "code", "release", "refuse", "port-back"]
    by_code = order.get("authentication", {}).get("method") == AuthenticationMethod.ONE_TIME_CODE
    if kind == OrderKind.TERMINATION:
        return ["code"] if by_code else []
    if kind == OrderKind.SIM_REPLACEMENT:
        esim = order.get("form") == SimForm.ESIM
        sent = not esim and not order.get("iccid")
        return [
            *(["code"] if by_code else []),
            "release",
            "refuse",
            *(["activate"] if sent else []),
            *(["activation-code"] if esim else []),
        ]
    if kind == OrderKind.LINE_SERVICE and order.get("action") == LineAction.BLOCK_HANDSET:
        return ["declaration"]
    return []

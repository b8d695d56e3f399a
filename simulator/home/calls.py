"""Parties and calls of the home systems, as faults name them."""

from simulator.world.faults import Faults

_HOME = "/home/(?P<operator>[A-Z]+)"
_ONE = "[^/]+"
CALLS = (
    ("GET", f"{_HOME}/care/lines/{_ONE}", "care", "line"),
    ("POST", f"{_HOME}/care/lines/{_ONE}/sim", "care", "change_sim"),
    ("POST", f"{_HOME}/care/fees", "care", "bill_fee"),
    ("GET", f"{_HOME}/care/contracts/{_ONE}/account", "care", "account"),
    ("POST", f"{_HOME}/care/lines/{_ONE}/end", "care", "end"),
    ("POST", f"{_HOME}/care/invoices", "care", "final_invoice"),
    ("GET", f"{_HOME}/care/invoices/{_ONE}", "care", "invoice"),
    ("POST", f"{_HOME}/care/disputes", "care", "dispute"),
    ("GET", f"{_HOME}/care/disputes/{_ONE}", "care", "dispute_state"),
    ("POST", f"{_HOME}/care/refunds", "care", "refund"),
    ("POST", f"{_HOME}/care/numbers/{_ONE}/pool", "care", "pool"),
    ("POST", f"{_HOME}/care/subscriptions", "care", "prepare"),
    ("GET", f"{_HOME}/care/subscriptions/{_ONE}", "care", "subscription"),
    ("POST", f"{_HOME}/care/subscriptions/{_ONE}/activate", "care", "activate"),
    ("POST", f"{_HOME}/care/subscriptions/{_ONE}/cancel", "care", "cancel"),
    ("POST", f"{_HOME}/logistics/sims", "logistics", "reserve"),
    ("GET", f"{_HOME}/logistics/sims/{_ONE}", "logistics", "sim"),
    ("POST", f"{_HOME}/logistics/sims/{_ONE}/release", "logistics", "release"),
    ("GET", f"{_HOME}/logistics/cards/{_ONE}", "logistics", "card"),
    ("POST", f"{_HOME}/logistics/cards/{_ONE}/retire", "logistics", "retire"),
    ("POST", f"{_HOME}/logistics/shipments", "logistics", "ship"),
    ("GET", f"{_HOME}/logistics/shipments/{_ONE}", "logistics", "shipment"),
    ("GET", f"{_HOME}/equipment/handsets/{_ONE}", "equipment", "handset"),
    ("PUT", f"{_HOME}/equipment/handsets/{_ONE}/block", "equipment", "block"),
    ("GET", f"{_HOME}/routing/{_ONE}", "{operator}", "routing"),
    ("PUT", f"{_HOME}/routing/{_ONE}", "{operator}", "route"),
    ("POST", f"{_HOME}/notifications/messages", "notifications", "message"),
    ("GET", f"{_HOME}/notifications/messages", "notifications", "messages"),
)
"""Method, path, party (`{operator}`: the operator in the path), call."""


def register(faults: Faults) -> None:
    """Once per opened world."""
    for method, path, party, call in CALLS:
        faults.register_call(method, path, party, call)

"""The look-up of a contract that billing is asked about."""

from simulator.edge.errors import Refusal
from simulator.world.subscriber import Subscriber
from simulator.world.world import World


def known(world: World, operator: str, contract_id: str) -> Subscriber:
    """The operator's contract, ended or not; 404 `unknown_contract`."""
    line = world.subscribers.contract(contract_id)
    if line is None or line.operator != operator:
        raise Refusal(404, "unknown_contract", "the operator has no such contract", field="contract_id")
    return line

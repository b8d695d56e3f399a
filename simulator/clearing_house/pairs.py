"""Pairs of network operator and service provider, as messages name an operator."""

from collections.abc import Mapping

from simulator.clearing_house.envelope import Message
from simulator.clearing_house.messages import (
    Deactivation,
    Pair,
    PortingPerformed,
    PortingRequest,
    PortingRequestAnswer,
    PrDelayed,
)
from simulator.clearing_house.wire_refusals import forbidden
from simulator.world.operators import Operator


def pair_of(operator: Operator) -> Pair:
    """How an operator is named in a header: BOREA, or BOREA with service provider EOLE for the virtual one."""
    return Pair(networkoperator=operator.network_operator, serviceprovider=operator.service_provider)


def resolve(operators: Mapping[str, Operator], network: str, provider: str | None) -> Operator | None:
    """The operator that a pair names; a network operator may name itself as its own provider."""
    for operator in operators.values():
        if operator.network_operator == network and operator.service_provider == provider:
            return operator
    own = operators.get(network)
    return own if own is not None and own.service_provider is None and provider == own.code else None


def check_sender(operators: Mapping[str, Operator], operator: Operator, message: Message) -> None:
    """Raise WireRefusal (403, code 8000) unless header and body name this operator where the sender belongs."""
    header = message.header.sender
    if resolve(operators, header.networkoperator, header.serviceprovider) is not operator:
        raise forbidden("the sender of the message is not an operator of this consumer")
    for network, provider in _senders_in(message):
        named = resolve(operators, network, provider or header.serviceprovider)
        if named is not operator:
            raise forbidden("the body names another operator in the sender's place")


def _senders_in(message: Message) -> list[tuple[str, str | None]]:
    body = message.body
    if isinstance(body, PortingRequest):
        return [(body.recipientnetworkoperator, body.recipientserviceprovider)]
    if isinstance(body, PrDelayed):
        return [(body.donornetworkoperator, body.donorserviceprovider)]
    if isinstance(body, PortingPerformed):
        return [(body.recipientnetworkoperator, None)]
    if isinstance(body, Deactivation):
        return [(body.currentnetworkoperator, None)]
    if isinstance(body, PortingRequestAnswer):
        named = [repeat.seq for repeat in body.repeats]
        return [(seq.donornetworkoperator, seq.donorserviceprovider) for seq in named if seq.donornetworkoperator]
    return []

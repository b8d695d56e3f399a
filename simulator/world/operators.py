"""The six operators of the world, as product and clearing house know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Operator:
    """One operator.

    `network_code` says whose HLR and routing table carry its numbers; a virtual operator has neither.
    """

    code: str
    rio_code: str
    imsi_network: str  # the two digits after 208
    share: int  # of the world's subscribers, per cent
    network_code: str
    hlr_offset: int | None  # its HLR listens that far after the first HLR port
    follows_reference: bool = False  # its routing table is the reference database itself

    @property
    def consumer(self) -> str:
        """Its name at the clearing house's gateway."""
        return f"relais-{self.code.lower()}"

    @property
    def virtual(self) -> bool:
        """Has no network of its own."""
        return self.network_code != self.code

    @property
    def network_operator(self) -> str:
        """`networkoperator` in the clearing house's messages."""
        return self.network_code

    @property
    def service_provider(self) -> str | None:
        """`serviceprovider` in the clearing house's messages; None where the network operator says it all."""
        return self.code if self.virtual else None

    @property
    def desk_email(self) -> str:
        """Where the people of its porting desk read mail."""
        return f"portability@{self.code.lower()}.example"


_ALL = (
    Operator("ALIZE", "A1", "41", 30, "ALIZE", 0),
    Operator("BOREA", "B1", "42", 20, "BOREA", 1),
    Operator("CIRUS", "C1", "43", 20, "CIRUS", 2),
    Operator("DUNE", "D1", "44", 10, "DUNE", 3),
    Operator("EOLE", "E1", "45", 10, "BOREA", None),
    Operator("FJORD", "AF", "46", 10, "FJORD", 4, follows_reference=True),
)

OPERATORS: Mapping[str, Operator] = MappingProxyType({operator.code: operator for operator in _ALL})
"""By code, in the order of the alphabet; the order is part of how a world is generated."""

NETWORKS = tuple(operator.code for operator in _ALL if not operator.virtual)
"""Operators with a network, and so with a routing table and an HLR, in the order of their HLR ports."""

"""The operators of a market: who they are on the clearing house's wire, in a porting code and by e-mail."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.model import Model

OperatorCode = Annotated[str, Field(pattern=r"^[0-9A-Z]{3,6}\z")]
"""An operator's code, in the form of COIN's `networkoperator` and `serviceprovider`."""

RioOperatorCode = Annotated[str, Field(pattern=r"^[0-9A-Z]{2}\z")]
"""The first two characters of the RIOs an operator issues."""


class UnknownOperator(LookupError):
    """No operator of the directory answers to this code or pair."""

    code = "operator_unknown"


class Operator(Model):
    """One operator. A virtual one has no network: its messages name its network's operator and itself as service
    provider.
    """

    code: OperatorCode
    rio_code: RioOperatorCode
    name: str
    network_operator: OperatorCode
    service_provider: OperatorCode | None = None
    desk_email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\z")
    territory: str = ""  # where it serves; empty: the country's main territory

    @property
    def is_virtual(self) -> bool:
        return self.service_provider is not None


class Directory(Model):
    """All operators of a market. Codes, RIO codes and pairs are each unique, and every named network is in it."""

    operators: tuple[Operator, ...]

    @model_validator(mode="after")
    def _names_are_unambiguous(self) -> Self:
        for what, names in (
            ("operator code", [operator.code for operator in self.operators]),
            ("RIO code", [operator.rio_code for operator in self.operators]),
            ("network and service provider", [_pair(operator) for operator in self.operators]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"two operators share the same {what}")
        networks = {operator.code for operator in self.operators if not operator.is_virtual}
        if not {operator.network_operator for operator in self.operators} <= networks:
            raise ValueError("an operator's network is not in the directory")
        return self

    def by_code(self, code: str) -> Operator:
        """The operator of this code; raises `UnknownOperator`."""
        for operator in self.operators:
            if operator.code == code:
                return operator
        raise UnknownOperator("no operator has this code")

    def by_rio_code(self, rio_code: str) -> Operator:
        """The operator that issues RIOs starting with this; raises `UnknownOperator`."""
        for operator in self.operators:
            if operator.rio_code == rio_code:
                return operator
        raise UnknownOperator("no operator issues RIOs with this code")

    def by_pair(self, network_operator: str, service_provider: str | None = None) -> Operator:
        """The operator that a message names; a network naming itself as service provider is the network. Raises
        `UnknownOperator`.
        """
        wanted = (network_operator, None if service_provider == network_operator else service_provider)
        for operator in self.operators:
            if _pair(operator) == wanted:
                return operator
        raise UnknownOperator("no operator has this pair of network and service provider")

    @property
    def networks(self) -> tuple[Operator, ...]:
        """The operators with a network, hence a routing table, of their own."""
        return tuple(operator for operator in self.operators if not operator.is_virtual)

    @classmethod
    def load(cls, path: Path) -> Self:
        """A market's own directory: JSON, `{"operators": [{"code": …, "rio_code": …, …}]}`."""
        return cls.model_validate_json(path.read_bytes())


def _pair(operator: Operator) -> tuple[str, str | None]:
    return operator.network_operator, operator.service_provider


DEFAULT_DIRECTORY = Directory(
    operators=(
        Operator(
            code="ALIZE", rio_code="A1", name="Alizé", network_operator="ALIZE", desk_email="portability@alize.example"
        ),
        Operator(
            code="BOREA", rio_code="B1", name="Boréa", network_operator="BOREA", desk_email="portability@borea.example"
        ),
        Operator(
            code="CIRUS", rio_code="C1", name="Cirus", network_operator="CIRUS", desk_email="portability@cirus.example"
        ),
        Operator(
            code="DUNE", rio_code="D1", name="Dune", network_operator="DUNE", desk_email="portability@dune.example"
        ),
        Operator(
            code="EOLE",
            rio_code="E1",
            name="Éole",
            network_operator="BOREA",
            service_provider="EOLE",
            desk_email="portability@eole.example",
        ),
        Operator(
            code="FJORD", rio_code="AF", name="Fjord", network_operator="FJORD", desk_email="portability@fjord.example"
        ),
    )
)
"""The invented market of the development world."""

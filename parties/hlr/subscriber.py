"""A record of the HLR, as its `info` command prints it."""

from pydantic import Field

from domain.model import Model


class Subscriber(Model):
    """A SIM in the HLR. `msisdn` is E.164, None when the SIM carries no number; the two services are voice and data."""

    imsi: str = Field(repr=False)
    msisdn: str | None = Field(default=None, repr=False)
    cs_enabled: bool = True
    ps_enabled: bool = True

    @property
    def in_service(self) -> bool:
        return self.cs_enabled and self.ps_enabled

    @property
    def silent(self) -> bool:
        return not self.cs_enabled and not self.ps_enabled


def parse_info(text: str) -> Subscriber:
    """Reads lines of name, tab, value. OsmoHLR leaves out an empty `msisdn`, and in some versions `nam_cs` and
    `nam_ps` when they are on.

    `ValueError` when there is no IMSI.
    """
    values = dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    if not values.get("imsi"):
        raise ValueError("no IMSI in the record")
    digits = values.get("msisdn")
    return Subscriber(
        imsi=values["imsi"],
        msisdn=f"+{digits}" if digits else None,
        cs_enabled=values.get("nam_cs", "1") == "1",
        ps_enabled=values.get("nam_ps", "1") == "1",
    )

"""The commands of OsmoHLR's control interface, with its replies and error texts.

Like the original it has no request ids, no compare-and-set and one error text for several causes. So a client must
read back what it has written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.world.hlr import Hlr, HlrSubscriber, NumberTaken

_VARIABLE = re.compile(r"[0-9A-Za-z._-]+")
_ID = re.compile(r"[0-9]+")
_IMSI = re.compile(r"[0-9]{6,15}")
_MSISDN = re.compile(r"[0-9]{1,15}")
_ROW_ID = re.compile(r"-?[0-9]+")
_AUD3G = re.compile(r"(milenage|tuak|xor-3g),[0-9a-f]{32},(op|opc),[0-9a-f]{32}(,[0-9]{1,2})?", re.IGNORECASE)
_SERVICES = {"cs-enabled": "cs", "ps-enabled": "ps"}
_LARGEST_ROW_ID = 2**63 - 1
CALLS = {"create": "create", "delete": "delete", "msisdn": "msisdn", "aud3g": "aud3g", "info": "info"} | dict.fromkeys(
    _SERVICES, "service"
)
"""Last part of a variable -> the call's name for faults."""


class CommandError(Exception):
    """A command that is answered with `ERROR <id> <text>`."""


@dataclass(frozen=True)
class Command:
    """`GET <id> <variable>` or `SET <id> <variable> <value>`, taken apart."""

    verb: str
    id: str
    variable: str
    value: str | None

    @property
    def call(self) -> str:
        """The name of the call, as faults use it."""
        return CALLS.get(self.variable.rpartition(".")[2], "unknown")


def parse(text: str) -> Command:
    """Raises CommandError for text that is no command, with the rest of the reply (`<id> <text>`)."""
    verb, _, rest = text.partition(" ")
    if verb not in ("GET", "SET"):
        raise CommandError("err Request malformed")
    identity, _, rest = rest.partition(" ")
    if not _ID.fullmatch(identity):
        raise CommandError("err Invalid message ID number")
    variable, _, value = rest.partition(" ")
    if not variable or (verb == "SET" and not value):
        raise CommandError(f"{identity} {verb} incomplete")
    if not _VARIABLE.fullmatch(variable):
        raise CommandError(f"{identity} {verb} variable contains invalid characters")
    if verb == "GET" and value:
        raise CommandError(f"{identity} GET with trailing characters")
    return Command(verb, identity, variable, value or None)


def answer(hlr: Hlr, text: str) -> str:
    """The reply to one command."""
    try:
        command = parse(text)
    except CommandError as failed:
        return f"ERROR {failed}"
    try:
        value = _run(hlr, command)
    except CommandError as failed:
        return f"ERROR {command.id} {failed}"
    return f"{command.verb}_REPLY {command.id} {command.variable} {value}"


def _run(hlr: Hlr, command: Command) -> str:
    node, *path = command.variable.split(".")
    if node != "subscriber":
        raise CommandError("Command not found")
    if len(path) == 1 and path[0] in _ROOT:
        if command.value is None:
            raise CommandError("Write Only attribute")
        return _ROOT[path[0]](hlr, command.value)
    if len(path) < 2 or not path[-1]:
        raise CommandError("Command not present.")
    selector, attribute = ".".join(path[:-1]), path[-1]
    if attribute not in _ATTRIBUTES:
        raise CommandError("Command not found")
    return _ATTRIBUTES[attribute](hlr, selector, command.value)


def _create(hlr: Hlr, imsi: str) -> str:
    if not _IMSI.fullmatch(imsi):
        raise CommandError("Invalid IMSI value.")
    identity = hlr.create(imsi)
    if identity is None:
        raise CommandError("Subscriber already exists.")
    return str(identity)


def _delete(hlr: Hlr, imsi: str) -> str:
    if not _IMSI.fullmatch(imsi):
        raise CommandError("Invalid IMSI value.")
    row = hlr.by_imsi(imsi)
    if row is None:
        raise CommandError("Subscriber doesn't exist.")
    hlr.delete(row)
    return str(row.id)


def _info(hlr: Hlr, selector: str, value: str | None) -> str:
    if value is not None:
        raise CommandError("Read Only attribute")
    row = _find(hlr, selector)
    fields: dict[str, object] = {"id": row.id, "imsi": row.imsi}
    if row.msisdn is not None:
        fields["msisdn"] = row.msisdn.removeprefix("+")
    fields |= {"nam_cs": int(row.cs), "nam_ps": int(row.ps), "ms_purged_cs": 0, "ms_purged_ps": 0}
    fields |= {"periodic_lu_timer": 0, "periodic_rau_tau_timer": 0, "lmsi": "00000000"}
    return "".join(f"\n{name}\t{content}" for name, content in fields.items())


def _msisdn(hlr: Hlr, selector: str, value: str | None) -> str:
    if value is None:
        return (_find(hlr, selector).msisdn or "none").removeprefix("+")
    if value != "none" and not _MSISDN.fullmatch(value):
        raise CommandError("Value failed verification.")
    row = _find(hlr, selector)
    try:
        hlr.set_msisdn(row, None if value == "none" else value)
    except NumberTaken:
        raise CommandError("Update MSISDN failed") from None
    return "OK"


def _service(attribute: str) -> Callable[[Hlr, str, str | None], str]:
    service = _SERVICES[attribute]

    def run(hlr: Hlr, selector: str, value: str | None) -> str:
        if value is None:
            return str(int(getattr(_find(hlr, selector), service)))
        if value not in ("0", "1"):
            raise CommandError("Value failed verification.")
        # OsmoHLR does not look a SIM up here, so that an unknown one fails without a reason.
        row = (
            hlr.by_imsi(selector.removeprefix("by-imsi-")) if selector.startswith("by-imsi-") else _find(hlr, selector)
        )
        if row is None:
            raise CommandError("An error has occurred.")
        hlr.set_service(row, service, value == "1")
        return "OK"

    return run


def _aud3g(hlr: Hlr, selector: str, value: str | None) -> str:
    if value is None:
        return _find(hlr, selector).aud3g or "none"
    row = _find(hlr, selector)
    if value != "none" and not _AUD3G.fullmatch(value):
        raise CommandError("Invalid format.")
    hlr.set_aud3g(row, None if value == "none" else value)
    return "OK"


def _find(hlr: Hlr, selector: str) -> HlrSubscriber:
    if selector.startswith("by-imsi-"):
        row = hlr.by_imsi(_checked(_IMSI, selector.removeprefix("by-imsi-")))
    elif selector.startswith("by-msisdn-"):
        row = hlr.by_msisdn(_checked(_MSISDN, selector.removeprefix("by-msisdn-")))
    elif selector.startswith("by-id-"):
        identity = int(_checked(_ROW_ID, selector.removeprefix("by-id-")))
        if not -_LARGEST_ROW_ID - 1 <= identity <= _LARGEST_ROW_ID:
            raise CommandError("Invalid value part of 'by-xxx-value' selector.")
        row = hlr.by_id(identity)
    else:
        raise CommandError("Not a known subscriber 'by-xxx-' selector.")
    if row is None:
        raise CommandError("No such subscriber.")
    return row


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise CommandError("Invalid value part of 'by-xxx-value' selector.")
    return text


_ROOT: dict[str, Callable[[Hlr, str], str]] = {"create": _create, "delete": _delete}
_ATTRIBUTES: dict[str, Callable[[Hlr, str, str | None], str]] = {
    "info": _info,
    "msisdn": _msisdn,
    "aud3g": _aud3g,
    **{attribute: _service(attribute) for attribute in _SERVICES},
}

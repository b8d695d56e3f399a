"""What can go wrong between the command line and the API.

CliError
├── ApiUnreachable    nothing answers at the API's address
├── NoKey             there is no key to present
├── WrongSetting      an address or a key that cannot be one
└── ApiRefused           the API said no, as problem+json (RFC 9457)
"""

from typing import Any


class CliError(Exception):
    """A sentence for the person who typed the command. `as_json` is the same for a program."""

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "detail": str(self)}

    code = "error"
    exit_status = 1


class ApiUnreachable(CliError):
    """The API does not answer; says how to start one."""

    code = "unreachable"


class NoKey(CliError):
    """Neither RELAIS_API_KEY nor a key file."""

    code = "no_key"


class WrongSetting(CliError):
    """A setting that cannot work; names it."""

    code = "wrong_setting"
    exit_status = 2


class ApiRefused(CliError):
    """The API's answer was a problem document; `str()` is a readable sentence or several lines of them."""

    code = "refused"

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(sentence(status, problem))
        self.status = status
        self.problem = problem

    def as_json(self) -> dict[str, Any]:
        return {"status": self.status, "code": self.code, **self.problem}


def sentence(status: int, problem: dict[str, Any]) -> str:
    """A problem document as text: what is wrong, in which field, and what would help."""
    summary = str(problem.get("detail") or problem.get("title") or f"The API answered {status}.")
    errors = [
        (error.get("field", "?"), error.get("message") or error.get("code", ""))
        for error in problem.get("errors") or []
    ]
    lines = [f"{field}: {message}" for field, message in errors]
    if lines != [summary]:
        lines = [summary, *(f"  {line}" for line in lines)]
    if problem.get("suggestion"):
        lines.append(f"  Did you mean {problem['suggestion']}?")
    held_by = problem.get("held_by")
    if held_by and str(held_by.get("order_id")) not in summary:
        held = f"order {held_by.get('order_id')} ({held_by.get('kind')}) since {held_by.get('since')}"
        lines.append(f"  The line is held by {held}.")
    barred_by = problem.get("barred_by")
    if barred_by:
        lines.append(f"  The old SIM is barred all the same: order {barred_by.get('order_id')}.")
    return "\n".join(lines)

"""Messages of the clearing house that no order could take: each on a line, its reason below."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from cli.times import Times
from cli.views import DeadLetterAnswer


def messages(body: Mapping[str, Any], times: Times) -> list[Text]:
    """What `GET /v1/messages/aside` tells; what each says in full is in the JSON."""
    listed = [DeadLetterAnswer.model_validate(item) for item in body["items"]]
    if not listed:
        return [Text("No messages aside.")]
    more = ["There are more: raise --limit."] if body.get("next") else []
    hint = "What they say: the same with --json."
    lines = [line for each in listed for line in _message(each, times)]
    return [*lines, *(Text(said, "dim") for said in (*more, hint))]


def _message(shown: DeadLetterAnswer, times: Times) -> list[Text]:
    at = f"  received {times.show(shown.received_at_real)}, real time" if shown.received_at_real else ""
    head = Text.assemble((str(shown.message_id), "bold"), f"  {shown.type} of dossier {shown.dossier_id}{at}")
    return [head, Text(f"  {shown.reason}", style="yellow")]

"""The parts of `docs/` that are made from enumerations: `python -m tests.support.doc_tables` (`make docs`) writes them.

A part stands between `<!-- made from NAME -->` and `<!-- end -->`.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from domain.described import Described
from domain.order_kinds import ORDER_KINDS
from domain.timeline import TimelineCode
from domain.updates import ResolveAction

DOCS = Path(__file__).parents[2] / "docs"
WIDTH = 120
PART = re.compile(r"(?<=<!-- made from )(?P<name>\S+)( -->\n\n).*?(?=\n\n<!-- end -->)", re.DOTALL)


def table(head: str, members: Iterable[Described]) -> str:
    rows = [f"| `{member}` | {member.meaning} |" for member in members]
    return "\n".join([f"| `{head}` | |", "|---|---|", *rows])


def stages(members: Iterable[Described]) -> str:
    """A numbered list; the stage in which an order is undone is on no order's way and stands below it."""
    on_the_way = [member for member in members if member.value != "undoing"]
    undoing = [member for member in members if member.value == "undoing"]
    numbered = [_item(f"{number}.", member) for number, member in enumerate(on_the_way, start=1)]
    aside = ["", "And on another way out:", "", *(_item("-", member) for member in undoing)]
    return "\n".join([*numbered, *(aside if undoing else [])])


def _item(mark: str, member: Described) -> str:
    text = f"{mark} **`{member}`** {member.meaning}"
    return fill(text, WIDTH, subsequent_indent=" " * (len(mark) + 1), break_long_words=False, break_on_hyphens=False)


PARTS = {
    "TimelineCode": table("code", TimelineCode),
    "ResolveAction": table("action", ResolveAction),
    **{each.stages.__name__: stages(list(each.stages)) for each in ORDER_KINDS.values()},
}


def renewed(text: str) -> str:
    """The page with its parts made anew; raises `KeyError` for a part of an unknown name."""
    return PART.sub(lambda found: found["name"] + found[2] + PARTS[found["name"]], text)


if __name__ == "__main__":
    for page in DOCS.glob("*.md"):
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")

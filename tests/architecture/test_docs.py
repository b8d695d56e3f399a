"""The pages for people: short where they promise to be, wrapped, linked, and with commands that exist."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from cli.app import app

ROOT = Path(__file__).parents[2]
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = sorted((ROOT / "docs").glob("*.md"))
REFERENCE = {"api.md", "rules.md"}
"""Long tables for looking things up, not for reading."""

MOST_WORDS = 700
WIDEST = 120
LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"starter\.py ([a-z-]+[^`#\n]*)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the page's headings."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= MOST_WORDS


@pytest.mark.parametrize("page", [*TOP, *(page for page in PAGES if page.name not in REFERENCE)], ids=named)
def test_no_line_of_prose_is_wider_than_a_screen(page: Path):
    lines = page.read_text(encoding="utf-8").splitlines()
    wide = [line for line in lines if len(line) > WIDEST and not (page.name == "home-systems.md" and line[0] == "|")]
    assert wide == []


@pytest.mark.parametrize("page", [*TOP, *PAGES], ids=named)
def test_every_link_to_a_page_and_its_heading_leads_somewhere(page: Path):
    broken = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        file = (page.parent / target).resolve()
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index] == []


@pytest.mark.parametrize("page", [*TOP, *PAGES], ids=named)
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path):
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for shown in COMMAND.findall(page.read_text(encoding="utf-8")):
        for verb, *words in (shlex.split(alternative) for alternative in [shown.replace("\\", "")]):
            assert verb in commands, shown
            known = {option for each in commands[verb].params for option in each.opts}
            assert {word for word in words if word.startswith("--")} <= known, shown

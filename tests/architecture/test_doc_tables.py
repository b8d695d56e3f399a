"""What the documentation says of stages, codes and decisions is what the program knows of them."""

import pytest

from domain.updates import ResolveAction
from tests.support.doc_tables import DOCS, PART, PARTS, renewed
from workflows.order import descriptions

PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_its_enumerations_as_they_are(page):
    text = page.read_text(encoding="utf-8")
    assert renewed(text) == text, "make docs"


def test_every_enumeration_that_people_read_is_on_one_page():
    shown = [found["name"] for page in PAGES for found in PART.finditer(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(PARTS)


@pytest.mark.parametrize("action", ResolveAction)
def test_the_web_ui_names_every_decision_on_a_held_order(action: ResolveAction):
    assert action.value in descriptions.RESOLVE

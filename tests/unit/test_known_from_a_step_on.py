"""What a step of a story finds out is there from that step on, and never before."""

from dataclasses import dataclass

import pytest

from workflows.known import KnownFromAStepOn


@dataclass
class Story:
    name: str

    plan = KnownFromAStepOn[str]()


def test_what_no_step_has_found_out_cannot_be_read():
    story = Story("a")
    assert not Story.plan.is_known(story)
    with pytest.raises(AssertionError, match="plan is not known yet"):
        _ = story.plan


def test_what_a_step_has_found_out_is_its_own_storys_and_the_last_word_counts():
    story, other = Story("a"), Story("b")
    story.plan = "first"
    story.plan = "second"
    assert story.plan == "second"
    assert Story.plan.is_known(story)
    assert not Story.plan.is_known(other)

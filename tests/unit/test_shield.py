"""A cancel only calls; it never cuts a story short."""

import asyncio

import pytest

from workflows.order.shield import shielded


async def test_each_cancel_calls_and_the_story_goes_to_its_end():
    go_on, cancels = asyncio.Event(), []

    async def story() -> str:
        await go_on.wait()
        return "told"

    task = asyncio.ensure_future(shielded(story(), on_cancel=lambda: cancels.append(1)))
    for _ in range(2):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    go_on.set()
    assert await task == "told"
    assert len(cancels) == 2


async def test_a_cancel_in_the_moment_of_the_end_does_not_lose_the_end():
    cancels: list[int] = []

    async def story() -> str:
        await asyncio.sleep(0)
        task.cancel()
        return "told"

    task = asyncio.ensure_future(shielded(story(), on_cancel=lambda: cancels.append(1)))
    assert await task == "told"


async def test_a_story_that_was_ended_itself_is_not_waited_for():
    started = asyncio.Event()
    stories: list[asyncio.Task[None] | None] = []

    async def story() -> None:
        stories.append(asyncio.current_task())
        started.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(shielded(story(), on_cancel=lambda: None))
    await started.wait()
    assert stories[0] is not None
    stories[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_story_that_fails_fails():
    async def story() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        await shielded(story(), on_cancel=lambda: None)

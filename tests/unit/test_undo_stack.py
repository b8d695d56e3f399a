"""The undo stack, where a workflow test would not show which line kept the promise."""

import pytest

from workflows.order.undo import UndoStack


def stack(done: list[str], *names: str) -> UndoStack:
    compensations = UndoStack()
    for name in names:

        async def undo(name: str = name) -> None:
            done.append(name)

        compensations.push(name, undo)
    return compensations


async def test_everything_is_undone_newest_first_and_once():
    done: list[str] = []
    compensations = stack(done, "sim", "subscription", "dossier")
    await compensations.run_all()
    await compensations.run_all()
    assert done == ["dossier", "subscription", "sim"]


async def test_a_step_pushed_twice_is_undone_once():
    done: list[str] = []
    compensations = stack(done, "dossier", "dossier")
    await compensations.run_all()
    assert done == ["dossier"]


async def test_a_step_undone_by_name_leaves_the_others():
    done: list[str] = []
    compensations = stack(done, "sim", "number", "dossier")
    await compensations.run("number")
    assert (done, compensations.names) == (["number"], ["sim", "dossier"])


async def test_after_the_point_of_no_return_nothing_is_undone():
    done: list[str] = []
    compensations = stack(done, "sim", "number")
    compensations.clear()
    await compensations.run_all()
    assert done == []


async def test_an_undo_that_fails_stays_to_be_undone():
    done: list[str] = []
    compensations = stack(done, "sim")

    async def fails() -> None:
        raise LookupError("performed meanwhile")

    compensations.push("dossier", fails)
    with pytest.raises(LookupError):
        await compensations.run_all()
    assert (done, compensations.names) == ([], ["sim", "dossier"])

"""The operator's page: what it must say in each situation."""

from datetime import UTC, datetime

from domain.orders import OrderState, OrderStatus, WaitingFor
from domain.refusals import RefusalCode, refusal
from workflows.order.page import markdown
from workflows.port_in.state import PAGE

DUE = datetime(2026, 6, 5, 16, 0, tzinfo=UTC)


def page(status: OrderStatus) -> str:
    return markdown(status, page=PAGE.local_to("Europe/Paris"), log=["asked CIRUS (relais)"])


def test_a_waiting_order_says_for_whom_until_when_and_what_then():
    waits = WaitingFor(party="CIRUS", what="its answer", until=DUE, then="its desk is reminded by e-mail")
    text = page(OrderStatus(state=OrderState.PENDING, stage="waiting_for_donor", waiting_for=waits, due=DUE))
    assert "| Waits for | CIRUS: its answer |" in text
    assert "| Until | Friday 05 June 2026 18:00 legal time, Paris |" in text
    assert "| Then | its desk is reminded by e-mail |" in text
    assert "| Next | waiting for day |" in text
    assert "| Due |" not in text  # the same instant is not said twice
    assert "▶ waiting for donor" in text
    assert "- `cancel` with" in text


def test_a_due_instant_is_shown_where_nobody_is_waited_for():
    text = page(OrderStatus(state=OrderState.IN_PROGRESS, stage="cutting_over", due=DUE))
    assert "| Due | Friday 05 June 2026 18:00 legal time, Paris |" in text


def test_what_needs_attention_stands_before_everything_else():
    status = OrderStatus(state=OrderState.HELD, stage="reserving", needs_attention=True, attention="Fill the stock.")
    text = page(status)
    assert text.index("Fill the stock.") < text.index("| Now |")


def test_after_the_point_of_no_return_no_cancel_is_suggested():
    text = page(OrderStatus(state=OrderState.PENDING, stage="broadcasting", point_of_no_return=True))
    assert "passed: only forward" in text
    assert "- `cancel` with" not in text
    assert "- `note` with" in text


def test_during_the_cut_over_neither_a_cancel_nor_an_undo_is_promised():
    text = page(OrderStatus(state=OrderState.PENDING, stage="cutting_over"))
    assert "what the clearing house's registry shows decides" in text
    assert "can be undone" not in text
    assert "- `cancel` with" not in text


def test_an_order_that_is_being_undone_says_what_comes_next_and_ticks_no_step():
    text = page(OrderStatus(state=OrderState.PENDING_CANCELLATION, stage="undoing"))
    assert "| Next | closed, the line let go |" in text
    assert "✓" not in text
    assert "- `cancel` with" not in text


def test_a_rejected_order_says_who_said_no_and_claims_no_step_as_done():
    no = refusal(RefusalCode.TRANSFER_CODE_INVALID, "CIRUS", raw_text="wrong | RIO")
    text = page(OrderStatus(state=OrderState.REJECTED, stage="closed", refusal=no))
    assert "`transfer_code_invalid` said by CIRUS: wrong \\| RIO" in text
    assert "never reached: everything is as it was" in text
    assert "✓" not in text
    assert "Updates you may send" not in text


def test_a_completed_order_has_every_step_ticked():
    text = page(OrderStatus(state=OrderState.COMPLETED, stage="closed", point_of_no_return=True))
    assert text.count("✓") == len(PAGE.stages)

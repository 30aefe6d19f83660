"""The question repeats the account and the totals, so that a yes means what was shown."""

from decimal import Decimal

from attrs import evolve

from rebalancer_cli.screen.questions import (
    render_global_prompt,
    render_prompt,
    render_typed_prompt,
)
from rebalancer_core.reporting.preview_facts import Excluded
from rebalancer_core.values.instruments import AccountId
from tests.support.plan_factory import Line, plan_of

PLAN = plan_of()


def test_the_question_is_worded_as_specified() -> None:
    assert render_prompt(PLAN) == (
        "DU111111: trade plan ready. 2 orders (Buy $2,250 / Sell $3,750).\n"
        "Est. gross exposure: $31,301 | Est. leverage: 0.79x | Cash buffer: 1.0%\n"
        "Proceed? [y/N]: "
    )


def test_one_order_is_not_called_orders() -> None:
    one = plan_of((Line("VTI", "10", "250", "60", "2"),))
    assert "ready. 1 order (Buy $500 / Sell $0)." in render_prompt(one)


def test_the_buffer_is_a_percentage_of_what_is_managed() -> None:
    kept_apart = evolve(PLAN, net_liquidation=PLAN.managed_net_liquidation * 2)
    assert "Cash buffer: 1.0%" in render_prompt(kept_apart)
    assert "Cash buffer: 2.5%" in render_prompt(
        evolve(PLAN, cash_buffer=PLAN.managed_net_liquidation * Decimal("0.025"))
    )


def test_live_money_asks_for_the_account_and_not_for_a_letter() -> None:
    text = render_typed_prompt(PLAN, "This is live money.")
    assert text.endswith("This is live money.\nType DU111111 to proceed: ")
    assert "[y/N]" not in text


def test_one_question_for_all_names_each_account_and_those_left_out() -> None:
    other = plan_of(account_id=AccountId("DU222222"))
    left = Excluded(account_id=AccountId("DU333333"), why="no price for\nVTI")
    assert render_global_prompt((PLAN, other), (left,)) == (
        "2 accounts: trade plans ready. 4 orders (Buy $4,500 / Sell $7,500).\n"
        "  DU111111: 2 orders (Buy $2,250 / Sell $3,750) | Est. leverage: 0.79x\n"
        "  DU222222: 2 orders (Buy $2,250 / Sell $3,750) | Est. leverage: 0.79x\n"
        "  DU333333: not traded: no price for VTI\n"
        "Proceed with all of them? [y/N]: "
    )

"""The questions before trading repeat the account and the totals."""

from __future__ import annotations

from rebalancer_cli.screen.console import console_text
from rebalancer_cli.screen.figures import leverage, money
from rebalancer_core.messages import counted
from rebalancer_core.reporting.preview_facts import Excluded
from rebalancer_core.values.money import ZERO, in_percent
from rebalancer_core.values.plan import Plan


def render_prompt(plan: Plan) -> str:
    """The question for one account; the answer is typed behind its last character."""
    return f"{_ready(plan)}\nProceed? [y/N]: "


def render_typed_prompt(plan: Plan, why: str) -> str:
    """The question that only the account id answers: live money, or an unusual turnover."""
    return f"{_ready(plan)}\n{console_text(why)}\nType {plan.account_id} to proceed: "


def render_global_prompt(plans: tuple[Plan, ...], excluded: tuple[Excluded, ...]) -> str:
    """One question for all accounts; those it leaves out are named with their reason."""
    orders = sum(len(plan.orders) for plan in plans)
    buys = sum((plan.buy_usd for plan in plans), ZERO)
    sells = sum((plan.sell_usd for plan in plans), ZERO)
    head = (
        f"{counted(len(plans), 'account')}: trade plans ready."
        f" {counted(orders, 'order')} (Buy {money(buys)} / Sell {money(sells)})."
    )
    lines = (
        *(f"  {_line(plan)}" for plan in plans),
        *(f"  {left.account_id}: not traded: {console_text(left.why)}" for left in excluded),
    )
    return "\n".join((head, *lines, "Proceed with all of them? [y/N]: "))


def _ready(plan: Plan) -> str:
    return (
        f"{plan.account_id}: trade plan ready. {counted(len(plan.orders), 'order')}"
        f" (Buy {money(plan.buy_usd)} / Sell {money(plan.sell_usd)}).\n"
        f"Est. gross exposure: {money(plan.gross_after)}"
        f" | Est. leverage: {leverage(plan.leverage_after)}"
        f" | Cash buffer: {_buffer_percent(plan)}"
    )


def nobody_to_ask(prompt: str) -> str:
    """The answer to a question that nobody is there to read."""
    return f"{prompt}declined: not running in a terminal -> --yes trades without a prompt"


def _line(plan: Plan) -> str:
    return (
        f"{plan.account_id}: {counted(len(plan.orders), 'order')}"
        f" (Buy {money(plan.buy_usd)} / Sell {money(plan.sell_usd)})"
        f" | Est. leverage: {leverage(plan.leverage_after)}"
    )


def _buffer_percent(plan: Plan) -> str:
    return f"{in_percent(plan.cash_buffer / plan.managed_net_liquidation, 1):f}%"

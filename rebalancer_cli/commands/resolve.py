"""`rebalance resolve`: a human says what became of an order that no evidence settles."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click

from rebalancer_adapters.files.settings import Flags
from rebalancer_adapters.journal.account_lock import locked
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.recovery.archive import all_runs, opened_journal
from rebalancer_cli.recovery.history import open_orders
from rebalancer_core.execution.facts import Settled, Verdict
from rebalancer_core.execution.journal import JournaledOrder, explain_journal
from rebalancer_core.values.money import decimal_from_text, plain


@click.command("resolve")
@click.argument("order_ref")
@click.option("--filled", required=True, help="Shares that were filled, 0 when none was.")
@click.option("--reason", required=True, help="How you know; it is kept in the journal.")
@click.option("--yes", "without_prompt", is_flag=True, help="Do not ask for the order again.")
@config_option
def command(
    order_ref: str,
    filled: str,
    reason: str,
    without_prompt: bool,  # noqa: FBT001 - click passes flags by name
    config: Path,
) -> None:
    """Say what became of ORDER_REF, after looking at the account at the broker.

    Sends nothing. The account is free again once none of its orders is open.
    """
    settings = valid_settings(config, Flags(read_only=True))
    if not reason.strip():
        raise click.UsageError("--reason is empty: say how you know")
    with opened_journal(settings) as journal:
        order = _found(order_ref, _by_reference(open_orders(all_runs(journal))))
        shares = _shares(filled, order)
        _confirm(order, shares, without_prompt=without_prompt)
        quantity = order.intent.ticket.quantity
        settled = Settled(
            order_ref=order.order_ref,
            verdict=Verdict.FILLED if shares >= quantity else Verdict.CANCELLED,
            filled=shares,
            reason=reason.strip(),
            by_human=True,
        )
        with locked(settings.io.state_dir, (order.intent.ticket.account_id,)) as locks:
            for refused in locks.refused:
                click.echo(refused.why, err=True)
                raise click.exceptions.Exit(Exit.REFUSED)
            fault = journal.note(settled, datetime.now(UTC))
    if fault is not None:
        click.echo(explain_journal(fault), err=True)
        raise click.exceptions.Exit(Exit.REFUSED)
    click.echo(f"{order_ref}: {settled.verdict.words}, {plain(shares)} shares, as you said")


def _by_reference(entries: tuple[tuple[object, JournaledOrder], ...]) -> dict[str, JournaledOrder]:
    return {order.order_ref: order for _, order in entries}


def _found(order_ref: str, known: dict[str, JournaledOrder]) -> JournaledOrder:
    order = known.get(order_ref)
    if order is None:
        names = ", ".join(known) or "none"
        raise click.UsageError(f"{order_ref} is not an open order; open are: {names}")
    return order


def _shares(text: str, order: JournaledOrder) -> Decimal:
    shares = decimal_from_text(text)
    known = order.state.executed
    # More was executed than ordered: then that is what came of it, and a human may say so.
    most = max(order.intent.ticket.quantity, known)
    if shares is None or not known <= shares <= most:
        raise click.UsageError(
            f"--filled {text!r}: a number of shares from {plain(known)} (proven) to {plain(most)}"
        )
    return shares


def _confirm(order: JournaledOrder, shares: Decimal, *, without_prompt: bool) -> None:
    if without_prompt:
        return
    ticket = order.intent.ticket
    click.echo(
        f"{ticket.account_id}: {ticket.side.value} {plain(ticket.quantity)} {ticket.symbol},"
        f" known: {order.state.phase.words}; you say: {plain(shares)} filled.",
        err=True,
    )
    if not sys.stdin.isatty():
        raise click.UsageError("no terminal to confirm at: use --yes")
    typed = click.prompt("Type the order reference to confirm", default="", err=True)
    if typed != order.order_ref:
        click.echo("nothing changed", err=True)
        raise click.exceptions.Exit(Exit.DONE)

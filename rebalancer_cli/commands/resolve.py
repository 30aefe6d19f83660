"""`rebalance resolve`: record the outcome of an order that the broker cannot confirm."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import click

from rebalancer_adapters.journal.account_lock import locked
from rebalancer_adapters.journal.sqlite_journal import SqliteJournal
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_cli.archive import all_runs, opened_journal
from rebalancer_cli.bootstrap import GatewaySessions, process_world, run_reports
from rebalancer_cli.exits import Exit
from rebalancer_cli.options import config_option, valid_settings
from rebalancer_cli.terminal.people import terminal_people
from rebalancer_core.application.silent_orders import (
    DECLINED,
    RESTARTED,
    Closed,
    close_silent,
    said,
    verdict_of,
)
from rebalancer_core.messages import explain, explain_journal
from rebalancer_core.orders.events import OrderRef, Resolution, Resolved
from rebalancer_core.reconcile.journal_model import JournaledOrder, JournaledRun, JournalFault
from rebalancer_core.reconcile.past_orders import declined_on, open_orders, trading_day, unfinished
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO, decimal_from_text, plain

_TWO_ANSWERS = f'"{RESTARTED}" or "{DECLINED}"'


@click.command("resolve")
@click.argument("order_ref", required=False)
@click.option("--filled", help="Shares that were filled, 0 when none was.")
@click.option("--reason", help="Why you are sure; recorded in the journal.")
@click.option("--account", "account_id", help="With --all-silent: the account.")
@click.option(
    "--all-silent", is_flag=True, help="Close every order of --account that was never acknowledged."
)
@click.option("--yes", "without_prompt", is_flag=True, help="Do not ask for confirmation.")
@config_option
def command(
    *,
    order_ref: str | None,
    filled: str | None,
    reason: str | None,
    account_id: str | None,
    all_silent: bool,
    without_prompt: bool,
    config: Path,
) -> None:
    """Record what became of ORDER_REF, after you looked at the account at the broker.

    An order that the gateway never acknowledged may wait in a dialog of its window. With --filled 0
    such an order is cancelled at the gateway and the broker is asked twice; then it is closed if
    you can say "gateway restarted" or "dialog answered No" (typed, or as --reason).

    Sends no order. The account is free again once none of its orders is open.
    """
    settings = valid_settings(config, Flags(read_only=True))
    if reason is not None and not reason.strip():
        raise click.UsageError("--reason is empty: say why you are sure")
    with opened_journal(settings) as journal:
        runs = all_runs(journal)
        if all_silent:
            if order_ref or not account_id:
                raise click.UsageError("--all-silent requires --account and no ORDER_REF")
            orders = tuple(o for o in unfinished(runs, AccountId(account_id)) if o.is_silent)
            if not orders:
                raise click.UsageError(f"{account_id} has no order that was never acknowledged")
            _close(settings, journal, orders, reason, without_prompt=without_prompt)
            return
        if order_ref is None:
            raise click.UsageError("Missing argument 'ORDER_REF' (or --account and --all-silent)")
        if filled is None:
            raise click.UsageError("Missing option '--filled'")
        order = _found(order_ref, runs)
        shares = _shares(filled, order)
        if order.is_finished:
            _record(settings, journal, order, _restarted(order, reason))
        elif order.is_silent and shares == ZERO:
            _close(settings, journal, (order,), reason, without_prompt=without_prompt)
        else:
            if reason is None:
                raise click.UsageError("Missing option '--reason': say why you are sure")
            _confirm(order, shares, without_prompt=without_prompt)
            _record(settings, journal, order, _settled(order, shares, reason.strip()))


def _found(order_ref: str, runs: tuple[JournaledRun, ...]) -> JournaledOrder:
    known = {order.order_ref: order for _, order in open_orders(runs)}
    names = ", ".join(known) or "none"
    today = trading_day(datetime.now(UTC))
    for account_id in {a.approval.account_id for run in runs for a in run.accounts}:
        known |= {order.order_ref: order for order in declined_on(today, runs, account_id)}
    order = known.get(OrderRef(order_ref))
    if order is None:
        raise click.UsageError(f"{order_ref} is not an open order; open orders: {names}")
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


def _restarted(order: JournaledOrder, reason: str | None) -> Resolved:
    """The word that lifts what an earlier `dialog answered No` holds back."""
    if verdict_of(reason or "") is not Resolution.NOT_RECEIVED:
        raise click.UsageError(
            f'{order.order_ref} is closed; --reason "{RESTARTED}" lifts its hold'
        )
    return said(order.order_ref, Resolution.NOT_RECEIVED)


def _settled(order: JournaledOrder, shares: Decimal, reason: str) -> Resolved:
    is_whole = shares >= order.intent.ticket.quantity
    return Resolved(
        order_ref=order.order_ref,
        verdict=Resolution.FILLED if is_whole else Resolution.CANCELLED,
        filled=shares,
        reason=reason,
        by_human=True,
    )


def _record(
    settings: Settings, journal: SqliteJournal, order: JournaledOrder, event: Resolved
) -> None:
    with locked(settings.io.state_dir, (order.intent.ticket.account_id,)) as locks:
        for refused in locks.refused:
            _end(refused.why, Exit.REFUSED)
        fault = journal.note(event, datetime.now(UTC))
    if fault is not None:
        _end(explain_journal(fault), Exit.REFUSED)
    click.echo(
        f"{order.order_ref}: recorded as {event.verdict.words} ({plain(event.filled)} shares),"
        " as instructed"
    )


def _close(
    settings: Settings,
    journal: SqliteJournal,
    orders: tuple[JournaledOrder, ...],
    reason: str | None,
    *,
    without_prompt: bool,
) -> None:
    """Silent orders of one account: cancelled, asked about, and closed on the user's word."""
    verdict = _dialog(orders, reason, without_prompt=without_prompt)
    account_id = orders[0].intent.ticket.account_id
    with locked(settings.io.state_dir, (account_id,)) as locks:
        for refused in locks.refused:
            _end(refused.why, Exit.REFUSED)
        names = ", ".join(order.order_ref for order in orders)
        click.echo(f"Cancelling {names} and asking the broker twice", err=True)
        world = process_world(terminal_people(), run_reports(settings))
        closed = asyncio.run(
            close_silent(world, GatewaySessions(settings=settings), journal, orders, verdict)
        )
    if isinstance(closed, JournalFault):
        _end(explain_journal(closed), Exit.REFUSED)
    if not isinstance(closed, Closed):
        _end(explain(closed), Exit.NO_DATA)
    for line in closed.recorded:
        click.echo(line)
    if closed.recorded and verdict is Resolution.DECLINED:
        click.echo(
            "The same trades are not sent again before the next trading day; after a restart of the"
            f' gateway `rebalance resolve ORDER --filled 0 --reason "{RESTARTED}"` lifts this.'
        )
    for line in closed.refused:
        click.echo(line, err=True)
    if closed.refused:
        raise click.exceptions.Exit(Exit.UNKNOWN_OUTCOME)


def _dialog(
    orders: tuple[JournaledOrder, ...], reason: str | None, *, without_prompt: bool
) -> Resolution:
    verdict = verdict_of(reason or "")
    if verdict is not None and (without_prompt or not sys.stdin.isatty()):
        return verdict
    if without_prompt or not sys.stdin.isatty():
        raise click.UsageError(f"never acknowledged: --reason must be {_TWO_ANSWERS}")
    for order in orders:
        click.echo(f"{_described(order)}: never acknowledged by the gateway", err=True)
    click.echo(
        "A dialog in the gateway's window may still hold it. Close the dialog with No, or restart"
        " the gateway (its dialogs die with it).",
        err=True,
    )
    typed = verdict_of(click.prompt(f"Type {_TWO_ANSWERS}", default="", err=True))
    if typed is None or (verdict is not None and typed is not verdict):
        click.echo("nothing changed", err=True)
        raise click.exceptions.Exit(Exit.DONE)
    return typed


def _confirm(order: JournaledOrder, shares: Decimal, *, without_prompt: bool) -> None:
    if without_prompt:
        return
    click.echo(
        f"{_described(order)}, last known state: {order.state.phase.words};"
        f" you are recording: {plain(shares)} filled.",
        err=True,
    )
    if not sys.stdin.isatty():
        raise click.UsageError("no terminal to confirm at: use --yes")
    typed = click.prompt("Type the order reference to confirm", default="", err=True)
    if typed != order.order_ref:
        click.echo("nothing changed", err=True)
        raise click.exceptions.Exit(Exit.DONE)


def _described(order: JournaledOrder) -> str:
    ticket = order.intent.ticket
    return f"{ticket.account_id}: {ticket.side.value} {plain(ticket.quantity)} {ticket.symbol}"


def _end(sentence: str, code: Exit) -> NoReturn:
    click.echo(sentence, err=True)
    raise click.exceptions.Exit(code)

"""The flags of cash flows: what they ask of which account, and what of them is wrong usage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from types import MappingProxyType

import click
from attrs import evolve, field, frozen

from rebalancer_cli.inputs import LocatedInputs
from rebalancer_core.application.types import AccountInputs, UntouchedAccount
from rebalancer_core.messages.flow import (
    FLOWS_EXCLUDE,
    amount_of_no_account,
    amounts_want_accounts,
    no_amount,
    twice_named,
)
from rebalancer_core.values.flow import REBALANCE, BuyOnly, Flow, Invest, Raise, SellOnly
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.money import ZERO, decimal_from_text

_ALL = "all"
_NOBODY: Mapping[AccountId, Flow] = MappingProxyType({})


@frozen(kw_only=True)
class AskedFlow:
    """What the flags ask: one `flow` of the account, or `named` ones of single accounts.

    `flag` is how the flow was asked for. `is_alone`: an amount that is of one account only.
    """

    flag: str = ""
    flow: Flow = REBALANCE
    named: Mapping[AccountId, Flow] = field(default=_NOBODY)
    is_alone: bool = False


NO_FLOW = AskedFlow()


def flow_options(command: Callable[..., None]) -> Callable[..., None]:
    """The flags of cash flows, which the command gets as `asked`; they exclude each other."""

    @wraps(command)
    def with_asked(
        *, invest: str | None, raised: str | None, buy_only: bool, sell_only: bool, **others: object
    ) -> None:
        asked = asked_flow(invest, raised, buy_only=buy_only, sell_only=sell_only)
        command(asked=asked, **others)

    options = (
        click.option(
            "--invest",
            metavar="AMOUNT|all|ID=AMOUNT,...",
            help="Only buy, whatever the bands say, for so much of the cash.",
        ),
        click.option(
            "--raise",
            "raised",
            metavar="AMOUNT|ID=AMOUNT,...",
            help="Only sell, until so much cash is there to be withdrawn.",
        ),
        click.option("--buy-only", is_flag=True, help="Leave the sells of the plan out."),
        click.option("--sell-only", is_flag=True, help="Leave the buys of the plan out."),
    )
    decorated: Callable[..., None] = with_asked
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def asked_flow(
    invest: str | None, raised: str | None, *, buy_only: bool, sell_only: bool
) -> AskedFlow:
    """What the flags ask for; exit 2 where they exclude each other or an amount is wrong."""
    if sum((invest is not None, raised is not None, buy_only, sell_only)) > 1:
        raise click.UsageError(FLOWS_EXCLUDE)
    if invest is not None:
        if invest.strip().lower() == _ALL:
            return AskedFlow(flag="--invest", flow=Invest())
        return _amounts("--invest", invest, _invested)
    if raised is not None:
        return _amounts("--raise", raised, _raised)
    if buy_only:
        return AskedFlow(flag="--buy-only", flow=BuyOnly())
    return AskedFlow(flag="--sell-only", flow=SellOnly()) if sell_only else NO_FLOW


def with_flow(inputs: LocatedInputs, asked: AskedFlow) -> LocatedInputs:
    """The inputs with what is asked of each account; those not named are left alone.

    Exit 2 where an amount is of no account, or of several.
    """
    if asked.is_alone and len(inputs.accounts) + len(inputs.unfit) > 1:
        raise click.UsageError(amounts_want_accounts(asked.flag))
    if not asked.named:
        accounts = tuple(evolve(each, flow=asked.flow) for each in inputs.accounts)
        return evolve(inputs, accounts=accounts)
    ids = {account.settings.account_id for account in inputs.accounts}
    known = ids | {each.account_id for each in inputs.unfit}
    unknown = sorted(asked.named.keys() - known)
    if unknown:
        raise click.UsageError(amount_of_no_account(asked.flag, unknown[0], sorted(known)))
    return evolve(
        inputs,
        accounts=tuple(
            evolve(account, flow=asked.named[account.settings.account_id])
            for account in inputs.accounts
            if account.settings.account_id in asked.named
        ),
        unfit=tuple(each for each in inputs.unfit if each.account_id in asked.named),
        untouched=_untouched(inputs, asked.named),
    )


def _untouched(
    inputs: LocatedInputs, named: Mapping[AccountId, Flow]
) -> tuple[UntouchedAccount, ...]:
    every = (
        *(_numbered(account) for account in inputs.accounts),
        *((each.number, each.account_id) for each in inputs.unfit),
    )
    return tuple(
        UntouchedAccount(number=number, account_id=account_id)
        for number, account_id in sorted(every)
        if account_id not in named
    )


def _numbered(account: AccountInputs) -> tuple[int, AccountId]:
    return account.number, account.settings.account_id


def _amounts(flag: str, text: str, flow_of: Callable[[Decimal], Flow]) -> AskedFlow:
    """`AMOUNT`, or `ID=AMOUNT,...`."""
    if "=" not in text:
        if "," in text:
            raise click.UsageError(amounts_want_accounts(flag))
        return AskedFlow(flag=flag, flow=flow_of(_amount(flag, text)), is_alone=True)
    named: dict[AccountId, Flow] = {}
    for part in text.split(","):
        name, equals, amount = part.partition("=")
        account_id = AccountId(name.strip().upper())
        if not equals or not account_id:
            raise click.UsageError(amounts_want_accounts(flag))
        if account_id in named:
            raise click.UsageError(twice_named(flag, account_id))
        named[account_id] = flow_of(_amount(flag, amount))
    return AskedFlow(flag=flag, named=named)


def _amount(flag: str, text: str) -> Decimal:
    amount = decimal_from_text(text.strip())
    if amount is None or amount <= ZERO:
        raise click.UsageError(no_amount(flag, text.strip()))
    return amount


def _invested(amount: Decimal) -> Flow:
    return Invest(amount=amount)


def _raised(amount: Decimal) -> Flow:
    return Raise(amount=amount)

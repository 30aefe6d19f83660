"""Asks what one share of each target would do, as a run asks before it trades; orders nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    ok,
    problem,
    skipped,
    warning,
)
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.application.types import Market, style_of
from rebalancer_core.messages.doctor import what_ifs as facts
from rebalancer_core.messages.doctor.fact import Fact
from rebalancer_core.ports import Clock, WhatIfPort
from rebalancer_core.safety.limits import mode_violations
from rebalancer_core.safety.what_ifs import is_about_the_contract
from rebalancer_core.values.account import Quote, Unpriced
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.margin import WhatIf, WhatIfRefused
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import PlannedOrder, Side
from rebalancer_core.values.settings import RunSettings

_READ_ONLY = 321
# For all accounts together: the last one may take a few seconds more.
_ENOUGH_SECONDS = 10.0


@frozen(kw_only=True)
class Asked:
    """The answer about one share of one target of one account."""

    account_id: AccountId
    symbol: Symbol
    answer: WhatIf


@frozen(kw_only=True)
class Answers:
    """What was answered, and the accounts that nobody came to ask about in time."""

    asked: tuple[Asked, ...]
    out_of_time: tuple[AccountId, ...] = ()


def why_not_asked(settings: RunSettings, *, read_only_api: bool) -> Fact | None:
    """Why no what-if may be sent now; None where they may."""
    if not settings.execution.what_if:
        return facts.SwitchedOff()
    return facts.ReadOnlyGateway() if read_only_api else None


def may_trade(
    settings: RunSettings, accounts: tuple[AccountTargets, ...], known: Iterable[AccountId]
) -> tuple[AccountTargets, ...]:
    """The accounts that the gateway manages and that fit the mode, with something to buy."""
    managed = frozenset(known)
    return tuple(
        account
        for account in accounts
        if account.bought
        and account.account_id in managed
        and not mode_violations(account.account_id, settings.gateway.port, settings.safety)
    )


async def ask_what_ifs(
    settings: RunSettings,
    accounts: tuple[AccountTargets, ...],
    market: Market,
    desk: WhatIfPort,
    clock: Clock,
) -> Answers:
    """One share of each target that is listed, account by account, in bounded time."""
    until = clock.monotonic() + _ENOUGH_SECONDS
    by_symbol = {each.symbol: each for each in market.quotes}
    asked: list[Asked] = []
    for number, account in enumerate(accounts):
        if clock.monotonic() >= until:
            left = tuple(each.account_id for each in accounts[number:])
            return Answers(asked=tuple(asked), out_of_time=left)
        shares = tuple(_one_share(by_symbol[s]) for s in account.bought if s in by_symbol)
        style = style_of(settings.execution, account.hours)
        answers = await desk.what_if(account.account_id, shares, style) if shares else ()
        asked += (
            Asked(account_id=account.account_id, symbol=share.symbol, answer=answer)
            for share, answer in zip(shares, answers, strict=True)
        )
    return Answers(asked=tuple(asked))


def judge_what_ifs(found: Answers) -> tuple[Finding, ...]:
    """A line for all symbols and accounts that were answered alike."""
    late = found.out_of_time
    unasked = (skipped(Check.WHAT_IF, facts.OutOfTime(accounts=late)),) if late else ()
    if not found.asked:
        return unasked or (skipped(Check.WHAT_IF, facts.NothingToAsk()),)
    stuck = _stuck(found.asked)
    return (
        *(
            _judged(answer, symbols, accounts, stuck)
            for (answer, accounts), symbols in _groups(found.asked).items()
        ),
        *unasked,
    )


def not_asked(why: Fact) -> tuple[Finding, ...]:
    """What is said where no what-if was sent."""
    return (skipped(Check.WHAT_IF, why),)


def _one_share(found: Quote | Unpriced) -> PlannedOrder:
    """A market order: whatever its price is, none goes on the wire."""
    return PlannedOrder(
        con_id=found.con_id,
        symbol=found.symbol,
        side=Side.BUY,
        quantity=ONE,
        price=found.price if isinstance(found, Quote) else ZERO,
    )


_Alike = WhatIfRefused | bool
"""A refusal by its code and text; else whether anything was answered."""


def _groups(
    asked: tuple[Asked, ...],
) -> Mapping[tuple[_Alike, tuple[AccountId, ...]], tuple[Symbol, ...]]:
    """The symbols that were answered alike for the same accounts."""
    accounts: dict[tuple[Symbol, _Alike], tuple[AccountId, ...]] = {}
    for each in asked:
        answer = each.answer
        alike = answer if isinstance(answer, WhatIfRefused) else answer is not None
        key = (each.symbol, alike)
        accounts[key] = (*accounts.get(key, ()), each.account_id)
    groups: dict[tuple[_Alike, tuple[AccountId, ...]], tuple[Symbol, ...]] = {}
    for (symbol, alike), of in accounts.items():
        groups[alike, of] = (*groups.get((alike, of), ()), symbol)
    return groups


def _judged(
    answer: _Alike,
    symbols: tuple[Symbol, ...],
    accounts: tuple[AccountId, ...],
    stuck: frozenset[AccountId],
) -> Finding:
    if isinstance(answer, WhatIfRefused):
        if answer.code == _READ_ONLY:
            refused = facts.OrdersRefused(refused=answer)
            return problem(Check.WHAT_IF, refused, Consequence.REFUSED)
        ends_run = bool(stuck.intersection(accounts))
        shares = facts.SharesRefused(
            symbols=symbols, accounts=accounts, refused=answer, ends_run=ends_run
        )
        if ends_run and is_about_the_contract(answer):
            return problem(Check.WHAT_IF, shares, Consequence.REFUSED)
        return warning(Check.WHAT_IF, shares)
    if answer:
        return ok(Check.WHAT_IF, facts.SharesTaken(symbols=symbols, accounts=accounts))
    return warning(Check.WHAT_IF, facts.Unanswered(symbols=symbols, accounts=accounts))


def _stuck(asked: tuple[Asked, ...]) -> frozenset[AccountId]:
    """The accounts that may buy none of their targets, whatever the funds."""
    can_buy = {each.account_id for each in asked if not _is_barred(each.answer)}
    return frozenset(each.account_id for each in asked) - can_buy


def _is_barred(answer: WhatIf) -> bool:
    return isinstance(answer, WhatIfRefused) and is_about_the_contract(answer)

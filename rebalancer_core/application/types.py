"""The stages of a run, one type each, made only by the stage before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

from attrs import field, frozen

from rebalancer_core.market.identity import QuoteBook, quote_book
from rebalancer_core.messages import unlisted_sentence
from rebalancer_core.messages.blocked import why_blocked
from rebalancer_core.messages.flow import NOT_NAMED, keep_aside
from rebalancer_core.orders.record import ExecutionRecord
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.ports import Clock, LogPort, PeoplePort, ReportPort, StopPort, Together
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.safety.limits import StatedViolation, is_paper
from rebalancer_core.safety.staleness import quotes_if_live
from rebalancer_core.values.account import AccountSnapshot, MarketObservation, Quote, Unpriced
from rebalancer_core.values.commission import IBKR_COMMISSIONS, Commissions
from rebalancer_core.values.flow import REBALANCE, EarlierInvestment, Flow, Raise
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol, Unlisted
from rebalancer_core.values.plan import Plan, Side
from rebalancer_core.values.policy import ExecutionPolicy, TradingHours
from rebalancer_core.values.portfolios import ModelPortfolio, Targets
from rebalancer_core.values.settings import AccountSettings, RunSettings


@frozen(kw_only=True)
class Market:
    """What can be traded and for how much, as of one instant (UTC, the broker's clock).

    `observations` are what the quotes were made of; a saved snapshot has none.
    """

    as_of: datetime
    listings: tuple[Listing, ...]
    quotes: tuple[Quote | Unpriced, ...]
    observations: tuple[MarketObservation, ...] = ()

    def book_for(self, account_id: AccountId) -> QuoteBook:
        """The quotes as this account may trade them, indexed once a market."""
        return self._for_paper if is_paper(account_id) else self._for_live

    @cached_property
    def _for_paper(self) -> QuoteBook:
        return quote_book(self.quotes)

    @cached_property
    def _for_live(self) -> QuoteBook:
        return quote_book(quotes_if_live(self.quotes))


@frozen(kw_only=True)
class UnknownTargets:
    """Symbols of portfolios.csv that name no single US listing; all of them together.

    `failed` are the reports of the accounts that want them, where each of these has a file of its
    own; empty where the shared one names such a symbol.
    """

    symbols: tuple[Unlisted, ...]
    failed: tuple[AccountReport, ...] = ()

    def sentences(self, accounts: tuple[AccountInputs, ...]) -> tuple[str, ...]:
        """One for each place where a file of these accounts names one of the symbols.

        Where only files of single accounts do, one for each of these accounts.
        """
        if self.failed:
            return tuple(report.error for report in self.failed)
        found: list[str] = []
        for account in accounts:
            found.extend(each for each in account.unlisted(self.symbols) if each not in found)
        return tuple(found)


@frozen(kw_only=True)
class AccountInputs:
    """One account with its rules and targets; `number` counts from 1 in the order of the file.

    `portfolios_file` is the name for people of the file that its targets come from, with the hash
    of its content; `has_own_portfolios`: no other account needs it. `places` are where it names a
    symbol, `file:line:column`. `flow` is what the flags ask of this account.
    """

    number: int
    settings: AccountSettings
    portfolios: tuple[ModelPortfolio, ...]
    targets: Targets
    portfolios_file: str
    portfolios_sha256: str
    has_own_portfolios: bool = False
    places: Mapping[Symbol, str] = field(factory=dict)
    flow: Flow = REBALANCE

    def unlisted(self, symbols: tuple[Unlisted, ...]) -> tuple[str, ...]:
        """A sentence for each of these symbols that it wants, with the place in its file."""
        wanted = {weight.symbol for weight in self.targets.weights}
        return tuple(
            unlisted_sentence(each, self.places.get(each.symbol, self.portfolios_file))
            for each in symbols
            if each.symbol in wanted
        )


@frozen(kw_only=True)
class UnfitAccount:
    """An account whose own portfolios file is wrong; `why` is every problem with its place."""

    number: int
    account_id: AccountId
    why: str
    portfolios_file: str

    @property
    def report(self) -> AccountReport:
        """How a run ends for it, before anything is asked of the broker."""
        return AccountReport(
            account_id=self.account_id, status=AccountStatus.FAILED, error=self.why
        )


@frozen(kw_only=True)
class UntouchedAccount:
    """An account that the amounts of a cash flow do not name: it is not even read (R 4.11.2)."""

    number: int
    account_id: AccountId

    @property
    def report(self) -> AccountReport:
        """How a run ends for it."""
        return AccountReport(
            account_id=self.account_id, status=AccountStatus.NOT_TOUCHED, notes=(NOT_NAMED,)
        )


@frozen(kw_only=True)
class Inputs:
    """Both files, valid; `warnings` are sentences about what they may not mean to say.

    `unfit` are accounts of the run, too: they fail alone (R 2.3.14). So are those `untouched`.
    """

    settings: RunSettings
    accounts: tuple[AccountInputs, ...]
    warnings: tuple[str, ...] = ()
    unfit: tuple[UnfitAccount, ...] = ()
    untouched: tuple[UntouchedAccount, ...] = ()

    @property
    def apart(self) -> tuple[UnfitAccount | UntouchedAccount, ...]:
        """The accounts of the run that nothing is asked about."""
        return (*self.unfit, *self.untouched)


@frozen(kw_only=True)
class Reading:
    """The accounts as the broker told them, and the market they share.

    `accounts` holds an entry an account of the run: its snapshot, or the report of its failure.
    """

    market: Market
    accounts: tuple[AccountSnapshot | AccountReport, ...]


@frozen(kw_only=True)
class SavedAs:
    """The plan file that a draft comes from: the hash of its content, and when it ends (UTC).

    `quotes` are the prices that its plans were made with.
    """

    sha256: str
    expires: datetime
    quotes: tuple[Quote | Unpriced, ...] = ()


@frozen(kw_only=True)
class Draft:
    """A plan that can be shown; with breaches it can not be approved.

    `made` is the plan as it was made, `plan` the same with the breaches told in its rows, and the
    `closed` markets of those that have no usable price. `saved` is None for a plan of this run.
    `commissions` are what its orders are reckoned to be charged.
    """

    account: AccountInputs
    snapshot: AccountSnapshot
    market: Market
    made: Plan
    plan: Plan
    style: OrderStyle
    breaches: tuple[StatedViolation, ...]
    closed: tuple[StatedViolation, ...] = ()
    saved: SavedAs | None = None
    commissions: Commissions = IBKR_COMMISSIONS

    @property
    def account_id(self) -> AccountId:
        """Whose plan this is."""
        return self.plan.account_id

    @property
    def blocked(self) -> tuple[str, ...]:
        """Why every trade that the plan wants is blocked, in sentences; empty where one is not."""
        return why_blocked(self.plan, (*self.breaches, *self.closed))

    def ended(
        self,
        status: AccountStatus,
        *,
        error: str = "",
        notes: tuple[str, ...] = (),
        record: ExecutionRecord | None = None,
        seen: AccountSnapshot | None = None,
    ) -> AccountReport:
        """The report of the account when its walk ends here."""
        return AccountReport(
            account_id=self.account_id,
            status=status,
            error=error,
            notes=(*notes, *self._afterwards(status)),
            plan=self.plan,
            record=record,
            style=self.style,
            breaches=tuple(breach.sentence for breach in self.breaches),
            seen=seen,
        )

    def _afterwards(self, status: AccountStatus) -> tuple[str, ...]:
        """Of a raise: what keeps the next run from investing what is there now (R 4.11.5)."""
        is_there = status in _MAY_BE_THERE and self.plan.most_raised_usd is None
        if not is_there or not isinstance(self.plan.flow, Raise):
            return ()
        key = self.plan.set_aside_usd + self.plan.set_aside_short_usd
        return (keep_aside(self.plan.flow.amount, key),)


_MAY_BE_THERE = frozenset(
    {
        AccountStatus.DONE,
        AccountStatus.PARTIAL,
        AccountStatus.UNKNOWN,
        AccountStatus.INTERRUPTED,
        AccountStatus.NOTHING_TO_DO,
        AccountStatus.PREVIEWED,
    }
)


@frozen(kw_only=True)
class World:
    """The outside of a run, as far as nothing there can send an order.

    `reach` passes a named place where a test may end the process. `test_hooks` names what is set
    for tests and must not be where live accounts are traded.
    """

    people: PeoplePort
    reports: ReportPort
    clock: Clock
    log: LogPort
    stop: StopPort
    together: Together
    reach: Callable[[str], None]
    program: str
    test_hooks: tuple[str, ...] = ()
    second_look_seconds: float = 10.0


@frozen(kw_only=True)
class Run:
    """One run: what it was asked for, and its outside.

    `run_id` names it in order references, `started_at` in its files. `may_trade` false: nothing
    that could send an order is ever made. `declined` are the trades of today, by account, that a
    dialog of the gateway declined; `invested` what was invested of an account today.
    """

    inputs: Inputs
    run_id: str
    started_at: datetime
    world: World
    may_trade: bool
    without_prompt: bool = False
    declined: Mapping[AccountId, frozenset[tuple[ConId, Side]]] = field(factory=dict)
    invested: Mapping[AccountId, EarlierInvestment] = field(factory=dict)


def style_of(execution: ExecutionPolicy, hours: TradingHours) -> OrderStyle:
    """How this account's orders go to market.

    >>> style_of(ExecutionPolicy(), TradingHours.ETH).outside_rth
    True
    """
    return OrderStyle(
        algo=execution.algo_preference,
        priority=execution.adaptive_priority,
        outside_rth=hours is TradingHours.ETH,
    )

"""The books of the broker in memory: what it was given, and what its orders made of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve, field, frozen

from rebalancer_core.orders.events import BrokerFact, Executed, OrderRef
from rebalancer_core.orders.tickets import OrderTicket
from rebalancer_core.ports import Freshness
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Mark,
    MarketObservation,
    OpenOrder,
    Position,
)
from rebalancer_core.values.instruments import (
    STOCK,
    USD,
    AccountId,
    ConId,
    Listing,
    Symbol,
    Unlisted,
    is_managed,
)
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.plan import Side


@frozen(kw_only=True)
class Rejection:
    """Orders of this symbol are refused with an error of the broker."""

    symbol: Symbol
    code: int = 201
    text: str = "Order rejected - reason: scripted"


@frozen(kw_only=True)
class MemoryWorld:
    """Accounts, listings and prices as they are at the start.

    Orders of `resting` symbols are accepted and stay unfilled; of `silent` symbols nothing is ever
    told, whether of the order or of its cancel. `commission_usd` is for each order.
    """

    accounts: tuple[AccountSnapshot, ...]
    listings: tuple[Listing | Unlisted, ...]
    observations: tuple[MarketObservation, ...]
    rejections: tuple[Rejection, ...] = ()
    resting: tuple[Symbol, ...] = field(default=())
    silent: tuple[Symbol, ...] = field(default=())
    commission_usd: Decimal = ONE


def utc_now() -> datetime:
    """This computer's clock, UTC."""
    return datetime.now(UTC)


class MemoryBooks:
    """The one thing that changes; the broker reads it, the order desk writes it.

    `tickets` are the orders that were handed over, `asked_symbols`, `asked_prices` and `readings`
    what was looked up, each in order. `working` and `evidence` outlive the desk that sent an order.
    Accounts in `mute` push no position: what was read of them stays so until all is asked anew.
    """

    def __init__(self, world: MemoryWorld, now: Callable[[], datetime] = utc_now) -> None:
        self.world = world
        self.now = now
        self.tickets: list[OrderTicket] = []
        self.asked_symbols: list[Symbol] = []
        self.asked_prices: list[ConId] = []
        self.readings: list[tuple[AccountId, Freshness]] = []
        self.mute: set[AccountId] = set()
        self._streamed: dict[AccountId, tuple[Position, ...]] = {}
        self.working: dict[OrderRef, tuple[OrderTicket, OpenOrder]] = {}
        self.evidence: list[tuple[AccountId, BrokerFact]] = []
        self.next_order_id = 1
        self._accounts = {account.account_id: account for account in world.accounts}
        self._observations = {seen.con_id: seen for seen in world.observations}

    @property
    def account_ids(self) -> tuple[AccountId, ...]:
        """The accounts it manages."""
        return tuple(self._accounts)

    def observation(self, listing: Listing) -> MarketObservation:
        """What the market says of a listing now; nothing where it was given no prices."""
        silent = MarketObservation(
            con_id=listing.con_id, symbol=listing.symbol, observed_at=self.now()
        )
        seen = self._observations.get(listing.con_id, silent)
        return evolve(seen, symbol=listing.symbol, observed_at=self.now())

    def move_price(self, seen: MarketObservation) -> None:
        """From now on the market says this."""
        self._observations[seen.con_id] = seen

    def snapshot(self, account_id: AccountId) -> AccountSnapshot | None:
        """The account now, with its stocks valued at the last prices; None where not managed."""
        account = self._accounts.get(account_id)
        if account is None:
            return None
        return evolve(
            account, as_of=self.now(), stock_market_value_usd=self._stocks(account.positions)
        )

    def read(self, account_id: AccountId, fresh: Freshness) -> AccountSnapshot | None:
        """The account as a session reads it: positions as they were pushed, unless asked anew."""
        self.readings.append((account_id, fresh))
        now = self.snapshot(account_id)
        if now is None or account_id not in self.mute or fresh is Freshness.ANEW:
            return now
        return evolve(now, positions=self._streamed.setdefault(account_id, now.positions))

    def marks(self, account_id: AccountId) -> tuple[Mark, ...]:
        """The last price of each USD stock that the account holds; none where not managed."""
        account = self._accounts.get(account_id)
        return tuple(
            Mark(con_id=position.con_id, price=seen.last)
            for position in (account.positions if account is not None else ())
            if is_managed(position.security_type, position.currency)
            and (seen := self._observations.get(position.con_id)) is not None
            and seen.last is not None
        )

    def fill_price(self, con_id: ConId, side: Side) -> Decimal | None:
        """What a market order pays: the ask to buy, the bid to sell, else the last price."""
        seen = self._observations.get(con_id)
        if seen is None:
            return None
        return (seen.ask if side is Side.BUY else seen.bid) or seen.last

    def held(self, account_id: AccountId, con_id: ConId) -> Decimal:
        """Shares of one contract in one account."""
        positions = self._accounts[account_id].positions
        return sum((p.quantity for p in positions if p.con_id == con_id), ZERO)

    def settle(self, done: Executed, symbol: Symbol) -> None:
        """Book one execution and its commission."""
        account = self._accounts[done.account_id]
        value = done.shares * done.price
        cash = -value if done.side is Side.BUY else value
        self._accounts[done.account_id] = evolve(
            account,
            cash=_with_cash(account.cash, cash - self.world.commission_usd),
            positions=_with_shares(account.positions, done, symbol),
        )

    def add_open_order(self, order: OpenOrder) -> None:
        """An order that stays at the broker."""
        account = self._accounts[order.account_id]
        self._accounts[order.account_id] = evolve(
            account, open_orders=(*account.open_orders, order)
        )

    def remove_open_order(self, order: OpenOrder) -> None:
        """An order that is done."""
        account = self._accounts[order.account_id]
        left = tuple(each for each in account.open_orders if each != order)
        self._accounts[order.account_id] = evolve(account, open_orders=left)

    def _stocks(self, positions: tuple[Position, ...]) -> Decimal:
        return sum(
            (
                position.quantity * (seen.last or seen.close or ZERO)
                for position in positions
                if is_managed(position.security_type, position.currency)
                and (seen := self._observations.get(position.con_id)) is not None
            ),
            ZERO,
        )


def _with_cash(cash: tuple[CashBalance, ...], change: Decimal) -> tuple[CashBalance, ...]:
    before = sum((balance.amount for balance in cash if balance.currency == USD), ZERO)
    others = tuple(balance for balance in cash if balance.currency != USD)
    return (*others, CashBalance(currency=USD, amount=before + change))


def _with_shares(
    positions: tuple[Position, ...], done: Executed, symbol: Symbol
) -> tuple[Position, ...]:
    others = tuple(p for p in positions if p.con_id != done.con_id)
    held = next((p for p in positions if p.con_id == done.con_id), None)
    before = held.quantity if held is not None else ZERO
    after = before + (done.shares if done.side is Side.BUY else -done.shares)
    if not after:
        return others
    changed = Position(
        con_id=done.con_id,
        symbol=symbol,
        security_type=STOCK,
        currency=USD,
        quantity=after,
        average_cost=held.average_cost if held is not None else done.price,
    )
    return (*others, changed)

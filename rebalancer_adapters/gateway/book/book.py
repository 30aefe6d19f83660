"""The book: accounts, cash, holdings, orders and executions. What it says is what happened.

It is the oracle of every test: no client can change it but by orders that it accepted.
"""

from datetime import datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.gateway.book.corrections import rebook, recounted, revise
from rebalancer_adapters.gateway.book.executions import executed, execution_id
from rebalancer_adapters.gateway.book.holdings import Accounts
from rebalancer_adapters.gateway.book.ledger import book_execution
from rebalancer_adapters.gateway.book.records import ExecutionRecord, Holding, OrderRecord, Status
from rebalancer_adapters.gateway.market import Instrument, Market
from rebalancer_adapters.gateway.terms import OrderTerms

_FIRST_PERM_ID = 1_376_327_563


class Book:
    """All accounts; orders change them, and `move_cash` does what banks and fees do."""

    def __init__(self, market: Market, started: datetime) -> None:
        self._market = market
        self._started = started
        self._accounts = Accounts(market)
        self._orders: dict[int, OrderRecord] = {}
        self._executions: list[ExecutionRecord] = []
        self._reports: list[ExecutionRecord] = []
        self._forgotten: frozenset[int] = frozenset()

    @property
    def accounts(self) -> tuple[str, ...]:
        return self._accounts.names

    def open_accounts(self) -> None:
        """Open the accounts that the login has by its present settings."""
        self._accounts.open_all()

    @property
    def orders(self) -> tuple[OrderRecord, ...]:
        """Every accepted order, oldest first, in its present state."""
        return tuple(self._orders.values())

    @property
    def executions(self) -> tuple[ExecutionRecord, ...]:
        """Every execution as it counts now; a busted one has quantity 0."""
        return tuple(self._executions)

    @property
    def execution_reports(self) -> tuple[ExecutionRecord, ...]:
        """Every execution as it was told: first what was corrected, then its correction."""
        return tuple(self._reports)

    def order(self, perm_id: int) -> OrderRecord:
        return self._orders[perm_id]

    def order_of(self, client_id: int, order_id: int) -> OrderRecord | None:
        """The order that a client placed under this id, None when there is none."""
        asked = (client_id, order_id)
        return next(
            (each for each in self._known if (each.client_id, each.order_id) == asked), None
        )

    def next_order_id(self, client_id: int) -> int:
        """One above the highest order id that is known of this client."""
        used = (each.order_id for each in self._known if each.client_id == client_id)
        return max(used, default=0) + 1

    def forget_order_ids(self) -> None:
        """As a restart of TWS can do: the orders stay, their ids may be used once more."""
        self._forgotten = frozenset(self._orders)

    def position(self, account: str, symbol: str) -> Decimal:
        """Shares held of a stock, or contracts of what has that local symbol."""
        return self.holding(account, self._market.instrument(symbol).con_id).quantity

    def holding(self, account: str, con_id: int) -> Holding:
        return self._accounts.holding(account, con_id)

    def holdings(self, account: str) -> dict[int, Holding]:
        """What the account holds by contract id, without empty positions."""
        return self._accounts.holdings(account)

    def cash(self, account: str, currency: str) -> Decimal:
        return self._accounts.cash(account, currency)

    def currencies(self, account: str) -> tuple[str, ...]:
        """The currencies of the account's ledger, its base currency first."""
        return self._accounts.currencies(account)

    def base_currency(self, account: str) -> str:
        return self._accounts.base_currency(account)

    def is_margin(self, account: str) -> bool:
        return self._accounts.is_margin(account)

    def commission(self, quantity: Decimal) -> Decimal:
        """The commission of one execution, in the currency of the contract."""
        practices = self._market.practices
        return max(practices.commission_minimum, practices.commission_per_share * quantity)

    def draft(
        self,
        instrument: Instrument,
        terms: OrderTerms,
        *,
        client_id: int,
        order_id: int,
        exchange: str,
        at: datetime,
    ) -> OrderRecord:
        """An order as it would be written down; the caller has checked its terms."""
        return OrderRecord(
            account=terms.account,
            symbol=instrument.symbol,
            con_id=instrument.con_id,
            side=terms.action,
            quantity=terms.quantity or Decimal(0),
            filled=Decimal(0),
            average_price=Decimal(0),
            status=Status.PRE_SUBMITTED,
            order_ref=terms.order_ref,
            order_id=order_id,
            client_id=client_id,
            perm_id=_FIRST_PERM_ID + len(self._orders),
            order_type=terms.order_type,
            exchange=exchange,
            submitted_at=at,
            terms=terms,
        )

    def accept(self, draft: OrderRecord) -> OrderRecord:
        """Write down a new order."""
        return self._put(draft)

    def amend(self, perm_id: int, terms: OrderTerms) -> OrderRecord:
        """Give a working order the quantity and prices of new terms."""
        record = self._orders[perm_id]
        quantity = terms.quantity or record.quantity
        return self._put(evolve(record, terms=terms, quantity=quantity))

    def set_status(
        self, perm_id: int, status: Status, at: datetime, *, may_revive: bool = False
    ) -> OrderRecord:
        """Move an order on; an Inactive one is done, unless it may revive."""
        record = evolve(self._orders[perm_id], status=status, may_revive=may_revive)
        return self._put(evolve(record, done_at=at if record.is_done else None))

    def fill(
        self, perm_id: int, quantity: Decimal, price: Decimal, at: datetime
    ) -> ExecutionRecord:
        """Execute a part of an order: cash, holding, order and execution change together."""
        order = self._orders[perm_id]
        instrument = self._market.by_con_id(order.con_id)
        commission = self.commission(quantity)
        booking = book_execution(
            self.holding(order.account, order.con_id),
            signed_quantity=quantity if order.side == "BUY" else -quantity,
            price=price,
            multiplier=instrument.multiplier,
            commission=commission,
        )
        self._accounts.book(order.account, instrument, booking)
        filled = order.filled + quantity
        average = (order.average_price * order.filled + price * quantity) / filled
        done = filled >= order.quantity
        order = self._put(
            evolve(
                order,
                filled=filled,
                average_price=average,
                status=Status.FILLED if done else Status.SUBMITTED,
                done_at=at if done else None,
                may_revive=False,
            )
        )
        execution = executed(
            order,
            instrument,
            booking,
            exec_id=execution_id(self._started, len(self._executions)),
            quantity=quantity,
            price=price,
            commission=commission,
            at=at,
        )
        self._executions.append(execution)
        self._reports.append(execution)
        return execution

    def correct(
        self, exec_id: str, *, quantity: Decimal | None, price: Decimal | None
    ) -> ExecutionRecord:
        """Revise an execution, None leaves what it was; quantity 0 is a bust, without commission.

        The order keeps its status: a bust does not bring it back to life.
        """
        at = next(at for at, each in enumerate(self._executions) if each.exec_id == exec_id)
        revised = revise(self._executions[at], quantity=quantity, price=price)
        self._executions[at] = revised
        self._rebook(revised.account, self._market.by_con_id(revised.con_id))
        self._put(recounted(self._orders[revised.perm_id], self._executions))
        self._reports.append(self._executions[at])
        return self._executions[at]

    def move_cash(self, account: str, currency: str, amount: Decimal) -> None:
        """Cash that comes or goes without an order: a deposit, a withdrawal, a fee."""
        self._accounts.move_cash(account, currency, amount)

    @property
    def _known(self) -> tuple[OrderRecord, ...]:
        """The orders whose ids are not forgotten."""
        return tuple(each for each in self.orders if each.perm_id not in self._forgotten)

    def _rebook(self, account: str, instrument: Instrument) -> None:
        """Book all executions of one account and contract anew, from its opening position."""
        places = [
            at
            for at, each in enumerate(self._executions)
            if (each.account, each.con_id) == (account, instrument.con_id)
        ]
        before = [self._executions[at] for at in places]
        opening = self._accounts.opening(account, instrument.con_id)
        holding, after = rebook(opening, before, instrument.multiplier)
        for at, old, new in zip(places, before, after, strict=True):
            self._executions[at] = new
            change = new.cash_change - old.cash_change
            self._accounts.move_cash(account, instrument.currency, change)
        self._accounts.hold(account, instrument.con_id, holding)

    def _put(self, record: OrderRecord) -> OrderRecord:
        self._orders[record.perm_id] = record
        return record

"""What an account is worth: figures per currency and in the base currency, from book and market."""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.book.book import Book
from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.settings import GatewaySettings

MARGIN_RATE = Decimal("0.25")  # what IBKR usually asks for a broad ETF
BUYING_POWER = Decimal(4)  # intraday leverage of a margin account
_ZERO = Decimal(0)
# The Insured Bank Deposit Sweep Program takes US dollars above these.
_SWEPT_CURRENCY = "USD"
_NOT_SWEPT = Decimal(10_000)


@frozen(kw_only=True)
class CurrencyFigures:
    """One ledger: amounts in that currency, `rate` units of the base currency for one of it.

    `swept` is the part of the cash that is in the insured deposit sweep.
    """

    currency: str
    rate: Decimal
    cash: Decimal
    stock_value: Decimal
    option_value: Decimal
    realized_pnl: Decimal
    unrealized_pnl: Decimal
    swept: Decimal = _ZERO
    cash_row: Decimal | None = None

    @property
    def cash_balance(self) -> Decimal:
        """What the CashBalance row says; the true cash is in TotalCashBalance."""
        return self.cash if self.cash_row is None else self.cash_row

    @property
    def net_liquidation(self) -> Decimal:
        return self.cash + self.stock_value + self.option_value


@frozen(kw_only=True)
class AccountFigures:
    """The whole account in its base currency."""

    base: str
    cash: Decimal
    net_liquidation: Decimal
    gross: Decimal
    margin: Decimal
    ledgers: tuple[CurrencyFigures, ...]
    shows_deposit: bool = False

    @property
    def deposit(self) -> Decimal:
        """The cash in the insured deposit sweep."""
        return sum((each.swept * each.rate for each in self.ledgers), _ZERO)

    @property
    def excess(self) -> Decimal:
        """Excess liquidity and available funds: the loan value not needed as margin."""
        return self.net_liquidation - self.margin


def account_figures(book: Book, market: Market, account: str) -> AccountFigures:
    """The account valued at the last prices of the market."""
    base = book.base_currency(account)
    ledgers = tuple(
        _ledger(book, market, account, currency) for currency in book.currencies(account)
    )
    gross = sum(
        (
            abs(_value(market, con_id, holding.quantity))
            * market.rate(market.by_con_id(con_id).currency, base)
            for con_id, holding in book.holdings(account).items()
            if market.by_con_id(con_id).security_type == "STK"
        ),
        _ZERO,
    )
    return AccountFigures(
        base=base,
        cash=sum((each.cash * each.rate for each in ledgers), _ZERO),
        net_liquidation=sum((each.net_liquidation * each.rate for each in ledgers), _ZERO),
        gross=gross,
        margin=gross * MARGIN_RATE,
        ledgers=ledgers,
        shows_deposit=market.settings.split_insured_deposit,
    )


def _ledger(book: Book, market: Market, account: str, currency: str) -> CurrencyFigures:
    stock = option = unrealized = _ZERO
    for con_id, holding in book.holdings(account).items():
        instrument = market.by_con_id(con_id)
        if instrument.currency != currency:
            continue
        value = _value(market, con_id, holding.quantity)
        unrealized += value - holding.quantity * holding.average_cost
        if instrument.security_type == "STK":
            stock += value
        else:
            option += value
    realized = sum(
        (
            execution.realized_pnl or _ZERO
            for execution in book.executions
            if execution.account == account and execution.commission_currency == currency
        ),
        _ZERO,
    )
    cash = book.cash(account, currency)
    swept = max(cash - _NOT_SWEPT, _ZERO) if currency == _SWEPT_CURRENCY else _ZERO
    return CurrencyFigures(
        currency=currency,
        rate=market.rate(currency, book.base_currency(account)),
        cash=cash,
        swept=swept,
        cash_row=_cash_row(market.settings, cash, swept),
        stock_value=stock,
        option_value=option,
        realized_pnl=realized,
        unrealized_pnl=unrealized,
    )


def _cash_row(settings: GatewaySettings, cash: Decimal, swept: Decimal) -> Decimal:
    if settings.split_insured_deposit:
        return cash - swept
    return cash + swept if settings.insured_sweep else cash


def _value(market: Market, con_id: int, quantity: Decimal) -> Decimal:
    return quantity * market.quote(con_id).last * market.by_con_id(con_id).multiplier

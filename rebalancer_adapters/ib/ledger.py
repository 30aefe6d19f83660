"""The ledger's arithmetic: what a currency's row says, and whether it adds up; pure.

Since TWS 10.47 ledger tags may begin with a prefix; both forms are read. Without it AccruedCash
comes twice under one key, for the account and for the ledger, and nothing tells which is which:
every value heard is then a candidate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.ib.numbers import to_amount
from rebalancer_adapters.ib.raw_rows import AccountRow
from rebalancer_core.values.faults import LedgerContradiction, LedgerFigure
from rebalancer_core.values.instruments import USD, AccountId
from rebalancer_core.values.money import ONE, ZERO, ratio

# The ledger repeats every figure in the base currency under this name; it is not a currency.
BASE = "BASE"
CASH = "CashBalance"
TOTAL_CASH = "TotalCashBalance"
STOCKS = "StockMarketValue"
# In the base currency, as every value of the account.
_DEPOSIT = "InsuredDeposit"
_PREFIX = "$LEDGER-"
_NET_LIQUIDATION = "NetLiquidationByCurrency"
_EXCHANGE_RATE = "ExchangeRate"
_ACCRUED_CASH = "AccruedCash"
_NET_DIVIDEND = "NetDividend"
# FundValue is the sum of the other two where the broker fills them all.
_FUNDS = "FundValue"
_FUND_PARTS = ("MutualFundValue", "MoneyMarketFundValue")
_SUMMED = (
    *(TOTAL_CASH, STOCKS, "OptionMarketValue", "FutureOptionValue", "CorporateBondValue"),
    *("TBondValue", "TBillValue", "IssuerOptionValue", "WarrantValue", "Cryptocurrency"),
)
_READ = (_NET_LIQUIDATION, CASH, *_SUMMED, _FUNDS, *_FUND_PARTS, _NET_DIVIDEND)

# The broker may round every figure to whole units of the currency.
_ROUNDING = Decimal(25)
_TOLERANCE = Decimal("0.005")


@frozen
class Ledger:
    """Every text heard by tag and currency, oldest first; the tags are as they were written."""

    heard: Mapping[tuple[str, str], tuple[str, ...]]

    def text(self, tag: str, currency: str) -> str | None:
        """The newest text in either form, None where none came."""
        with_prefix = self.heard.get((_PREFIX + tag, currency))
        texts = with_prefix or self.heard.get((tag, currency))
        return texts[-1] if texts else None

    def amount(self, tag: str, currency: str) -> Decimal:
        """The newest amount; missing, blank or unreadable is 0."""
        return _amount(self.text(tag, currency))

    def figure(self, tag: str, currency: str) -> LedgerFigure:
        """The same with the name it goes by."""
        name = tag if self.text(tag, currency) is not None else f"{tag} (missing)"
        return LedgerFigure(name=name, amount=self.amount(tag, currency))

    def cash_currencies(self) -> tuple[str, ...]:
        """The currencies that have a cash row, without BASE, sorted."""
        tags = {prefix + tag for prefix in ("", _PREFIX) for tag in (CASH, TOTAL_CASH)}
        return tuple(sorted({c for tag, c in self.heard if tag in tags} - {BASE}))


def to_ledger(rows: Iterable[AccountRow]) -> Ledger:
    """The ledger among these account values."""
    heard: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        key = (row.tag, row.currency)
        heard[key] = (*heard.get(key, ()), row.value)
    return Ledger(heard)


def sizing_cash(ledger: Ledger, currency: str) -> Decimal | None:
    """Cash of a currency, the smaller of both cash rows; None where CashBalance cannot be read.

    CashBalance can count cash in the insured sweep twice. The USD row adds up with TotalCashBalance
    only, so a missing one is 0 there; in another currency CashBalance then stands alone. Where the
    user had the insured deposit split from it, that is a part of the cash again.
    """
    cash = to_amount(ledger.text(CASH, currency) or "")
    if cash is None or not currency:
        return None
    total = to_amount(ledger.text(TOTAL_CASH, currency) or "")
    if total is None:
        total = ZERO if currency == USD else cash
    return min(cash + max(ledger.amount(_DEPOSIT, currency), ZERO), total)


def usd_rate(ledger: Ledger, currency: str) -> Decimal | None:
    """What one unit of a currency is in US dollars; None where the ledger does not say.

    The ledger's rates are to the base currency of the account.
    """
    if currency == USD:
        return ONE
    own = to_amount(ledger.text(_EXCHANGE_RATE, currency) or "")
    dollar = to_amount(ledger.text(_EXCHANGE_RATE, USD) or "")
    if own is None or dollar is None or min(own, dollar) <= ZERO:
        return None
    return ratio(own, dollar)


def sweep_difference(ledger: Ledger) -> Decimal:
    """CashBalance less TotalCashBalance, in US dollars, where the insured deposit is not that."""
    cash, total = ledger.amount(CASH, USD), ledger.amount(TOTAL_CASH, USD)
    deposit = max(ledger.amount(_DEPOSIT, USD), ZERO)
    return min(cash + deposit, total) - total if cash < total else cash - total


def contradiction(
    account_id: AccountId, ledger: Ledger, net_liquidation: Decimal, base_currency: str
) -> LedgerContradiction | None:
    """The first two figures that must be equal and are not, None in a ledger that adds up.

    BASE mixes currencies, so its row is only compared with `net_liquidation` of the account.
    """
    return (
        _two_forms(account_id, ledger)
        or _us_dollars(account_id, ledger)
        or _base(account_id, ledger, net_liquidation, base_currency)
    )


def _two_forms(account_id: AccountId, ledger: Ledger) -> LedgerContradiction | None:
    """AccruedCash is no contradiction: without the prefix it is the account's, not the ledger's."""
    for (tag, currency), texts in sorted(ledger.heard.items()):
        plain = tag.removeprefix(_PREFIX)
        others = ledger.heard.get((plain, currency))
        if tag == plain or plain not in _READ or others is None:
            continue
        amount, other = _amount(texts[-1]), _amount(others[-1])
        if amount != other:
            return LedgerContradiction(
                account_id=account_id,
                currency=currency,
                stated=LedgerFigure(name=tag, amount=amount),
                expected=LedgerFigure(name=plain, amount=other),
                tolerance=ZERO,
            )
    return None


@frozen
class _Reading:
    """Rows that may be what net liquidation is the sum of."""

    rows: tuple[LedgerFigure, ...]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)

    @property
    def tolerance(self) -> Decimal:
        return _tolerance(sum((abs(row.amount) for row in self.rows), ZERO))

    def makes(self, net_liquidation: Decimal) -> bool:
        return abs(net_liquidation - self.total) <= self.tolerance


def _us_dollars(account_id: AccountId, ledger: Ledger) -> LedgerContradiction | None:
    stated = ledger.figure(_NET_LIQUIDATION, USD)
    readings = _readings(ledger)
    if any(reading.makes(stated.amount) for reading in readings):
        return None
    fullest = readings[-1]
    return LedgerContradiction(
        account_id=account_id,
        currency=USD,
        stated=stated,
        expected=LedgerFigure(name="the sum of its rows", amount=fullest.total),
        rows=tuple(row for row in fullest.rows if row.amount or row.name.startswith(TOTAL_CASH)),
        tolerance=fullest.tolerance,
    )


def _readings(ledger: Ledger) -> list[_Reading]:
    """With each AccruedCash heard, first without and then with NetDividend."""
    parts = sum((ledger.amount(tag, USD) for tag in _FUND_PARTS), ZERO)
    funds = LedgerFigure(name="funds", amount=max(ledger.amount(_FUNDS, USD), parts))
    shared = (*(ledger.figure(tag, USD) for tag in _SUMMED), funds)
    dividend = ledger.figure(_NET_DIVIDEND, USD)
    readings: list[_Reading] = []
    for text in _accrued_cash(ledger):
        accrued = LedgerFigure(name=_ACCRUED_CASH, amount=_amount(text))
        readings.append(_Reading((*shared, accrued)))
        readings.append(_Reading((*shared, accrued, dividend)))
    return readings


def _accrued_cash(ledger: Ledger) -> tuple[str, ...]:
    """Without a prefix it may be the account's: no candidate where the ledger has the prefix."""
    with_prefix = ledger.heard.get((_PREFIX + _ACCRUED_CASH, USD))
    is_plain = (_NET_LIQUIDATION, USD) in ledger.heard
    plain = ledger.heard.get((_ACCRUED_CASH, USD)) if is_plain else None
    return with_prefix or plain or ("",)


def _base(
    account_id: AccountId, ledger: Ledger, net_liquidation: Decimal, base_currency: str
) -> LedgerContradiction | None:
    """Without a figure of BASE there is nothing to compare, and nothing is sized on it."""
    if not ledger.text(_NET_LIQUIDATION, BASE):
        return None
    repeated = ledger.amount(_NET_LIQUIDATION, BASE)
    tolerance = _tolerance(abs(repeated))
    if abs(net_liquidation - repeated) <= tolerance:
        return None
    return LedgerContradiction(
        account_id=account_id,
        currency=base_currency,
        stated=LedgerFigure(name="NetLiquidation", amount=net_liquidation),
        expected=LedgerFigure(name=f"{_NET_LIQUIDATION} of {BASE}", amount=repeated),
        tolerance=tolerance,
    )


def _amount(text: str | None) -> Decimal:
    return to_amount(text or "") or ZERO


def _tolerance(absolute: Decimal) -> Decimal:
    return _TOLERANCE * absolute + _ROUNDING

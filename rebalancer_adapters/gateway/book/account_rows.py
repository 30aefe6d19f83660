"""Account values as TWS lists them: tag, value, currency; the tags are those of real accounts.

Source: the recorded account updates of server version 176: 106 summary rows, then 25 ledger rows
for each currency and 25 for BASE.
"""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.book.valuation import (
    BUYING_POWER,
    AccountFigures,
    CurrencyFigures,
)

BASE = "BASE"
LEDGER_PREFIX = "$LEDGER-"
_ZERO = Decimal(0)
_SECURITIES = ("", "-C", "-S")  # the whole account, its commodities and its securities segment
_WITHOUT_COMMODITIES = ("", "-S")

_NOTHING = (
    *("AccruedCash", "AccruedDividend", "Billable", "Guarantee", "IndianStockHaircut"),
    *("PASharesValue", "PhysicalCertificateValue", "PostExpirationExcess"),
    *("PostExpirationMargin", "TotalDebitCardPendingCharges"),
)
_AVAILABLE = (
    *("AvailableFunds", "ExcessLiquidity", "FullAvailableFunds", "FullExcessLiquidity"),
    *("LookAheadAvailableFunds", "LookAheadExcessLiquidity"),
)
_REQUIRED = (
    *("FullInitMarginReq", "FullMaintMarginReq", "InitMarginReq", "LookAheadInitMarginReq"),
    *("LookAheadMaintMarginReq", "MaintMarginReq"),
)


@frozen
class Row:
    """One account value; `value` is the text that TWS sends."""

    tag: str
    value: str
    currency: str


def summary_rows(figures: AccountFigures, account: str, *, is_margin: bool) -> tuple[Row, ...]:
    """The rows of the whole account in its base currency, by tag."""
    rows = [Row(tag, value, "") for tag, value in _facts(figures, account, is_margin).items()]
    for tag, (value, segments) in _amounts(figures, is_margin).items():
        rows += [
            Row(tag + segment, money_text(_ZERO if segment == "-C" else value), figures.base)
            for segment in segments
        ]
    return tuple(sorted(rows, key=_tag))


def ledger_rows(figures: AccountFigures, account: str) -> tuple[Row, ...]:
    """25 rows for each currency, then 25 for BASE: their sum in the base currency."""
    rows: list[Row] = []
    for ledger in figures.ledgers:
        rows += _ledger(ledger, account, ledger.currency)
    return (*rows, *_ledger(_sum(figures), account, BASE))


def prefixed(row: Row) -> Row:
    """A ledger row as TWS 10.47 sends it with "Prepend $LEDGER- prefix to per-currency values"."""
    return Row(LEDGER_PREFIX + row.tag, row.value, row.currency)


def money_text(amount: Decimal) -> str:
    """An amount with two decimals, as account values carry it."""
    return f"{amount:.2f}"


def _tag(row: Row) -> str:
    return row.tag


def _facts(figures: AccountFigures, account: str, is_margin: bool) -> dict[str, str]:  # noqa: FBT001 a fact, not a switch
    net = figures.net_liquidation
    cushion = figures.excess / net if net > 0 else _ZERO
    leverage = figures.gross / net if net > 0 else _ZERO
    days = ("", "T+1", "T+2", "T+3", "T+4")
    return {
        "AccountCode": account,
        "AccountReady": "true",
        "AccountType": "INDIVIDUAL",
        "ColumnPrio-C": "2",
        "ColumnPrio-S": "1",
        "Cushion": f"{cushion:.4f}",
        **{f"DayTradesRemaining{day}": "-1" for day in days},
        "DayTradingStatus-S": "::false:0.00:",
        "Leverage-S": money_text(leverage),
        "LookAheadNextChange": "0",
        "NLVAndMarginInReview": "false",
        "SegmentTitle-C": "US Commodities",
        "SegmentTitle-S": "US Securities",
        "TradingType-S": "STKMRGN" if is_margin else "STKCASH",
        "WhatIfPMEnabled": "true",
    }


def _amounts(
    figures: AccountFigures,
    is_margin: bool,  # noqa: FBT001 a fact, not a switch
) -> dict[str, tuple[Decimal, tuple[str, ...]]]:
    net, margin, excess = figures.net_liquidation, figures.margin, figures.excess
    power = excess * BUYING_POWER if is_margin else figures.cash
    return {
        **dict.fromkeys(_NOTHING, (_ZERO, _SECURITIES)),
        **dict.fromkeys(_AVAILABLE, (excess, _SECURITIES)),
        **dict.fromkeys(_REQUIRED, (margin, _SECURITIES)),
        "BuyingPower": (max(power, _ZERO), ("",)),
        "EquityWithLoanValue": (net, _SECURITIES),
        "GrossPositionValue": (figures.gross, _WITHOUT_COMMODITIES),
        "NetLiquidation": (net, _SECURITIES),
        "NetLiquidationUncertainty": (_ZERO, ("",)),
        "PreviousDayEquityWithLoanValue": (net, _WITHOUT_COMMODITIES),
        "RegTEquity": (net, _WITHOUT_COMMODITIES),
        "RegTMargin": (margin * 2, _WITHOUT_COMMODITIES),
        "SMA": (excess, _WITHOUT_COMMODITIES),
        "TotalCashValue": (figures.cash, _SECURITIES),
        **({"InsuredDeposit": (figures.deposit, _SECURITIES)} if figures.shows_deposit else {}),
    }


def _sum(figures: AccountFigures) -> CurrencyFigures:
    def total(amounts: list[Decimal]) -> Decimal:
        rates = [each.rate for each in figures.ledgers]
        return sum((a * r for a, r in zip(amounts, rates, strict=True)), _ZERO)

    ledgers = figures.ledgers
    return CurrencyFigures(
        currency=figures.base,
        rate=Decimal(1),
        cash=total([each.cash for each in ledgers]),
        cash_row=total([each.cash_balance for each in ledgers]),
        stock_value=total([each.stock_value for each in ledgers]),
        option_value=total([each.option_value for each in ledgers]),
        realized_pnl=total([each.realized_pnl for each in ledgers]),
        unrealized_pnl=total([each.unrealized_pnl for each in ledgers]),
    )


def _ledger(figures: CurrencyFigures, account: str, currency: str) -> list[Row]:
    zero = money_text(_ZERO)
    rate = f"{figures.rate:.7f}" if figures.rate != 1 else "1.00"
    values = {
        "Currency": currency,
        "CashBalance": money_text(figures.cash_balance),
        "TotalCashBalance": money_text(figures.cash),
        "AccruedCash": zero,
        "StockMarketValue": money_text(figures.stock_value),
        "OptionMarketValue": money_text(figures.option_value),
        "FutureOptionValue": zero,
        "FuturesPNL": zero,
        "NetLiquidationByCurrency": money_text(figures.net_liquidation),
        "UnrealizedPnL": money_text(figures.unrealized_pnl),
        "RealizedPnL": money_text(figures.realized_pnl),
        "ExchangeRate": rate,
        "FundValue": zero,
        "NetDividend": zero,
        "MutualFundValue": zero,
        "MoneyMarketFundValue": zero,
        "CorporateBondValue": zero,
        "TBondValue": zero,
        "TBillValue": zero,
        "WarrantValue": zero,
        "FxCashBalance": zero,
        "AccountOrGroup": account,
        "RealCurrency": figures.currency,
        "IssuerOptionValue": zero,
        "Cryptocurrency": "",
    }
    return [Row(tag, value, currency) for tag, value in values.items()]

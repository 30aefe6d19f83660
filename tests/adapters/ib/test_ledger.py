"""A sound ledger is never stopped, a lying one never sized on, whatever else the rows say."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.raw_rows import AccountRow
from rebalancer_core.messages import explain
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import IncompleteData, LedgerContradiction
from rebalancer_core.values.instruments import AccountId
from tests.adapters.ib.drawn_ledgers import (
    ACCOUNT,
    Drawn,
    is_sound,
    lying_ledger,
    newest,
    number,
    off_by_little,
    sound_ledger,
    two_forms,
)

_ME = AccountId(ACCOUNT)
_SEEDS = range(1000)
_PREFIX = "$LEDGER-"


def test_no_sound_ledger_is_stopped_and_none_is_sized_on_more_than_its_cash() -> None:
    for seed in _SEEDS:
        drawn = sound_ledger(Random(seed))
        assert is_sound(drawn.rows), seed
        account = _read(drawn.rows)
        assert isinstance(account, AccountSnapshot), (seed, account)
        cash = number(newest(drawn.rows, "CashBalance", "USD"))
        assert Fraction(account.usd_cash) == min(drawn.true_cash, cash), seed
        assert Fraction(account.sweep_difference_usd) == cash - drawn.true_cash, seed


def test_no_lie_beyond_the_tolerance_is_sized_on() -> None:
    for seed in _SEEDS:
        drawn = lying_ledger(Random(seed))
        assert not is_sound(drawn.rows), seed
        assert isinstance(_read(drawn.rows), LedgerContradiction), seed


@pytest.mark.parametrize(("draw", "fewest"), [(two_forms, 0), (off_by_little, 200)])
def test_every_ledger_is_judged_as_the_rules_say(
    draw: Callable[[Random], Drawn], fewest: int
) -> None:
    drawn = [draw(Random(seed)).rows for seed in _SEEDS]
    sound = [seed for seed in _SEEDS if is_sound(drawn[seed])]
    read = [seed for seed in _SEEDS if isinstance(_read(drawn[seed]), AccountSnapshot)]
    assert read == sound
    assert fewest <= len(sound) <= len(_SEEDS) - fewest


def test_accrued_cash_is_a_part_of_net_liquidation() -> None:
    # The figures are those of a recorded account.
    account = _usd(
        CashBalance="1038472.36",
        TotalCashBalance="1038472.36",
        AccruedCash="2520.25",
        NetLiquidationByCurrency="1040992.61",
    )
    assert isinstance(account, AccountSnapshot)
    assert account.usd_cash == Decimal("1038472.36")


def test_the_sweep_that_is_counted_twice_is_not_cash() -> None:
    account = _usd(
        CashBalance="2689096.00",
        TotalCashBalance="1863415.00",
        AccruedCash="4556.00",
        NetLiquidationByCurrency="1867971.00",
    )
    assert isinstance(account, AccountSnapshot)
    assert _cash_and_difference(account) == ("1863415.00", "825681.00")


def test_a_cash_balance_below_total_cash_is_the_cash() -> None:
    account = _usd(
        CashBalance="40000.00", TotalCashBalance="50000.00", NetLiquidationByCurrency="50000.00"
    )
    assert isinstance(account, AccountSnapshot)
    assert _cash_and_difference(account) == ("40000.00", "-10000.00")


@pytest.mark.parametrize(
    ("cash", "deposit", "sized", "difference"),
    [
        ("10000.00", "40000.00", "50000.00", "0.00"),
        ("10000.00", "30000.00", "40000.00", "-10000.00"),
        ("10000.00", "90000.00", "50000.00", "0.00"),
        ("50000.00", "40000.00", "50000.00", "0.00"),
        ("90000.00", "40000.00", "50000.00", "40000.00"),
        ("50000.00", "-1.00", "50000.00", "0.00"),
    ],
)
def test_an_insured_deposit_that_is_split_from_the_cash_is_cash_up_to_total_cash(
    cash: str, deposit: str, sized: str, difference: str
) -> None:
    account = _usd(
        CashBalance=cash,
        InsuredDeposit=deposit,
        TotalCashBalance="50000.00",
        NetLiquidationByCurrency="50000.00",
    )
    assert isinstance(account, AccountSnapshot)
    assert _cash_and_difference(account) == (sized, difference)


@pytest.mark.parametrize("accrued", [("900.00", "0.00"), ("0.00", "900.00")])
def test_either_of_two_accrued_cash_rows_may_be_that_of_the_ledger(
    accrued: tuple[str, str],
) -> None:
    # The account's own AccruedCash and the ledger's share a key, in either order.
    rows = _rows(
        CashBalance="1000.00", TotalCashBalance="1000.00", NetLiquidationByCurrency="1900.00"
    )
    twice = tuple(_row("AccruedCash", text, "USD") for text in accrued)
    assert isinstance(_read((*rows, *twice)), AccountSnapshot)
    assert isinstance(_read((*rows, twice[0], twice[0])), LedgerContradiction) is (
        accrued[0] == "0.00"
    )


def test_with_the_prefix_only_the_ledgers_accrued_cash_counts() -> None:
    rows = _rows(
        CashBalance="1000.00",
        TotalCashBalance="1000.00",
        AccruedCash="0.00",
        NetLiquidationByCurrency="1900.00",
    )
    account, ledger = rows[:2], rows[2:]
    prefixed = tuple(_row(_PREFIX + row.tag, row.value, "USD") for row in ledger)
    plain = _row("AccruedCash", "900.00", "USD")
    assert isinstance(_read((*account, *prefixed, plain)), LedgerContradiction)
    assert isinstance(_read((*rows, plain)), AccountSnapshot)
    without = tuple(row for row in prefixed if not row.tag.endswith("AccruedCash"))
    assert isinstance(_read((*account, *without, plain)), LedgerContradiction)


@pytest.mark.parametrize(
    ("funds", "worth"),
    [
        ({"FundValue": "5000.00"}, "6000.00"),
        ({"MutualFundValue": "3000.00", "MoneyMarketFundValue": "2000.00"}, "6000.00"),
        ({"FundValue": "5000.00", "MutualFundValue": "3000.00"}, "6000.00"),
        (
            {
                "FundValue": "5000.00",
                "MutualFundValue": "3000.00",
                "MoneyMarketFundValue": "2000.00",
            },
            "6000.00",
        ),
        ({"FundValue": "", "MutualFundValue": "5000.00"}, "6000.00"),
        ({"CorporateBondValue": "2000.00", "TBillValue": "3000.00"}, "6000.00"),
        ({"Cryptocurrency": "5000.00"}, "6000.00"),
        ({"FxCashBalance": "5000.00", "FuturesPNL": "700.00"}, "1000.00"),
        ({"NetDividend": "5000.00"}, "1000.00"),
        ({"NetDividend": "5000.00"}, "6000.00"),
    ],
)
def test_funds_bonds_and_dividends_are_counted_once_or_not_at_all(
    funds: dict[str, str], worth: str
) -> None:
    told = {"CashBalance": "1000.00", "TotalCashBalance": "1000.00", **funds}
    assert isinstance(_usd(**told, NetLiquidationByCurrency=worth), AccountSnapshot)
    twice = str(Decimal(worth) + 5000)
    assert isinstance(_usd(**told, NetLiquidationByCurrency="-" + twice), LedgerContradiction)


@pytest.mark.parametrize(
    ("off", "kind"),
    [
        ("325.00", AccountSnapshot),
        ("-325.00", AccountSnapshot),
        ("325.01", LedgerContradiction),
        ("-325.01", LedgerContradiction),
    ],
)
def test_half_a_percent_of_the_rows_and_25_dollars_are_rounding(off: str, kind: type) -> None:
    worth = str(60000 + Decimal(off))
    read = _usd(CashBalance="60000.00", TotalCashBalance="60000.00", NetLiquidationByCurrency=worth)
    assert isinstance(read, kind)


def test_a_ledger_that_does_not_add_up_is_told_with_all_its_figures() -> None:
    fault = _usd(
        CashBalance="654000.00",
        TotalCashBalance="654000.00",
        StockMarketValue="500.00",
        NetLiquidationByCurrency="60000.00",
    )
    assert isinstance(fault, LedgerContradiction)
    assert explain(fault) == (
        "DU111111: the broker's ledger contradicts itself: NetLiquidationByCurrency is 60,000.00 "
        "USD, but the sum of its rows is 654,500.00 USD (TotalCashBalance 654,000.00, "
        "StockMarketValue 500.00), more than 3,297.50 apart; compare these figures with the "
        "gateway's account window"
    )


@pytest.mark.parametrize("lost", ["TotalCashBalance", "NetLiquidationByCurrency"])
def test_a_row_that_is_lost_is_called_missing(lost: str) -> None:
    told = dict.fromkeys(
        ("CashBalance", "TotalCashBalance", "NetLiquidationByCurrency"), "60000.00"
    )
    del told[lost]
    fault = _usd(**told)
    assert isinstance(fault, LedgerContradiction)
    assert f"{lost} (missing)" in explain(fault)


def test_without_total_cash_no_us_dollar_is_counted() -> None:
    account = _usd(CashBalance="60000.00", NetLiquidationByCurrency="0.00")
    assert isinstance(account, AccountSnapshot)
    assert account.usd_cash == 0


def test_foreign_cash_is_the_smaller_row_where_both_came() -> None:
    rows = (
        *_rows(),
        _row("CashBalance", "800.00", "EUR"),
        _row("TotalCashBalance", "500.00", "EUR"),
        _row("CashBalance", "70.00", "GBP"),
    )
    account = _read(rows)
    assert isinstance(account, AccountSnapshot)
    assert {each.currency: each.amount for each in account.cash} == {"EUR": 500, "GBP": 70}
    assert account.sweep_difference_usd == 0


def test_total_cash_alone_is_not_a_whole_ledger() -> None:
    fault = _usd(TotalCashBalance="60000.00", NetLiquidationByCurrency="60000.00")
    assert isinstance(fault, IncompleteData)


def test_net_liquidation_must_be_that_of_base() -> None:
    pounds = tuple(
        _row(tag, "1040992.61", "GBP") for tag in ("NetLiquidation", "NetLiquidationByCurrency")
    )
    cash = _row("CashBalance", "1040992.61", "GBP")
    base = _row("NetLiquidationByCurrency", "1040992.61", "BASE")
    assert isinstance(_read((*pounds, cash, base)), AccountSnapshot)
    assert isinstance(_read((*pounds, cash)), AccountSnapshot)
    fault = _read((*pounds, cash, _row("NetLiquidationByCurrency", "900000.00", "BASE")))
    assert isinstance(fault, LedgerContradiction)
    assert "NetLiquidation is 1,040,992.61 GBP" in explain(fault)
    assert "NetLiquidationByCurrency of BASE is 900,000.00 GBP" in explain(fault)


@pytest.mark.parametrize("first", ["plain", "prefixed"])
@pytest.mark.parametrize(
    ("other", "kind"), [("60000.0", AccountSnapshot), ("60000.01", LedgerContradiction)]
)
def test_both_forms_of_a_tag_must_say_the_same(first: str, other: str, kind: type) -> None:
    rows = _rows(
        CashBalance="60000.00", TotalCashBalance="60000.00", NetLiquidationByCurrency="60000.00"
    )
    prefixed = _row(_PREFIX + "CashBalance", other, "USD")
    read = _read((*rows, prefixed) if first == "plain" else (prefixed, *rows))
    assert isinstance(read, kind)
    if isinstance(read, LedgerContradiction):
        assert "$LEDGER-CashBalance is 60,000.01 USD, but CashBalance" in explain(read)


def test_of_a_figure_told_twice_the_last_one_counts() -> None:
    old = _rows(CashBalance="5.00", TotalCashBalance="5.00", NetLiquidationByCurrency="90.00")
    new = _rows(
        CashBalance="60000.00", TotalCashBalance="60000.00", NetLiquidationByCurrency="60000.00"
    )
    account = _read((*old, *new))
    assert isinstance(account, AccountSnapshot)
    assert account.usd_cash == 60000


def _cash_and_difference(account: AccountSnapshot) -> tuple[str, str]:
    return str(account.usd_cash), str(account.sweep_difference_usd)


def _usd(**figures: str) -> AccountSnapshot | IncompleteData | LedgerContradiction:
    return _read(_rows(**figures))


def _rows(**figures: str) -> tuple[AccountRow, ...]:
    """An account in US dollars with these figures in its ledger."""
    worth = figures.get("NetLiquidationByCurrency", "0.00")
    ledger = (_row(tag, value, "USD") for tag, value in figures.items())
    return (_row("AccountReady", "true", ""), _row("NetLiquidation", worth, "USD"), *ledger)


def _row(tag: str, value: str, currency: str) -> AccountRow:
    return AccountRow(account=_ME, tag=tag, value=value, currency=currency)


def _read(rows: tuple[AccountRow, ...]) -> AccountSnapshot | IncompleteData | LedgerContradiction:
    return to_snapshot(
        _ME,
        as_of=datetime(2026, 1, 5, 15, tzinfo=UTC),
        positions=(),
        values=rows,
        orders=(),
    )

"""Messages held against recordings of real TWS: field counts, constants, tags.

The recordings lie beside the checkout and are no part of it: without them these tests are skipped.
"""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from rebalancer_adapters.gateway.book import Book, ExecutionRecord, OrderRecord, Status
from rebalancer_adapters.gateway.book.account_rows import Row, ledger_rows, summary_rows
from rebalancer_adapters.gateway.book.valuation import account_figures
from rebalancer_adapters.gateway.market import AccountSetup, Hours, Instrument, Market, Session
from rebalancer_adapters.gateway.messages import accounts, connection, contracts, orders
from rebalancer_adapters.gateway.messages.open_order import open_order
from rebalancer_adapters.gateway.terms import OrderTerms
from rebalancer_adapters.gateway.wire import Fields

_FOLDER = Path(__file__).parents[4] / "shared" / "recordings"
_ACCOUNT = "DU1234567"
_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="the recordings are not here")

_EUR = Instrument(
    symbol="EUR",
    con_id=12087792,
    primary_exchange="IDEALPRO",
    currency="USD",
    security_type="CASH",
    local_symbol="EUR.USD",
    trading_class="EUR.USD",
)
_TSLA = Instrument(
    symbol="TSLA",
    con_id=76792991,
    primary_exchange="ISLAND",
    currency="USD",
    stock_type="COMMON",
    local_symbol="TSLA",
    trading_class="NMS",
    isin="US88160R1014",
)


def _recorded(request: str, message_id: str) -> list[Fields]:
    session = json.loads((_FOLDER / "sv176_session.json").read_text(encoding="utf-8"))
    return [tuple(each) for each in session["requests"][request] if each[0] == message_id]


def _line(place: str) -> Fields:
    """A message of the other recording: its fields, without what ends the line there."""
    for line in (_FOLDER / "rust_ibapi.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(place):
            text = line[len(place) :].strip('"')
            return tuple(text.removesuffix("|").removesuffix("|").split("|"))
    raise AssertionError(f"{place} is not recorded")


def _order(instrument: Instrument, **changes: object) -> OrderRecord:
    order = OrderRecord(
        account=_ACCOUNT,
        symbol=instrument.symbol,
        con_id=instrument.con_id,
        side="BUY",
        quantity=Decimal(100),
        filled=Decimal(0),
        average_price=Decimal(0),
        status=Status.PRE_SUBMITTED,
        order_ref="",
        order_id=13,
        client_id=100,
        perm_id=1376327563,
        order_type="MKT",
        exchange="SMART",
        submitted_at=_NOW,
        terms=OrderTerms(action="BUY", quantity=Decimal(100), order_type="MKT", tif="DAY"),
    )
    return evolve(order, **changes)  # type: ignore[arg-type] # names and types of the record


def _names(rows: tuple[Row, ...]) -> list[tuple[str, str]]:
    return [(row.tag, row.currency) for row in rows]


def test_the_first_preview_is_the_recorded_one_to_the_last_field() -> None:
    (recorded,) = _recorded("3_219", "5")
    terms = OrderTerms(
        action="BUY", quantity=Decimal(100), order_type="MKT", tif="DAY", what_if=True
    )
    order = _order(_EUR, order_id=219, perm_id=665616366, exchange="IDEALPRO", terms=terms)
    warning = next(field for field in recorded if field.startswith("Important Note"))
    assert open_order(176, order, _EUR, warning=warning).fields == recorded


def test_an_open_order_of_a_stock_is_the_recorded_one() -> None:
    for place, changes in (
        ("v1.2.2:src/orders/tests.rs:16:", {}),
        ("v1.2.2:src/orders/tests.rs:19:", {"status": Status.FILLED}),
    ):
        assert open_order(169, _order(_TSLA, **changes), _TSLA).fields == _line(place)


def test_an_open_order_with_its_commission_is_the_recorded_one() -> None:
    order = _order(_TSLA, status=Status.FILLED)
    recorded = _line("v1.2.2:src/orders/tests.rs:21:")
    written = open_order(169, order, _TSLA, commission=Decimal(1)).fields
    assert written == tuple("1" if field == "1.0" else field for field in recorded)


def test_the_states_of_an_order_are_the_recorded_ones() -> None:
    accepted = orders.order_status(_order(_TSLA), None)
    assert accepted.fields == _line("v1.2.2:src/orders/tests.rs:17:")
    filled = _order(
        _TSLA, filled=Decimal(100), average_price=Decimal("196.52"), status=Status.FILLED
    )
    written = orders.order_status(filled, Decimal("196.52"))
    assert written.fields == _line("v1.2.2:src/orders/tests.rs:20:")
    cancelled = _order(_TSLA, order_id=41, perm_id=71270927, status=Status.CANCELLED)
    assert orders.order_status(cancelled, None).fields == _line("v1.2.2:src/orders/tests.rs:306:")
    error = connection.error(157, 41, 202, "Order Canceled - reason:")
    assert error.fields == _line("v1.2.2:src/orders/tests.rs:307:")


def test_execution_and_commission_are_the_recorded_ones_but_for_the_zone_of_the_time() -> None:
    execution = ExecutionRecord(
        exec_id="00025b46.63f8f39c.01.01",
        perm_id=1376327563,
        order_id=13,
        client_id=100,
        account=_ACCOUNT,
        symbol="TSLA",
        con_id=76792991,
        side="BOT",
        quantity=Decimal(100),
        price=Decimal("196.52"),
        at=datetime(2023, 2, 24, 17, 4, 56, tzinfo=UTC),
        cumulative=Decimal(100),
        average_price=Decimal("196.52"),
        order_ref="",
        exchange="ISLAND",
        commission=Decimal(1),
        commission_currency="USD",
        realized_pnl=None,
    )
    recorded = list(_line("v1.2.2:src/orders/tests.rs:18:"))
    written = orders.execution_details(176, -1, execution, _TSLA, "US/Eastern").fields
    assert (recorded[15], written[15]) == ("20230224  12:04:56", "20230224 12:04:56 US/Eastern")
    recorded[15] = written[15]
    assert list(written) == recorded
    report = list(orders.commission_report(execution).fields)
    assert report == [
        "1" if field == "1.0" else field for field in _line("v1.2.2:src/orders/tests.rs:22:")
    ]


def test_a_completed_order_is_the_recorded_one() -> None:
    apple = evolve(_TSLA, symbol="AAPL", con_id=265598, local_symbol="AAPL")
    order = _order(
        apple,
        filled=Decimal(100),
        status=Status.FILLED,
        perm_id=1824933227,
        done_at=datetime(2023, 3, 6, 20, 28, 30, tzinfo=UTC),
    )
    written = orders.completed_order(169, order, apple, "America/Los_Angeles")
    assert written.fields == _line("v1.2.2:src/orders/tests.rs:383:")


def test_contract_details_have_the_recorded_fields() -> None:
    recorded = _line("v1.2.2:src/contracts/tests.rs:12:")
    written = contracts.contract_details(
        176, 9001, _TSLA, exchange="SMART", hours=Hours(), now=_NOW
    ).fields
    assert len(written) == len(recorded)
    # type, contract, tick size, price magnifier, underlying, security ids: venues and names differ
    same = (*range(15), 17, 18, *range(30, 36))
    assert [written[at] for at in same] == [recorded[at] for at in same]
    assert written[-1] == recorded[-1]


def test_the_row_of_another_exchange_has_the_recorded_hours() -> None:
    thursday = datetime(2022, 12, 29, 15, 0, tzinfo=UTC)
    usual = Hours(
        liquid=Session(opens=time(9, 30), closes=time(16)),
        trading=Session(opens=time(4), closes=time(20)),
        closed=frozenset({date(2023, 1, 2)}),
    )
    for place, hours in (
        ("v1.2.2:src/contracts/tests.rs:12:", usual),
        ("v1.2.2:src/contracts/tests.rs:13:", usual.on_another_exchange),
    ):
        assert _line(place)[26:28] == (hours.trading_text(thursday), hours.liquid_text(thursday))


@pytest.mark.parametrize(
    ("request_name", "message_id", "written"),
    [
        ("71_2", "15", connection.managed_accounts((_ACCOUNT,)).fields),
        ("71_2", "9", connection.next_valid_id(217).fields),
        ("61_1", "62", accounts.position_end().fields),
        ("5_1", "53", orders.open_orders_end().fields),
        ("99_0", "102", orders.completed_orders_end().fields),
        ("7_3", "55", orders.executions_end(218).fields),
        ("6_2", "54", accounts.account_download_end(_ACCOUNT).fields),
        ("76_1", "74", accounts.account_update_multi_end(217, _ACCOUNT).fields),
        ("62_1", "64", accounts.account_summary_end(221).fields),
        (
            "6_2",
            "6",
            accounts.account_value(_ACCOUNT, Row("AccountCode", _ACCOUNT, "")).fields,
        ),
        (
            "76_1",
            "73",
            accounts.account_update_multi(217, _ACCOUNT, Row("AccountCode", _ACCOUNT, "")).fields,
        ),
        (
            "62_1",
            "63",
            accounts.account_summary(221, _ACCOUNT, Row("AccountType", "PARTNERSHIP", "")).fields,
        ),
        (
            "3_220",
            "4",
            connection.error(
                176,
                220,
                321,
                "Error validating request.-'bN' : cause - Missing order exchange.",
            ).fields,
        ),
    ],
)
def test_simple_messages_are_the_recorded_ones(
    request_name: str, message_id: str, written: Fields
) -> None:
    assert _recorded(request_name, message_id)[0] == written


def test_account_values_have_the_recorded_tags_in_the_recorded_order() -> None:
    setup = AccountSetup(account=_ACCOUNT, base_currency="GBP", cash={"GBP": Decimal(1)})
    market = Market([], [setup], rates={"GBP": Decimal("1.3")})
    figures = account_figures(Book(market, _NOW), market, _ACCOUNT)
    summary = summary_rows(figures, _ACCOUNT, is_margin=True)
    ledger = ledger_rows(figures, _ACCOUNT)
    recorded = [(each[5], each[7]) for each in _recorded("76_1", "73")]
    assert _names(summary + ledger) == recorded

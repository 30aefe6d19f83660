"""Snapshots come back as they were written, and what does not fit is named with its path."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.pipeline import is_successful
from returns.result import Result, Success

from rebalancer_adapters.ground.file_text import FileText
from rebalancer_adapters.ground.problems import Problem, sentence
from rebalancer_adapters.saved.snapshot_json import (
    load_snapshot,
    snapshot_from_text,
    snapshot_to_json,
)
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    OpenOrder,
    Position,
    Quote,
    QuoteKind,
    Snapshot,
    Unpriced,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol

Document = dict[str, object]
AS_OF = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)

numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=6)
prices = st.decimals(min_value="0.0001", max_value=10**6, places=4)
con_ids = st.integers(min_value=1, max_value=2**31).map(ConId)
symbols = st.from_regex(r"[A-Z][A-Z0-9.]{0,4}", fullmatch=True).map(Symbol)
times = st.datetimes(timezones=st.just(UTC))
currencies = st.sampled_from(["USD", "CAD", "EUR", "CHF"])
account_ids = st.from_regex(r"DU[0-9]{6}", fullmatch=True).map(AccountId)
positions = st.builds(
    Position,
    con_id=con_ids,
    symbol=symbols,
    security_type=st.sampled_from(["STK", "OPT"]),
    currency=currencies,
    quantity=numbers,
    average_cost=st.none() | numbers,
)
quotes = st.builds(
    Quote,
    con_id=con_ids,
    symbol=symbols,
    price=prices,
    kind=st.sampled_from(QuoteKind),
    as_of=times,
    delayed=st.booleans(),
    bid=st.none() | prices,
    ask=st.none() | prices,
)


@st.composite
def accounts(draw: st.DrawFn, account_id: AccountId, as_of: datetime) -> AccountSnapshot:
    cash = st.builds(CashBalance, currency=currencies, amount=numbers, usd_rate=st.none() | prices)
    orders = st.builds(
        OpenOrder,
        account_id=st.just(account_id),
        con_id=con_ids,
        symbol=symbols,
        side=st.sampled_from(["BUY", "SELL"]),
        remaining=numbers,
        order_ref=st.text(max_size=20),
        client_id=st.integers(min_value=-1, max_value=2**31),
    )
    visible = draw(st.booleans())
    return AccountSnapshot(
        account_id=account_id,
        as_of=as_of,
        base_currency=draw(currencies),
        cash=tuple(draw(st.lists(cash, unique_by=lambda each: each.currency))),
        positions=tuple(draw(st.lists(positions, unique_by=lambda each: each.con_id, max_size=5))),
        open_orders=tuple(draw(st.lists(orders, max_size=3))) if visible else (),
        open_orders_visible=visible,
        account_type=draw(st.sampled_from(["", "INDIVIDUAL"])),
        stock_market_value_usd=draw(st.none() | numbers),
        sweep_difference_usd=draw(numbers),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    as_of = draw(times)
    ids = draw(st.lists(account_ids, unique=True, max_size=3))
    priced = st.lists(quotes, unique_by=lambda each: each.con_id, max_size=5)
    return Snapshot(
        as_of=as_of,
        accounts=tuple(draw(accounts(each, as_of)) for each in ids),
        quotes=tuple(draw(priced)),
    )


@given(snapshots())
def test_a_snapshot_comes_back_as_it_was_written(snapshot: Snapshot) -> None:
    assert _read(snapshot_to_json(snapshot)) == Success(snapshot)


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_a_snapshot_or_a_named_problem(text: str) -> None:
    loaded = _read(text)
    assert is_successful(loaded) or loaded.failure()


def test_what_has_no_price_has_no_quote_in_the_file() -> None:
    unpriced = Unpriced(con_id=ConId(1), symbol=Symbol("SPY"), detail="no data")
    snapshot = Snapshot(as_of=AS_OF, accounts=(), quotes=(unpriced,))
    assert _read(snapshot_to_json(snapshot)) == Success(Snapshot(as_of=AS_OF, accounts=()))


def test_numbers_are_text_in_the_file_and_exact_from_text_and_from_json_numbers() -> None:
    text = _text(lambda d: _account(d).update(cash={"USD": "12000.00", "CAD": 0.1}))
    snapshot = _read(text).unwrap()
    assert [each.amount for each in snapshot.accounts[0].cash] == [
        Decimal("12000.00"),
        Decimal("0.1"),
    ]
    assert '"CAD": "0.1"' in snapshot_to_json(snapshot)


def test_open_orders_that_are_not_visible_are_null_and_none_are_a_list() -> None:
    hidden = _read(_text(lambda d: _account(d).update(open_orders=None))).unwrap()
    assert not hidden.accounts[0].open_orders_visible
    assert hidden.accounts[0].open_orders == ()
    assert '"open_orders": null' in snapshot_to_json(hidden)
    seen = _read(_text(lambda d: _account(d).update(open_orders=[]))).unwrap()
    assert seen.accounts[0].open_orders_visible
    assert '"open_orders": []' in snapshot_to_json(seen)


def test_a_time_in_another_zone_is_the_same_time_in_utc() -> None:
    snapshot = _read(_text(lambda d: d.update(as_of="2026-01-02T10:04:05-05:00"))).unwrap()
    assert snapshot.as_of == AS_OF
    assert snapshot.as_of.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda d: d.update(schema=2), "schema: 2 is not known"),
        (lambda d: d.update(schema="1"), "schema: 1 is not known"),
        (lambda d: d.pop("schema"), "schema: the key is missing"),
        (lambda d: d.pop("as_of"), "as_of: the key is missing"),
        (lambda d: d.update(as_of="2026-01-02"), "as_of: '2026-01-02' is not a time"),
        (lambda d: d.update(as_of="2026-01-02T15:04:05"), "as_of: '2026-01-02T15:04:05' is no"),
        (lambda d: d.update(as_of="2026-02-30T15:04:05Z"), "'2026-02-30T15:04:05Z' is not a time"),
        (lambda d: d.update(as_of="0001-01-01T00:00:00+12:00"), "is not a time"),
        (lambda d: d.update(account="x"), "account: the key is not known"),
        (lambda d: d.update(accounts={}), "accounts: {} is not a list [...]"),
        (lambda d: d.update(quotes=None), "quotes: None is not a list [...]"),
        (lambda d: d.update(accounts=[7]), "accounts[0]: 7 is not an object {...}"),
        (lambda d: _account(d).pop("cash"), "accounts[0].cash: the key is missing"),
        (lambda d: _account(d).update(cash=[]), "accounts[0].cash: [] is not an object"),
        (lambda d: _account(d).update(cash={"USD": "nan"}), "cash.USD: 'nan' is not a decimal"),
        (lambda d: _account(d).update(cash={"USD": "1e3"}), "cash.USD: '1e3' is not a decimal"),
        (lambda d: _account(d).update(cash={"USD": None}), "cash.USD: None is not a decimal"),
        (lambda d: _account(d).update(cash={"USD": True}), "cash.USD: True is not a decimal"),
        (lambda d: _account(d).update(cash={"USD": 1e300}), "cash.USD: 1E+300 is out of range"),
        (lambda d: _account(d).update(cash={"BASE": "1"}), "'BASE' is not a currency"),
        (
            lambda d: _account(d).update(account_id="../x"),
            "account_id: '../x' is not an account id",
        ),
        (lambda d: _account(d).update(base_currency=1), "base_currency: 1 is not text"),
        (lambda d: _position(d).update(quantity="abc"), "quantity: 'abc' is not a decimal number"),
        (lambda d: _position(d).update(con_id=1.5), "con_id: 1.5 is not a whole number"),
        (lambda d: _position(d).update(con_id=0), "con_id: 0 is not a contract id"),
        (lambda d: _position(d).update(symbol=""), "symbol: '' is not a symbol"),
        (lambda d: _position(d).update(symbol="S\nY"), r"symbol: 'S\nY' is not a symbol"),
        (lambda d: _position(d).update(shares=1), "positions[0].shares: the key is not known"),
        (lambda d: _quote(d).update(price="0"), "quotes[0].price: 0 is not a price"),
        (lambda d: _quote(d).update(price="-1"), "quotes[0].price: -1 is not a price"),
        (lambda d: _quote(d).update(kind="ask"), "kind: 'ask' is not a choice"),
        (lambda d: _quote(d).update(delayed="no"), "delayed: 'no' is neither true nor false"),
        (lambda d: _double(d, "accounts"), "accounts[1]: duplicate DU111111"),
        (lambda d: _double(d, "quotes"), "quotes[1]: duplicate 1"),
    ],
)
def test_what_does_not_fit_is_named_with_its_path(
    change: Callable[[Document], object], expected: str
) -> None:
    (problem,) = _read(_text(change)).failure()
    assert expected in sentence(problem)
    assert problem.fix


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "s.json:1:1 this is no JSON"),
        ('{"schema": 1,\n "as_of": }', "s.json:2:11 this is no JSON"),
        ('{"schema": 1, "schema": 1}', "duplicate key 'schema'"),
        ('{"schema": 1, "x": NaN}', "NaN is not a number"),
        ('{"schema": 1, "x": -Infinity}', "-Infinity is not a number"),
        ("[" * 200_000, "it nests too deeply"),
        ("[]", "[] is not an object {...}"),
    ],
)
def test_what_is_no_json_object_is_one_problem(text: str, expected: str) -> None:
    (problem,) = _read(text).failure()
    assert expected in sentence(problem)


def test_everything_wrong_is_told_at_once() -> None:
    def change(document: Document) -> None:
        document.update(as_of=1)
        _position(document).update(quantity="x", con_id="y")
        _quote(document).pop("kind")

    assert len(_read(_text(change)).failure()) == 4


def test_a_saved_snapshot_is_loaded_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(_text(lambda document: None), encoding="utf-8")
    assert load_snapshot(path).unwrap().as_of == AS_OF
    assert len(load_snapshot(tmp_path / "nowhere.json").failure()) == 1


def _read(text: str) -> Result[Snapshot, tuple[Problem, ...]]:
    return snapshot_from_text(FileText(name="s.json", text=text, sha256=""))


def _text(change: Callable[[Document], object]) -> str:
    document: Document = {
        "schema": 1,
        "as_of": "2026-01-02T15:04:05Z",
        "accounts": [
            {
                "account_id": "DU111111",
                "base_currency": "USD",
                "cash": {"USD": "12000.00"},
                "positions": [
                    {
                        "symbol": "SPY",
                        "con_id": 1,
                        "security_type": "STK",
                        "currency": "USD",
                        "quantity": "12",
                    }
                ],
                "open_orders": [],
            }
        ],
        "quotes": [
            {
                "symbol": "SPY",
                "con_id": 1,
                "price": "500.10",
                "kind": "last",
                "as_of": "2026-01-02T15:04:04Z",
                "delayed": False,
            }
        ],
    }
    change(document)
    return json.dumps(document)


def _first(value: object) -> Document:
    assert isinstance(value, list)
    first = value[0]
    assert isinstance(first, dict)
    return first


def _account(document: Document) -> Document:
    return _first(document["accounts"])


def _position(document: Document) -> Document:
    return _first(_account(document)["positions"])


def _quote(document: Document) -> Document:
    return _first(document["quotes"])


def _double(document: Document, key: str) -> None:
    document[key] = [_first(document[key])] * 2

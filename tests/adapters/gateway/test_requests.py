"""Requests as ib_async writes them, read back: code that nobody of this project wrote."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ib_async import (
    ComboLeg,
    Contract,
    DeltaNeutralContract,
    ExecutionFilter,
    Order,
    PriceCondition,
    Stock,
    TagValue,
    TimeCondition,
)

from rebalancer_adapters.gateway.requests import Unreadable, parse_request
from rebalancer_adapters.gateway.requests.reader import FieldError, Reader
from rebalancer_adapters.gateway.requests.values import (
    PlaceOrder,
    RequestAccountSummary,
    RequestAccountUpdatesMulti,
    RequestContractDetails,
    RequestExecutions,
    RequestMarketData,
)
from rebalancer_adapters.gateway.wire import Fields
from tests.adapters.gateway.clients import SPY
from tests.adapters.gateway.encoder import encoded

_VERSIONS = st.sampled_from([157, 158, 159, 160, 162, 163, 166, 169, 170, 176, 177, 178])
_WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-. ", max_size=12)
_AMOUNTS = st.decimals(0, 10**9, places=4)


@given(
    version=_VERSIONS,
    quantity=_AMOUNTS,
    limit=st.none() | _AMOUNTS,
    words=st.lists(_WORDS, min_size=3, max_size=3),
    params=st.lists(st.tuples(_WORDS, _WORDS), max_size=3),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_an_order_is_read_as_it_was_written(
    version: int,
    quantity: Decimal,
    limit: Decimal | None,
    words: list[str],
    params: list[tuple[str, str]],
    flags: tuple[bool, bool],
) -> None:
    order = Order(
        action="SELL",
        totalQuantity=quantity,  # type: ignore[arg-type] # exact text, which the client allows
        orderType="LMT",
        lmtPrice=limit,
        tif=words[0],
        account=words[1],
        orderRef=words[2],
        algoStrategy="Adaptive",
        algoParams=[TagValue(name, value) for name, value in params],
        outsideRth=flags[0],
        whatIf=flags[1],
    )
    read = parse_request(encoded(version, lambda c: c.placeOrder(12, SPY, order)), version)
    assert isinstance(read, PlaceOrder)
    terms = read.terms
    assert (read.order_id, read.contract.con_id, read.contract.symbol) == (12, 756733, "SPY")
    assert (terms.action, terms.quantity, terms.limit_price) == ("SELL", quantity, limit)
    assert [terms.tif, terms.account, terms.order_ref] == words
    assert (terms.algo_strategy, list(terms.algo_params)) == ("Adaptive", params)
    assert (terms.outside_rth, terms.what_if) == flags
    assert terms.transmit


@pytest.mark.parametrize("version", [157, 170, 176, 178])
@pytest.mark.parametrize(
    ("contract", "terms"),
    [
        (Contract(secType="BAG", exchange="SMART", comboLegs=[ComboLeg(1, 1, "BUY")]), {}),
        (Stock("SPY", "IBKRATS", "USD"), {}),
        (Contract(deltaNeutralContract=DeltaNeutralContract(1, 0.5, 2.0)), {}),
        (SPY, {"orderType": "PEG BENCH"}),
        (SPY, {"orderType": "PEG BEST", "competeAgainstBestOffset": float("inf")}),
        (SPY, {"orderType": "PEG MID"}),
        (SPY, {"hedgeType": "D", "hedgeParam": "1"}),
        (SPY, {"scalePriceIncrement": 0.5}),
        (SPY, {"deltaNeutralOrderType": "MKT"}),
        (SPY, {"conditions": [PriceCondition(), TimeCondition()]}),
    ],
)
def test_rare_parts_of_an_order_do_not_shift_the_fields_after_them(
    version: int, contract: Contract, terms: dict[str, object]
) -> None:
    order = Order(**{"action": "BUY", "totalQuantity": 1.0, "orderType": "MKT", **terms})  # type: ignore[arg-type] # parametrised
    order.cashQty = 77.5
    read = parse_request(encoded(version, lambda c: c.placeOrder(1, contract, order)), version)
    assert isinstance(read, PlaceOrder)
    assert read.terms.cash_quantity == Decimal("77.5")


def test_numbers_that_are_none_are_not_zero() -> None:
    order = Order(action="BUY", totalQuantity=float("nan"), orderType="MKT")
    read = parse_request(encoded(178, lambda c: c.placeOrder(1, SPY, order)), 178)
    assert isinstance(read, PlaceOrder)
    assert read.terms.limit_price is None
    assert read.terms.quantity is not None
    assert read.terms.quantity.is_nan()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("1.7976931348623157E308", None),  # how clients write "no value"
        ("1.7976931348623157e+308", None),
        ("0", Decimal(0)),
        ("-0.50", Decimal("-0.5")),
        ("1e3", Decimal(1000)),
    ],
)
def test_a_number_is_exact_or_none(text: str, number: Decimal | None) -> None:
    assert Reader([text]).number() == number


@pytest.mark.parametrize("text", ["1_000", "１", "0x10", "1E99", "1e-40", "+", ".", "--1", "1 2"])  # noqa: RUF001 full-width digits are meant
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="field 1"):
        Reader([text]).number()


@pytest.mark.parametrize("version", [157, 176, 178])
def test_queries_are_read_as_they_were_written(version: int) -> None:
    details = encoded(version, lambda c: c.reqContractDetails(5, SPY))
    read = parse_request(details, version)
    assert isinstance(read, RequestContractDetails)
    assert (read.req_id, read.contract.symbol, read.contract.exchange) == (5, "SPY", "SMART")
    ticks = encoded(version, lambda c: c.reqMktData(6, SPY, "233", True, False, []))
    line = parse_request(ticks, version)
    assert isinstance(line, RequestMarketData)
    assert (line.req_id, line.generic_ticks, line.snapshot) == (6, "233", True)
    wanted = ExecutionFilter(clientId=4, acctCode="DU1", side="BUY")
    executions = parse_request(encoded(version, lambda c: c.reqExecutions(7, wanted)), version)
    assert isinstance(executions, RequestExecutions)
    assert (executions.filter.client_id, executions.filter.account) == (4, "DU1")


def test_account_requests_are_read_as_they_were_written() -> None:
    multi = encoded(178, lambda c: c.reqAccountUpdatesMulti(8, "DU1", "", False))
    assert parse_request(multi, 178) == RequestAccountUpdatesMulti(
        req_id=8, account="DU1", model_code="", ledger_only=False
    )
    summary = encoded(178, lambda c: c.reqAccountSummary(9, "All", "A, B,$LEDGER:ALL"))
    assert parse_request(summary, 178) == RequestAccountSummary(
        req_id=9, group="All", tags=("A", "B", "$LEDGER:ALL")
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (("",), "message 0 is not supported"),
        (("hello",), "not a whole number"),
        (("4711", "1"), "message 4711 is not supported"),
        (("9", "8", "x"), "field 3 is not a whole number: 'x'"),
        (("9", "8", "1"), "field 4 is missing"),
        (("91", "9" * 40), "not a whole number"),
    ],
)
def test_an_unreadable_request_says_which_field_is_wrong(fields: Fields, problem: str) -> None:
    read = parse_request(fields, 178)
    assert isinstance(read, Unreadable)
    assert problem in read.problem


def test_a_field_too_many_is_not_overlooked() -> None:
    frame = encoded(178, lambda c: c.placeOrder(1, SPY, Order(action="BUY", orderType="MKT")))
    read = parse_request((*frame, ""), 178)
    assert isinstance(read, Unreadable)
    assert "1 fields too many" in read.problem


@given(
    st.lists(
        st.sampled_from(["1", "3", "7", "9", "61", "62", "76", "", "x", "1E99", "nan"]) | _WORDS
    )
)
def test_no_fields_can_raise(fields: list[str]) -> None:
    parse_request(tuple(fields), 178)

"""Messages of real TWS, read as the adapter reads them.

The recordings lie beside the checkout and are no part of it: without them these tests are skipped.
"""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from ib_async.client import Client
from ib_async.ib import IB

from rebalancer_adapters.ib.account_rows import to_snapshot
from rebalancer_adapters.ib.contracts import to_listing
from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.raw_events import RawWrapper
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    ErrorReported,
    Executed,
    OrderRef,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.instruments import AccountId, Symbol

_FOLDER = Path(__file__).parents[4] / "shared" / "recordings"
_ACCOUNT = AccountId("DU1234567")
_REF = OrderRef("rb1-test0001-01001-1")
_ORDERS = "v1.2.2:src/orders/tests.rs"

pytestmark = pytest.mark.skipif(not _FOLDER.is_dir(), reason="the recordings are not here")


class _Line:
    """A session's ears on a line that only the test speaks on."""

    def __init__(self, version: int, client_id: int) -> None:
        self.inbox = Inbox(client_id)
        ib = IB()
        ib.wrapper = RawWrapper(ib, self.inbox)
        ib.client = Client(ib.wrapper)  # type: ignore[no-untyped-call]  # it has no annotations
        self._decoder = ib.client.decoder
        self._decoder.serverVersion = version

    def say(self, fields: list[str]) -> None:
        """One message, as it came off the wire."""
        self._decoder.interpret(fields)  # type: ignore[no-untyped-call]  # it has no annotations


class _Numbers:
    """The one request id that was recorded."""

    def __init__(self, number: int) -> None:
        self._number = number

    def getReqId(self) -> int:  # noqa: N802 - the library's name
        return self._number


def test_an_account_in_pounds_has_no_us_dollars() -> None:
    async def story() -> AccountSnapshot:
        line = _Line(176, 1)

        def say_all(_request_id: int) -> None:
            for fields in _session("76_1"):
                line.say(fields)

        rows = await line.inbox.account_values.ask("values", _Numbers(217), say_all, 5)
        assert isinstance(rows, tuple)
        account = to_snapshot(
            _ACCOUNT,
            as_of=datetime(2023, 10, 21, tzinfo=UTC),
            positions=(),
            values=rows,
            orders=(),
        )
        assert isinstance(account, AccountSnapshot)
        return account

    account = asyncio.run(story())
    assert (account.base_currency, account.account_type) == ("GBP", "PARTNERSHIP")
    assert [(c.currency, c.amount) for c in account.cash] == [("GBP", Decimal("1038472.36"))]
    assert account.usd_cash == 0
    assert account.stock_market_value_usd == 0


def test_contract_details_become_a_listing_with_its_hours() -> None:
    async def story() -> None:
        line = _Line(169, 1)

        def say_all(_request_id: int) -> None:
            line.say(_line("v1.2.2:src/contracts/tests.rs:12:"))
            line.say(_line("v1.2.2:src/contracts/tests.rs:14:"))

        rows = await line.inbox.contract_details.ask("details", _Numbers(9001), say_all, 5)
        assert isinstance(rows, tuple)
        listing = to_listing(rows[0], Symbol("TSLA"))
        assert (listing.con_id, listing.primary_exchange) == (76792991, "NASDAQ")
        assert listing.stock_type == "COMMON"
        lengths = {(s.closes - s.opens).total_seconds() / 3600 for s in listing.liquid_sessions}
        assert lengths == {6.5}
        assert len(listing.trading_sessions) >= len(listing.liquid_sessions)

    asyncio.run(story())


def test_a_market_order_is_told_from_its_acceptance_to_its_commission() -> None:
    facts = _heard(client_id=100, order_id=13, lines=(16, 17, 18, 19, 20, 21, 22))
    assert [type(fact) for fact in facts] == [
        OrderSeen,
        StatusReported,
        Executed,
        OrderSeen,
        StatusReported,
        OrderSeen,
        Commissioned,
    ]
    assert {f.status for f in facts if isinstance(f, OrderSeen)} == {"PreSubmitted", "Filled"}
    (executed,) = (f for f in facts if isinstance(f, Executed))
    assert (executed.shares, executed.price) == (Decimal(100), Decimal("196.52"))
    assert executed.account_id == _ACCOUNT
    (commissioned,) = (f for f in facts if isinstance(f, Commissioned))
    assert (commissioned.commission, commissioned.currency) == (Decimal(1), "USD")


def test_a_cancel_is_told_by_its_status_and_then_by_code_202() -> None:
    facts = _heard(client_id=100, order_id=41, lines=(306, 307))
    status, error = facts
    assert isinstance(status, StatusReported)
    assert (status.status, status.filled, status.remaining) == (
        "Cancelled",
        Decimal(0),
        Decimal(100),
    )
    assert isinstance(error, ErrorReported)
    assert error.code == 202


def _heard(*, client_id: int, order_id: int, lines: tuple[int, ...]) -> tuple[BrokerFact, ...]:
    async def story() -> tuple[BrokerFact, ...]:
        line = _Line(165 if 307 in lines else 169, client_id)
        line.inbox.orders.handed(order_id, _REF)
        for number in lines:
            line.say(_named(_line(f"{_ORDERS}:{number}:")))
        return await line.inbox.orders.take(0)

    return asyncio.run(story())


def _named(fields: list[str]) -> list[str]:
    """The recorded orders had no name: with ours in the field of orderRef."""
    place = {"5": fields.index(_ACCOUNT) + 3, "11": 26} if _ACCOUNT in fields else {}
    at = place.get(fields[0], -1)
    return [_REF if index == at else field for index, field in enumerate(fields)]


def _session(request: str) -> list[list[str]]:
    text = (_FOLDER / "sv176_session.json").read_text(encoding="utf-8")
    recorded: list[list[str]] = json.loads(text)["requests"][request]
    return recorded


def _line(place: str) -> list[str]:
    """A message of the other recording: its fields, without what ends the line there."""
    for line in (_FOLDER / "rust_ibapi.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(place):
            text = line[len(place) :].strip('"')
            return text.removesuffix("|").removesuffix("|").split("|")
    raise AssertionError(f"{place} is not recorded")

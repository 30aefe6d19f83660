"""Which fields a server version adds: ib_async ignores some that are too many, so they are counted.

The counts are those of the layouts that ib_async 2.1.0 decodes; 176 and 169 are also held against
recordings in test_recordings.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rebalancer_adapters.gateway.book import Book
from rebalancer_adapters.gateway.messages import connection, contracts, orders
from rebalancer_adapters.gateway.messages.open_order import open_order
from rebalancer_adapters.gateway.terms import OrderTerms
from tests.adapters.gateway.clients import small_market

_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "opened", "completed", "executed", "details", "failed"),
    [
        (157, 128, 96, 31, 41, 5),
        (158, 129, 96, 31, 41, 5),
        (160, 130, 96, 31, 41, 5),
        (162, 131, 96, 31, 41, 5),
        (163, 131, 96, 31, 42, 5),
        (164, 131, 96, 31, 42, 5),
        (166, 131, 96, 31, 42, 6),
        (170, 136, 101, 31, 42, 6),
        (177, 135, 100, 31, 42, 6),
        (178, 135, 100, 32, 42, 6),
    ],
)
def test_each_version_has_its_number_of_fields(
    version: int, opened: int, completed: int, executed: int, details: int, failed: int
) -> None:
    market = small_market()
    book = Book(market, _NOW)
    spy = market.instrument("SPY")
    terms = OrderTerms(
        action="BUY", quantity=Decimal(3), order_type="MKT", tif="DAY", account="DU111111"
    )
    draft = book.draft(spy, terms, client_id=1, order_id=1, exchange="SMART", at=_NOW)
    order = book.accept(draft)
    execution = book.fill(order.perm_id, Decimal(3), Decimal(600), _NOW)
    written = (
        open_order(version, order, spy),
        orders.completed_order(version, book.order(order.perm_id), spy, "US/Eastern"),
        orders.execution_details(version, -1, execution, spy, "US/Eastern"),
        contracts.contract_details(version, 1, spy, exchange="SMART", hours=market.hours, now=_NOW),
        connection.error(version, 1, 201, "no"),
    )
    counts = tuple(len(message.fields) for message in written)
    assert counts == (opened, completed, executed, details, failed)

"""Facts in the order they came, whatever order that is."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ib_async.contract import Contract
from ib_async.objects import CommissionReport, Execution
from ib_async.order import Order
from ib_async.util import UNSET_DOUBLE

from rebalancer_adapters.ib.inbox import Inbox
from rebalancer_adapters.ib.order_log import OrderLog
from rebalancer_adapters.ib.raw_rows import OrderRow, StatusRow
from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderRef,
)

_REF = OrderRef("rb1-test0001-01001-1")
_ME = 42


def test_a_commission_that_overtakes_its_execution_is_told_after_it() -> None:
    log = _log()
    log.commission(_report(1.0))
    log.execution(_execution(), 756733)
    executed, commissioned = _taken(log)
    assert isinstance(executed, Executed)
    assert isinstance(commissioned, Commissioned)
    assert commissioned.commission == 1


@pytest.mark.parametrize("figure", [UNSET_DOUBLE, float("nan")])
def test_a_commission_not_yet_known_is_not_told_as_zero(figure: float) -> None:
    log = _log()
    log.execution(_execution(), 756733)
    log.commission(_report(figure))
    assert [type(fact) for fact in _taken(log)] == [Executed]


def test_repeated_and_corrected_executions_are_all_told() -> None:
    log = _log()
    for execution_id in ("a.01", "a.01", "a.02"):
        log.execution(_execution(execution_id), 756733)
    ids = [fact.execution_id for fact in _taken(log) if isinstance(fact, Executed)]
    assert ids == ["a.01", "a.01", "a.02"]


def test_an_execution_time_is_utc() -> None:
    log = _log()
    log.execution(_execution(), 756733)
    (fact,) = _taken(log)
    assert isinstance(fact, Executed)
    assert fact.at == datetime(2026, 1, 5, 15, tzinfo=UTC)


def test_an_execution_without_a_number_of_shares_proves_nothing() -> None:
    log = _log()
    execution = _execution()
    execution.shares = float("nan")
    log.execution(execution, 756733)
    assert _taken(log) == ()


def test_another_clients_order_of_the_same_number_is_not_ours() -> None:
    log = _log()
    log.status(_status(client_id=41))
    log.execution(_execution(order_ref="manual"), 756733)
    log.open_order(_order_row(client_id=41, order_ref="manual"))
    assert _taken(log) == ()


@pytest.mark.parametrize("adopted_first", [True, False], ids=["adopted first", "seen first"])
def test_a_number_that_another_program_uses_under_our_client_id_is_not_ours(
    *, adopted_first: bool
) -> None:
    log = OrderLog(_ME)
    if adopted_first:
        log.adopt(_REF, 7)
    log.open_order(_order_row(client_id=_ME, order_ref="another program's"))
    if not adopted_first:
        log.adopt(_REF, 7)
    log.status(_status(client_id=_ME))
    assert _taken(log) == ()
    assert log.order_id(_REF) is None


def test_an_adopted_order_is_known_by_its_number_though_the_gateway_never_named_it() -> None:
    log = OrderLog(_ME)
    log.adopt(_REF, 7)
    assert log.order_id(_REF) == 7
    log.status(_status(client_id=_ME))
    assert len(_taken(log)) == 1


def test_an_order_of_this_session_stays_ours_whatever_its_echo_is_called() -> None:
    log = _log()
    log.open_order(_order_row(client_id=_ME, order_ref=""))
    log.status(_status(client_id=_ME))
    assert len(_taken(log)) == 1


def test_a_completed_order_counts_what_was_filled() -> None:
    log = _log()
    row = _order_row(client_id=0)
    row.order.filledQuantity = 4.0
    log.completed(row)
    (fact,) = _taken(log)
    assert isinstance(fact, Completed)
    assert fact.filled == Decimal(4)


def test_an_order_that_was_not_sent_is_forgotten() -> None:
    log = _log()
    log.withdraw(_REF)
    assert not log.is_submitted(_REF)
    assert log.order_id(_REF) is None


def test_an_error_on_nobodys_number_is_a_notice() -> None:
    async def story() -> None:
        inbox = Inbox(_ME)
        inbox.orders.handed(7, _REF)
        inbox.error(7, 19999, "unheard of")
        inbox.error(8, 201, "whose?")
        inbox.error(-1, 201, "nobody's")
        facts = await inbox.orders.take(0)
        assert facts == (ErrorReported(order_ref=_REF, code=19999, text="unheard of"),)
        assert inbox.notices == ["201: whose? (request 8)", "201: nobody's"]

    asyncio.run(story())


def _log() -> OrderLog:
    log = OrderLog(_ME)
    log.handed(7, _REF)
    return log


def _taken(log: OrderLog) -> tuple[BrokerFact, ...]:
    return asyncio.run(log.take(0))


def _execution(execution_id: str = "a.01", *, order_ref: str = _REF) -> Execution:
    return Execution(
        execId=execution_id,
        time=datetime(2026, 1, 5, 15, tzinfo=UTC),
        acctNumber="DU111111",
        side="BOT",
        shares=10.0,
        price=600.05,
        orderRef=order_ref,
    )


def _report(commission: float) -> CommissionReport:
    return CommissionReport(execId="a.01", commission=commission, currency="USD")


def _status(*, client_id: int) -> StatusRow:
    return StatusRow(
        order_id=7,
        client_id=client_id,
        perm_id=77,
        status="Filled",
        filled=10,
        remaining=0,
        average_price=600.05,
    )


def _order_row(*, client_id: int, order_ref: str = _REF) -> OrderRow:
    order = Order(orderId=7, clientId=client_id, permId=77, account="DU111111", orderRef=order_ref)
    return OrderRow(contract=Contract(conId=756733), order=order, status="Filled")

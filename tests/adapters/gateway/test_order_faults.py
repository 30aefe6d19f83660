"""What a broker can do to orders: corrections, busts, crossed cancels, holds, losses, echoes."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ib_async import IB, Trade
from ib_async import Fill as Execution

from rebalancer_adapters.gateway import (
    BrokerCancel,
    Correct,
    CrossCancel,
    Fill,
    Gateway,
    Hold,
    Inactivate,
    Lose,
    ManualClock,
    Remark,
    Rest,
    Status,
    executions_only,
    no_commissions,
    on_orders,
    silent_orders,
    wrong_account_echo,
)
from tests.adapters.gateway.clients import (
    SPY,
    connect,
    connected,
    disconnect,
    errors_of,
    filled,
    market_order,
    raw,
    run,
    soon,
    until,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


async def _executions(ib: IB) -> list[Execution]:
    return await soon(ib.reqExecutionsAsync())


def _statuses(gateway: Gateway) -> list[str]:
    return [frame.fields[2] for frame in gateway.record.sent(3)]


async def _resting(ib: IB) -> Trade:
    trade = ib.placeOrder(SPY, market_order("BUY", 4))
    await until(lambda: trade.orderStatus.status == "Submitted")
    return trade


def test_a_correction_changes_price_and_quantity_under_the_same_id_but_for_its_last_part() -> None:
    async def scene() -> None:
        fault = on_orders(Correct(quantity=Decimal(2), price=Decimal(601)))
        async with connected(scenario=fault) as (gateway, ib):
            ib.placeOrder(SPY, market_order("BUY", 3))
            await until(lambda: len(gateway.record.sent(59)) == 2)
            first, second = (frame.fields[14] for frame in gateway.record.sent(11))
            assert (first[-3:], second) == (".01", f"{first[:-3]}.02")
            (execution,) = gateway.book.executions
            assert [execution.quantity, execution.price] == [2, 601]
            assert gateway.book.position("DU111111", "SPY") == 12
            # 2 at 601 instead of 3 at 600.02, and one dollar of commission
            assert gateway.book.cash("DU111111", "USD") == 10_000 - 2 * 601 - 1
            # the average cost is that of 10 at 500 and 2 at 601 with its commission
            cost = gateway.book.holding("DU111111", 756733).average_cost
            assert cost == Decimal(10 * 500 + 2 * 601 + 1) / 12
            (order,) = gateway.book.orders
            assert [order.filled, order.average_price] == [2, 601]
            assert [fill.execution.shares for fill in await _executions(ib)] == [3, 2]

    run(scene())


def test_a_bust_takes_the_whole_trade_back() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Correct(quantity=Decimal(0)))) as (gateway, ib):
            ib.placeOrder(SPY, market_order("SELL", 3))
            await until(lambda: len(gateway.record.sent(59)) == 2)
            assert gateway.book.position("DU111111", "SPY") == 10
            assert gateway.book.cash("DU111111", "USD") == 10_000
            assert gateway.book.executions[0].quantity == 0
            assert gateway.book.orders[0].filled == 0

    run(scene())


def test_a_correction_of_an_early_trade_moves_the_profit_of_a_later_one() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        late = on_orders(Correct(price=Decimal(700), after_seconds=Decimal(60)), side="BUY")
        async with connected(scenario=late, clock=clock) as (gateway, ib):
            await filled(ib, market_order("BUY", 10))
            await filled(ib, market_order("SELL", 20))
            assert gateway.book.executions[1].realized_pnl == 20 * Decimal("599.98") - 1 - (
                10 * 500 + 10 * Decimal("600.02") + 1
            )
            await clock.advance(60)
            await until(lambda: len(gateway.record.sent(11)) == 3)
            assert gateway.book.executions[1].realized_pnl == 20 * Decimal("599.98") - 1 - (
                10 * 500 + 10 * 700 + 1
            )
            assert gateway.book.position("DU111111", "SPY") == 0

    run(scene())


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("PendingCancel", ["PreSubmitted", "Submitted", "PendingCancel", "Filled"]),
        ("Cancelled", ["PreSubmitted", "Submitted", "Cancelled", "Filled"]),
        ("10148", ["PreSubmitted", "Submitted", "Filled"]),
    ],
)
def test_a_fill_crosses_the_cancel(answer: str, told: list[str]) -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        crossing = on_orders(CrossCancel(answer=answer, after_seconds=Decimal(2)))
        async with connected(scenario=crossing, clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            trade = await _resting(ib)
            ib.cancelOrder(trade.order)
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.orders[0].status is Status.SUBMITTED
            await clock.advance(2)
            await until(lambda: trade.orderStatus.status == "Filled")
            assert _statuses(gateway) == told
            codes = {"Cancelled": [202], "10148": [10148]}.get(answer, [])
            assert [code for _, code in seen] == codes
            assert gateway.book.position("DU111111", "SPY") == 14

    run(scene())


def test_a_part_crosses_the_cancel_and_the_rest_is_cancelled() -> None:
    async def scene() -> None:
        crossing = on_orders(CrossCancel(share=Decimal("0.5")))
        async with connected(scenario=crossing) as (gateway, ib):
            trade = await _resting(ib)
            ib.cancelOrder(trade.order)
            await until(lambda: trade.orderStatus.status == "Cancelled")
            (order,) = gateway.book.orders
            assert order.status is Status.CANCELLED
            assert order.filled == 2

    run(scene())


@pytest.mark.parametrize(("code", "errors"), [(202, [202]), (0, [])])
def test_the_broker_cancels_what_is_left_of_a_partial_fill(code: int, errors: list[int]) -> None:
    async def scene() -> None:
        fault = on_orders(Fill(share=Decimal("0.5")), BrokerCancel(code=code))
        async with connected(scenario=fault) as (gateway, ib):
            seen = errors_of(ib)
            trade = ib.placeOrder(SPY, market_order("BUY", 4))
            await until(lambda: trade.orderStatus.status == "Cancelled")
            await soon(ib.reqCurrentTimeAsync())
            assert [each for _, each in seen] == errors
            (order,) = gateway.book.orders
            assert order.status is Status.CANCELLED
            assert order.filled == 2

    run(scene())


def test_a_lost_order_is_nowhere_and_its_id_is_offered_again() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Lose(), last=1)) as (gateway, ib):
            lost = ib.placeOrder(SPY, market_order())
            await soon(ib.reqCurrentTimeAsync())
            assert (gateway.book.orders, gateway.record.sent(3)) == ((), ())
            await disconnect(ib)
            again = await connect(gateway, 7)
            assert gateway.record.sent(9)[-1].fields[2] <= str(lost.order.orderId)
            await disconnect(again)

    run(scene())


def test_a_silent_order_is_filled_and_only_those_hear_of_it_who_ask() -> None:
    async def scene() -> None:
        async with connected(scenario=silent_orders()) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: gateway.book.executions)
            assert trade.orderStatus.status == "PendingSubmit"
            (execution,) = await _executions(ib)
            assert execution.execution.shares == 3

    run(scene())


def test_executions_can_be_all_that_is_told() -> None:
    async def scene() -> None:
        async with connected(scenario=executions_only()) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.filled() == 3)
            told = {f.message_id for f in gateway.record.sent()} & {3, 5, 11, 59}
            assert told <= {11, 59}
            assert trade.orderStatus.status == "PendingSubmit"

    run(scene())


def test_commissions_may_never_come() -> None:
    async def scene() -> None:
        async with connected(scenario=no_commissions()) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Filled")
            await _executions(ib)
            assert gateway.record.sent(59) == ()
            assert gateway.book.executions[0].commission == 1

    run(scene())


def test_orders_and_executions_can_be_told_under_another_account() -> None:
    async def scene() -> None:
        async with connected(scenario=wrong_account_echo("DU222222")) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.fills)
            assert trade.fills[0].execution.acctNumber == "DU222222"
            assert {f.fields[20] for f in gateway.record.sent(5)} == {"DU222222"}
            assert gateway.book.position("DU222222", "SPY") == 5
            assert gateway.book.position("DU111111", "SPY") == 13

    run(scene())


def test_an_inactive_order_with_a_code_is_dead() -> None:
    async def scene() -> None:
        dead = on_orders(Inactivate(code=201, text="Order rejected - reason: margin"))
        async with connected(scenario=dead) as (gateway, ib):
            seen = errors_of(ib)
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: seen)
            assert seen == [(trade.order.orderId, 201)]
            assert _statuses(gateway) == ["PreSubmitted", "Inactive"]
            assert gateway.book.orders[0].is_done
            assert await soon(ib.reqAllOpenOrdersAsync()) == []

    run(scene())


def test_an_inactive_order_without_a_code_is_open_and_can_be_cancelled() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Inactivate())) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Inactive")
            other = await connect(gateway, 9)
            (open_order,) = await soon(other.reqAllOpenOrdersAsync())
            assert open_order.orderStatus.status == "Inactive"
            await disconnect(other)
            raw(ib).cancelOrder(trade.order.orderId, "")
            await until(lambda: gateway.book.orders[0].status is Status.CANCELLED)

    run(scene())


def test_an_inactive_order_may_come_back_to_life() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        revived = on_orders(Inactivate(revives_after_seconds=Decimal(30)))
        async with connected(scenario=revived, clock=clock) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Inactive")
            assert not gateway.book.orders[0].is_done
            await clock.advance(30)
            await until(lambda: trade.orderStatus.status == "Filled")
            assert _statuses(gateway) == ["PreSubmitted", "Inactive", "Submitted", "Filled"]

    run(scene())


def test_an_order_behind_a_dialog_is_unknown_until_it_is_clicked() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(scenario=on_orders(Hold(seconds=Decimal(20))), clock=clock) as (
            gateway,
            ib,
        ):
            trade = ib.placeOrder(SPY, market_order())
            assert await soon(ib.reqAllOpenOrdersAsync()) == []
            assert (gateway.book.orders, trade.orderStatus.status) == ((), "PendingSubmit")
            await clock.advance(20)
            await until(lambda: trade.orderStatus.status == "Filled")

    run(scene())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (10349, "Order TIF was set to DAY based on order preset."),
        (2109, "Order Event Warning:Attribute 'Outside Regular Trading Hours' is ignored"),
        (399, "Order Message:\nWarning: your order will not be placed at the exchange until"),
        (19999, "Nobody knows this code."),
    ],
)
def test_a_remark_comes_late_and_changes_nothing_about_a_live_order(code: int, text: str) -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        fault = on_orders(Remark(code=code, text=text, after_seconds=Decimal(3)), Rest())
        async with connected(scenario=fault, clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            trade = await _resting(ib)
            await clock.advance(3)
            await until(lambda: seen == [(trade.order.orderId, code)])
            assert gateway.book.orders[0].status is Status.SUBMITTED

    run(scene())


def test_a_late_correction_does_not_outlive_the_gateway() -> None:
    async def scene() -> None:
        late = on_orders(Correct(price=Decimal(1), after_seconds=Decimal(3600)))
        async with connected(scenario=late) as (gateway, ib):
            await filled(ib, market_order())
            assert gateway.book.executions[0].price == Decimal("600.02")
        await asyncio.sleep(0)

    run(scene())

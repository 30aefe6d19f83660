"""Orders from acceptance to commission, seen by the client, by the wire and by the book."""

from decimal import Decimal

import pytest
from ib_async import ExecutionFilter, Order, Stock, TagValue

from rebalancer_adapters.gateway import (
    DataLine,
    Fill,
    Reject,
    Rest,
    Status,
    on_orders,
    on_requests,
    refused_what_if,
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

IEF = Stock("IEF", "SMART", "USD", conId=15547841)


def adaptive(priority: str) -> Order:
    params = [TagValue("adaptivePriority", priority)]
    return market_order(algoStrategy="Adaptive", algoParams=params)


def test_a_market_order_moves_shares_and_cash_of_its_account_only() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            trade = await filled(ib, market_order("BUY", 3, orderRef="run1-001"))
            assert trade.filled() == 3
            assert gateway.book.position("DU111111", "SPY") == 13
            # 3 at the ask of 600.02, and the least commission of one dollar
            assert gateway.book.cash("DU111111", "USD") == Decimal("8198.94")
            assert gateway.book.position("DU222222", "SPY") == 5
            assert gateway.book.cash("DU222222", "USD") == 5000
            (order,) = gateway.book.orders
            assert (order.account, order.symbol, order.side) == ("DU111111", "SPY", "BUY")
            assert (order.status, order.order_ref) == (Status.FILLED, "run1-001")
            assert order.filled == order.quantity == 3
            assert (order.client_id, order.order_id) == (7, trade.order.orderId)

    run(scene())


def test_a_sale_settles_its_cash_at_once() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            await filled(ib, market_order("SELL", 4))
            assert (
                gateway.book.cash("DU111111", "USD") == Decimal(10000) + 4 * Decimal("599.98") - 1
            )

    run(scene())


def test_the_messages_of_a_fill_come_in_the_order_of_the_recordings() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            await filled(ib, market_order())
            order_messages = [f for f in gateway.record.sent() if f.message_id in (3, 5, 11, 59)]
            assert [f.message_id for f in order_messages] == [5, 3, 11, 5, 3, 5, 59]
            statuses = [f.fields[2] for f in order_messages if f.message_id == 3]
            assert statuses == ["PreSubmitted", "Filled"]

    run(scene())


@pytest.mark.parametrize(
    ("priority", "price"), [("Urgent", "600.02"), ("Normal", "600"), ("Patient", "600")]
)
def test_an_adaptive_order_fills_at_the_touch_when_urgent_else_at_the_midpoint(
    priority: str, price: str
) -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            await filled(ib, adaptive(priority))
            assert gateway.book.executions[0].price == Decimal(price)
            (frame,) = [f for f in gateway.record.sent(5) if "PreSubmitted" in f.fields]
            at = frame.fields.index("Adaptive")
            assert frame.fields[at : at + 4] == ("Adaptive", "1", "adaptivePriority", priority)

    run(scene())


def test_a_midprice_order_fills_between_bid_and_ask() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            gateway.market.set_price("SPY", bid=Decimal("599.97"), ask=Decimal("600.02"))
            await filled(ib, market_order("BUY", orderType="MIDPRICE"))
            await filled(ib, market_order("SELL", orderType="MIDPRICE"))
            prices = [execution.price for execution in gateway.book.executions]
            assert prices == [Decimal("600.00"), Decimal("599.99")]

    run(scene())


def test_a_midprice_order_rests_above_its_cap_until_the_market_comes() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            order = market_order("BUY", orderType="MIDPRICE", lmtPrice=599.00)
            trade = ib.placeOrder(SPY, order)
            await until(lambda: trade.orderStatus.status == "Submitted")
            gateway.market.set_price("SPY", bid=Decimal("598.90"), ask=Decimal("598.98"))
            await until(lambda: trade.orderStatus.status == "Filled")
            assert gateway.book.executions[0].price == Decimal("598.94")

    run(scene())


def test_a_limit_order_never_fills_beyond_its_limit_and_can_be_amended() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            order = market_order("BUY", orderType="LMT", lmtPrice=590.00)
            trade = ib.placeOrder(SPY, order)
            await until(lambda: trade.orderStatus.status == "Submitted")
            order.lmtPrice, order.totalQuantity = 600.05, 2
            ib.placeOrder(SPY, order)
            await until(lambda: trade.orderStatus.status == "Filled")
            (record,) = gateway.book.orders
            assert record.quantity == 2
            assert record.average_price == Decimal("600.02")

    run(scene())


def test_a_cancel_ends_in_status_cancelled_and_then_202() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Submitted")
            ib.cancelOrder(trade.order)
            await until(lambda: trade.orderStatus.status == "Cancelled")
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.orders[0].status is Status.CANCELLED
            last = [f for f in gateway.record.sent() if f.message_id in (3, 4)][-2:]
            assert [(f.message_id, f.fields[2], f.fields[3]) for f in last] == [
                (3, "Cancelled", "0"),
                (4, str(trade.order.orderId), "202"),
            ]

    run(scene())


def test_cancelling_a_filled_order_answers_10148_and_an_unknown_one_10147() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            trade = await filled(ib, market_order())
            seen = errors_of(ib)
            raw(ib).cancelOrder(trade.order.orderId)
            raw(ib).cancelOrder(4711)
            await until(lambda: seen == [(trade.order.orderId, 10148), (4711, 10147)])

    run(scene())


def test_a_global_cancel_ends_the_orders_of_every_client() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            other = await connect(gateway, 8)
            ib.placeOrder(SPY, market_order())
            other.placeOrder(IEF, market_order())
            await until(lambda: len(gateway.book.orders) == 2)
            raw(ib).reqGlobalCancel()
            await until(lambda: all(o.status is Status.CANCELLED for o in gateway.book.orders))
            await disconnect(other)

    run(scene())


def test_open_orders_of_other_clients_are_seen_only_by_who_asks_for_all() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            other = await connect(gateway, 8)
            other.placeOrder(IEF, market_order(orderRef="theirs", account="DU222222"))
            await until(lambda: gateway.book.orders)
            assert await soon(ib.reqOpenOrdersAsync()) == []
            (trade,) = await soon(ib.reqAllOpenOrdersAsync())
            assert (trade.order.orderRef, trade.order.clientId) == ("theirs", 8)
            assert (trade.order.account, trade.contract.symbol) == ("DU222222", "IEF")
            raw(ib).cancelOrder(trade.order.orderId)  # it belongs to client 8
            await soon(ib.reqCurrentTimeAsync())
            assert not gateway.book.orders[0].is_done
            await disconnect(other)

    run(scene())


def test_own_orders_are_found_again_after_a_reconnect() -> None:
    async def scene() -> None:
        async with connected(scenario=on_orders(Rest())) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order(orderRef="mine"))
            await until(lambda: trade.orderStatus.permId)
            await disconnect(ib)
            await until(lambda: not gateway.client_ids)
            again = await connect(gateway, 7)
            (found,) = again.openTrades()
            assert (found.order.orderRef, found.order.orderId) == ("mine", trade.order.orderId)
            assert again.client.getReqId() > trade.order.orderId
            await disconnect(again)

    run(scene())


def test_executions_and_completed_orders_carry_the_order_reference() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            await filled(ib, market_order("SELL", 2, orderRef="run1-007"))
            again = await connect(gateway, 9)
            (fill,) = await soon(again.reqExecutionsAsync())
            assert (fill.execution.orderRef, fill.execution.side) == ("run1-007", "SLD")
            (report,) = [f.commissionReport for f in again.fills()]
            assert (report.commission, report.realizedPNL) == (1.0, 198.96)
            (done,) = await soon(again.reqCompletedOrdersAsync(False))
            assert done.order.orderRef == "run1-007"
            assert (done.order.filledQuantity, done.order.totalQuantity) == (2.0, 0.0)
            assert done.orderStatus.status == "Filled"
            await disconnect(again)

    run(scene())


def test_executions_can_be_asked_for_by_account_symbol_and_side() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            await filled(ib, market_order("BUY", 1))
            await filled(ib, market_order("SELL", 1, account="DU222222"))
            await filled(ib, market_order("BUY", 1), IEF)

            async def found(wanted: ExecutionFilter) -> int:
                return len(await soon(ib.reqExecutionsAsync(wanted)))

            assert await found(ExecutionFilter()) == 3
            assert await found(ExecutionFilter(acctCode="DU111111")) == 2
            assert await found(ExecutionFilter(symbol="IEF")) == 1
            assert await found(ExecutionFilter(side="SELL")) == 1
            assert await found(ExecutionFilter(clientId=8)) == 0
            assert await found(ExecutionFilter(time="20991231-00:00:00")) == 0
            assert await found(ExecutionFilter(time="20200101 00:00:00 US/Eastern")) == 3
            assert await found(ExecutionFilter(time="20991231 00:00:00")) == 0

    run(scene())


def test_a_what_if_order_previews_margin_and_commission_and_books_nothing() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            state = await soon(ib.whatIfOrderAsync(SPY, market_order("BUY", 4)))
            # a quarter of 4 times 600
            assert (state.initMarginChange, state.maintMarginChange) == ("600.0", "600.0")
            assert (state.commission, state.commissionCurrency) == (1.0, "USD")
            assert gateway.book.orders == ()
            first, second = gateway.record.sent(5)
            assert first.fields.count("1.7976931348623157E308") == 15
            assert second.fields.count("1.7976931348623157E308") == 6

    run(scene())


def test_a_what_if_order_can_be_refused_and_the_order_itself_is_taken() -> None:
    async def scene() -> None:
        refused = refused_what_if(460, "No trading permissions.", "SPY", "BUY")
        async with connected(scenario=refused) as (gateway, ib):
            errors = errors_of(ib)
            await soon(ib.whatIfOrderAsync(SPY, market_order("BUY", 4)))
            assert [code for _, code in errors] == [460]
            assert gateway.record.sent(5) == ()
            sell = await soon(ib.whatIfOrderAsync(SPY, market_order("SELL", 4)))
            assert sell.initMarginChange == "-600.0"
            await filled(ib, market_order("BUY", 4))
            assert gateway.book.position("DU111111", "SPY") == 14

    run(scene())


def test_any_request_can_be_refused_under_its_own_number() -> None:
    async def scene() -> None:
        refused = on_requests(Reject(code=366, text="No such request."), last=2)
        async with connected() as (gateway, ib):
            gateway.play(refused)
            errors = errors_of(ib)
            assert await soon(ib.reqContractDetailsAsync(SPY)) == []
            raw(ib).reqAllOpenOrders()
            await soon(ib.reqCurrentTimeAsync())
            assert [code for _, code in errors] == [366, 366]
            assert errors[0][0] > 0
            assert errors[1][0] == -1

    run(scene())


def test_a_client_hears_nothing_about_the_orders_of_another() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            other = await connect(gateway, 8)
            await filled(ib, market_order())
            await soon(other.reqCurrentTimeAsync())
            heard = {f.message_id for f in gateway.record.sent() if f.client_id == 8}
            assert not heard & {3, 5, 11, 59}
            assert other.positions("DU111111")[0].position == 13
            await disconnect(other)

    run(scene())


def test_order_ids_begin_above_those_that_the_client_has_used() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            trade = await filled(ib, market_order())
            raw(ib).reqIds(1)
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.record.sent(9)[-1].fields[2] == str(trade.order.orderId + 1)

    run(scene())


def test_an_amendment_below_what_is_filled_is_refused() -> None:
    async def scene() -> None:
        half = on_orders(Fill(share=Decimal("0.5")))
        async with connected(scenario=half) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order("BUY", 8))
            await until(lambda: gateway.book.executions)
            seen = errors_of(ib)
            trade.order.totalQuantity = 4
            ib.placeOrder(SPY, trade.order)
            await until(lambda: seen == [(trade.order.orderId, 321)])
            assert gateway.book.orders[0].quantity == 8

    run(scene())


def test_nothing_trades_in_a_halted_contract_until_the_halt_ends() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            trade = ib.placeOrder(Stock("HALT", "SMART", "USD", conId=104), market_order())
            await until(lambda: trade.orderStatus.status == "Submitted")
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.executions == ()
            gateway.market.set_data("HALT", DataLine.LIVE)
            await until(lambda: trade.orderStatus.status == "Filled")

    run(scene())


def test_a_cancelled_order_never_fills_even_when_the_market_comes_to_it() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order("BUY", orderType="LMT", lmtPrice=590.00))
            await until(lambda: trade.orderStatus.status == "Submitted")
            ib.cancelOrder(trade.order)
            await until(lambda: trade.orderStatus.status == "Cancelled")
            gateway.market.set_price("SPY", bid=Decimal(580), ask=Decimal(581))
            await soon(ib.reqCurrentTimeAsync())
            assert gateway.book.executions == ()

    run(scene())

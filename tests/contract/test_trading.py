"""What every broker promises to those who trade."""

from decimal import Decimal

from attrs import evolve

from rebalancer_core.orders.events import (
    BrokerFact,
    Commissioned,
    Completed,
    ErrorReported,
    Executed,
    OrderRef,
    OrderSeen,
    StatusReported,
)
from rebalancer_core.orders.tickets import OrderStyle, OrderTicket
from rebalancer_core.ports import BrokerPort
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import BrokerRefused, GateClosed
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.margin import MarginEffect, WhatIfRefused
from rebalancer_core.values.plan import PlannedOrder, Side
from tests.contract import worlds
from tests.contract.harness import Floor, Opening, facts_until, on_floor, ticket


def test_a_market_order_is_seen_executed_filled_and_commissioned(opening: Opening) -> None:
    order = ticket(worlds.SPY, 3)

    async def story(floor: Floor) -> None:
        assert (await floor.desk.submit(order)).unwrap() is None
        facts = await facts_until(floor.desk, _commissioned(order))
        seen = [f for f in facts if isinstance(f, OrderSeen)]
        assert {(f.order_ref, f.account_id, f.quantity) for f in seen} == {
            (order.order_ref, worlds.USD_ACCOUNT, Decimal(3))
        }
        assert all(f.perm_id > 0 for f in seen)
        executions = [f for f in facts if isinstance(f, Executed)]
        assert sum(f.shares for f in executions) == 3
        assert {(f.side, f.con_id, f.account_id) for f in executions} == {
            (Side.BUY, order.con_id, worlds.USD_ACCOUNT)
        }
        assert {f.price for f in executions} == {Decimal("600.05")}
        filled = [f for f in facts if isinstance(f, StatusReported) and f.status == "Filled"]
        assert filled[-1].filled == 3
        assert filled[-1].remaining == 0
        assert sum(f.commission for f in facts if isinstance(f, Commissioned)) == 1

    on_floor(opening, story)


def test_the_account_read_after_the_fills_reflects_them(opening: Opening) -> None:
    buy, sell = ticket(worlds.SPY, 3), ticket(worlds.IEF, 50, side=Side.SELL, number=2)

    async def story(floor: Floor) -> None:
        for order in (sell, buy):
            await floor.desk.submit(order)
            await facts_until(floor.desk, _commissioned(order))
        account = await _account(floor.broker, worlds.USD_ACCOUNT)
        assert {(p.symbol, p.quantity) for p in account.positions} == {(worlds.SPY, Decimal(23))}
        paid = 3 * Decimal("600.05") - 50 * Decimal("94.99") + 2
        assert account.usd_cash == 10000 - paid
        other = await _account(floor.broker, worlds.CAD_ACCOUNT)
        assert other.usd_cash == 2000

    on_floor(opening, story)


def test_a_rejected_order_does_not_stop_the_others(opening: Opening) -> None:
    refused, fine = ticket(worlds.REJECTED, 5), ticket(worlds.IEF, 5, number=2)

    async def story(floor: Floor) -> None:
        assert (await floor.desk.submit(refused)).unwrap() is None
        assert (await floor.desk.submit(fine)).unwrap() is None
        facts = await facts_until(floor.desk, _commissioned(fine))
        errors = [f for f in facts if isinstance(f, ErrorReported)]
        assert {(f.order_ref, f.code) for f in errors} == {(refused.order_ref, 201)}
        executed = [f for f in facts if isinstance(f, Executed)]
        assert {f.order_ref for f in executed} == {fine.order_ref}

    on_floor(opening, story)


def test_an_order_at_work_is_an_open_order_until_it_is_cancelled(opening: Opening) -> None:
    order = ticket(worlds.RESTING, 4)

    async def story(floor: Floor) -> None:
        await floor.desk.submit(order)
        await facts_until(floor.desk, _says(order, "Submitted"))
        (working,) = (await _account(floor.broker, worlds.USD_ACCOUNT)).open_orders
        assert (working.order_ref, working.remaining, working.side) == (
            order.order_ref,
            Decimal(4),
            "BUY",
        )
        assert (await _account(floor.broker, worlds.CAD_ACCOUNT)).open_orders == ()
        assert (await floor.desk.cancel(order.order_ref)).unwrap() is None
        facts = await facts_until(floor.desk, _says(order, "Cancelled"))
        assert not [f for f in facts if isinstance(f, Executed)]
        assert (await _account(floor.broker, worlds.USD_ACCOUNT)).open_orders == ()

    on_floor(opening, story)


def test_cancelling_a_filled_order_fails_and_changes_nothing(opening: Opening) -> None:
    order = ticket(worlds.IEF, 5)

    def refused_cancel(facts: list[BrokerFact]) -> bool:
        return any(isinstance(f, ErrorReported) and f.code == 10148 for f in facts)

    async def story(floor: Floor) -> None:
        await floor.desk.submit(order)
        await facts_until(floor.desk, _commissioned(order))
        await floor.desk.cancel(order.order_ref)
        facts = await facts_until(floor.desk, refused_cancel)
        assert not [f for f in facts if isinstance(f, StatusReported)]
        account = await _account(floor.broker, worlds.USD_ACCOUNT)
        assert (worlds.IEF, Decimal(55)) in {(p.symbol, p.quantity) for p in account.positions}

    on_floor(opening, story)


def test_only_own_orders_can_be_cancelled(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        fault = (await floor.desk.cancel(OrderRef("rb1-other-01001-1"))).failure()
        assert isinstance(fault, BrokerRefused)

    on_floor(opening, story)


def test_one_order_name_is_sent_at_most_once(opening: Opening) -> None:
    order = ticket(worlds.IEF, 5)

    async def story(floor: Floor) -> None:
        await floor.desk.submit(order)
        again = await floor.desk.submit(evolve(order, quantity=Decimal(7)))
        assert isinstance(again.failure(), BrokerRefused)
        facts = await facts_until(floor.desk, _commissioned(order))
        assert sum(f.shares for f in facts if isinstance(f, Executed)) == 5

    on_floor(opening, story)


def test_an_order_for_an_account_that_is_not_managed_is_not_sent(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        order = ticket(worlds.IEF, 5, account_id=AccountId("DU999999"))
        assert isinstance((await floor.desk.submit(order)).failure(), BrokerRefused)
        assert await floor.desk.facts(0.05) == ()

    on_floor(opening, story)


def test_while_prices_are_broken_no_order_leaves(opening: Opening) -> None:
    order = ticket(worlds.IEF, 5)

    async def story(floor: Floor) -> None:
        assert floor.desk.closed_gate == ""
        floor.break_prices()
        await floor.broker.server_time()
        assert "prices may be stale" in floor.desk.closed_gate
        fault = (await floor.desk.submit(order)).failure()
        assert fault == GateClosed(detail=floor.desk.closed_gate)
        assert await floor.desk.facts(0.05) == ()
        assert (await floor.desk.evidence(worlds.USD_ACCOUNT)).unwrap() == ()
        floor.restore_prices()
        await floor.broker.server_time()
        assert floor.desk.closed_gate == ""
        assert (await floor.desk.submit(order)).unwrap() is None
        await facts_until(floor.desk, _commissioned(order))

    on_floor(opening, story)


def test_asking_what_an_order_would_do_orders_nothing(opening: Opening) -> None:
    order = ticket(worlds.SPY, 3)
    planned = (
        PlannedOrder(
            con_id=order.con_id,
            symbol=order.symbol,
            side=order.side,
            quantity=order.quantity,
            price=order.price,
        ),
    )

    async def story(floor: Floor) -> None:
        (effect,) = await floor.desk.what_if(worlds.USD_ACCOUNT, planned, OrderStyle())
        assert isinstance(effect, MarginEffect)
        assert (effect.commission, effect.commission_currency) == (Decimal(1), "USD")
        stranger = AccountId("DU999999")
        assert await floor.desk.what_if(stranger, planned, OrderStyle()) == (None,)
        assert await floor.desk.facts(0.05) == ()
        assert (await floor.desk.evidence(worlds.USD_ACCOUNT)).unwrap() == ()
        assert (await _account(floor.broker, worlds.USD_ACCOUNT)).usd_cash == 10000
        assert (await floor.desk.submit(order)).unwrap() is None
        await facts_until(floor.desk, _commissioned(order))

    on_floor(opening, story)


def test_an_order_that_would_be_refused_is_answered_with_code_and_text(opening: Opening) -> None:
    orders = tuple(
        PlannedOrder(
            con_id=worlds.CON_IDS[symbol],
            symbol=symbol,
            side=Side.BUY,
            quantity=Decimal(3),
            price=Decimal(50),
        )
        for symbol in (worlds.REJECTED, worlds.SPY)
    )

    async def story(floor: Floor) -> None:
        refused, taken = await floor.desk.what_if(worlds.USD_ACCOUNT, orders, OrderStyle())
        assert refused == WhatIfRefused(code=201, text="Order rejected - reason: test")
        assert isinstance(taken, MarginEffect)

    on_floor(opening, story)


def test_evidence_repeats_executions_under_the_same_name(opening: Opening) -> None:
    filled, resting = ticket(worlds.SPY, 3), ticket(worlds.RESTING, 4, number=2)

    async def story(floor: Floor) -> None:
        for order in (filled, resting):
            await floor.desk.submit(order)
        live = await facts_until(floor.desk, _commissioned(filled))
        await facts_until(floor.desk, lambda facts: _says(resting, "Submitted")([*live, *facts]))
        evidence = (await floor.desk.evidence(worlds.USD_ACCOUNT)).unwrap()
        repeated = {f for f in evidence if isinstance(f, Executed)}
        assert {(f.order_ref, f.execution_id, f.shares) for f in repeated} == {
            (f.order_ref, f.execution_id, f.shares) for f in live if isinstance(f, Executed)
        }
        assert [f.commission for f in evidence if isinstance(f, Commissioned)] == [1]
        done = [f for f in evidence if isinstance(f, Completed)]
        assert [(f.order_ref, f.status, f.filled) for f in done] == [
            (filled.order_ref, "Filled", Decimal(3))
        ]
        still_open = {f.order_ref for f in evidence if isinstance(f, OrderSeen)}
        assert still_open == {resting.order_ref}

    on_floor(opening, story)


def test_evidence_is_of_one_account_only(opening: Opening) -> None:
    order = ticket(worlds.SPY, 1, account_id=worlds.CAD_ACCOUNT)

    async def story(floor: Floor) -> None:
        await floor.desk.submit(order)
        await facts_until(floor.desk, _commissioned(order))
        assert (await floor.desk.evidence(worlds.USD_ACCOUNT)).unwrap() == ()
        assert (await floor.desk.evidence(worlds.CAD_ACCOUNT)).unwrap()

    on_floor(opening, story)


def test_waiting_for_facts_ends_without_any(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        assert await floor.desk.facts(0.01) == ()

    on_floor(opening, story)


def _commissioned(order: OrderTicket) -> "Enough":
    return Enough(order, "")


def _says(order: OrderTicket, status: str) -> "Enough":
    return Enough(order, status)


class Enough:
    """Whether an order's commission is known, or its status has been said."""

    def __init__(self, order: OrderTicket, status: str) -> None:
        self._ref = order.order_ref
        self._status = status

    def __call__(self, facts: list[BrokerFact]) -> bool:
        if self._status:
            return any(
                isinstance(f, StatusReported)
                and f.order_ref == self._ref
                and f.status == self._status
                for f in facts
            )
        return any(isinstance(f, Commissioned) and f.order_ref == self._ref for f in facts)


async def _account(broker: BrokerPort, account_id: AccountId) -> AccountSnapshot:
    return (await broker.snapshot(account_id)).unwrap()

"""Scenarios: which events a rule meets, and what clients then see on the wire."""

from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve
from ib_async import IB

from rebalancer_adapters.gateway import (
    Alter,
    Delay,
    Fill,
    Gateway,
    Kind,
    ManualClock,
    Mute,
    Phase,
    Reject,
    Remark,
    Repeat,
    Rest,
    Rule,
    Scenario,
    Status,
    When,
    fills_without_status,
    hidden_position,
    late_commissions,
    on_messages,
    on_orders,
    unready_account,
)
from rebalancer_adapters.gateway.scenario import Event, FaultScheduler
from tests.adapters.gateway.clients import (
    SPY,
    connect,
    connected,
    disconnect,
    errors_of,
    market_order,
    run,
    soon,
    until,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def _order(symbol: str, account: str = "DU111111") -> Event:
    return Event(kind=Kind.ORDER, message_id=3, client_id=7, account=account, symbol=symbol)


def test_without_rules_nothing_is_done() -> None:
    assert FaultScheduler(Scenario()).effects(_order("SPY")) == ()


def test_a_rule_meets_only_what_it_names() -> None:
    director = FaultScheduler(on_orders(Rest(), symbol="SPY", account="DU111111"))
    assert director.effects(_order("SPY")) == (Rest(),)
    assert director.effects(_order("IEF")) == ()
    assert director.effects(_order("SPY", "DU222222")) == ()
    message = Event(kind=Kind.MESSAGE, message_id=3, client_id=7, account="DU111111", symbol="SPY")
    assert director.effects(message) == ()


def test_a_rule_counts_the_events_that_it_meets() -> None:
    director = FaultScheduler(on_orders(Rest(), symbol="SPY", first=2, last=3))
    met = [director.effects(_order(s)) for s in ("SPY", "IEF", "SPY", "SPY", "SPY")]
    assert met == [(), (), (Rest(),), (Rest(),), ()]


def test_rules_add_up_in_their_order() -> None:
    director = FaultScheduler(on_orders(Reject(code=201, text="a")) + on_orders(Rest()))
    assert director.effects(_order("SPY")) == (Reject(code=201, text="a"), Rest())


def test_a_rule_meets_only_the_phase_and_the_time_that_it_names() -> None:
    seconds = [Decimal(0)]
    when = When(
        kind=Kind.ORDER,
        phase=Phase.ORDERS,
        from_seconds=Decimal(5),
        until_seconds=Decimal(9),
    )
    scenario = Scenario(rules=(Rule(when=when, then=(Rest(),)),))
    director = FaultScheduler(scenario, lambda: seconds[0])
    met = []
    for phase in (Phase.ORDERS, Phase.MONITORING):
        for second in (4, 5, 8, 9):
            seconds[0] = Decimal(second)
            met.append(bool(director.effects(evolve(_order("SPY"), phase=phase))))
    assert met == [False, True, True, False, False, False, False, False]


def test_the_age_of_a_scenario_counts_from_its_beginning() -> None:
    seconds = [Decimal(100)]
    when = When(kind=Kind.ORDER, until_seconds=Decimal(9))
    scenario = Scenario(rules=(Rule(when=when, then=(Rest(),)),))
    assert FaultScheduler(scenario, lambda: seconds[0]).effects(_order("SPY"))


def test_the_phase_follows_the_conversation() -> None:
    async def scene() -> None:
        mute = on_messages(Mute(), message_id=11, phase=Phase.MONITORING)
        async with connected(scenario=mute) as (gateway, ib):
            await filled_once(gateway, ib)
            ib.placeOrder(SPY, market_order())
            await until(lambda: len(gateway.book.executions) == 2)
            assert gateway.record.sent(11) == ()

    async def filled_once(gateway: Gateway, ib: IB) -> None:
        ib.placeOrder(SPY, market_order())
        await until(lambda: len(gateway.book.executions) == 1)

    run(scene())


def test_counts_begin_anew_with_a_new_scenario() -> None:
    director = FaultScheduler(on_orders(Rest(), last=1))
    assert director.effects(_order("SPY"))
    director.play(on_orders(Rest(), last=1))
    assert director.effects(_order("SPY"))


def test_a_hidden_position_is_held_but_never_told() -> None:
    async def scene() -> None:
        async with connected(scenario=hidden_position("SPY", "DU111111")) as (gateway, ib):
            assert [p.contract.symbol for p in ib.positions("DU111111")] == ["IEF"]
            assert gateway.book.position("DU111111", "SPY") == 10

    run(scene())


def test_a_fill_without_status_is_known_by_its_execution_only() -> None:
    async def scene() -> None:
        async with connected(scenario=fills_without_status()) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.fills and trade.fills[0].commissionReport.execId)
            assert trade.filled() == 3
            assert trade.orderStatus.status == "PreSubmitted"
            assert gateway.book.orders[0].status is Status.FILLED

    run(scene())


def test_a_remark_leaves_the_order_working() -> None:
    async def scene() -> None:
        scenario = on_orders(Remark(code=10349, text="Order TIF was set to DAY"))
        async with connected(scenario=scenario) as (gateway, ib):
            seen = errors_of(ib)
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: gateway.book.executions and seen)
            assert seen == [(trade.order.orderId, 10349)]

    run(scene())


def test_partial_fills_add_up_and_what_is_left_over_rests() -> None:
    async def scene() -> None:
        scenario = on_orders(Fill(share=Decimal("0.5")), Fill(share=Decimal("0.3")))
        async with connected(scenario=scenario) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order("SELL", 9))
            await until(lambda: trade.orderStatus.filled == 6)
            assert (trade.orderStatus.status, trade.remaining()) == ("Submitted", 3)
            assert [e.quantity for e in gateway.book.executions] == [4, 2]
            assert [e.cumulative for e in gateway.book.executions] == [4, 6]
            ib.cancelOrder(trade.order)
            await until(lambda: trade.orderStatus.status == "Cancelled")
            assert gateway.book.position("DU111111", "SPY") == 4

    run(scene())


def test_parts_that_sum_to_one_fill_the_whole_order() -> None:
    async def scene() -> None:
        half = Fill(share=Decimal("0.5"), price=Decimal(599))
        async with connected(scenario=on_orders(half, half)) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order("BUY", 5))
            await until(lambda: trade.orderStatus.status == "Filled")
            assert [e.quantity for e in gateway.book.executions] == [2, 3]
            assert trade.orderStatus.avgFillPrice == 599.0

    run(scene())


def test_a_delayed_fill_is_submitted_first() -> None:
    async def scene() -> None:
        late = on_orders(Fill(after_seconds=Decimal("0.02")))
        async with connected(scenario=late) as (_, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Filled")
            assert [entry.status for entry in trade.log if not entry.message] == [
                "PendingSubmit",
                "PreSubmitted",
                "Submitted",
                "Filled",
            ]

    run(scene())


def test_late_commissions_come_after_the_fill() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        late = late_commissions(Decimal(5))
        async with connected(scenario=late, clock=clock) as (_, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Filled")
            assert not trade.fills[0].commissionReport.execId
            await clock.advance(5)
            await until(lambda: trade.fills[0].commissionReport.commission == 1.0)

    run(scene())


def test_repeated_executions_are_one_execution_in_the_book() -> None:
    async def scene() -> None:
        twice = on_messages(Repeat(times=2), message_id=11)
        async with connected(scenario=twice) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Filled")
            assert len(gateway.record.sent(11)) == 2
            assert len(gateway.book.executions) == 1

    run(scene())


def test_a_scenario_can_begin_while_clients_are_connected() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        async with connected(clock=clock) as (gateway, ib):
            gateway.play(on_messages(Delay(seconds=Decimal(5)), message_id=61))
            again = await connect(gateway, 9)
            assert again.positions() == []
            await clock.advance(5)
            await until(lambda: len(again.positions()) == 4)
            gateway.play(Scenario())
            await soon(ib.reqCurrentTimeAsync())
            await disconnect(again)

    run(scene())


def test_announcements_reach_every_client() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            gateway.announce(1100, "Connectivity between IB and TWS has been lost.")
            await until(lambda: seen == [(-1, 1100)])

    run(scene())


def test_an_account_can_say_that_it_is_not_ready() -> None:
    async def scene() -> None:
        async with connected(scenario=unready_account("DU222222")) as (_, ib):
            ready = {v.account: v.value for v in ib.accountValues() if v.tag == "AccountReady"}
            assert ready == {"DU111111": "true", "DU222222": "false", "DU333333": "true"}

    run(scene())


def test_an_altered_message_lies_about_one_field_only() -> None:
    async def scene() -> None:
        lie = on_messages(Alter(field=20, text="DU222222"), message_id=5)
        async with connected(scenario=lie) as (gateway, ib):
            trade = ib.placeOrder(SPY, market_order())
            await until(lambda: trade.orderStatus.status == "Filled")
            assert gateway.book.orders[0].account == "DU111111"
            (echo, *_) = gateway.record.sent(5)
            assert (echo.fields[20], len(echo.fields)) == ("DU222222", 135)

    run(scene())

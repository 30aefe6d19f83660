"""What clients learn about accounts, at the start and after an execution."""

from decimal import Decimal

from ib_async import IB

from rebalancer_adapters.gateway.settings import GatewaySettings, LedgerPrefix
from tests.adapters.gateway.clients import (
    connected,
    errors_of,
    filled,
    market_order,
    raw,
    run,
    small_market,
    soon,
    until,
)


def _value(ib: IB, account: str, tag: str, currency: str) -> Decimal:
    (row,) = [v for v in ib.accountValues(account) if (v.tag, v.currency) == (tag, currency)]
    return Decimal(row.value)


def test_net_liquidation_is_in_the_base_currency_and_the_ledger_in_each_currency() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            # 2 SPY at 600 and 1000 USD of cash, at 1/0.70 CAD for a dollar, and 2000 CAD
            assert _value(ib, "DU333333", "NetLiquidation", "CAD") == Decimal("5142.86")
            assert _value(ib, "DU333333", "TotalCashValue", "CAD") == Decimal("3428.57")
            assert _value(ib, "DU333333", "GrossPositionValue", "CAD") == Decimal("1714.29")
            assert _value(ib, "DU333333", "StockMarketValue", "USD") == 1200
            assert _value(ib, "DU333333", "CashBalance", "USD") == 1000
            assert _value(ib, "DU333333", "CashBalance", "CAD") == 2000
            assert _value(ib, "DU333333", "CashBalance", "BASE") == Decimal("3428.57")
            assert _value(ib, "DU333333", "ExchangeRate", "USD") == Decimal("1.4285714")
            assert _value(ib, "DU333333", "ExchangeRate", "BASE") == 1

    run(scene())


def test_with_the_prefix_every_ledger_tag_has_it_and_no_other() -> None:
    async def scene() -> None:
        market = small_market()
        market.settings = GatewaySettings(ledger_prefix=LedgerPrefix.ON)
        async with connected(market) as (gateway, ib):
            assert _value(ib, "DU111111", "$LEDGER-CashBalance", "USD") == 10000
            assert _value(ib, "DU111111", "NetLiquidation", "USD") == 17900
            await soon(ib.reqAccountUpdatesAsync("DU111111"))
            for message_id, tag_field in ((6, 2), (73, 5)):
                tags = [frame.fields[tag_field] for frame in gateway.record.sent(message_id)]
                assert "CashBalance" not in tags
                assert {"$LEDGER-CashBalance", "$LEDGER-AccruedCash", "AccruedCash"} <= set(tags)
                assert "$LEDGER-NetLiquidation" not in tags

    run(scene())


def test_every_account_says_that_it_is_ready() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            ready = [v.account for v in ib.accountValues() if (v.tag, v.value) == _READY]
            assert ready == ["DU111111", "DU222222", "DU333333"]

    run(scene())


def test_after_a_fill_positions_and_cash_arrive_without_being_asked_for() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            await filled(ib, market_order("BUY", 3))
            await until(lambda: ib.positions("DU111111")[0].position == 13)
            await until(lambda: _value(ib, "DU111111", "CashBalance", "USD") == Decimal("8198.94"))
            assert _value(ib, "DU111111", "StockMarketValue", "USD") == 9700

    run(scene())


def test_a_sold_out_position_leaves_the_list() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            await filled(ib, market_order("SELL", 10))
            await until(lambda: [p.contract.symbol for p in ib.positions("DU111111")] == ["IEF"])

    run(scene())


def test_the_portfolio_of_one_account_has_prices_and_follows_fills() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            await soon(ib.reqAccountUpdatesAsync("DU222222"))
            (item,) = ib.portfolio("DU222222")
            assert (item.position, item.marketPrice, item.marketValue) == (5.0, 600.0, 3000.0)
            assert (item.averageCost, item.unrealizedPNL) == (500.0, 500.0)
            assert item.contract.primaryExchange == "ARCA"
            assert item.contract.exchange == ""
            await filled(ib, market_order("SELL", 2, account="DU222222"))
            await until(lambda: ib.portfolio("DU222222")[0].position == 3.0)
            assert round(ib.portfolio("DU222222")[0].realizedPNL, 2) == 198.96

    run(scene())


def test_another_single_account_subscription_ends_the_first_with_2100() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            await soon(ib.reqAccountUpdatesAsync("DU111111"))
            await soon(ib.reqAccountUpdatesAsync("DU222222"))
            assert (-1, 2100) in seen

    run(scene())


def test_values_of_an_unknown_account_are_refused_with_321() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            raw(ib).reqAccountUpdates(True, "DU999999")
            raw(ib).reqAccountUpdatesMulti(77, "DU999999", "", False)
            await until(lambda: seen == [(-1, 321), (77, 321)])

    run(scene())


def test_the_summary_tells_accounts_apart_but_not_their_ledgers() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            rows = await soon(ib.accountSummaryAsync())
            net = {r.account: r.currency for r in rows if r.tag == "NetLiquidation"}
            assert net == {"DU111111": "USD", "DU222222": "USD", "DU333333": "CAD"}
            cash = [(r.account, r.value) for r in rows if _is_usd_cash(r.tag, r.currency)]
            assert cash == [("All", "16000.00")]

    run(scene())


def test_a_third_summary_subscription_is_refused_with_322() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            for req_id in (901, 902, 903):
                raw(ib).reqAccountSummary(req_id, "All", "NetLiquidation")
            await until(lambda: seen == [(903, 322)])
            raw(ib).cancelAccountSummary(901)
            raw(ib).reqAccountSummary(904, "All", "NetLiquidation")
            await soon(ib.reqCurrentTimeAsync())
            assert seen == [(903, 322)]

    run(scene())


def test_cancelled_subscriptions_are_silent_after_a_fill() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            raw(ib).cancelPositions()
            for frame in gateway.record.received(76):
                raw(ib).cancelAccountUpdatesMulti(int(frame.fields[2]))
            before = len(gateway.record.sent(61)), len(gateway.record.sent(73))
            await filled(ib, market_order())
            assert (len(gateway.record.sent(61)), len(gateway.record.sent(73))) == before

    run(scene())


_READY = ("AccountReady", "true")


def _is_usd_cash(tag: str, currency: str) -> bool:
    return (tag, currency) == ("CashBalance", "USD")

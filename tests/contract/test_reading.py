"""What every broker promises to those who read."""

from decimal import Decimal

from rebalancer_core.values.account import AccountSnapshot, DataType, MarketObservation
from rebalancer_core.values.faults import UnknownAccount
from rebalancer_core.values.instruments import (
    AccountId,
    Listing,
    Symbol,
    Unlisted,
    UnlistedWhy,
    is_managed,
)
from rebalancer_core.values.policy import PricingPolicy
from tests.contract import worlds
from tests.contract.harness import Floor, Opening, on_floor


def test_the_broker_tells_its_accounts_and_its_time(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        accounts = (await floor.broker.managed_accounts()).unwrap()
        assert accounts == (worlds.USD_ACCOUNT, worlds.CAD_ACCOUNT)
        assert (await floor.broker.server_time()).unwrap().utcoffset() is not None

    on_floor(opening, story)


def test_a_listed_symbol_has_its_contract_and_exchange(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        (spy,) = (await floor.broker.listings((worlds.SPY,))).unwrap()
        assert isinstance(spy, Listing)
        assert (spy.con_id, spy.symbol, spy.primary_exchange, spy.stock_type) == (
            worlds.CON_IDS[worlds.SPY],
            "SPY",
            "ARCA",
            "ETF",
        )

    on_floor(opening, story)


def test_symbols_without_one_us_listing_are_named_together_and_in_order(opening: Opening) -> None:
    asked = (worlds.UNKNOWN, worlds.SPY, worlds.AMBIGUOUS, worlds.CANADIAN)

    async def story(floor: Floor) -> None:
        found = (await floor.broker.listings(asked)).unwrap()
        assert [entry.symbol for entry in found] == list(asked)
        assert isinstance(found[1], Listing)
        unlisted = [entry for entry in found if isinstance(entry, Unlisted)]
        assert [entry.why for entry in unlisted] == [
            UnlistedWhy.UNKNOWN,
            UnlistedWhy.AMBIGUOUS,
            UnlistedWhy.NOT_USD_STOCK,
        ]
        assert len(unlisted[1].candidates) == 2
        assert all("AMB" in candidate for candidate in unlisted[1].candidates)
        assert len(unlisted[2].candidates) == 1

    on_floor(opening, story)


def test_a_symbol_is_looked_up_once_a_session(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        await floor.broker.listings((worlds.SPY, worlds.IEF, worlds.SPY))
        again = (await floor.broker.listings((worlds.IEF, worlds.SPY))).unwrap()
        assert [entry.symbol for entry in again] == ["IEF", "SPY"]
        assert sorted(floor.symbols_asked()) == ["IEF", "SPY"]

    on_floor(opening, story)


def test_a_held_contract_is_found_by_its_id(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        con_ids = (worlds.CON_IDS[worlds.IEF], worlds.XIU_CON_ID)
        held, canadian = (await floor.broker.listings_of(con_ids)).unwrap()
        assert isinstance(held, Listing)
        assert held.symbol == "IEF"
        assert isinstance(canadian, Unlisted)

    on_floor(opening, story)


def test_a_live_symbol_has_its_prices_its_age_and_its_kind(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        (seen,) = await _observed(floor, worlds.SPY)
        figures = (seen.bid, seen.ask, seen.last, seen.close)
        assert figures == tuple(map(Decimal, ("599.95", "600.05", "600", "595")))
        assert seen.data_type is DataType.LIVE
        assert seen.last_at is not None
        assert 0 <= (seen.observed_at - seen.last_at).total_seconds() < 10
        assert not seen.halted
        assert seen.error_code is None

    on_floor(opening, story)


def test_each_distinct_symbol_is_priced_once_for_everyone(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        seen = await _observed(floor, worlds.SPY, worlds.IEF, worlds.SPY)
        assert [entry.symbol for entry in seen] == ["SPY", "IEF", "SPY"]
        asked = [worlds.CON_IDS[worlds.SPY], worlds.CON_IDS[worlds.IEF]]
        assert floor.prices_asked() == asked

    on_floor(opening, story)


def test_a_symbol_without_subscription_carries_the_refusal_and_no_price(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        seen, spy = await _observed(floor, worlds.UNSUBSCRIBED, worlds.SPY)
        assert seen.error_code == 354
        assert (seen.bid, seen.ask, seen.last, seen.close) == (None, None, None, None)
        assert seen.data_type is None
        assert spy.last == 600

    on_floor(opening, story)


def test_delayed_prices_come_only_when_asked_for_and_say_so(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        (refused,) = await _observed(floor, worlds.DELAYED)
        assert (refused.error_code, refused.last) == (10168, None)
        (delayed,) = await _observed(
            floor, worlds.DELAYED, pricing=PricingPolicy(allow_delayed=True)
        )
        assert delayed.data_type is DataType.DELAYED
        assert delayed.last == 50

    on_floor(opening, story)


def test_a_halted_symbol_says_so(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        (seen,) = await _observed(floor, worlds.HALTED)
        assert seen.halted
        assert (seen.bid, seen.ask) == (None, None)

    on_floor(opening, story)


def test_an_account_is_read_with_cash_positions_and_ledger(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        account = await _account(floor, worlds.USD_ACCOUNT)
        assert account.account_id == worlds.USD_ACCOUNT
        assert account.base_currency == "USD"
        assert account.usd_cash == 10000
        assert {(p.symbol, p.quantity) for p in account.positions} == {
            (worlds.SPY, Decimal(20)),
            (worlds.IEF, Decimal(50)),
        }
        assert account.stock_market_value_usd == 20 * 600 + 50 * 95
        assert account.open_orders == ()

    on_floor(opening, story)


def test_canadian_dollars_are_never_read_as_us_dollars(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        account = await _account(floor, worlds.CAD_ACCOUNT)
        assert account.base_currency == "CAD"
        assert {(c.currency, c.amount) for c in account.cash} == {
            ("CAD", Decimal(8400)),
            ("USD", Decimal(2000)),
        }
        assert account.usd_cash == 2000
        assert account.stock_market_value_usd == 10 * 600

    on_floor(opening, story)


def test_an_option_of_spy_stands_beside_the_stock_of_spy(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        account = await _account(floor, worlds.CAD_ACCOUNT)
        held = {p.con_id: p for p in account.positions}
        assert held[worlds.SPY_OPTION].security_type == "OPT"
        assert held[worlds.CON_IDS[worlds.SPY]].quantity == 10
        assert held[worlds.XIU_CON_ID].currency == "CAD"
        managed = [p for p in held.values() if is_managed(p.security_type, p.currency)]
        assert [p.con_id for p in managed] == [worlds.CON_IDS[worlds.SPY]]

    on_floor(opening, story)


def test_an_unknown_account_fails_with_the_known_ones(opening: Opening) -> None:
    stranger = AccountId("DU999999")

    async def story(floor: Floor) -> None:
        fault = (await floor.broker.snapshot(stranger)).failure()
        known = (worlds.USD_ACCOUNT, worlds.CAD_ACCOUNT)
        assert fault == UnknownAccount(account_id=stranger, known=known)

    on_floor(opening, story)


async def _observed(
    floor: Floor, *symbols: Symbol, pricing: PricingPolicy | None = None
) -> tuple[MarketObservation, ...]:
    found = (await floor.broker.listings(symbols)).unwrap()
    listings = tuple(entry for entry in found if isinstance(entry, Listing))
    assert len(listings) == len(symbols)
    return (await floor.broker.observations(listings, pricing or PricingPolicy())).unwrap()


async def _account(floor: Floor, account_id: AccountId) -> AccountSnapshot:
    return (await floor.broker.snapshot(account_id)).unwrap()


def test_holdings_have_the_brokers_own_marks(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        marks = {mark.con_id: mark.price for mark in await floor.broker.marks(worlds.USD_ACCOUNT)}
        assert marks == {
            worlds.CON_IDS[worlds.SPY]: Decimal(600),
            worlds.CON_IDS[worlds.IEF]: Decimal(95),
        }

    on_floor(opening, story)


def test_only_usd_stocks_have_marks_and_only_those_of_the_account(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        await floor.broker.marks(worlds.USD_ACCOUNT)
        marks = await floor.broker.marks(worlds.CAD_ACCOUNT)
        assert [mark.con_id for mark in marks] == [worlds.CON_IDS[worlds.SPY]]

    on_floor(opening, story)


def test_an_account_that_is_not_managed_has_no_marks(opening: Opening) -> None:
    async def story(floor: Floor) -> None:
        assert await floor.broker.marks(AccountId("DU999999")) == ()

    on_floor(opening, story)

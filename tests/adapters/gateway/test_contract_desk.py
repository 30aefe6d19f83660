"""Which contracts a description finds, and what their details say."""

import pytest
from ib_async import Contract, Stock

from tests.adapters.gateway.clients import connected, errors_of, raw, run, soon, until


def test_details_name_the_listing_the_type_and_the_hours() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            (details,) = await soon(ib.reqContractDetailsAsync(Stock("IEF", "SMART", "USD")))
            assert details.contract is not None
            assert (details.contract.conId, details.contract.exchange) == (15547841, "SMART")
            assert details.contract.primaryExchange == "NASDAQ"
            assert details.stockType == "ETF"
            assert "SMART" in details.validExchanges.split(",")
            assert details.timeZoneId == "US/Eastern"
            assert len(details.liquidSessions()) == 6

    run(scene())


@pytest.mark.parametrize(
    ("contract", "listings"),
    [
        (Stock("TWIN", "SMART", "USD"), ["ARCA", "BATS"]),
        (Stock("TWIN", "SMART", "USD", primaryExchange="BATS"), ["BATS"]),
        (Stock("BOTH", "SMART"), ["NYSE", "TSE"]),
        (Stock("BOTH", "SMART", "USD"), ["NYSE"]),
        (Stock("IEF", "SMART", "USD", primaryExchange="ISLAND"), ["NASDAQ"]),
        (Stock("IEF", "ISLAND", "USD"), ["NASDAQ"]),
        (Contract(conId=108), ["BATS"]),
        (Stock("SPY", "", "USD"), ["ARCA", "ARCA"]),
    ],
)
def test_a_description_finds_every_listing_that_it_allows(
    contract: Contract, listings: list[str]
) -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            found = await soon(ib.reqContractDetailsAsync(contract))
            assert [each.contract.primaryExchange for each in found if each.contract] == listings

    run(scene())


@pytest.mark.parametrize(
    "contract",
    [
        Stock("NOPE", "SMART", "USD"),
        Stock("SPY", "SMART", "CAD"),
        Stock("SPY", "TSE", "USD"),
        Contract(conId=4711),
    ],
)
def test_an_unknown_contract_ends_with_error_200(contract: Contract) -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            seen = errors_of(ib)
            assert await soon(ib.qualifyContractsAsync(contract)) == [None]
            assert [code for _, code in seen] == [200]

    run(scene())


def test_a_symbol_without_security_type_is_refused_with_321_and_never_ends() -> None:
    async def scene() -> None:
        async with connected() as (gateway, ib):
            seen = errors_of(ib)
            raw(ib).reqContractDetails(555, Contract(symbol="SPY"))
            await until(lambda: seen == [(555, 321)])
            assert not gateway.record.sent(52)

    run(scene())


def test_symbols_are_found_by_their_beginning() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            found = await soon(ib.reqMatchingSymbolsAsync("tw"))
            assert found is not None
            assert [each.contract.conId for each in found if each.contract] == [107, 108]

    run(scene())


def test_prices_move_by_one_cent() -> None:
    async def scene() -> None:
        async with connected() as (_, ib):
            rule = await soon(ib.reqMarketRuleAsync(26))
            assert rule is not None
            assert [(each.lowEdge, each.increment) for each in rule] == [(0.0, 0.01)]

    run(scene())

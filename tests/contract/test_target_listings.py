"""A contract that settings.ini names for a symbol: that one and no other is traded."""

from rebalancer_core.application.target_listings import target_listings
from rebalancer_core.messages import unlisted_sentence
from rebalancer_core.values.instruments import ConId, Listing, Symbol, Unlisted, UnlistedWhy
from rebalancer_core.values.symbol_rules import NamedContract
from tests.contract import worlds
from tests.contract.harness import Floor, Opening, on_floor

NOT_THERE = ConId(999_999)


def _named(symbol: Symbol, con_id: ConId) -> NamedContract:
    return NamedContract(symbol=symbol, con_id=con_id, place="settings.ini:9:10")


def test_a_symbol_is_qualified_by_the_contract_that_the_settings_name(opening: Opening) -> None:
    contracts = (
        _named(worlds.SPY, worlds.CON_IDS[worlds.SPY]),
        _named(Symbol("UNUSED"), NOT_THERE),
    )

    async def story(floor: Floor) -> None:
        found = await target_listings(floor.broker, (worlds.IEF, worlds.SPY), contracts)
        assert isinstance(found, tuple)
        assert [(each.symbol, isinstance(each, Listing)) for each in found] == [
            (worlds.IEF, True),
            (worlds.SPY, True),
        ]
        assert worlds.SPY not in floor.symbols_asked()

    on_floor(opening, story)


def test_a_contract_of_another_symbol_kind_or_of_nothing_makes_its_symbol_unlisted(
    opening: Opening,
) -> None:
    contracts = (
        _named(worlds.SPY, worlds.CON_IDS[worlds.IEF]),
        _named(worlds.CANADIAN, worlds.XIU_CON_ID),
        _named(worlds.UNKNOWN, NOT_THERE),
    )
    symbols = (worlds.SPY, worlds.CANADIAN, worlds.UNKNOWN)

    async def story(floor: Floor) -> None:
        found = await target_listings(floor.broker, symbols, contracts)
        assert isinstance(found, tuple)
        unlisted = tuple(each for each in found if isinstance(each, Unlisted))
        assert [(each.symbol, each.why) for each in unlisted] == [
            (symbol, UnlistedWhy.OTHER_CONTRACT) for symbol in symbols
        ]
        assert unlisted_sentence(unlisted[0]) == (
            "settings.ini:9:10 SPY: con_id is not a contract of this symbol -> it is IEF"
        )

    on_floor(opening, story)

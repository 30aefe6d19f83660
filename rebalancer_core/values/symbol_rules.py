"""What a user says of one symbol alone: `[symbol:NAME]`, the same in every account."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.setting import setting


@frozen(kw_only=True)
class SymbolKeys:
    """What a section `[symbol:NAME]` may say.

    `band_bps` of managed net liquidation replaces the band of every rule, save that of a target of
    0; None where it has none of its own. `con_id` is the contract that the symbol means.
    """

    band_bps: Decimal | None = setting(
        None, least="0", most="10000", unit="basis points, or none for that of band_rule"
    )
    con_id: ConId | None = setting(None, least="1", most="2147483647", unit="as IBKR numbers it")
    hold: bool = False
    no_buy: bool = False
    no_sell: bool = False


@frozen(kw_only=True)
class SymbolRule(SymbolKeys):
    """The rules of one symbol, by precedence: hold, then no_buy and no_sell, then the band."""

    symbol: Symbol

    @property
    def bars_buy(self) -> bool:
        """Whether it is never bought.

        >>> SymbolRule(symbol=Symbol("VTI"), hold=True).bars_buy
        True
        """
        return self.hold or self.no_buy

    @property
    def bars_sell(self) -> bool:
        """Whether it is never sold, not even for the leverage cap.

        >>> SymbolRule(symbol=Symbol("VTI"), no_buy=True).bars_sell
        False
        """
        return self.hold or self.no_sell


@frozen(kw_only=True)
class NamedContract:
    """The contract that settings.ini says a symbol means; `place` is where it says so."""

    symbol: Symbol
    con_id: ConId
    place: str

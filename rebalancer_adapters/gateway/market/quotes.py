"""What a price looks like: the quote of one instrument, and what its data line delivers."""

from decimal import Decimal
from enum import Enum

from attrs import frozen


class DataLine(Enum):
    """What the gateway delivers when a client asks for the market data of an instrument."""

    LIVE = "live"
    DELAYED = "delayed"  # only to clients that asked for delayed data, else error 10168
    FROZEN = "frozen"  # the last values of a closed market, market data type 2
    NONE = "none"  # error 354: not subscribed
    HALTED = "halted"  # tick 49 says halted, no bid and no ask
    COMPETING = "competing"  # error 10197: another session holds the data line


@frozen(kw_only=True)
class Quote:
    """Prices in the currency of the instrument; the last trade is `last_age_seconds` old."""

    bid: Decimal
    ask: Decimal
    last: Decimal
    close: Decimal
    bid_size: int = 400
    ask_size: int = 500
    last_size: int = 100
    volume: int = 1_250_000
    last_age_seconds: Decimal = Decimal(1)
    data: DataLine = DataLine.LIVE

    @property
    def midpoint(self) -> Decimal:
        return (self.bid + self.ask) / 2

"""What a data line delivers to a request: the kind of its ticks with notices, or only an error.

Source: the error table of the TWS API documentation; 10089 and 10091 as users of rust-ibapi saw
them, behind message 58 and 10167 and before delayed ticks.
"""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.market import DataLine, Quote
from rebalancer_adapters.gateway.messages import ticks as say
from rebalancer_adapters.gateway.settings import MarketData

Error = tuple[int, str]

_NOT_SUBSCRIBED: Error = (
    354,
    (
        "Requested market data is not subscribed. Check API status by selecting the Account menu "
        "then under Management choose Market Data Subscription Manager and/or availability of "
        "delayed data."
    ),
)
_DELAYED_NOT_ENABLED: Error = (
    10168,
    "Requested market data is not subscribed. Delayed market data is not enabled.",
)
_DELAYED_SHOWN: Error = (
    10167,
    "Requested market data is not subscribed. Displaying delayed market data.",
)
_COMPETING: Error = (10197, "No market data during competing live session")
_MORE_FOR_API: Error = (
    10089,
    (
        "Requested market data requires additional subscription for API. See link in 'Market Data "
        "Connections' dialog for more details.Delayed market data is available."
    ),
)
_PART_FOR_API: Error = (
    10091,
    (
        "Part of requested market data requires additional subscription for API. See link in "
        "'Market Data Connections' dialog for more details.Delayed market data is available."
    ),
)
_NOTICED_SECONDS = Decimal("0.3")
_LOGIN = {
    MarketData.LIVE: DataLine.LIVE,
    MarketData.DELAYED: DataLine.DELAYED,
    MarketData.NONE: DataLine.NONE,
    MarketData.DELAYED_WITH_NOTICES: DataLine.DELAYED,
}


@frozen(kw_only=True)
class Delivered:
    """Ticks of this kind come, `after_seconds` behind the notices."""

    kind: int
    notices: tuple[Error, ...] = ()
    after_seconds: Decimal = Decimal(0)


def delivered(quote: Quote, login: MarketData, *, wanted: int, is_open: bool) -> Delivered | Error:
    """What a client gets that asked for market data of type `wanted`, 1 to 4.

    An instrument's own line counts unless it is live: then it is the login's. Types 2 and 4 ask for
    the last values of a closed market.
    """
    line = _LOGIN[login] if quote.data is DataLine.LIVE else quote.data
    has_notices = line is not quote.data and login is MarketData.DELAYED_WITH_NOTICES
    match line:
        case DataLine.NONE:
            return _NOT_SUBSCRIBED
        case DataLine.COMPETING:
            return _COMPETING
        case DataLine.DELAYED:
            return _delayed(has_notices=has_notices, wanted=wanted, is_open=is_open)
        case DataLine.FROZEN:
            return Delivered(kind=say.FROZEN)
        case DataLine.LIVE | DataLine.HALTED:
            is_frozen = wanted in (say.FROZEN, say.DELAYED_FROZEN) and not is_open
            return Delivered(kind=say.FROZEN if is_frozen else say.LIVE)


def _delayed(*, has_notices: bool, wanted: int, is_open: bool) -> Delivered | Error:
    if wanted < say.DELAYED:
        return _MORE_FOR_API if has_notices else _DELAYED_NOT_ENABLED
    is_frozen = wanted == say.DELAYED_FROZEN and not is_open
    kind = say.DELAYED_FROZEN if is_frozen else say.DELAYED
    if not has_notices:
        return Delivered(kind=kind, notices=(_DELAYED_SHOWN,))
    notices = (_DELAYED_SHOWN, _MORE_FOR_API, _PART_FOR_API)
    return Delivered(kind=kind, notices=notices, after_seconds=_NOTICED_SECONDS)

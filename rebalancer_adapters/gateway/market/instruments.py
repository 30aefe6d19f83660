"""What can be traded: one frozen instrument per contract id, and how queries find them."""

from collections.abc import Iterable
from decimal import Decimal

from attrs import Factory, field, frozen

from rebalancer_adapters.gateway.terms import ContractQuery

# TWS knows these exchanges under two names each.
_SAME_EXCHANGE = {"ISLAND": "NASDAQ", "AMERICAN": "AMEX"}
_US_VENUES = (
    *("AMEX", "NYSE", "CBOE", "PHLX", "CHX", "ARCA", "NASDAQ", "DRCTEDGE"),
    *("BEX", "BATS", "EDGEA", "BYX", "IEX", "MEMX", "PSX"),
)
_CA_VENUES = ("TSE", "CHIXJ", "PURE", "OMEGA")


@frozen(kw_only=True)
class Instrument:
    """A contract of the simulated market; `multiplier` is 100 for US options, 1 for stocks."""

    symbol: str
    con_id: int
    primary_exchange: str
    currency: str
    security_type: str = "STK"
    stock_type: str = "ETF"
    name: str = ""
    local_symbol: str = ""
    trading_class: str = ""
    min_tick: Decimal = Decimal("0.01")
    multiplier: Decimal = Decimal(1)
    last_trade_date: str = ""
    strike: Decimal = Decimal(0)
    right: str = ""
    isin: str = field(default=Factory(lambda self: made_up_isin(self.con_id), takes_self=True))

    @property
    def venues(self) -> tuple[str, ...]:
        """Where it trades, SMART first."""
        others = _CA_VENUES if self.currency == "CAD" else _US_VENUES
        primary = self.primary_exchange
        return ("SMART", primary, *(venue for venue in others if venue != primary))

    @property
    def trades_under_reg_nms(self) -> bool:
        """Whether MIDPRICE and Adaptive work here: SMART-routed US stocks and ETFs."""
        return self.security_type == "STK" and self.currency == "USD"


def made_up_isin(con_id: int) -> str:
    """`US`, nine digits and their check digit, for stocks whose own one nobody wrote down."""
    body = f"US{con_id % 10**9:09d}"
    digits = "".join(str(int(letter, 36)) for letter in body)
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(reversed(digits)))
    return f"{body}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


def find_instruments(
    instruments: Iterable[Instrument], query: ContractQuery
) -> tuple[Instrument, ...]:
    """Every instrument that the query allows; none and several are both honest answers."""
    return tuple(found for found in instruments if _matches(found, query))


def _matches(found: Instrument, query: ContractQuery) -> bool:
    if query.con_id:
        return found.con_id == query.con_id and _exchange_matches(found, query.exchange)
    asked = (
        (query.symbol, found.symbol),
        (query.local_symbol, found.local_symbol),
        (query.security_type, found.security_type),
        (query.currency, found.currency),
        (query.last_trade_date, found.last_trade_date),
        (query.right.upper()[:1].replace("?", "").replace("0", ""), found.right[:1]),
        (_one_name(query.primary_exchange), _one_name(found.primary_exchange)),
    )
    if not (query.symbol or query.local_symbol):
        return False
    if query.strike and query.strike != found.strike:
        return False
    return all(not wish or wish == fact for wish, fact in asked) and _exchange_matches(
        found, query.exchange
    )


def _exchange_matches(found: Instrument, exchange: str) -> bool:
    return not exchange or _one_name(exchange) in (_one_name(venue) for venue in found.venues)


def _one_name(exchange: str) -> str:
    return _SAME_EXCHANGE.get(exchange, exchange)

"""The market: instruments, their present quotes, hours; tells listeners when a price moves."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from attrs import evolve, frozen

from rebalancer_adapters.gateway.market.accounts import AccountSetup, accounts_of_login
from rebalancer_adapters.gateway.market.hours import Hours
from rebalancer_adapters.gateway.market.instruments import Instrument, find_instruments
from rebalancer_adapters.gateway.market.quotes import DataLine, Quote
from rebalancer_adapters.gateway.settings import GatewaySettings, TimesIn
from rebalancer_adapters.gateway.terms import ContractQuery
from rebalancer_adapters.gateway.time_zones import UTC_DASH

PriceListener = Callable[[Instrument], None]


@frozen(kw_only=True)
class Practices:
    """How this gateway behaves where real ones differ; seconds are seconds of its clock."""

    snapshot_end_seconds: Decimal = Decimal(11)
    fill_delay_seconds: Decimal = Decimal(0)
    commission_per_share: Decimal = Decimal("0.005")
    commission_minimum: Decimal = Decimal(1)


class Market:
    """Everything that a market file says, with prices that can move."""

    def __init__(
        self,
        instruments: Iterable[tuple[Instrument, Quote]],
        accounts: Iterable[AccountSetup],
        *,
        hours: Hours | None = None,
        rates: Mapping[str, Decimal] | None = None,
        practices: Practices | None = None,
        settings: GatewaySettings | None = None,
        start: datetime | None = None,
    ) -> None:
        pairs = tuple(instruments)
        self.instruments = tuple(instrument for instrument, _ in pairs)
        self.accounts = tuple(accounts)
        self.hours = hours or Hours()
        self.practices = practices or Practices()
        self.settings = settings or GatewaySettings()
        self.start = start
        self._quotes = {instrument.con_id: quote for instrument, quote in pairs}
        self._by_con_id = {instrument.con_id: instrument for instrument in self.instruments}
        self._rates = {"USD": Decimal(1)} | dict(rates or {})
        self._listeners: list[PriceListener] = []

    @property
    def login_accounts(self) -> tuple[AccountSetup, ...]:
        """The accounts of the login: those of the market, and those of an advisor."""
        return accounts_of_login(self.settings.advisor, self.accounts)

    def find(self, query: ContractQuery) -> tuple[Instrument, ...]:
        """Every instrument that the query allows."""
        return find_instruments(self.instruments, query)

    def by_con_id(self, con_id: int) -> Instrument:
        return self._by_con_id[con_id]

    def instrument(self, symbol: str) -> Instrument:
        """The stock of that symbol, or the contract with that local symbol; KeyError says which."""
        found = tuple(each for each in self.instruments if each.local_symbol == symbol)
        if not found or any(each.security_type == "STK" for each in found):
            found = tuple(
                each
                for each in self.instruments
                if each.symbol == symbol and each.security_type == "STK"
            )
        if len(found) != 1:
            raise KeyError(f"{symbol} names {len(found)} instruments of the market, need 1")
        return found[0]

    def quote(self, con_id: int) -> Quote:
        return self._quotes[con_id]

    def rate(self, currency: str, base: str) -> Decimal:
        """Units of `base` for one unit of `currency`."""
        return self._rates[currency] / self._rates[base]

    def set_price(
        self,
        symbol: str,
        *,
        bid: Decimal | None = None,
        ask: Decimal | None = None,
        last: Decimal | None = None,
        last_age_seconds: Decimal | None = None,
    ) -> None:
        """Move the price; what is not given stays, and subscribers get their ticks."""
        instrument = self.instrument(symbol)
        old = self.quote(instrument.con_id)
        self._put(
            instrument,
            evolve(
                old,
                bid=old.bid if bid is None else bid,
                ask=old.ask if ask is None else ask,
                last=old.last if last is None else last,
                last_age_seconds=(
                    old.last_age_seconds if last_age_seconds is None else last_age_seconds
                ),
            ),
        )

    def set_data(self, symbol: str, data: DataLine) -> None:
        """Change what the data line of an instrument delivers; subscribers are told."""
        instrument = self.instrument(symbol)
        self._put(instrument, evolve(self.quote(instrument.con_id), data=data))

    def listen(self, listener: PriceListener) -> None:
        """Call the listener after each change of a price."""
        self._listeners.append(listener)

    def _put(self, instrument: Instrument, quote: Quote) -> None:
        self._quotes[instrument.con_id] = quote
        for listener in self._listeners:
            listener(instrument)


def told_zone(market: Market) -> str:
    """The zone of the times that clients are sent, blank for UTC in the form with a dash."""
    match market.settings.send_instrument_timezone:
        case TimesIn.INSTRUMENT:
            return market.hours.time_zone
        case TimesIn.LOGIN:
            return market.settings.login_timezone
        case TimesIn.UTC:
            return UTC_DASH

"""Hours rules: when the market trades, and how TWS writes it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

_DAYS_SHOWN = 6  # what contract details carry today


@frozen(kw_only=True)
class Session:
    """One day's opening and closing time, in the zone of the market."""

    opens: time
    closes: time


_AMEX = Session(opens=time(7), closes=time(20))


@frozen(kw_only=True)
class Hours:
    """The week of the market; `liquid` and `trading` are None when it never closes."""

    time_zone: str = "US/Eastern"
    liquid: Session | None = None
    trading: Session | None = None
    closed: frozenset[date] = frozenset()

    def is_liquid(self, now: datetime) -> bool:
        """Whether regular trading goes on."""
        return self._is_open(self.liquid, now)

    def is_trading(self, now: datetime) -> bool:
        """Whether regular or extended trading goes on."""
        return self._is_open(self.trading, now)

    def next_liquid_open(self, now: datetime) -> datetime:
        """The start of the next regular session in UTC, `now` itself while one goes on."""
        if self.liquid is None or self.is_liquid(now):
            return now
        local = now.astimezone(ZoneInfo(self.time_zone))
        day = local.date() + timedelta(days=local.time() >= self.liquid.opens)
        while not self._is_business_day(day):
            day += timedelta(days=1)
        opens = datetime.combine(day, self.liquid.opens, ZoneInfo(self.time_zone))
        return opens.astimezone(UTC)

    def last_trading(self, now: datetime) -> datetime:
        """The end of the last session in UTC, extended hours included; `now` while one goes on."""
        if self.trading is None or self.is_trading(now):
            return now
        local = now.astimezone(ZoneInfo(self.time_zone))
        day = local.date() - timedelta(days=local.time() < self.trading.closes)
        while not self._is_business_day(day):
            day -= timedelta(days=1)
        closes = datetime.combine(day, self.trading.closes, ZoneInfo(self.time_zone))
        return closes.astimezone(UTC)

    @property
    def on_another_exchange(self) -> "Hours":
        """The hours of AMEX, 07:00 to 20:00, regular and extended ones alike."""
        return evolve(self, liquid=_AMEX, trading=_AMEX)

    def liquid_text(self, now: datetime) -> str:
        """Regular hours as contract details carry them: `20261120:0930-20261120:1600;...`."""
        return self._text(self.liquid, now)

    def trading_text(self, now: datetime) -> str:
        """Extended hours in the same form."""
        return self._text(self.trading, now)

    def _is_open(self, session: Session | None, now: datetime) -> bool:
        if session is None:
            return True
        local = now.astimezone(ZoneInfo(self.time_zone))
        return (
            self._is_business_day(local.date()) and session.opens <= local.time() < session.closes
        )

    def _is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed

    def _text(self, session: Session | None, now: datetime) -> str:
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        days = (today + timedelta(days=offset) for offset in range(_DAYS_SHOWN))
        return ";".join(self._day_text(session, day) for day in days)

    def _day_text(self, session: Session | None, day: date) -> str:
        if session is None:
            return f"{day:%Y%m%d}:0000-{day + timedelta(days=1):%Y%m%d}:0000"
        if not self._is_business_day(day):
            return f"{day:%Y%m%d}:CLOSED"
        return f"{day:%Y%m%d}:{session.opens:%H%M}-{day:%Y%m%d}:{session.closes:%H%M}"

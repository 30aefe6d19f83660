"""A message to a client: its fields, and what it speaks about, so that scenarios can meet it."""

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.time_zones import UTC_DASH, zone_of
from rebalancer_adapters.gateway.wire import Fields

UNSET_DOUBLE = "1.7976931348623157E308"
UNSET_INTEGER = "2147483647"


@frozen(kw_only=True)
class Message:
    """Ready to be framed; the message id is the first field."""

    fields: Fields
    account: str = ""
    symbol: str = ""
    status: str = ""
    tag: str = ""

    @property
    def message_id(self) -> int:
        return int(self.fields[0])


def number_text(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: 100, 412.35, 1.24115341."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def price_text(price: Decimal | None) -> str:
    """An order's price field: TWS writes 0.0 for none."""
    if price is None:
        return "0.0"
    text = number_text(price)
    return text if "." in text else f"{text}.0"


def time_text(at: datetime, time_zone: str) -> str:
    """An instant in that zone, `20231203 20:15:20 US/Eastern`; blank is UTC with a dash."""
    moment = at.astimezone(zone_of(time_zone))
    if time_zone == UTC_DASH:
        return f"{moment:%Y%m%d-%H:%M:%S}"
    return f"{moment:%Y%m%d %H:%M:%S} {time_zone}"

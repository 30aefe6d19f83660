"""What a rule can do: to an order, to a message, to a connection or to the whole gateway.

Seconds are seconds of the gateway's clock. Whatever clients are told, the book says what happened.
"""

from decimal import Decimal, InvalidOperation

from attrs import frozen

from rebalancer_adapters.gateway.scenario.gateway_wide import GatewayEffect

_NOW = Decimal(0)
_WHOLE = Decimal(1)


@frozen(kw_only=True)
class Reject:
    """Refuse an order or a request with this error; nothing is booked, no answer follows."""

    code: int
    text: str


@frozen(kw_only=True)
class Remark:
    """Send this error for an order that stays what it is, such as 10349 or an unknown code."""

    code: int
    text: str
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class Fill:
    """Fill `share` of the ordered quantity, `after_seconds` later than the part before.

    Parts are rounded down to whole shares. What the parts leave over rests unfilled.
    """

    share: Decimal = _WHOLE
    after_seconds: Decimal = _NOW
    price: Decimal | None = None


@frozen
class Rest:
    """Accept an order and leave it unfilled, like a pegged order that nobody meets."""


@frozen
class Lose:
    """The order never reaches the broker: no book, no answer, and its id is not used up."""


@frozen(kw_only=True)
class Hold:
    """A dialog in TWS holds the order: it is neither known nor answered before it is clicked."""

    seconds: Decimal


@frozen(kw_only=True)
class Inactivate:
    """The order becomes Inactive: dead with a code, else held, and perhaps working again later."""

    code: int | None = None
    text: str = ""
    revives_after_seconds: Decimal | None = None


@frozen(kw_only=True)
class BrokerCancel:
    """The broker cancels what is left after the fills; code 0 says nothing, as at the close."""

    after_seconds: Decimal = _NOW
    code: int = 202
    text: str = "Order Canceled - reason:"


@frozen(kw_only=True)
class CrossCancel:
    """The order rests until its owner cancels it; then it fills all the same, after the answer.

    `answer` is what the client hears first: `PendingCancel`, `Cancelled` (with 202) or `10148`.
    With a share below 1 the rest of the order is cancelled after the fill.
    """

    answer: str = "PendingCancel"
    share: Decimal = _WHOLE
    after_seconds: Decimal = _NOW
    price: Decimal | None = None


@frozen(kw_only=True)
class Correct:
    """Correct the last execution of the order: same id but for the last part, `.02` after `.01`.

    A quantity of 0 is a bust: the trade never was. None leaves quantity or price as it is.
    """

    quantity: Decimal | None = None
    price: Decimal | None = None
    after_seconds: Decimal = _NOW


@frozen
class Mute:
    """Never send a message."""


@frozen(kw_only=True)
class Delay:
    """Send a message this much later than it should go; for a request: handle it later."""

    seconds: Decimal


@frozen(kw_only=True)
class Repeat:
    """Send a message that many times."""

    times: int = 2


@frozen(kw_only=True)
class Behind:
    """Send a message only after that many later ones have gone: it comes out of order."""

    messages: int = 1


@frozen(kw_only=True)
class Alter:
    """Send a message with another text in one field; the message id is field 0."""

    field: int
    text: str

    def altered(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """The fields with the one replaced; a message without that field stays as it is."""
        return tuple(self.text if at == self.field else text for at, text in enumerate(fields))


@frozen(kw_only=True)
class Scale:
    """Send a message with the number in one field multiplied; what is not a number stays."""

    field: int
    by: Decimal

    def altered(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """The fields with the one multiplied."""
        return tuple(
            self._multiplied(text) if at == self.field else text for at, text in enumerate(fields)
        )

    def _multiplied(self, text: str) -> str:
        try:
            return f"{Decimal(text) * self.by:f}"
        except InvalidOperation:
            return text


@frozen
class Latin1:
    """Send a message in Latin-1, as gateways on some systems do with their own language."""


@frozen
class HalfFrame:
    """Send the first half of a message, then end the connection."""


@frozen(kw_only=True)
class Garbage:
    """Send these bytes, written as hexadecimal digits, before a message."""

    hexadecimal: str

    @property
    def content(self) -> bytes:
        """The bytes themselves; ValueError when the digits are none."""
        return bytes.fromhex(self.hexadecimal)


@frozen
class Ignore:
    """Take a request and never do anything about it."""


@frozen(kw_only=True)
class Cut:
    """End the connection: `reset` with RST, without it with FIN after what was sent."""

    reset: bool = True
    after_seconds: Decimal = _NOW


@frozen(kw_only=True)
class Stall:
    """Send nothing on the connection for these seconds, None for ever; it stays open."""

    seconds: Decimal | None = None


@frozen(kw_only=True)
class Drip:
    """From now on send one byte at a time, with a pause after each."""

    pause_seconds: Decimal = _NOW


OrderEffect = (
    Reject | Remark | Fill | Rest | Lose | Hold | Inactivate | BrokerCancel | CrossCancel | Correct
)
ConnectionEffect = Cut | Stall | Drip
Trouble = ConnectionEffect | GatewayEffect
MessageEffect = (
    Alter | Scale | Mute | Delay | Repeat | Behind | Latin1 | HalfFrame | Garbage | Trouble
)
RequestEffect = Ignore | Delay | Reject | Trouble
Effect = OrderEffect | MessageEffect | RequestEffect

"""Scenario rules: faults are data. Each rule says which events it meets and what then happens.

The gateway asks at every order that comes in and every message that goes out. Without rules it is
honest. A rule counts the events it meets, so that "the third order" can be said.
"""

from decimal import Decimal

from attrs import field, frozen


@frozen(kw_only=True)
class Reject:
    """Refuse an order with this error; nothing is booked."""

    code: int
    text: str


@frozen(kw_only=True)
class Remark:
    """Send this error for an order that stays what it is, such as 10349."""

    code: int
    text: str


@frozen(kw_only=True)
class Fill:
    """Fill `share` of the ordered quantity, `after_seconds` later than the part before.

    Parts are rounded down to whole shares. What the parts leave over rests unfilled.
    """

    share: Decimal = Decimal(1)
    after_seconds: Decimal = Decimal(0)
    price: Decimal | None = None


@frozen
class Rest:
    """Accept an order and leave it unfilled, like a pegged order that nobody meets."""


@frozen
class Mute:
    """Never send a message."""


@frozen(kw_only=True)
class Delay:
    """Send a message this much later than it should go."""

    seconds: Decimal


@frozen(kw_only=True)
class Repeat:
    """Send a message that many times."""

    times: int = 2


@frozen(kw_only=True)
class Alter:
    """Send a message with another text in one field; the message id is field 0."""

    field: int
    text: str

    def altered(self, fields: tuple[str, ...]) -> tuple[str, ...]:
        """The fields with the one replaced; a message without that field stays as it is."""
        return tuple(self.text if at == self.field else text for at, text in enumerate(fields))


OrderEffect = Reject | Remark | Fill | Rest
MessageEffect = Alter | Mute | Delay | Repeat
Effect = OrderEffect | MessageEffect


@frozen(kw_only=True)
class Event:
    """Something about to happen: an order that came in, or a message that is to go out."""

    is_order: bool
    message_id: int
    client_id: int
    account: str = ""
    symbol: str = ""
    side: str = ""
    status: str = ""
    tag: str = ""


@frozen(kw_only=True)
class When:
    """Which events a rule meets; every given field must be equal, None lets everything pass."""

    is_order: bool
    message_id: int | None = None
    client_id: int | None = None
    account: str | None = None
    symbol: str | None = None
    side: str | None = None
    status: str | None = None
    tag: str | None = None

    def meets(self, event: Event) -> bool:
        asked = (
            (self.message_id, event.message_id),
            (self.client_id, event.client_id),
            (self.account, event.account),
            (self.symbol, event.symbol),
            (self.side, event.side),
            (self.status, event.status),
            (self.tag, event.tag),
        )
        return self.is_order == event.is_order and all(
            wish is None or wish == fact for wish, fact in asked
        )


@frozen(kw_only=True)
class Rule:
    """From the `first` to the `last` event met (1 is the first, None no end), do all of `then`."""

    when: When
    then: tuple[Effect, ...]
    first: int = 1
    last: int | None = None


@frozen(kw_only=True)
class Scenario:
    """All rules of a run; the honest gateway has none."""

    rules: tuple[Rule, ...] = field(default=())

    def __add__(self, other: "Scenario") -> "Scenario":
        return Scenario(rules=self.rules + other.rules)


class Director:
    """Counts what happened and says what shall happen now."""

    def __init__(self, scenario: Scenario) -> None:
        self.play(scenario)

    def play(self, scenario: Scenario) -> None:
        """Follow this scenario from now on; all counts begin anew."""
        self._rules = scenario.rules
        self._counts = [0] * len(scenario.rules)

    def effects(self, event: Event) -> tuple[Effect, ...]:
        """The effects of every rule that meets this event, in the order of the rules."""
        found: list[Effect] = []
        for index, rule in enumerate(self._rules):
            if not rule.when.meets(event):
                continue
            self._counts[index] += 1
            if rule.first <= self._counts[index] <= (rule.last or self._counts[index]):
                found.extend(rule.then)
        return tuple(found)


def on_orders(
    *effects: OrderEffect,
    account: str | None = None,
    symbol: str | None = None,
    side: str | None = None,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """What happens to orders: `on_orders(Reject(code=201, text="..."), symbol="SPY")`."""
    when = When(is_order=True, message_id=3, account=account, symbol=symbol, side=side)
    return Scenario(rules=(Rule(when=when, then=effects, first=first, last=last),))


def on_messages(
    *effects: MessageEffect,
    message_id: int,
    account: str | None = None,
    symbol: str | None = None,
    status: str | None = None,
    tag: str | None = None,
    first: int = 1,
    last: int | None = None,
) -> Scenario:
    """What happens to messages on their way out: `on_messages(Mute(), message_id=62)`."""
    when = When(
        is_order=False,
        message_id=message_id,
        account=account,
        symbol=symbol,
        status=status,
        tag=tag,
    )
    return Scenario(rules=(Rule(when=when, then=effects, first=first, last=last),))


def hidden_position(symbol: str, account: str | None = None) -> Scenario:
    """The account holds it, the positions message never says so."""
    return on_messages(Mute(), message_id=61, symbol=symbol, account=account)


def fills_without_status() -> Scenario:
    """Executions come, no order status ever says Filled: documented behaviour of TWS."""
    return on_messages(Mute(), message_id=3, status="Filled") + on_messages(
        Mute(), message_id=5, status="Filled"
    )


def unready_account(account: str) -> Scenario:
    """Its values say AccountReady = false, as during the nightly reset."""
    return on_messages(
        Alter(field=6, text="false"), message_id=73, account=account, tag="AccountReady"
    ) + on_messages(Alter(field=3, text="false"), message_id=6, account=account, tag="AccountReady")


def late_commissions(seconds: Decimal) -> Scenario:
    """Commission reports come that much after their executions."""
    return on_messages(Delay(seconds=seconds), message_id=59)

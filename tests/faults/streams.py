"""What is pushed is missing, late, wrong or of another account, and streams that stop."""

from collections.abc import Mapping
from decimal import Decimal

from attrs import evolve, field, frozen

from rebalancer_adapters.gateway import (
    Alter,
    Delay,
    Fill,
    MoveMarket,
    Mute,
    Outage,
    Scale,
    Scenario,
    on_messages,
    on_orders,
    on_requests,
)
from rebalancer_adapters.gateway.scenario import PLACED
from tests.faults.case import SHARES, Case, codes

_POSITION, _VALUE, _PLACE_ORDER = 61, 73, 3
_TICK_PRICE, _TICK_SIZE, _TICK_GENERIC, _TICK_STRING = 1, 2, 45, 46
_ACCOUNT, _SHARES, _AMOUNT = 2, 14, 6
_STRANGER = "DU999999"
_WORKS_SECONDS = Decimal("0.5")
# Longer than a stream may be silent.
_SILENT_SECONDS = Decimal(12)


@frozen(kw_only=True)
class _Told:
    """What is told while a sell works that pays for a buy, and how it must end."""

    name: str
    scenario: Scenario
    buys: bool = True
    works_seconds: Decimal = _WORKS_SECONDS
    keys: Mapping[str, str] = field(factory=dict)

    @property
    def case(self) -> Case:
        """The case that plays it."""
        sent = 2 if self.buys else 1
        works = on_orders(Fill(after_seconds=self.works_seconds), side="SELL")
        return Case(
            family="stream",
            name=self.name,
            scenario=works + self.scenario,
            holds=SHARES,
            exits=codes(0 if self.buys else 6),
            orders=(sent, sent),
            expects="asked again, then bought" if self.buys else "nothing is bought on it",
            keys=self.keys,
        )


def stream_cases() -> tuple[Case, ...]:
    """Positions first, then values, the link and prices."""
    late = on_messages(Delay(seconds=Decimal(3)), message_id=_POSITION, first=2, last=2)
    told: tuple[_Told | Case, ...] = (
        _Told(name="a pushed position is missing", scenario=_pushed(Mute())),
        _Told(name="a pushed position is another account's", scenario=_pushed(_as(_STRANGER))),
        # It comes behind the fill: the account may be read before, between or after both.
        evolve(
            _Told(name="a pushed position is nobody's", scenario=_pushed(_as(""))).case,
            exits=codes(0, 6),
            orders=(1, 2),
            expects="asked again, or nothing is bought on it",
        ),
        _Told(name="a pushed position has other shares", scenario=_pushed(_shares("1000"))),
        _Told(name="a pushed position comes 3 s late", scenario=late),
        _Told(
            name="positions stay as they were, pushed or asked",
            scenario=on_messages(_shares("100"), message_id=_POSITION, first=2),
            buys=False,
        ),
        _Told(name="pushed cash is ten times what there is", scenario=_pushed_cash()),
        *(
            _Told(
                name=f"{code} and {back} while a sell works",
                scenario=_while_it_works(Outage(seconds=Decimal(1), code=code, back=back)),
            )
            for code, back in ((1100, 1101), (1100, 1102), (2110, 1102))
        ),
        _Told(
            name="a price stream stops, and the price rises",
            scenario=_stopped_prices(),
            works_seconds=_SILENT_SECONDS,
            keys={"order_deadline_sec": "60"},
        ),
    )
    return tuple(each if isinstance(each, Case) else each.case for each in told)


def _pushed(effect: Mute | Alter) -> Scenario:
    """The first answer has one position; the next message is the push of the sell."""
    return on_messages(effect, message_id=_POSITION, first=2, last=2)


def _as(account: str) -> Alter:
    return Alter(field=_ACCOUNT, text=account)


def _shares(text: str) -> Alter:
    return Alter(field=_SHARES, text=text)


def _pushed_cash() -> Scenario:
    """Two answers have two rows each of it, in dollars and in the base currency."""
    times_ten = Scale(field=_AMOUNT, by=Decimal(10))
    return on_messages(times_ten, message_id=_VALUE, tag="CashBalance", first=5, last=6)


def _while_it_works(effect: Outage | MoveMarket) -> Scenario:
    return on_requests(effect, message_id=_PLACE_ORDER, tag=PLACED, last=1)


def _stopped_prices() -> Scenario:
    """IEF rises as the sell arrives; of its stream nothing is told any more, but to who asks."""
    rises = MoveMarket(
        symbol="IEF", bid=Decimal("102.99"), ask=Decimal("103.01"), last=Decimal(103)
    )
    # Four prices at first, four of the move, and four of each of two beats.
    silent = on_messages(Mute(), message_id=_TICK_PRICE, symbol="IEF", first=5, last=16)
    silent += on_messages(Mute(), message_id=_TICK_SIZE, symbol="IEF")
    for message_id in (_TICK_GENERIC, _TICK_STRING):
        silent += on_messages(Mute(), message_id=message_id, symbol="IEF", first=2, last=4)
    return silent + _while_it_works(rises)

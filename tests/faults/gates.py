"""Words of the gateway that close a gate, before the first order and between sell and buy."""

from decimal import Decimal

from attrs import evolve, field, frozen

from rebalancer_adapters.gateway import Announce, Delay, MoveMarket, Scenario, on_messages
from rebalancer_adapters.gateway.scenario import UNASKED
from tests.faults.case import ORDERS, SHARES, Case, codes

_CUT_OFF = {
    2110: "Connectivity between TWS and server is broken. It will be restored automatically.",
    10182: "Stopped to request live updates (disconnected).",
}
_SOCKET = {
    504: "Not connected",
    1300: "TWS socket port has been reset and this connection is being dropped.",
}
_BROKEN = "Market data farm connection is broken:usfarm"
_RESTORED = Announce(
    code=1102,
    text="Connectivity between IBKR and Trader Workstation has been restored - data maintained.",
    after_seconds=Decimal(3),
)
_FARM_OK = Announce(
    code=2104, text="Market data farm connection is OK:usfarm", after_seconds=Decimal(3)
)
_OTHER_FARM_OK = Announce(
    code=2104, text="Market data farm connection is OK:jfarm", after_seconds=Decimal(1)
)
_HISTORICAL = Announce(code=2105, text="HMDS data farm connection is broken:ushmds")


@frozen(kw_only=True)
class _Moment:
    """The message that the gateway's words come with, and how many orders went out before it."""

    name: str
    message_id: int
    count: int
    sent: int
    tag: str | None = None
    beside: Scenario = field(factory=Scenario)

    def scenario(self, *words: Announce | MoveMarket) -> Scenario:
        return self.beside + on_messages(
            *words, message_id=self.message_id, tag=self.tag, first=self.count, last=self.count
        )


_MOMENTS = (
    # accountUpdateMultiEnd: of the reading, of the second look, which waits for open orders, too.
    _Moment(
        name="before the first order",
        message_id=74,
        count=2,
        sent=0,
        beside=on_messages(Delay(seconds=Decimal("0.1")), message_id=53),
    ),
    _Moment(name="between sell and buy", message_id=59, count=1, sent=1, tag=UNASKED),
)


# contractDetailsEnd: the prices are asked for next.
_BEFORE_PRICES = _Moment(name="before the prices", message_id=52, count=2, sent=0)
_QUOTES_GO_ON = tuple(
    MoveMarket(symbol=symbol, bid=bid, after_seconds=Decimal("0.3"))
    for symbol, bid in (("SPY", Decimal("599.98")), ("IEF", Decimal("94.98")))
)


def gate_cases() -> tuple[Case, ...]:
    """Every gate at both moments: opened in time, and never opened; then the farm and its ticks."""
    broken = Announce(code=2103, text=_BROKEN)
    return (
        *(case for moment in _MOMENTS for case in _cases(moment)),
        _opened(_BEFORE_PRICES, "2103, but live ticks go on", broken, *_QUOTES_GO_ON),
        # The account is done with: no symbol may be traded on such a price.
        evolve(
            _never(_BEFORE_PRICES, "2103, live ticks for one symbol", broken, *_QUOTES_GO_ON[1:]),
            exits=codes(0, 4, 5),
        ),
    )


def _cases(moment: _Moment) -> tuple[Case, ...]:
    broken = Announce(code=2103, text=_BROKEN)
    return (
        *(
            case
            for code, text in _CUT_OFF.items()
            for case in (
                _opened(moment, f"{code}, then 1102", Announce(code=code, text=text), _RESTORED),
                _never(moment, f"{code} and no more", Announce(code=code, text=text)),
            )
        ),
        _opened(moment, "2103, then 2104", broken, _FARM_OK),
        _never(moment, "2103 and no more", broken),
        _never(moment, "2103, then 2104 of another farm", broken, _OTHER_FARM_OK),
        *(
            _never(moment, f"{code} and no more", Announce(code=code, text=text))
            for code, text in _SOCKET.items()
        ),
        _opened(moment, "2105, a notice", _HISTORICAL),
    )


def _opened(moment: _Moment, what: str, *words: Announce | MoveMarket) -> Case:
    return Case(
        family="gate",
        name=f"{moment.name}: {what}",
        scenario=moment.scenario(*words),
        holds=SHARES,
        exits=codes(0),
        orders=(ORDERS, ORDERS),
        expects="all is traded and reported",
    )


def _never(moment: _Moment, what: str, *words: Announce | MoveMarket) -> Case:
    return Case(
        family="gate",
        name=f"{moment.name}: {what}",
        scenario=moment.scenario(*words),
        holds=SHARES,
        # The sell was filled and told before: only what was not sent is missing.
        exits=codes(6) if moment.sent else codes(4, 5, 6),
        orders=(moment.sent, moment.sent),
        expects="nothing is sent any more",
    )

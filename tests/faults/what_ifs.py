"""What-ifs that the broker refuses: what it would not take is not planned, nothing pays for it."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve

from rebalancer_adapters.gateway import (
    Cut,
    Mute,
    Reject,
    Scenario,
    no_algos,
    on_messages,
    on_orders,
    on_requests,
    refused_what_if,
)
from tests.faults.case import DEPOSIT, ORDERS, SHARES, Case, codes

# What TWS says, by code; "the contract" is about the symbol whatever the account can pay.
_REFUSALS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "203, not allowed for this account": (
            203,
            "The security is not available or allowed for this account.",
        ),
        "383, the size limit of the presets": (
            383,
            "The following order size exceeds the Size Limit of 10.",
        ),
        "451, the value limit of the presets": (
            451,
            "The order value exceeds the Value Limit of 1000 USD.",
        ),
        "460, no trading permission": (460, "No trading permissions."),
        "201, no KID": (201, "Order rejected - reason:No KID available for this product."),
        "201, not eligible": (
            201,
            "Order rejected - reason:Your account is not eligible to trade this product.",
        ),
    }
)
_FUNDS = (201, "Order rejected - reason:YOUR AVAILABLE FUNDS ARE NOT SUFFICIENT.")
_NO_ALGO = "Order rejected - reason:Specified algorithm is not allowed for this order."
_ASKING = {"what_if": "true"}
_PLACE_ORDER, _OPEN_ORDER = 3, 5
# Shares to sell for the only buy, and the cash buffer of 1 % in hand: nothing else to sell for.
_BUFFERED = SHARES | {"usd": "1000"}


def what_if_cases() -> tuple[Case, ...]:
    """Each refusal with cash in hand and with sells due; then what blocks nothing."""
    return (
        *(_one_of_two(name, *said) for name, said in _REFUSALS.items()),
        *(_only_buy(name, *said) for name, said in _REFUSALS.items()),
        _everything(),
        _case(
            "201, no KID: the only buy, and $105 are missing in the buffer",
            _forbidden(*_REFUSALS["201, no KID"], "IEF"),
            "one share is sold",
            holds=SHARES,
            orders=(1, 1),
        ),
        _case(
            "a refusal for funds, a sell would pay the buy",
            refused_what_if(*_FUNDS, symbol="IEF", last=1),
            "asked about one share: both are filled",
            holds=SHARES,
        ),
        _case(
            "a refusal for funds, cash in hand covers the buy",
            refused_what_if(*_FUNDS, symbol="IEF"),
            "that buy is blocked, the other is filled",
            orders=(1, 1),
        ),
        _case(
            "every what-if is refused for funds, cash in hand covers both buys",
            refused_what_if(*_FUNDS),
            "nothing is sent",
            exits=codes(5),
            orders=(0, 0),
        ),
        _case(
            "a notice instead of an answer",
            refused_what_if(399, "Your order will not be placed before the market opens."),
            "margin unknown, both are filled",
        ),
        _case(
            "the broker would refuse the what-if of what nobody trades",
            refused_what_if(460, "No trading permissions.", symbol="GLD"),
            "both are filled",
        ),
        _case(
            "what-ifs are off",
            _forbidden(201, "Order rejected - reason:No KID available.", "IEF"),
            "nothing is asked: the order itself is rejected",
            exits=codes(6),
            keys={"what_if": "false"},
        ),
        _case(
            "201, the algo is not available",
            no_algos(201, _NO_ALGO),
            "both are filled as plain market orders behind it",
            orders=(2 * ORDERS, 2 * ORDERS),
            keys=_ASKING | {"algo_preference": "adaptive"},
        ),
        *_dry_runs(),
    )


def _dry_runs() -> tuple[Case, ...]:
    """A dry run asks as well: whatever comes of it, no order message is on the wire."""
    kid = _REFUSALS["201, no KID"]
    cut = on_requests(Cut(reset=True), message_id=_PLACE_ORDER, tag="what-if", last=1)
    troubles = {
        "every question is answered": Scenario(),
        "no question is answered": on_messages(Mute(), message_id=_OPEN_ORDER),
        "the only buy is refused": _forbidden(*kid, "IEF"),
        "one of two buys is refused": _forbidden(*kid, "IEF"),
        "the link is cut at the first question": cut,
    }
    return tuple(
        evolve(
            _case(
                f"dry run: {name}",
                scenario,
                "no order message is sent",
                holds=_BUFFERED if "only" in name else DEPOSIT,
                orders=(0, 0),
            ),
            is_dry_run=True,
        )
        for name, scenario in troubles.items()
    )


def _one_of_two(name: str, code: int, text: str) -> Case:
    return _case(
        f"{name}: one of two buys, cash in hand",
        _forbidden(code, text, "IEF"),
        "the other is filled, the refused one never sent",
        orders=(1, 1),
    )


def _only_buy(name: str, code: int, text: str) -> Case:
    return _case(
        f"{name}: the only buy, a sell would pay it",
        _forbidden(code, text, "IEF"),
        "nothing is sent",
        holds=_BUFFERED,
        exits=codes(5),
        orders=(0, 0),
    )


def _everything() -> Case:
    return _case(
        "460 on everything, sells too",
        _forbidden(460, "No trading permissions.", None),
        "nothing is sent",
        holds=_BUFFERED,
        exits=codes(5),
        orders=(0, 0),
    )


def _case(
    name: str,
    scenario: Scenario,
    expects: str,
    *,
    holds: Mapping[str, str] = MappingProxyType(DEPOSIT),
    exits: frozenset[int] = codes(0),
    orders: tuple[int, int] = (ORDERS, ORDERS),
    keys: Mapping[str, str] = MappingProxyType(_ASKING),
) -> Case:
    return Case(
        family="what-if",
        name=name,
        scenario=scenario,
        holds=holds,
        exits=exits,
        orders=orders,
        expects=expects,
        keys=keys,
    )


def _forbidden(code: int, text: str, symbol: str | None) -> Scenario:
    """The broker refuses question and order: to buy this symbol, or to do anything."""
    side = "BUY" if symbol else None
    return refused_what_if(code, text, symbol, side) + on_orders(
        Reject(code=code, text=text), symbol=symbol, side=side
    )

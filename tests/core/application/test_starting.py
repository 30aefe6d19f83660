"""What a new user's files start from, read of a broker in memory."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve

from rebalancer_adapters.memory import MemoryBooks, MemorySessions, MemoryWorld, memory_world
from rebalancer_core.application.starting import Rules, held_models, managed_accounts
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteKind,
    Snapshot,
)
from rebalancer_core.values.faults import (
    CannotConnect,
    ConnectCause,
    ShortPosition,
    UnknownAccount,
    UnpricedHolding,
)
from rebalancer_core.values.held import HeldModel
from rebalancer_core.values.instruments import AccountId, ConId, Symbol, Unlisted
from rebalancer_core.values.policy import PricingPolicy, RebalancePolicy, SafetyPolicy
from rebalancer_core.values.results import Failed

ACCOUNT = AccountId("DU111111")
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
RULES = Rules(pricing=PricingPolicy(), safety=SafetyPolicy(), rebalance=RebalancePolicy())
REFUSED = CannotConnect(
    host="127.0.0.1", port=4002, cause=ConnectCause.REFUSED, detail="connection refused", hint=""
)


def _position(number: int, symbol: str, quantity: int, *, kind: str = "STK") -> Position:
    return Position(
        con_id=ConId(number),
        symbol=Symbol(symbol),
        security_type=kind,
        currency="USD",
        quantity=Decimal(quantity),
    )


def _world(*positions: Position) -> MemoryWorld:
    account = AccountSnapshot(
        account_id=ACCOUNT,
        as_of=NOW,
        base_currency="USD",
        cash=(CashBalance(currency="USD", amount=Decimal(1000)),),
        positions=positions,
    )
    quotes = tuple(
        Quote(
            con_id=each.con_id,
            symbol=each.symbol,
            price=Decimal(100),
            kind=QuoteKind.LAST,
            as_of=NOW,
        )
        for each in positions
        if each.security_type == "STK"
    )
    return memory_world(Snapshot(as_of=NOW, accounts=(account,), quotes=quotes))


def _sessions(world: MemoryWorld, *faults: CannotConnect) -> MemorySessions:
    return MemorySessions(books=MemoryBooks(world, now=lambda: NOW), faults=faults)


def _held(
    sessions: MemorySessions, account: AccountId = ACCOUNT
) -> tuple[HeldModel, ...] | Failed[object]:
    found = asyncio.run(held_models(sessions, (account,), RULES))
    return Failed(found.error) if isinstance(found, Failed) else found


def _weights(model: HeldModel) -> dict[str, str]:
    return {each.symbol: str(each.percent) for each in model.weights}


def test_every_etf_of_the_account_is_weighed_and_an_option_is_not() -> None:
    held = _held(
        _sessions(
            _world(
                _position(1, "SPY", 60), _position(2, "IEF", 30), _position(3, "QQQ", 1, kind="OPT")
            )
        )
    )
    assert not isinstance(held, Failed)
    (model,) = held
    assert _weights(model) == {"SPY": "60.00", "IEF": "30.00"}
    assert (model.cash_percent, model.left_out) == (Decimal(10), ())


def test_what_no_model_can_name_is_left_out_and_the_rest_is_the_whole() -> None:
    world = _world(_position(1, "SPY", 30), _position(2, "OLD", 60), _position(3, "IEF", 10))
    (spy, old, ief) = world.listings
    assert not isinstance(old, Unlisted)
    assert not isinstance(ief, Unlisted)
    # Both are known by their contracts; by its symbol one is not, and one is another ETF.
    renamed = evolve(old, symbol=Symbol("NEW"))
    listings = (spy, renamed, evolve(ief, con_id=ConId(9)), evolve(ief, symbol=Symbol("IEF.X")))
    held = _held(_sessions(evolve(world, listings=listings)))
    assert not isinstance(held, Failed)
    (model,) = held
    assert (_weights(model), model.left_out) == ({"SPY": "75.00"}, ("IEF", "OLD"))
    assert model.cash_percent == Decimal(25)


def test_a_short_position_or_a_holding_without_a_price_has_no_model() -> None:
    short = _held(_sessions(_world(_position(1, "SPY", -5), _position(2, "IEF", 60))))
    assert isinstance(short, Failed)
    assert isinstance(short.error, ShortPosition)
    world = evolve(_world(_position(1, "SPY", 5)), observations=())
    unpriced = _held(_sessions(world))
    assert isinstance(unpriced, Failed)
    assert isinstance(unpriced.error, UnpricedHolding)


def test_an_account_that_the_gateway_does_not_manage_is_named() -> None:
    sessions = _sessions(_world(_position(1, "SPY", 5)))
    assert asyncio.run(managed_accounts(sessions)) == (ACCOUNT,)
    held = _held(sessions, AccountId("DU222222"))
    expected = UnknownAccount(account_id=AccountId("DU222222"), known=(ACCOUNT,))
    assert held == Failed(expected)


def test_a_gateway_that_cannot_be_reached_is_the_answer() -> None:
    world = _world(_position(1, "SPY", 5))
    assert asyncio.run(managed_accounts(_sessions(world, REFUSED))) == Failed(REFUSED)
    assert _held(_sessions(world, REFUSED)) == Failed(REFUSED)

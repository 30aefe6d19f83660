"""Accounts to plan for, made to lie on the edges: bands, half lots, ties, minimum orders, dust.

The managed net liquidation is drawn first, then the gap of each holding; cash is what is left over.
So a gap can be put exactly on an edge.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from enum import Enum

from attrs import evolve, frozen
from hypothesis import strategies as st

from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.commission import IBKR_FIXED, NO_COMMISSION, CommissionRate
from rebalancer_core.values.flow import REBALANCE, Flow
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.policy import (
    BandRule,
    CashBufferType,
    Destination,
    RebalancePolicy,
    Sizing,
    TriggerMode,
    UnlistedPositions,
)
from rebalancer_core.values.portfolios import Targets, Weight
from rebalancer_core.values.symbol_rules import SymbolRule

AS_OF = datetime(2026, 1, 2, 15, 4, 5, tzinfo=UTC)
CENT = Decimal("0.01")
SHARE_PLACES = Decimal("0.000001")


@frozen(kw_only=True)
class Instance:
    """One call of the planning function."""

    snapshot: AccountSnapshot
    quotes: tuple[Quote | Unpriced, ...]
    targets: Targets
    policy: RebalancePolicy
    commission: CommissionRate = NO_COMMISSION
    symbol_rules: tuple[SymbolRule, ...] = ()
    flow: Flow = REBALANCE


class Edge(Enum):
    """Where a gap is put."""

    NOTHING_HELD = "nothing held"
    ON_TARGET = "on target"
    ON_BAND = "on band"
    JUST_OUTSIDE = "just outside"
    HALF_LOT = "half lot"
    OVER_HALF_LOT = "over half lot"
    WHOLE_LOTS = "whole lots"
    MIN_ORDER = "minimum order"
    UNDER_MIN_ORDER = "under minimum order"
    WIDE = "wide"


PRICES = tuple(
    Decimal(text)
    for text in ("8", "10", "12.5", "25", "40", "50", "100", "250", "400", "33.33", "287.1234")
)
NET_LIQUIDATIONS = tuple(Decimal(n) for n in ("5000", "10000", "40000", "100000", "1234567.89"))


TIERED = CommissionRate(per_share=Decimal("0.0035"), minimum=Decimal("0.35"))
DEAR = CommissionRate(per_share=Decimal("0.02"), minimum=Decimal("7.5"))
COMMISSIONS = (NO_COMMISSION, IBKR_FIXED, IBKR_FIXED, TIERED, DEAR)

PER_HOLDING_MOSTLY = (*[TriggerMode.PER_HOLDING] * 4, TriggerMode.TOTAL_DRIFT)


def policies(
    modes: tuple[TriggerMode, ...] = PER_HOLDING_MOSTLY,
) -> st.SearchStrategy[RebalancePolicy]:
    """Rules on and around the defaults."""
    return st.builds(
        RebalancePolicy,
        trigger_mode=st.sampled_from(modes),
        per_holding_band_bps=st.sampled_from(decimals("50", "50", "0", "12.5", "200")),
        portfolio_total_band_bps=st.sampled_from(decimals("100", "0", "30", "500", "1500", "3000")),
        min_order_usd=st.sampled_from(decimals("500", "500", "0", "120", "999.99")),
        cash_buffer_type=st.sampled_from(CashBufferType),
        cash_buffer_pct=st.sampled_from(decimals("0.01", "0", "0.05")),
        cash_buffer_abs=st.sampled_from(decimals("0", "250", "1000.5")),
        allow_fractional=st.sampled_from([False, False, False, True]),
        max_leverage=st.sampled_from(decimals("1.50", "1", "1.25", "2")),
        unlisted_positions=st.sampled_from([UnlistedPositions.KEEP, UnlistedPositions.SELL]),
        sizing=st.sampled_from([Sizing.BEST, Sizing.BEST, Sizing.PRIORITY]),
    )


@st.composite
def target_weights(draw: st.DrawFn, count: int) -> tuple[tuple[Decimal, ...], Decimal]:
    """Weights that sum to exactly 1 with CASH, which may be negative; ties are likely."""
    cash = draw(st.sampled_from(decimals("0", "0", "0.01", "0.1", "-0.2", "-0.5", "-0.9")))
    parts = draw(st.lists(st.integers(0, 6), min_size=count, max_size=count))
    total = sum(parts) or 1
    places = Decimal("0.0001")
    weights = [((1 - cash) * part / total).quantize(places, ROUND_DOWN) for part in parts]
    weights[-1] += 1 - cash - sum(weights)
    return tuple(weights), cash


@st.composite
def instances(
    draw: st.DrawFn,
    modes: tuple[TriggerMode, ...] = PER_HOLDING_MOSTLY,
    *,
    with_purchases: bool = True,
) -> Instance:
    """An account that can be planned, its prices, its targets and its rules."""
    rules = draw(policies(modes))
    count = draw(st.integers(1, 7))
    net = draw(st.sampled_from(NET_LIQUIDATIONS))
    if with_purchases and draw(st.booleans()):
        return draw(_purchases(rules, net))
    weights, cash_weight = draw(target_weights(count))
    symbols = [Symbol(f"E{number:02}") for number in range(count)]
    quotes = [draw(_quotes(symbol, number + 1)) for number, symbol in enumerate(symbols)]
    held = [
        draw(_held(net * weight, quote.price, net, rules))
        for weight, quote in zip(weights, quotes, strict=True)
    ]
    invested = sum((q * quote.price for q, quote in zip(held, quotes, strict=True)), Decimal(0))
    strays, stray_quotes = draw(_strays())
    if rules.unlisted_positions is UnlistedPositions.SELL:
        invested += strays[0].quantity * stray_quotes[0].price
    positions = (
        *(_position(q.con_id, q.symbol, amount) for q, amount in zip(quotes, held, strict=True)),
        *strays,
    )
    unpriced = {q.symbol for q, amount in zip(quotes, held, strict=True) if not amount}
    lost = draw(st.sampled_from([set[Symbol](), set[Symbol](), unpriced]))
    return Instance(
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=AS_OF,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=net - invested),),
            positions=tuple(p for p in positions if p.quantity),
        ),
        quotes=(*(_lost(q) if q.symbol in lost else q for q in quotes), *stray_quotes),
        targets=Targets(
            weights=tuple(
                Weight(symbol=symbol, fraction=weight)
                for symbol, weight in zip(symbols, weights, strict=True)
            ),
            cash=cash_weight,
        ),
        policy=rules,
    )


@st.composite
def costly(
    draw: st.DrawFn,
    modes: tuple[TriggerMode, ...] = PER_HOLDING_MOSTLY,
    *,
    with_purchases: bool = True,
) -> Instance:
    """The same accounts, where trades cost commissions and half a spread, or nothing at all."""
    instance = draw(instances(modes, with_purchases=with_purchases))
    spreads = st.sampled_from(decimals("0", "0.0002", "0.001", "0.01"))
    return evolve(
        instance,
        quotes=tuple(
            _with_spread(quote, draw(spreads), draw(st.sampled_from(decimals("0", "1", "-1"))))
            if isinstance(quote, Quote)
            else quote
            for quote in instance.quotes
        ),
        commission=draw(st.sampled_from(COMMISSIONS)),
    )


@st.composite
def banded(
    draw: st.DrawFn, modes: tuple[TriggerMode, ...] = (TriggerMode.PER_HOLDING,)
) -> Instance:
    """The same accounts with bands of every rule, destinations, and rules of single symbols."""
    instance = draw(costly(modes))
    symbols = sorted({quote.symbol for quote in instance.quotes})
    chosen = draw(st.lists(st.sampled_from(symbols), unique=True, max_size=3))
    return evolve(
        instance,
        policy=evolve(
            instance.policy,
            band_rule=draw(st.sampled_from(BandRule)),
            relative_band_pct=draw(st.sampled_from(decimals("25", "20", "0", "5", "33.3", "150"))),
            destination=draw(st.sampled_from([*Destination, Destination.EDGE])),
            destination_bps=draw(st.sampled_from(decimals("0", "10", "37.5", "175"))),
            min_improvement_usd=draw(st.sampled_from(decimals("0", "0", "0", "30", "700"))),
        ),
        symbol_rules=tuple(draw(_symbol_rules(symbol)) for symbol in chosen),
    )


def _symbol_rules(symbol: Symbol) -> st.SearchStrategy[SymbolRule]:
    rarely = st.sampled_from([False, False, False, True])
    return st.builds(
        SymbolRule,
        symbol=st.just(symbol),
        band_bps=st.sampled_from([None, *decimals("0", "25", "300")]),
        hold=rarely,
        no_buy=rarely,
        no_sell=rarely,
    )


def _with_spread(quote: Quote, spread: Decimal, side: Decimal) -> Quote:
    """Bid and ask so far apart; the price is their middle, or what a side of them traded at."""
    middle = quote.price - side * spread * quote.price / 2
    half = quote.price * spread / 2
    return evolve(quote, bid=middle - half, ask=middle + half)


@st.composite
def _purchases(draw: st.DrawFn, rules: RebalancePolicy, net: Decimal) -> Instance:
    """Nothing held and too little cash for all: priority, remainders and the exchange decide."""
    count = draw(st.integers(2, 5))
    weights, _ = draw(target_weights(count))
    prices = draw(st.lists(st.integers(1, 60), min_size=count, max_size=count))
    buffer = draw(st.sampled_from(decimals("0.1", "0.25", "0.6")))
    symbols = [Symbol(f"E{number:02}") for number in range(count)]
    scale = Decimal("0.5") if sum(weights) > 1 else Decimal(1)
    return Instance(
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=AS_OF,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=net),),
            positions=(),
        ),
        quotes=tuple(
            Quote(
                con_id=ConId(number + 1),
                symbol=symbols[number],
                price=net * price / 400,
                kind=QuoteKind.LAST,
                as_of=AS_OF,
            )
            for number, price in enumerate(prices)
        ),
        targets=Targets(
            weights=tuple(
                Weight(symbol=symbol, fraction=weight * scale)
                for symbol, weight in zip(symbols, weights, strict=True)
            ),
            cash=1 - sum((weight * scale for weight in weights), Decimal(0)),
        ),
        policy=evolve(
            rules,
            cash_buffer_type=CashBufferType.PCT,
            cash_buffer_pct=buffer,
            min_order_usd=draw(st.sampled_from(decimals("0", "0.02", "0.07"))) * net,
            allow_fractional=False,
        ),
    )


def decimals(*texts: str) -> list[Decimal]:
    """The numbers of these texts."""
    return [Decimal(text) for text in texts]


@st.composite
def _quotes(draw: st.DrawFn, symbol: Symbol, con_id: int) -> Quote:
    blocks = [None] * 9 + [QuoteBlock.STALE]
    return Quote(
        con_id=ConId(con_id),
        symbol=symbol,
        price=draw(st.sampled_from(PRICES)),
        kind=QuoteKind.LAST,
        as_of=AS_OF,
        block=draw(st.sampled_from(blocks)),
    )


@st.composite
def _held(
    draw: st.DrawFn, target: Decimal, price: Decimal, net: Decimal, rules: RebalancePolicy
) -> Decimal:
    """Shares that put the gap on an edge, as far as nothing is short."""
    lot = price * (Decimal("0.0001") if rules.allow_fractional else 1)
    band = rules.per_holding_band_bps * net / 10_000
    lots = draw(st.integers(0, 12))
    gap_of: dict[Edge, Callable[[], Decimal]] = {
        Edge.NOTHING_HELD: lambda: target,
        Edge.ON_TARGET: lambda: Decimal(0),
        Edge.ON_BAND: lambda: band,
        Edge.JUST_OUTSIDE: lambda: band + CENT,
        Edge.HALF_LOT: lambda: (lots + Decimal("0.5")) * lot,
        Edge.OVER_HALF_LOT: lambda: (lots + Decimal("0.5")) * lot + CENT,
        Edge.WHOLE_LOTS: lambda: lots * lot,
        Edge.MIN_ORDER: lambda: rules.min_order_usd,
        Edge.UNDER_MIN_ORDER: lambda: rules.min_order_usd - CENT,
        Edge.WIDE: lambda: net * draw(st.integers(1, 20)) / 100,
    }
    if not target:
        return draw(st.sampled_from(decimals("0", "0.4", "7", "9.7"))) * (net / price // 100 + 1)
    edge = draw(st.sampled_from([*Edge, Edge.WIDE, Edge.WIDE, Edge.WIDE]))
    gap = gap_of[edge]() * draw(st.sampled_from([1, 1, -1]))
    shares = ((target - gap) / price).quantize(SHARE_PLACES)
    whole = draw(st.sampled_from([True, False, False]))
    return max(Decimal(0), shares.quantize(Decimal(1), ROUND_DOWN) if whole else shares)


@st.composite
def _strays(draw: st.DrawFn) -> tuple[tuple[Position, ...], tuple[Quote, ...]]:
    """A holding that no model names, and positions that are none of the program's business."""
    price = draw(st.sampled_from(PRICES))
    unlisted = _position(ConId(101), Symbol("OLD"), draw(st.sampled_from(decimals("0", "0", "31"))))
    option = evolve(_position(ConId(102), Symbol("E00"), Decimal(-2)), security_type="OPT")
    canadian = evolve(_position(ConId(103), Symbol("XIC"), Decimal(50)), currency="CAD")
    strays = draw(st.sampled_from([(unlisted,), (unlisted, option, canadian)]))
    quote = Quote(
        con_id=ConId(101), symbol=Symbol("OLD"), price=price, kind=QuoteKind.LAST, as_of=AS_OF
    )
    return strays, (quote,)


def _position(con_id: ConId, symbol: Symbol, quantity: Decimal) -> Position:
    return Position(
        con_id=con_id, symbol=symbol, security_type="STK", currency="USD", quantity=quantity
    )


def _lost(quote: Quote) -> Unpriced:
    return Unpriced(con_id=quote.con_id, symbol=quote.symbol, detail="no ticks in 11 s")

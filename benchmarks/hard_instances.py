"""Hard instances: accounts on which sizing, its bound or its time was once far from what it can be.

Nothing is held and cash does not pay for all buys. Drawn from a seed as whole numbers, so that no
float decides anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from random import Random

from attrs import evolve

from benchmarks.instances import AS_OF, Instance, Pattern
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Quote, QuoteKind
from rebalancer_core.values.instruments import USD, AccountId, ConId, Symbol
from rebalancer_core.values.policy import CashBufferType, RebalancePolicy, Sizing, TriggerMode
from rebalancer_core.values.portfolios import Targets, Weight

_CENT = Decimal("0.01")
_FINE = Decimal("0.000001")


def dear_lot(seed: int, number: int) -> Instance:
    """One lot is dearer than all other buys together, and cash pays for little more than that.

    >>> dear_lot(1, 1) == dear_lot(1, 1)
    True
    """
    chance = Random(f"dear lot/{seed}/{number}")  # noqa: S311 - instances, no secrets
    prices = [Decimal(chance.randint(100, 3_000)) * _CENT for _ in range(chance.randint(3, 40))]
    gaps = [price * chance.randint(100, 1_300) / 100 for price in prices]
    dear = (sum(gaps, Decimal(0)) * chance.randint(100, 200) / 100).quantize(_CENT)
    return _purchase(
        chance,
        number,
        prices=[dear, *prices],
        gaps=[dear * chance.randint(51, 120) / 100, *gaps],
        room=dear * chance.randint(100, 130) / 100,
    )


def dollar_lots(seed: int, number: int) -> Instance:
    """Lots of about a dollar beside lots of about $900, most of which end across their targets."""
    chance = Random(f"dollar lots/{seed}/{number}")  # noqa: S311 - instances, no secrets
    dear = [Decimal(chance.randint(850, 950)) for _ in range(chance.randint(1, 6))]
    cheap = [Decimal(chance.randint(80, 150)) * _CENT for _ in range(chance.randint(3, 40))]
    gaps = [price * (chance.randint(0, 4) * 100 + chance.randint(51, 99)) / 100 for price in dear]
    gaps += [price * chance.randint(50, 900) for price in cheap]
    room = sum(gaps, Decimal(0)) * chance.randint(30, 95) / 100
    return _purchase(chance, number, prices=[*dear, *cheap], gaps=gaps, room=room)


def short_of_cash(seed: int, number: int) -> Instance:
    """Many small buys and a buffer that leaves all of them short of their targets."""
    chance = Random(f"short of cash/{seed}/{number}")  # noqa: S311 - instances, no secrets
    count = chance.choice((100, 200, 300))
    prices = [Decimal(chance.randint(800, 70_000)) * _CENT for _ in range(count)]
    wanted = [Decimal(chance.randint(1, 100)) for _ in range(count)]
    net = Decimal(chance.choice((100_000, 1_000_000)))
    invested = net * Decimal("0.98") / sum(wanted)
    return _purchase(
        chance,
        number,
        prices=prices,
        gaps=[part * invested for part in wanted],
        room=net * chance.choice((98, 90, 70)) / 100,
        net=net,
        sizing=chance.choice((Sizing.BEST, Sizing.PRIORITY)),
    )


def in_total_drift(instance: Instance, band_bps: Decimal) -> RebalancePolicy:
    """The rules of the instance, with a band for the portfolio as a whole."""
    return evolve(
        instance.policy,
        trigger_mode=TriggerMode.TOTAL_DRIFT,
        portfolio_total_band_bps=band_bps,
    )


def _purchase(
    chance: Random,
    number: int,
    *,
    prices: Sequence[Decimal],
    gaps: Sequence[Decimal],
    room: Decimal,
    net: Decimal | None = None,
    sizing: Sizing = Sizing.BEST,
) -> Instance:
    """An account in cash that wants `gaps` dollars of each, and may spend `room`."""
    worth = net or (sum(gaps, Decimal(0)) * chance.randint(100, 300) / 100).quantize(_CENT)
    names = [Symbol(f"E{i:03}") for i in range(len(prices))]
    weights = [(gap / worth).quantize(_FINE, ROUND_DOWN) for gap in gaps]
    return Instance(
        number=number,
        pattern=Pattern.INITIAL_PURCHASE,
        snapshot=AccountSnapshot(
            account_id=AccountId("DU111111"),
            as_of=AS_OF,
            base_currency=USD,
            cash=(CashBalance(currency=USD, amount=worth),),
            positions=(),
        ),
        quotes=tuple(
            Quote(con_id=ConId(i + 1), symbol=name, price=price, kind=QuoteKind.LAST, as_of=AS_OF)
            for i, (name, price) in enumerate(zip(names, prices, strict=True))
        ),
        targets=Targets(
            weights=tuple(
                Weight(symbol=name, fraction=weight)
                for name, weight in zip(names, weights, strict=True)
            ),
            cash=1 - sum(weights, Decimal(0)),
        ),
        policy=RebalancePolicy(
            per_holding_band_bps=Decimal(0),
            min_order_usd=Decimal(chance.choice((0, 0, 100))),
            max_leverage=Decimal("1.5"),
            cash_buffer_type=CashBufferType.ABS,
            cash_buffer_abs=max(Decimal(0), worth - room).quantize(_CENT),
            sizing=sizing,
        ),
    )

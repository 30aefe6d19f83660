"""What an account holds now, as percentages of a model that leaves it as it is (R 8.1.13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rebalancer_core.reporting.account_worth import AccountWorth
from rebalancer_core.values.held import HeldModel, HeldWeight
from rebalancer_core.values.instruments import AccountId, ConId, Listing, Symbol
from rebalancer_core.values.money import HUNDRED, ONE, ZERO, rounded

# A band may be relative to the target: a small weight is written as exactly as a large one.
_DIGITS = 4
_LEAST_PLACES = 2
# portfolios.csv takes no more.
_MOST_PLACES = 12


def held_model(
    account_id: AccountId,
    worth: AccountWorth,
    listings: tuple[Listing, ...],
    left_out: tuple[Symbol, ...] = (),
) -> HeldModel:
    """The holdings of `worth` that these listings name, by their share of what is managed."""
    shares = {each.con_id: each.weight for each in worth.holdings if each.weight is not None}
    held = sorted((-shares[each.con_id], each.symbol, each.name) for each in _in(shares, listings))
    weights = tuple(
        HeldWeight(symbol=symbol, name=name, percent=written_percent(-share))
        for share, symbol, name in held
    )
    rest = HUNDRED - sum((each.percent for each in weights), ZERO)
    return HeldModel(
        account_id=account_id, weights=weights, cash_percent=rest, left_out=tuple(sorted(left_out))
    )


def written_percent(fraction: Decimal) -> Decimal:
    """The percentage of a weight, with decimals enough for its first four digits, two at least.

    >>> [str(written_percent(Decimal(each))) for each in ("0.31026", "0.00012345678", "0.5")]
    ['31.03', '0.01235', '50.00']
    """
    percent = fraction * HUNDRED
    places = max(_LEAST_PLACES, _DIGITS - 1 - percent.adjusted())
    return rounded(percent, ONE.scaleb(-min(places, _MOST_PLACES)))


def _in(shares: Mapping[ConId, Decimal], listings: tuple[Listing, ...]) -> Iterator[Listing]:
    return (listing for listing in listings if listing.con_id in shares)

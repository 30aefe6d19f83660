"""One price a symbol, or the reason there is none, from all the market can send (R 3.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.market.figures import is_price, midpoint, spread_pct
from rebalancer_core.market.pricing import quote, wants_more
from rebalancer_core.values.account import (
    DataType,
    MarketObservation,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.instruments import ConId, Symbol
from rebalancer_core.values.policy import PriceSource, PricingPolicy, SafetyPolicy

NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)
TRADED = NOON - timedelta(seconds=20)
SEEN_AT = NOON - timedelta(seconds=3)
SEEN = MarketObservation(
    con_id=ConId(756733),
    symbol=Symbol("SPY"),
    observed_at=SEEN_AT,
    bid=Decimal("99.99"),
    ask=Decimal("100.01"),
    last=Decimal("100.02"),
    last_at=TRADED,
    close=Decimal(98),
    data_type=DataType.LIVE,
)
NOTHING = evolve(SEEN, bid=None, ask=None, last=None, last_at=None, close=None)
PRICED = Quote(
    con_id=ConId(756733),
    symbol=Symbol("SPY"),
    price=Decimal("100.02"),
    kind=QuoteKind.LAST,
    as_of=TRADED,
)
AT_MIDPOINT = evolve(PRICED, price=Decimal(100), kind=QuoteKind.MIDPOINT, as_of=SEEN_AT)
WIDE = evolve(SEEN, bid=Decimal(98), ask=Decimal(102))
TOO_LONG_AGO = NOON - timedelta(seconds=61)
OLD = evolve(SEEN, last_at=TOO_LONG_AGO)


def test_a_recent_last_price_is_the_price() -> None:
    assert _quote(SEEN) == PRICED


def test_a_last_price_may_be_as_old_as_the_rule_says_and_no_older() -> None:
    on_the_edge = NOON - timedelta(seconds=60)
    assert _quote(evolve(SEEN, last_at=on_the_edge)) == evolve(PRICED, as_of=on_the_edge)
    note = "last price is 1 min 1 s old, midpoint used"
    assert _quote(OLD) == evolve(AT_MIDPOINT, note=note)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(61, "1 min 1 s"), (3599, "59 min 59 s"), (3600, "1 h 0 min"), (93_784, "26 h 3 min")],
)
def test_an_age_is_told_in_its_two_largest_units(seconds: int, words: str) -> None:
    old = evolve(SEEN, last_at=NOON - timedelta(seconds=seconds))
    assert _quote(old) == evolve(AT_MIDPOINT, note=f"last price is {words} old, midpoint used")


def test_an_age_under_a_minute_is_told_in_seconds() -> None:
    strict = PricingPolicy(price_max_age_sec=Decimal(19))
    assert _quote(SEEN, strict) == evolve(AT_MIDPOINT, note="last price is 20 s old, midpoint used")


def test_a_last_price_from_the_future_is_no_fresh_one() -> None:
    ahead = evolve(SEEN, last_at=NOON + timedelta(days=4))
    assert _quote(ahead) == evolve(
        AT_MIDPOINT, note="last price is dated 96 h 0 min in the future, midpoint used"
    )
    assert _quote(evolve(ahead, bid=None)) == evolve(
        PRICED,
        as_of=SEEN_AT,
        block=QuoteBlock.STALE,
        note="last price is dated 96 h 0 min in the future",
    )


def test_a_last_price_may_be_ahead_by_what_two_clocks_of_whole_seconds_differ() -> None:
    ahead = evolve(SEEN, last_at=NOON + timedelta(seconds=2))
    assert _quote(ahead) == evolve(PRICED, as_of=NOON + timedelta(seconds=2))


def test_a_last_price_without_a_time_gives_way_to_the_midpoint() -> None:
    note = "last price of unknown age, midpoint used"
    assert _quote(evolve(SEEN, last_at=None)) == evolve(AT_MIDPOINT, note=note)


@pytest.mark.parametrize("last", [None, Decimal(-1), Decimal(0), Decimal("NaN")])
def test_without_a_last_price_the_midpoint_is_used(last: Decimal | None) -> None:
    note = "no last price, midpoint used"
    assert _quote(evolve(SEEN, last=last)) == evolve(AT_MIDPOINT, note=note)


def test_an_old_last_price_blocks_where_the_spread_is_too_wide_for_the_midpoint() -> None:
    seen = evolve(OLD, bid=Decimal("98.99"), ask=Decimal("101.01"))
    priced = _quote(seen)
    assert isinstance(priced, Quote)
    assert (priced.price, priced.kind, priced.as_of) == (
        Decimal("100.02"),
        QuoteKind.LAST,
        TOO_LONG_AGO,
    )
    assert priced.block is QuoteBlock.WIDE_SPREAD
    assert priced.note == "last price is 1 min 1 s old; spread 2.02 %"


def test_a_spread_of_exactly_the_rule_is_narrow_enough() -> None:
    seen = evolve(OLD, bid=Decimal(99), ask=Decimal(101))
    assert _quote(seen) == evolve(AT_MIDPOINT, note="last price is 1 min 1 s old, midpoint used")


@pytest.mark.parametrize(
    "seen",
    [evolve(OLD, bid=None), evolve(OLD, ask=None), evolve(OLD, bid=Decimal(-1))],
)
def test_an_old_last_price_blocks_where_there_is_no_midpoint(seen: MarketObservation) -> None:
    note = "last price is 1 min 1 s old"
    expected = evolve(PRICED, as_of=TOO_LONG_AGO, note=note)
    assert _quote(seen) == evolve(expected, block=QuoteBlock.STALE)
    assert _quote(seen, for_trading=False) == expected


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "3 s"), (61, "1 min 1 s"), (100_000, "27 h 46 min")]
)
def test_a_trade_time_in_the_future_makes_no_fresh_price(seconds: int, words: str) -> None:
    ahead = evolve(SEEN, last_at=NOON + timedelta(seconds=seconds))
    why = f"last price is dated {words} in the future"
    assert _quote(ahead) == evolve(AT_MIDPOINT, note=f"{why}, midpoint used")
    blocked = evolve(PRICED, as_of=SEEN_AT, block=QuoteBlock.STALE, note=why)
    assert _quote(evolve(ahead, bid=None)) == blocked


def test_two_seconds_ahead_are_the_resolution_of_the_brokers_clock() -> None:
    at = NOON + timedelta(seconds=2)
    assert _quote(evolve(SEEN, last_at=at)) == evolve(PRICED, as_of=at)


def test_a_last_price_of_unknown_age_is_as_of_its_observation() -> None:
    seen = evolve(SEEN, last_at=None, bid=None)
    assert _quote(seen) == evolve(
        PRICED, as_of=SEEN_AT, block=QuoteBlock.STALE, note="last price of unknown age"
    )


def test_a_dry_run_lifts_no_other_block_than_that_of_age() -> None:
    halted = evolve(SEEN, halted=True)
    assert _quote(halted, for_trading=False) == evolve(PRICED, block=QuoteBlock.HALTED)


def test_a_price_of_a_broken_farm_is_stale_and_shown_where_nothing_is_traded() -> None:
    seen = evolve(SEEN, doubt="the farm is broken")
    noted = evolve(PRICED, note="the farm is broken")
    assert _quote(seen) == evolve(noted, block=QuoteBlock.STALE)
    assert _quote(seen, for_trading=False) == noted


def test_a_broken_farm_lifts_no_other_block() -> None:
    seen = evolve(WIDE, doubt="the farm is broken")
    priced = _quote(seen, for_trading=False)
    assert isinstance(priced, Quote)
    assert priced.block is QuoteBlock.WIDE_SPREAD


def test_without_last_price_and_midpoint_there_is_no_price() -> None:
    assert _quote(evolve(SEEN, last=None, bid=None)) == _unpriced("no last price")


DELAYED = PricingPolicy(allow_delayed=True)
ON_THE_EDGE, BEYOND = NOON - timedelta(seconds=1800), NOON - timedelta(seconds=1801)


@pytest.mark.parametrize("kind", [DataType.DELAYED, DataType.DELAYED_FROZEN])
def test_delayed_data_are_judged_by_an_age_of_their_own(kind: DataType) -> None:
    seen = evolve(SEEN, data_type=kind, last_at=ON_THE_EDGE)
    assert not _noted(seen).startswith("last price is")
    assert _noted(evolve(seen, last_at=BEYOND)).startswith("last price is 30 min 1 s old; ")
    strict = evolve(DELAYED, delayed_max_age_sec=Decimal(19))
    assert _noted(evolve(seen, last_at=TRADED), strict).startswith("last price is 20 s old; ")


@pytest.mark.parametrize("kind", [DataType.LIVE, DataType.FROZEN])
def test_what_is_not_delayed_is_judged_by_the_age_of_live_data(kind: DataType) -> None:
    seen = evolve(SEEN, data_type=kind, last_at=TOO_LONG_AGO)
    assert _noted(seen).startswith("last price is 1 min 1 s old")


def test_a_delayed_midpoint_does_not_stand_in_for_an_old_last_price() -> None:
    delayed = evolve(SEEN, data_type=DataType.DELAYED, last_at=BEYOND)
    assert _quote(delayed, DELAYED) == evolve(
        PRICED,
        as_of=BEYOND,
        block=QuoteBlock.STALE,
        delayed=True,
        note="last price is 30 min 1 s old; delayed price",
    )


def test_nothing_at_all_says_so() -> None:
    assert _quote(NOTHING) == _unpriced("no price came in time")


def test_nothing_but_an_error_tells_the_error() -> None:
    refused = evolve(NOTHING, error_code=354, error_text="Not subscribed")
    assert _quote(refused) == _unpriced("error 354: Not subscribed")


def test_an_error_beside_a_price_does_not_refuse_it() -> None:
    assert _quote(evolve(SEEN, error_code=10167, error_text="Delayed data")) == PRICED


@pytest.mark.parametrize(
    "seen",
    [
        evolve(NOTHING, bid=Decimal(98)),
        evolve(NOTHING, ask=Decimal(98)),
        evolve(NOTHING, last=Decimal(98)),
        evolve(NOTHING, close=Decimal(98)),
    ],
)
def test_a_single_figure_is_something(seen: MarketObservation) -> None:
    assert _quote(seen) != _unpriced("no price came in time")


def test_a_price_that_nobody_called_live_is_refused() -> None:
    detail = "the broker did not say whether the price is live"
    assert _quote(evolve(SEEN, data_type=None)) == _unpriced(detail)


@pytest.mark.parametrize("kind", [DataType.DELAYED, DataType.DELAYED_FROZEN])
def test_delayed_prices_are_refused_until_the_user_allows_them(kind: DataType) -> None:
    seen = evolve(SEEN, data_type=kind)
    assert _quote(seen) == _unpriced(f"{kind.value} price, and allow_delayed = false")
    allowed = _quote(seen, DELAYED)
    assert isinstance(allowed, Quote)
    assert (allowed.price, allowed.delayed) == (PRICED.price, True)


def test_a_delayed_price_may_size_a_trade_and_is_marked() -> None:
    seen = evolve(SEEN, data_type=DataType.DELAYED)
    assert _quote(seen, DELAYED) == evolve(PRICED, delayed=True, note="delayed price")


@pytest.mark.parametrize("allowed", [PricingPolicy(), DELAYED])
def test_a_frozen_price_values_a_holding_and_shows_a_preview_and_trades_nothing(
    allowed: PricingPolicy,
) -> None:
    seen = evolve(SEEN, data_type=DataType.FROZEN)
    shown = evolve(PRICED, note="frozen price")
    assert _quote(seen, allowed) == evolve(shown, block=QuoteBlock.FROZEN)
    assert _quote(seen, allowed, for_trading=False) == shown


def test_a_frozen_delayed_price_is_both() -> None:
    seen = evolve(SEEN, data_type=DataType.DELAYED_FROZEN)
    shown = evolve(PRICED, delayed=True, note="frozen delayed price")
    assert _quote(seen, DELAYED) == evolve(shown, block=QuoteBlock.FROZEN)
    assert _quote(seen, DELAYED, for_trading=False) == shown


def test_what_is_not_live_is_told_beside_the_rest() -> None:
    frozen = evolve(SEEN, data_type=DataType.FROZEN, close=None)
    unconfirmed = evolve(
        PRICED,
        block=QuoteBlock.NO_REFERENCE,
        note="no other price to compare with; frozen price",
    )
    assert _quote(frozen, PricingPolicy(allow_delayed=True)) == unconfirmed


def test_the_midpoint_is_the_price_where_it_is_asked_for() -> None:
    rules = PricingPolicy(price_source=PriceSource.MIDPOINT)
    assert _quote(SEEN, rules) == AT_MIDPOINT
    assert _quote(evolve(SEEN, ask=None), rules) == _unpriced("no midpoint price")


def test_the_close_is_the_price_of_previews_where_it_is_asked_for_and_trades_nothing() -> None:
    rules = PricingPolicy(price_source=PriceSource.CLOSE)
    shown = evolve(
        PRICED,
        price=Decimal(98),
        kind=QuoteKind.CLOSE,
        as_of=SEEN_AT,
        note="a closing price sizes previews only",
    )
    assert _quote(SEEN, rules, for_trading=False) == shown
    assert _quote(SEEN, rules) == evolve(shown, block=QuoteBlock.CLOSING_PRICE)
    assert _quote(evolve(SEEN, close=None), rules) == _unpriced("no close price")
    assert _quote(evolve(SEEN, close=Decimal(0)), rules) == _unpriced("no close price")


def test_a_wide_spread_blocks_a_recent_price_too() -> None:
    edge = evolve(SEEN, bid=Decimal(99), ask=Decimal(101))
    assert _quote(edge) == PRICED
    assert _quote(WIDE) == evolve(PRICED, block=QuoteBlock.WIDE_SPREAD, note="spread 4.00 %")


def test_a_bid_above_the_ask_blocks() -> None:
    crossed = evolve(SEEN, bid=Decimal("100.02"), ask=Decimal("100.01"))
    assert _quote(crossed) == evolve(PRICED, block=QuoteBlock.WIDE_SPREAD, note="bid above ask")


def test_a_bid_on_the_ask_is_a_market() -> None:
    assert _quote(evolve(SEEN, bid=Decimal(100), ask=Decimal(100))) == PRICED


@pytest.mark.parametrize(
    "seen",
    [
        evolve(SEEN, bid=Decimal("100.02"), ask=Decimal(-1)),
        evolve(SEEN, bid=Decimal("Infinity")),
        evolve(SEEN, bid=Decimal("100.02"), ask=None),
        evolve(SEEN, bid=None),
    ],
)
def test_one_sided_markets_are_not_crossed(seen: MarketObservation) -> None:
    assert _quote(seen) == PRICED


def test_halted_trading_blocks_before_all_else() -> None:
    halted = evolve(WIDE, halted=True)
    assert _quote(halted) == evolve(PRICED, block=QuoteBlock.HALTED)


def test_notes_are_joined() -> None:
    seen = evolve(OLD, close=None)
    priced = _quote(seen)
    assert isinstance(priced, Quote)
    assert priced.note == (
        "last price is 1 min 1 s old, midpoint used; no other price to compare with"
    )


@pytest.mark.parametrize("last", [Decimal(110), Decimal(90)])
def test_a_move_of_exactly_the_collar_is_inside(last: Decimal) -> None:
    seen = evolve(SEEN, bid=None, ask=None, last=last, close=Decimal(100))
    assert _quote(seen) == evolve(PRICED, price=last)


@pytest.mark.parametrize(
    ("last", "percent"), [(Decimal("110.1"), "10.1 %"), (Decimal("89.9"), "10.1 %")]
)
def test_a_price_too_far_from_the_previous_close_blocks(last: Decimal, percent: str) -> None:
    seen = evolve(SEEN, bid=None, ask=None, last=last, close=Decimal("100.0"))
    assert _quote(seen) == evolve(
        PRICED,
        price=last,
        block=QuoteBlock.COLLAR,
        note=f"{percent} from the previous close 100",
    )


def test_a_collar_adds_to_what_was_noted() -> None:
    seen = evolve(SEEN, last=None, close=Decimal(50))
    priced = _quote(seen)
    assert isinstance(priced, Quote)
    note = "no last price, midpoint used; 100.0 % from the previous close 50"
    assert (priced.block, priced.note) == (QuoteBlock.COLLAR, note)


@pytest.mark.parametrize(
    "value",
    [None, *map(Decimal, ("0", "-1", "Infinity", "1E-300", "0.00009", "10000000.01", "1E+14"))],
)
def test_what_is_no_price(value: Decimal | None) -> None:
    assert not is_price(value)


@pytest.mark.parametrize("text", ["0.0001", "27.5", "10000000"])
def test_what_is_a_price(text: str) -> None:
    assert is_price(Decimal(text))


def test_a_midpoint_needs_two_prices_that_are_not_crossed() -> None:
    assert midpoint(SEEN) == Decimal(100)
    assert midpoint(evolve(SEEN, bid=SEEN.ask)) == SEEN.ask
    assert midpoint(evolve(SEEN, bid=Decimal("100.02"))) is None
    assert midpoint(evolve(SEEN, bid=Decimal(0))) is None
    assert midpoint(evolve(SEEN, ask=Decimal("Infinity"))) is None
    assert midpoint(evolve(SEEN, bid=None)) is None


def test_a_spread_is_in_percent_of_the_midpoint() -> None:
    assert spread_pct(evolve(SEEN, bid=Decimal("49.5"), ask=Decimal("50.5"))) == Decimal(2)
    assert spread_pct(evolve(SEEN, ask=None)) is None


def test_more_is_wanted_only_where_the_figure_of_the_rule_is_missing() -> None:
    missing = {
        PriceSource.LAST: evolve(SEEN, last=Decimal(0)),
        PriceSource.MIDPOINT: evolve(SEEN, bid=None),
        PriceSource.CLOSE: evolve(SEEN, close=None),
    }
    for source, seen in missing.items():
        for each in PriceSource:
            rules = PricingPolicy(price_source=each)
            assert wants_more(seen, rules) is (each is source)


def _quote(
    seen: MarketObservation,
    pricing: PricingPolicy | None = None,
    *,
    for_trading: bool = True,
) -> Quote | Unpriced:
    """The quote without bid and ask: those it must have from what was seen."""
    priced = quote(
        seen,
        pricing=pricing or PricingPolicy(),
        safety=SafetyPolicy(),
        now=NOON,
        for_trading=for_trading,
    )
    if isinstance(priced, Unpriced):
        return priced
    assert priced.bid == (seen.bid if is_price(seen.bid) else None)
    assert priced.ask == (seen.ask if is_price(seen.ask) else None)
    return evolve(priced, bid=None, ask=None)


def _unpriced(detail: str) -> Unpriced:
    return Unpriced(con_id=ConId(756733), symbol=Symbol("SPY"), detail=detail)


def _noted(seen: MarketObservation, pricing: PricingPolicy = DELAYED) -> str:
    priced = _quote(seen, pricing)
    assert isinstance(priced, Quote)
    return priced.note

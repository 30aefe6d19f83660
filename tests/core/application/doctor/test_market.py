"""What the doctor makes of every target's listing, price and hours, without a gateway."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.application.doctor.findings import Check, Finding, Level
from rebalancer_core.application.doctor.market import Sample, judge_market
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.application.types import Market
from rebalancer_core.values.account import (
    DataType,
    MarketObservation,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.faults import BrokerFault, BrokerSilent
from rebalancer_core.values.instruments import (
    AccountId,
    ConId,
    Listing,
    Session,
    Symbol,
    Unlisted,
    UnlistedWhy,
)
from rebalancer_core.values.policy import TradingHours
from rebalancer_core.values.portfolios import Weight
from rebalancer_core.values.results import Failed

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
PAPER, LIVE = AccountId("DU111111"), AccountId("U1111111")
OPEN = Session(opens=NOW - timedelta(hours=1), closes=NOW + timedelta(hours=9))
LATER = Session(opens=NOW + timedelta(hours=2), closes=NOW + timedelta(hours=9))
IDS: Mapping[str, int] = {"SPY": 1, "IEF": 2, "GLD": 3}


def listing(symbol: str, liquid: Session = OPEN) -> Listing:
    return Listing(
        con_id=ConId(IDS[symbol]),
        symbol=Symbol(symbol),
        primary_exchange="ARCA",
        liquid_sessions=(liquid,),
        trading_sessions=(OPEN,),
    )


def quote(symbol: str, *, block: QuoteBlock | None = None, delayed: bool = False) -> Quote:
    return Quote(
        con_id=ConId(IDS[symbol]),
        symbol=Symbol(symbol),
        price=Decimal(10),
        kind=QuoteKind.LAST,
        as_of=NOW - timedelta(seconds=3 if not delayed else 960),
        block=block,
        delayed=delayed,
    )


def unpriced(symbol: str) -> Unpriced:
    return Unpriced(con_id=ConId(IDS[symbol]), symbol=Symbol(symbol), detail="no price came")


def wants(
    account_id: AccountId, *symbols: str, hours: TradingHours = TradingHours.RTH
) -> AccountTargets:
    share = Decimal(1) / max(len(symbols), 1)
    return AccountTargets(
        account_id=account_id,
        weights=tuple(Weight(symbol=Symbol(each), fraction=share) for each in symbols),
        hours=hours,
    )


def sample(
    *quotes: Quote | Unpriced,
    accounts: tuple[AccountTargets, ...],
    held: Mapping[ConId, tuple[AccountId, ...]] | None = None,
    shut: tuple[str, ...] = (),
) -> Sample:
    listings = tuple(listing(q.symbol, LATER if q.symbol in shut else OPEN) for q in quotes)
    seen = tuple(
        MarketObservation(
            con_id=q.con_id,
            symbol=q.symbol,
            observed_at=NOW,
            data_type=DataType.DELAYED if isinstance(q, Quote) and q.delayed else DataType.LIVE,
        )
        for q in quotes
    )
    return Sample(
        now=NOW,
        accounts=accounts,
        listed=listings,
        market=Market(as_of=NOW, listings=listings, quotes=quotes, observations=seen),
        held=held or {},
    )


def of(check: Check, found: tuple[Finding, ...]) -> list[tuple[Level, str, str]]:
    return [(f.level, f.words, f.consequence.name) for f in found if f.check is check]


BLOCKED = [unpriced("IEF"), quote("IEF", block=QuoteBlock.STALE)]


def test_every_target_of_every_account_is_a_line_with_its_age() -> None:
    accounts = (wants(PAPER, "SPY"), wants(AccountId("DU222222"), "IEF", "SPY"))
    found = of(
        Check.MARKET_DATA, judge_market(sample(quote("SPY"), quote("IEF"), accounts=accounts))
    )
    assert found == [
        (Level.OK, "IEF: live data, last 10.00, 3 s old", "NONE"),
        (Level.OK, "SPY: live data, last 10.00, 3 s old", "NONE"),
    ]


@pytest.mark.parametrize("bad", BLOCKED, ids=["no price", "stale"])
def test_one_target_that_cannot_be_traded_is_left_out_by_a_run(bad: Quote | Unpriced) -> None:
    accounts = (wants(PAPER, "SPY", "IEF"),)
    ief, spy = of(Check.MARKET_DATA, judge_market(sample(quote("SPY"), bad, accounts=accounts)))
    assert (ief[0], spy[0]) == (Level.WARNING, Level.OK)
    assert "a run would not trade it, and trade the others" in ief[1]


@pytest.mark.parametrize("bad", BLOCKED, ids=["no price", "stale"])
def test_an_account_without_any_target_to_trade_ends_with_5(bad: Quote | Unpriced) -> None:
    accounts = (wants(PAPER, "SPY", "IEF"), wants(AccountId("DU222222"), "IEF"))
    ief, _ = of(Check.MARKET_DATA, judge_market(sample(quote("SPY"), bad, accounts=accounts)))
    assert (ief[0], ief[2]) == (Level.PROBLEM, "REFUSED")
    assert "a run would end with 5" in ief[1]


def test_a_holding_that_cannot_be_valued_ends_with_4_whatever_else_is_wrong() -> None:
    held = {ConId(IDS["IEF"]): (PAPER,)}
    ((level, words, consequence),) = of(
        Check.MARKET_DATA,
        judge_market(sample(unpriced("IEF"), accounts=(wants(PAPER, "IEF"),), held=held)),
    )
    assert (level, consequence) == (Level.PROBLEM, "NO_DATA")
    assert "held by DU111111" in words


def test_a_blocked_price_of_a_holding_that_is_no_target_is_nothing_to_say() -> None:
    blocked = quote("GLD", block=QuoteBlock.STALE)
    found = judge_market(sample(quote("SPY"), blocked, accounts=(wants(PAPER, "SPY"),)))
    assert len(of(Check.MARKET_DATA, found)) == 1


def test_delayed_prices_trade_paper_accounts_only() -> None:
    delayed = quote("SPY", delayed=True)
    ((level, words, _),) = of(
        Check.MARKET_DATA, judge_market(sample(delayed, accounts=(wants(PAPER, "SPY"),)))
    )
    assert level is Level.WARNING
    assert words == "SPY: delayed data, last 10.00, 16 min old; a run would trade on it"
    both = (wants(PAPER, "SPY"), wants(LIVE, "SPY"))
    ((level, words, consequence),) = of(
        Check.MARKET_DATA, judge_market(sample(delayed, accounts=both))
    )
    assert (level, consequence) == (Level.PROBLEM, "REFUSED")
    assert "do not trade live accounts (U1111111); no target of an account can be" in words
    others = (wants(LIVE, "SPY", "IEF"),)
    ief, spy = of(Check.MARKET_DATA, judge_market(sample(delayed, quote("IEF"), accounts=others)))
    assert (ief[0], spy[0]) == (Level.OK, Level.WARNING)
    assert "a run would not trade it, and trade the others" in spy[1]


def test_while_the_market_is_closed_the_hours_are_the_problem_and_not_the_price() -> None:
    frozen_price = quote("SPY", block=QuoteBlock.STALE)
    accounts = (wants(PAPER, "SPY"),)
    found = judge_market(sample(frozen_price, accounts=accounts, shut=("SPY",)))
    ((level, words, _),) = of(Check.MARKET_DATA, found)
    assert level is Level.WARNING
    assert words.endswith("the market is closed")
    assert [each[0] for each in of(Check.MARKET_HOURS, found)] == [Level.PROBLEM]
    also_at_night = (*accounts, wants(AccountId("DU222222"), "SPY", hours=TradingHours.ETH))
    ((level, _, _),) = of(
        Check.MARKET_DATA,
        judge_market(sample(frozen_price, accounts=also_at_night, shut=("SPY",))),
    )
    assert level is Level.PROBLEM, "open for one of them: there the price is what stops it"


def test_an_unknown_symbol_ends_with_3_and_hides_no_price() -> None:
    known = sample(quote("SPY"), accounts=(wants(PAPER, "SPY", "NOSUCH"),))
    assert isinstance(known.listed, tuple)
    unlisted = Unlisted(symbol=Symbol("NOSUCH"), why=UnlistedWhy.UNKNOWN)
    found = judge_market(evolve(known, listed=(*known.listed, unlisted)))
    (nosuch, spy) = of(Check.MARKET_DATA, found)
    assert (nosuch[0], nosuch[2]) == (Level.PROBLEM, "INVALID_INPUT")
    assert spy[0] is Level.OK


def test_symbols_that_open_together_share_a_line_in_each_kind_of_hours() -> None:
    accounts = (
        wants(PAPER, "SPY", "IEF", "GLD"),
        wants(AccountId("DU222222"), "GLD", hours=TradingHours.ETH),
    )
    found = judge_market(
        sample(quote("SPY"), quote("IEF"), quote("GLD"), accounts=accounts, shut=("GLD",))
    )
    eth, later, rth = of(Check.MARKET_HOURS, found)
    closes = "open, closes Fri 2026-01-02 21:00 UTC"
    assert eth == (Level.OK, f"GLD (trading_hours = eth): {closes}", "NONE")
    assert rth == (Level.OK, f"IEF, SPY (trading_hours = rth): {closes}", "NONE")
    assert (later[0], later[2]) == (Level.PROBLEM, "REFUSED")
    assert "GLD (trading_hours = rth): closed, opens Fri 2026-01-02 14:00 UTC" in later[1]


def test_prices_that_nobody_told_leave_the_hours_judged() -> None:
    silent: Failed[BrokerFault] = Failed(BrokerSilent(request="market data", seconds=15))
    known = sample(quote("SPY"), accounts=(wants(PAPER, "SPY"),))
    found = judge_market(evolve(known, market=silent))
    assert [(f.check, f.level) for f in found] == [
        (Check.MARKET_DATA, Level.PROBLEM),
        (Check.MARKET_HOURS, Level.OK),
    ]

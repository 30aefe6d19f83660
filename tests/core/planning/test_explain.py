"""A symbol is explained from its models to the decision, in the words of the plan."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given

from rebalancer_core.messages.explanation import sentences
from rebalancer_core.planning.decisions import PlanWithDecisions
from rebalancer_core.planning.explain import Explanation, explanations
from rebalancer_core.planning.plan import plan_account, plan_with_decisions
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteKind,
)
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.plan import Action, Reason
from rebalancer_core.values.policy import RebalancePolicy, TriggerMode
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare, Weight
from tests.core.planning.case_files import load_case, quotes_of, snapshot_of
from tests.support.strategies import AS_OF, Instance, costly

MODELS = (
    ModelPortfolio(
        name="core",
        weights=(
            Weight(symbol=Symbol("AAA"), fraction=Decimal("0.8")),
            Weight(symbol=Symbol("BBB"), fraction=Decimal("0.2")),
        ),
        cash=Decimal(0),
    ),
    ModelPortfolio(
        name="safe",
        weights=(Weight(symbol=Symbol("BBB"), fraction=Decimal(1)),),
        cash=Decimal(0),
    ),
)
BLEND = Blend(
    shares=(
        ModelShare(name="core", fraction=Decimal("0.75")),
        ModelShare(name="safe", fraction=Decimal("0.25")),
    )
)
ALONE = Blend(shares=(ModelShare(name="core", fraction=Decimal(1)),))
NOTHING = (Action.NONE, Decimal(0))
SHORT = "39 of 40 shares; one more needs $100, only $0 available above the cash floor"


def test_a_buy_cut_by_cash_is_explained_from_model_to_decision() -> None:
    assert sentences(_explained("BBB", "buffer_leaves_the_lowest_priority_short")) == (
        "target 40.00 %: core 0.75 x 20.00 % = 15.00 %, safe 0.25 x 100.00 % = 25.00 %",
        "now 0.00 %, drift -4000.0 bps (-$4,000), outside the band of 50 bps",
        "BUY 40 would bring it closest to its target",
        f"limited by: no cash left, {SHORT}",
        "decided: BUY 39 (about $3,900), then 39.00 %",
    )


def test_a_scaled_target_is_explained_with_the_one_that_was_asked_for() -> None:
    core = ModelPortfolio(
        name="core",
        weights=(Weight(symbol=Symbol("AAA"), fraction=Decimal("1.9")),),
        cash=Decimal("-0.9"),
    )
    explained = _explained("AAA", "leverage_cap_of_the_account", models=(core,))
    assert (explained.asked_weight, explained.target_weight) == (Decimal("1.9"), Decimal("1.49"))
    assert sentences(explained)[0] == (
        "target 149.00 %, scaled from 190.00 % to the leverage cap: core 1 x 190.00 % = 190.00 %"
    )
    cash = _explained("CASH", "leverage_cap_of_the_account", models=(core,))
    assert (cash.asked_weight, cash.target_weight) == (Decimal("-0.9"), Decimal("-0.49"))


def test_a_kept_holding_has_no_target_and_no_drift() -> None:
    assert sentences(_explained("OLD", "unlisted_is_kept")) == (
        "OLD has no target: kept, not in portfolios.csv",
        "decided: no trade",
    )


def test_in_total_drift_mode_the_portfolio_is_measured() -> None:
    policy = RebalancePolicy(trigger_mode=TriggerMode.TOTAL_DRIFT)
    explained = _explained("AAA", "total_drift_takes_holdings_not_cash", policy)
    assert explained.measured == Decimal("0.12")
    assert explained.band_bps == 100
    assert explained.is_outside
    assert sentences(explained)[1:3] == (
        "now 48.00 %, drift -1200.0 bps (-$12,000)",
        "the portfolio's drift is 1200.0 bps, outside the band of 100 bps",
    )


def test_exactly_on_the_band_is_explained_as_inside() -> None:
    half = Decimal("0.5")
    model = ModelPortfolio(
        name="core", weights=(Weight(symbol=Symbol("AAA"), fraction=half),), cash=half
    )
    explained = _explained("AAA", "band_edge_is_inside", models=(model,))
    assert not explained.is_outside
    assert sentences(explained)[1].endswith("drift 50.0 bps ($500), inside the band of 50 bps")


def test_no_more_is_wanted_to_be_sold_than_is_held() -> None:
    explained = _explained("AAA", "dust_does_not_trade", models=(_without("AAA"),))
    assert explained.wanted_action is Action.SELL
    assert explained.wanted == 10


def test_fractions_of_a_share_are_wanted_where_they_are_allowed() -> None:
    policy = RebalancePolicy(allow_fractional=True)
    explained = _explained("AAA", "fractional_lots", policy, (_all_in("AAA"),))
    assert (explained.wanted_action, str(explained.wanted)) == (Action.BUY, "30.0003")


def test_a_gap_of_less_than_half_a_lot_wants_nothing() -> None:
    model = ModelPortfolio(
        name="core",
        weights=(
            Weight(symbol=Symbol("AAA"), fraction=Decimal("0.2")),
            Weight(symbol=Symbol("BBB"), fraction=Decimal("0.455")),
            Weight(symbol=Symbol("CCC"), fraction=Decimal(0)),
        ),
        cash=Decimal("0.345"),
    )
    for symbol in ("AAA", "BBB"):
        explained = _explained(symbol, "a_gap_of_less_than_half_a_lot", models=(model,))
        assert (explained.wanted_action, explained.wanted) == NOTHING


def test_cash_follows_and_wants_no_trade() -> None:
    explained = _explained("CASH", "band_edge_is_inside", models=(_all_in("AAA"),))
    assert explained.drift is not None
    assert explained.measured == abs(explained.drift) > 0
    assert explained.is_outside
    assert (explained.wanted_action, explained.wanted) == NOTHING


def test_without_a_price_no_shares_are_wanted() -> None:
    explained = _explained("BBB", "no_price_and_not_held")
    assert (explained.wanted_action, explained.wanted) == NOTHING


def test_an_explanation_names_account_and_contract_and_what_was_left_out() -> None:
    listed = _explained("BBB", "buffer_leaves_the_lowest_priority_short")
    assert (listed.account_id, listed.con_id) == ("DU111111", 2)
    assert [part.model for part in listed.contributions] == ["core", "safe"]
    assert _explained("OLD", "unlisted_is_kept").contributions == ()


def test_a_symbol_that_nobody_knows_has_no_explanation() -> None:
    assert _all("QQQ", "unlisted_is_kept") == ()


def test_a_cut_buy_says_what_one_lot_more_needs_and_what_is_left() -> None:
    cut = _explained("BBB", "buffer_leaves_the_lowest_priority_short")
    assert (cut.next_lot_usd, cut.left_usd) == (Decimal(100), Decimal(0))
    whole = _explained("AAA", "buffer_leaves_the_lowest_priority_short")
    assert (whole.next_lot_usd, whole.left_usd) == (None, Decimal(0))


def test_what_the_trigger_calls_outside_is_explained_as_outside_however_little_it_is() -> None:
    """To 18 decimals this drift is exactly the band; the plan compares exactly, and it is over."""
    account = AccountSnapshot(
        account_id=AccountId("DU111111"),
        as_of=AS_OF,
        base_currency="USD",
        cash=(CashBalance(currency="USD", amount=Decimal("984999.9999999999999")),),
        positions=(
            Position(
                con_id=ConId(1),
                symbol=Symbol("AAA"),
                security_type="STK",
                currency="USD",
                quantity=Decimal(1),
            ),
        ),
    )
    price = Quote(
        con_id=ConId(1),
        symbol=Symbol("AAA"),
        price=Decimal("15000.0000000000001"),
        kind=QuoteKind.LAST,
        as_of=AS_OF,
    )
    one_percent = Weight(symbol=Symbol("AAA"), fraction=Decimal("0.01"))
    model = ModelPortfolio(name="core", weights=(one_percent,), cash=Decimal("0.99"))
    planned = plan_with_decisions(
        snapshot=account,
        quotes=(price,),
        targets=blended_targets((model,), ALONE),
        policy=RebalancePolicy(),
    ).unwrap()
    (explained,) = explanations(Symbol("AAA"), planned=planned, portfolios=(model,), blend=ALONE)
    assert explained.reason is Reason.ROUNDS_TO_ZERO
    assert explained.measured == Decimal("0.005")
    assert explained.is_outside


@given(costly())
def test_an_explanation_never_contradicts_the_plan(instance: Instance) -> None:
    planned = _planned(instance)
    decided = planned.decisions
    sold_for_cap = {sell.holding.symbol for sell in decided.deleveraging.sells}
    for explained in _of_all_rows(planned):
        if explained.symbol in sold_for_cap:
            assert explained.decided_action is Action.SELL
            assert explained.reason is Reason.LEVERAGE_CAP
            continue
        assert explained.decided <= explained.wanted
        if explained.decided:
            assert explained.is_outside
            assert explained.decided_action is explained.wanted_action
        if explained.reason is decided.screened.default_reason:
            # In total_drift mode a few of those that are called up may be enough.
            assert not explained.is_outside or explained.note or not explained.drift
        cut = explained.reason in {Reason.NO_CASH_LEFT, Reason.LEVERAGE_CAP, Reason.GAVE_BACK}
        assert (explained.next_lot_usd is not None) is cut
        if explained.next_lot_usd is not None:
            assert explained.next_lot_usd > explained.left_usd


@given(costly())
def test_the_decisions_stay_beside_a_plan_that_is_the_same_without_them(
    instance: Instance,
) -> None:
    alone = plan_account(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=instance.commission,
    )
    assert alone.unwrap() == _planned(instance).plan


def _planned(instance: Instance) -> PlanWithDecisions:
    return plan_with_decisions(
        snapshot=instance.snapshot,
        quotes=instance.quotes,
        targets=instance.targets,
        policy=instance.policy,
        commissions=instance.commission,
    ).unwrap()


def _of_all_rows(planned: PlanWithDecisions) -> tuple[Explanation, ...]:
    symbols = dict.fromkeys(row.symbol for row in planned.plan.rows)
    nothing = ModelPortfolio(name="core", weights=(), cash=Decimal(1))
    return tuple(
        explained
        for symbol in symbols
        for explained in explanations(symbol, planned=planned, portfolios=(nothing,), blend=ALONE)
    )


def _explained(
    symbol: str,
    case: str,
    policy: RebalancePolicy | None = None,
    models: tuple[ModelPortfolio, ...] = MODELS,
) -> Explanation:
    return _all(symbol, case, policy, models)[0]


def _all(
    symbol: str,
    name: str,
    policy: RebalancePolicy | None = None,
    models: tuple[ModelPortfolio, ...] = MODELS,
) -> tuple[Explanation, ...]:
    case, rules = load_case(name), policy or RebalancePolicy()
    blend = BLEND if models == MODELS else ALONE
    planned = plan_with_decisions(
        snapshot=snapshot_of(case),
        quotes=quotes_of(case),
        targets=blended_targets(models, blend),
        policy=rules,
        commissions=case.commission,
    ).unwrap()
    return explanations(Symbol(symbol), planned=planned, portfolios=models, blend=blend)


def _all_in(symbol: str) -> ModelPortfolio:
    weights = (Weight(symbol=Symbol(symbol), fraction=Decimal(1)),)
    return ModelPortfolio(name="core", weights=weights, cash=Decimal(0))


def _without(symbol: str) -> ModelPortfolio:
    weights = (
        Weight(symbol=Symbol(symbol), fraction=Decimal(0)),
        Weight(symbol=Symbol("BBB"), fraction=Decimal(0)),
    )
    return ModelPortfolio(name="core", weights=weights, cash=Decimal(1))

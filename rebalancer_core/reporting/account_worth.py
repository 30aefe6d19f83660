"""What an account and each of its holdings is worth, as a plan would count it (R 3.2, R 3.3)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from rebalancer_core.planning.valuation import Valuation, value_account
from rebalancer_core.values.account import AccountSnapshot, Quote, Unpriced
from rebalancer_core.values.faults import AccountFault
from rebalancer_core.values.instruments import ConId
from rebalancer_core.values.money import product, ratio
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets
from rebalancer_core.values.results import Failed, unwrap_or_failed


@frozen(kw_only=True)
class HoldingWorth:
    """One holding in USD; `weight` of managed net liquidation, None for one that is kept."""

    con_id: ConId
    value_usd: Decimal
    weight: Decimal | None


@frozen(kw_only=True)
class AccountWorth:
    """An account in USD; positions that are no USD stock or ETF are in no figure."""

    net_liquidation: Decimal
    managed_net_liquidation: Decimal
    cash_weight: Decimal
    holdings: tuple[HoldingWorth, ...]


def account_worth(
    snapshot: AccountSnapshot,
    quotes: tuple[Quote | Unpriced, ...],
    targets: Targets,
    policy: RebalancePolicy,
) -> AccountWorth | AccountFault:
    """The worth of one account, or why it cannot be valued."""
    valued = unwrap_or_failed(
        value_account(snapshot=snapshot, quotes=quotes, targets=targets, policy=policy)
    )
    return valued.error if isinstance(valued, Failed) else _worth(valued)


def _worth(valuation: Valuation) -> AccountWorth:
    managed = valuation.units.dollars(valuation.managed)
    held = (
        (each.quote, product(each.held, each.quote.price))
        for each in valuation.holdings
        if isinstance(each.quote, Quote) and each.held
    )
    return AccountWorth(
        net_liquidation=valuation.units.dollars(valuation.net_liquidation),
        managed_net_liquidation=managed,
        cash_weight=ratio(valuation.units.dollars(valuation.cash), managed),
        holdings=(
            *(
                HoldingWorth(con_id=quote.con_id, value_usd=value, weight=ratio(value, managed))
                for quote, value in held
            ),
            *(
                HoldingWorth(
                    con_id=each.position.con_id,
                    value_usd=product(each.position.quantity, each.quote.price),
                    weight=None,
                )
                for each in valuation.kept
            ),
        ),
    )

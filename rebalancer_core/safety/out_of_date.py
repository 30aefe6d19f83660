"""Why a yes no longer fits what was shown: the plan's time is over, or something moved."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.safety.account_moves import AccountMove
from rebalancer_core.safety.price_moves import PriceMove
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.instruments import Unlisted


@frozen(kw_only=True)
class SavedPlanExpired:
    """The plan file has come to its end."""


@frozen(kw_only=True)
class PricesOld:
    """The prices are older than plan_ttl_sec allows."""

    seconds: int


@frozen(kw_only=True)
class TargetsUnlisted:
    """Targets were listed when the run began, and are not now."""

    targets: tuple[Unlisted, ...]


@frozen(kw_only=True)
class Moved:
    """The account or the prices are not as they were shown."""

    moves: tuple[AccountMove | PriceMove, ...]


# A fault: the account or its prices could not be read again.
OutOfDate = SavedPlanExpired | PricesOld | TargetsUnlisted | Moved | BrokerFault | AccountFault

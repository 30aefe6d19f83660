"""What the doctor makes of what a gateway said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_core.application.doctor.findings import Check, Consequence, Finding, Level, worst_of
from rebalancer_core.application.doctor.gateway import TESTED_API_VERSION, Heard, judge_session
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.messages.doctor.gateway import (
    AccountRead,
    ApiVersion,
    Managed,
    OpenOrders,
    UntestedApiVersion,
)
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder
from rebalancer_core.values.faults import BrokerFault, BrokerSilent, LinkLost
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.policy import OnOpenOrders, TradingHours
from rebalancer_core.values.portfolios import Weight
from rebalancer_core.values.results import Failed
from tests.support.plan_factory import ACCOUNT, AS_OF

SNAPSHOT = AccountSnapshot(
    account_id=ACCOUNT, as_of=AS_OF, base_currency="USD", cash=(), positions=()
)
HEARD = Heard(
    api_version=TESTED_API_VERSION,
    ahead=timedelta(0),
    known=(ACCOUNT,),
    wanted=(ACCOUNT,),
    snapshots=((ACCOUNT, SNAPSHOT),),
)


def _one(heard: Heard, check: Check) -> Finding:
    (found,) = (each for each in judge_session(heard) if each.check is check)
    return found


@pytest.mark.parametrize(
    ("seconds", "level", "words"),
    [
        (2, Level.OK, "agree"),
        (-3, Level.OK, "agree"),
        (9, Level.WARNING, "9 s behind the broker's"),
        (-600, Level.WARNING, "10 min ahead of the broker's"),
        (-90_000, Level.WARNING, "25 h ahead of the broker's"),
    ],
)
def test_a_clock_that_is_wrong_is_told_with_its_side(
    seconds: int, level: Level, words: str
) -> None:
    found = _one(evolve(HEARD, ahead=timedelta(seconds=seconds)), Check.CLOCK)
    assert found.level is level
    assert words in found.words


def test_a_silent_clock_hides_nothing_else() -> None:
    silent: Failed[BrokerFault] = Failed(BrokerSilent(request="server time", seconds=15))
    found = judge_session(evolve(HEARD, ahead=silent))
    assert {each.check for each in found if each.level is Level.PROBLEM} == {Check.CLOCK}
    assert worst_of(found) is Consequence.NO_DATA


def test_accounts_that_nobody_names_still_leave_each_ledger_judged() -> None:
    lost: Failed[BrokerFault] = Failed(LinkLost(detail="reset"))
    found = judge_session(evolve(HEARD, known=lost))
    assert [each.level for each in found if each.check is Check.ACCOUNTS] == [Level.PROBLEM]
    assert [each.level for each in found if each.check is Check.LEDGER] == [Level.OK]


def test_an_old_gateway_is_a_warning() -> None:
    found = _one(evolve(HEARD, api_version=176), Check.API_VERSION)
    spoken = ApiVersion(version=176)
    assert found.level is Level.WARNING
    assert found.fact == UntestedApiVersion(spoken=spoken, tested=TESTED_API_VERSION)


def test_an_account_with_open_orders_is_a_warning() -> None:
    order = OpenOrder(
        account_id=ACCOUNT, con_id=ConId(1), symbol=Symbol("SPY"), side="BUY", remaining=Decimal(1)
    )
    cash = (CashBalance(currency="USD", amount=Decimal(1)),)
    found = _one(
        evolve(HEARD, snapshots=((ACCOUNT, evolve(SNAPSHOT, open_orders=(order,), cash=cash)),)),
        Check.LEDGER,
    )
    assert found.level is Level.WARNING
    account = AccountRead(account_id=ACCOUNT, base_currency="USD", cash=Decimal(1), positions=0)
    assert found.fact == OpenOrders(account=account, orders=1)
    assert found.words == f"{ACCOUNT}: base currency USD, cash $1.00, 0 positions, 1 open order"


def test_accounts_that_nobody_asked_for_are_named_beside() -> None:
    other = AccountId("DU222222")
    found = _one(evolve(HEARD, known=(ACCOUNT, other)), Check.ACCOUNTS)
    assert found.fact == Managed(managed=(ACCOUNT,), others=(other,))
    assert found.words == f"managed: {ACCOUNT} (and {other}, not in [accounts] ids)"


@pytest.mark.parametrize(
    ("policy", "order_ref", "level"),
    [
        (OnOpenOrders.REFUSE, "rb1-9f2c31aa-01003-1", Level.PROBLEM),
        (OnOpenOrders.CANCEL_OWN, "rb1-9f2c31aa-01003-1", Level.WARNING),
        (OnOpenOrders.CANCEL_OWN, "", Level.PROBLEM),
    ],
)
def test_an_own_order_in_a_target_is_no_problem_where_a_run_cancels_it(
    policy: OnOpenOrders, order_ref: str, level: Level
) -> None:
    order = OpenOrder(
        account_id=ACCOUNT,
        con_id=ConId(1),
        symbol=Symbol("SPY"),
        side="BUY",
        remaining=Decimal(1),
        order_ref=order_ref,
    )
    targets = AccountTargets(
        account_id=ACCOUNT,
        weights=(Weight(symbol=Symbol("SPY"), fraction=Decimal(1)),),
        hours=TradingHours.RTH,
    )
    busy = evolve(SNAPSHOT, open_orders=(order,), cash=())
    heard = evolve(HEARD, snapshots=((ACCOUNT, busy),), targets=(targets,), on_open_orders=policy)
    assert _one(heard, Check.LEDGER).level is level

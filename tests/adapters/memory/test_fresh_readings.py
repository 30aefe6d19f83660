"""How new a reading is at each step of a run, and when nothing is waited for."""

from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_world
from rebalancer_core.orders.record import OrderStatus
from rebalancer_core.ports import Freshness
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import AccountSnapshot, CashBalance, OpenOrder, Position
from rebalancer_core.values.instruments import STOCK, USD, ConId, Symbol
from rebalancer_core.values.policy import AskingPolicy, ConfirmMode
from tests.adapters.memory.played import (
    IEF,
    NOON,
    ONE,
    SAVED,
    SPY,
    TWO,
    new_inputs,
    new_outside,
    played,
    statuses_of,
)

_HEARD, _ASKED, _ANEW = Freshness.HEARD, Freshness.ASKED, Freshness.ANEW
_PAUSE = 7000.0


def test_a_preview_asks_for_nothing_anew() -> None:
    outside = new_outside()
    played(outside, new_inputs(ONE, TWO), may_trade=False)
    assert outside.books.readings == [(ONE, _HEARD), (TWO, _HEARD)]


def test_after_the_yes_and_after_the_sells_the_account_is_asked_anew_and_its_end_is_heard() -> None:
    outside, reports = _sold_and_bought()
    assert statuses_of(reports) == [AccountStatus.DONE]
    assert _fresh(outside) == [_HEARD, _ASKED, _ASKED, _HEARD]


def test_positions_that_are_not_pushed_are_asked_anew_before_anything_is_bought() -> None:
    outside, reports = _sold_and_bought(mute=True)
    (report,) = reports
    assert report.record is not None
    assert {each.status for each in report.record.outcomes} == {OrderStatus.FILLED}
    assert _fresh(outside) == [_HEARD, _ASKED, _ASKED, _ANEW, _HEARD, _ANEW]


def test_an_account_that_changed_behind_the_yes_is_asked_anew_for_the_next_preview() -> None:
    outside = new_outside(True, False)
    somebody = OpenOrder(
        account_id=ONE,
        con_id=ConId(1),
        symbol=SPY,
        side="BUY",
        remaining=Decimal(1),
        order_id=5,
        perm_id=77,
        client_id=9,
    )
    outside.person.while_asked = lambda: outside.books.add_open_order(somebody)
    played(outside, new_inputs(ONE))
    assert _fresh(outside) == [_HEARD, _ASKED, _ASKED]


@pytest.mark.parametrize("mode", list(ConfirmMode))
def test_the_pause_is_between_accounts_that_trade(mode: ConfirmMode) -> None:
    assert _slept(new_outside(True, True), mode) == 1


def test_after_a_no_there_is_no_pause() -> None:
    assert _slept(new_outside(False, True), ConfirmMode.PER_ACCOUNT) == 0


def test_before_an_account_with_nothing_to_do_there_is_no_pause() -> None:
    at_its_targets = evolve(
        SAVED.accounts[1],
        positions=(_held(1, SPY, 10), _held(2, IEF, 42)),
        cash=(CashBalance(currency=USD, amount=Decimal(10)),),
    )
    outside = _outside(SAVED.accounts[0], at_its_targets)
    assert _slept(outside, ConfirmMode.PER_ACCOUNT) == 0


def test_reading_many_accounts_pauses_nowhere() -> None:
    outside = new_outside()
    inputs = new_inputs(ONE, TWO, asking=AskingPolicy(pacing_sec=_PAUSE))
    played(outside, inputs, may_trade=False)
    assert outside.clock.monotonic() < _PAUSE


def _slept(outside: MemoryOutside, mode: ConfirmMode) -> int:
    """How many pauses between accounts passed; everything else takes seconds."""
    asking = AskingPolicy(pacing_sec=_PAUSE, confirm_mode=mode)
    played(outside, new_inputs(ONE, TWO, asking=asking))
    return int(outside.clock.monotonic() // _PAUSE)


def _sold_and_bought(*, mute: bool = False) -> tuple[MemoryOutside, tuple[AccountReport, ...]]:
    """SPY is far over its target, and pays for IEF."""
    first = evolve(SAVED.accounts[0], positions=(_held(1, SPY, 100),))
    outside = _outside(first, *SAVED.accounts[1:])
    if mute:
        outside.books.mute.add(ONE)
    return outside, played(outside, new_inputs(ONE))


def _outside(*accounts: AccountSnapshot) -> MemoryOutside:
    world = memory_world(evolve(SAVED, accounts=accounts))
    return MemoryOutside(world=world, at=NOON, person=ScriptedPerson(answers=(True,)))


def _held(number: int, symbol: Symbol, shares: int) -> Position:
    return Position(
        con_id=ConId(number),
        symbol=symbol,
        security_type=STOCK,
        currency=USD,
        quantity=Decimal(shares),
        average_cost=Decimal(1),
    )


def _fresh(outside: MemoryOutside) -> list[Freshness]:
    assert {account for account, _ in outside.books.readings} == {ONE}
    return [fresh for _, fresh in outside.books.readings]

"""Every code of the table and one that is in none, against every phase an order can be in.

The expectations are written out by hand from IBKR's list, not read off the table under test.
"""

from __future__ import annotations

import pytest
from attrs import evolve

from rebalancer_core.orders.broker_codes import CODES, CodePolicy, code_policy
from rebalancer_core.orders.order_state import BrokerNotice, OrderState, Phase, intended
from rebalancer_core.orders.state_machine import apply
from rebalancer_core.values.money import ZERO
from tests.core.orders.made_up import MIDPRICE_TICKET, TICKET, error

INTENT, HANDED, WORKING, HELD = Phase.INTENT, Phase.HANDED, Phase.WORKING, Phase.HELD
UNKNOWN, REJECTED, CANCELLED = Phase.UNKNOWN, Phase.REJECTED, Phase.CANCELLED
FILLED, NOT_RECEIVED = Phase.FILLED, Phase.NOT_RECEIVED

NOTICES = (2100, 2101, 2102, 2104, 2105, 2106, 2107, 2108, 2119, 2137, 2158, 10167, 10349)
HOLDS = (399, 404)
HOLDS_AT_MARKET = (2109,)
REFUSALS = (
    *(110, 200, 201, 203, 321, 382, 383, 387, 388, 392, 412, 434, 435, 436, 439, 441, 442, 443),
    *(451, 460, 463, 10052, 10240, 10243, 10268, 10289, 10293, 10311, 10329),
)
CANCELS = (202,)
FAILED_CANCELS = (161, 10147, 10148, 10149)
DUPLICATES = (103, 104, 105)
LINK = (504, 1100, 1300, 2103, 2110, 10182)
RESTORED = (1101, 1102)
PACING = (100,)
MARKET_DATA = (101, 300, 354, 10089, 10090, 10168, 10186, 10197)
CONNECTION = (326, 501, 502, 503)
UNLISTED = (19999, 0, -1, 463_000)

# Phase before:             INTENT    HANDED    WORKING    HELD       UNKNOWN
SAME = (INTENT, HANDED, WORKING, HELD, UNKNOWN)
NOW_HELD = (HELD, HELD, HELD, HELD, HELD)
# A refusal of an order that the broker had taken is no proof that it is dead.
REFUSED = (REJECTED, REJECTED, UNKNOWN, UNKNOWN, UNKNOWN)
NOW_CANCELLED = (CANCELLED, CANCELLED, CANCELLED, CANCELLED, CANCELLED)
NOW_UNKNOWN = (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)

EXPECTED: tuple[tuple[tuple[int, ...], tuple[Phase, ...]], ...] = (
    (NOTICES, SAME),
    (HOLDS, NOW_HELD),
    (HOLDS_AT_MARKET, NOW_HELD),
    (REFUSALS, REFUSED),
    (CANCELS, NOW_CANCELLED),
    (FAILED_CANCELS, SAME),
    (DUPLICATES, NOW_UNKNOWN),
    (LINK, NOW_UNKNOWN),
    (RESTORED, SAME),
    (PACING, NOW_UNKNOWN),
    (MARKET_DATA, SAME),
    (CONNECTION, SAME),
    (UNLISTED, NOW_UNKNOWN),
)
CASES = [
    pytest.param(code, before, expected, id=f"{code}-{before.name}")
    for codes, phases in EXPECTED
    for code in codes
    for before, expected in zip(SAME, phases, strict=True)
]
ENDED = [
    pytest.param(code, phase, id=f"{code}-{phase.name}")
    for codes, _ in EXPECTED
    for code in codes
    for phase in (FILLED, CANCELLED, REJECTED, NOT_RECEIVED)
]


def order_in(phase: Phase) -> OrderState:
    filled = TICKET.quantity if phase is FILLED else ZERO
    return evolve(intended(TICKET), phase=phase, reported_filled=filled)


@pytest.mark.parametrize(("code", "before", "expected"), CASES)
def test_a_code_moves_an_order_as_the_policy_says(
    code: int, before: Phase, expected: Phase
) -> None:
    told = apply(order_in(before), error(code))
    assert told.phase is expected
    assert told.notes == (BrokerNotice(code=code, text="as the gateway worded it"),)
    assert told.filled == ZERO


@pytest.mark.parametrize(("code", "phase"), ENDED)
def test_no_code_moves_an_order_that_has_ended(code: int, phase: Phase) -> None:
    before = order_in(phase)
    told = apply(before, error(code))
    assert (told.phase, told.filled) == (phase, before.filled)
    assert told.reject_code is None
    assert told.error is None
    assert told.notes


def test_the_expectations_are_about_every_code_of_the_table() -> None:
    expected = [code for codes, _ in EXPECTED for code in codes]
    assert len(expected) == len(set(expected))
    assert set(expected) == {*CODES, *UNLISTED}


def test_a_code_that_no_table_lists_says_so() -> None:
    assert {code_policy(code) for code in UNLISTED} == {CodePolicy.UNLISTED}
    assert all(entry.code == code and entry.meaning for code, entry in CODES.items())


@pytest.mark.parametrize("code", [201, 103, 1100, 100, 19999])
def test_a_code_that_endangers_an_order_is_its_error(code: int) -> None:
    notice = BrokerNotice(code=code, text="as the gateway worded it")
    assert apply(order_in(HANDED), error(code)).error == notice


@pytest.mark.parametrize("code", [2104, 399, 202, 161, 1102, 354, 326])
def test_a_code_that_does_not_is_a_note_alone(code: int) -> None:
    assert apply(order_in(HANDED), error(code)).error is None


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_remembered_by_its_code(code: int) -> None:
    assert apply(order_in(WORKING), error(code)).reject_code == code


def test_a_midprice_order_rests_when_extended_hours_are_ignored_for_it() -> None:
    state = evolve(intended(MIDPRICE_TICKET), phase=WORKING)
    assert apply(state, error(2109)).phase is WORKING
    assert apply(state, error(399)).phase is HELD


def test_a_refusal_of_an_order_with_fills_proves_nothing() -> None:
    part = evolve(order_in(HANDED), reported_filled=TICKET.quantity / 2)
    assert apply(part, error(201)).phase is UNKNOWN

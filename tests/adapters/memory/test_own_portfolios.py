"""A fault in one account's own portfolios file fails that account alone; a shared one stops all."""

import asyncio
from decimal import Decimal

import pytest
from attrs import evolve

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_world
from rebalancer_cli.exits import Exit
from rebalancer_cli.run_exits import exit_of
from rebalancer_core.application.read import failed_by_own_targets
from rebalancer_core.application.types import AccountInputs, Inputs, UnfitAccount, UnknownTargets
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.reporting.summary import AccountStatus
from rebalancer_core.values.instruments import AccountId, Symbol, Unlisted, UnlistedWhy
from rebalancer_core.values.policy import AskingPolicy, ConfirmMode
from rebalancer_core.values.portfolios import Weight
from tests.adapters.memory.played import (
    BLEND,
    IEF,
    MODEL,
    NOON,
    ONE,
    SAVED,
    SPY,
    TWO,
    UNREACHED,
    new_inputs,
    new_outside,
    played,
    statuses_of,
)

THREE = AccountId("DU333333")
ODD = Symbol("ODDX")
UNLISTED = Unlisted(symbol=ODD, why=UnlistedWhy.UNKNOWN, candidates=("ODD",))
WRONG = UnfitAccount(
    number=1,
    account_id=THREE,
    why="own.csv:1:5 MAIN: sums to 99 %, need 100",
    portfolios_file="own.csv",
)


def wanting_odd(account: AccountInputs, *, own: bool) -> AccountInputs:
    """The account with 10 % in a symbol that nobody lists."""
    weights = (
        Weight(symbol=ODD, fraction=Decimal("0.1")),
        Weight(symbol=SPY, fraction=Decimal("0.9")),
    )
    portfolios = (evolve(MODEL, weights=weights),)
    return evolve(
        account,
        portfolios=portfolios,
        targets=blended_targets(portfolios, BLEND),
        has_own_portfolios=own,
        places={ODD: "own.csv:3:1" if own else "portfolios.csv:4:1"},
    )


def inputs_of(*, own: tuple[bool, bool], odd: tuple[bool, bool]) -> Inputs:
    """Two accounts: who has a file of its own, and in whose targets the odd symbol is."""
    inputs = new_inputs(ONE, TWO)
    return evolve(
        inputs,
        accounts=tuple(
            wanting_odd(account, own=is_own)
            if is_odd
            else evolve(account, has_own_portfolios=is_own)
            for account, is_own, is_odd in zip(inputs.accounts, own, odd, strict=True)
        ),
    )


@pytest.mark.parametrize("may_trade", [True, False])
def test_an_unknown_symbol_of_ones_own_file_fails_that_account_alone(*, may_trade: bool) -> None:
    outside = new_outside(True)
    inputs = inputs_of(own=(True, False), odd=(True, False))
    failed, other = played(outside, inputs, may_trade=may_trade)
    assert failed.status is AccountStatus.FAILED
    assert failed.error == "own.csv:3:1 ODDX: unknown to IBKR"
    assert other.status is (AccountStatus.DONE if may_trade else AccountStatus.PREVIEWED)
    traded = {order.account_id for order in outside.books.tickets}
    assert traded == ({TWO} if may_trade else set())


@pytest.mark.parametrize(
    ("own", "odd", "places"),
    [
        ((True, False), (True, True), ("own.csv:3:1", "portfolios.csv:4:1")),
        ((False, False), (True, True), ("portfolios.csv:4:1",)),
        ((False, False), (True, False), ("portfolios.csv:4:1",)),
        ((True, True), (True, True), ("own.csv:3:1", "own.csv:3:1")),
    ],
)
def test_an_unknown_symbol_that_no_account_is_without_stops_all_with_its_places(
    own: tuple[bool, bool], odd: tuple[bool, bool], places: tuple[str, ...]
) -> None:
    outside = new_outside(True)
    inputs = inputs_of(own=own, odd=odd)
    found = asyncio.run(outside.play(inputs))
    assert isinstance(found, UnknownTargets)
    said = tuple(f"{place} ODDX: unknown to IBKR" for place in places)
    assert found.sentences(inputs.accounts) == said
    assert outside.books.tickets == []


def test_an_unknown_symbol_is_the_accounts_own_fault_also_where_it_alone_is_left_to_be_read() -> (
    None
):
    world = evolve(memory_world(SAVED), silent=(SPY,))
    outside = MemoryOutside(world=world, at=NOON, person=ScriptedPerson(answers=(True,) * 2))
    (silent,) = played(outside, new_inputs(ONE))
    assert silent.status is AccountStatus.UNKNOWN
    reports = played(outside, inputs_of(own=(False, True), odd=(False, True)))
    assert statuses_of(reports) == [AccountStatus.UNKNOWN, AccountStatus.FAILED]


def test_a_symbol_of_the_shared_file_is_no_fault_of_the_accounts_that_have_their_own() -> None:
    mixed = inputs_of(own=(True, False), odd=(True, True)).accounts
    assert failed_by_own_targets(mixed, (UNLISTED,)) == {}
    alone = inputs_of(own=(True, False), odd=(True, False)).accounts
    (report,) = failed_by_own_targets(alone, (UNLISTED,)).values()
    assert report.error == "own.csv:3:1 ODDX: unknown to IBKR -> candidates: ODD"
    assert IEF not in {weight.symbol for weight in alone[0].targets.weights}


def test_an_account_whose_own_file_is_wrong_has_its_report_in_its_place() -> None:
    inputs = new_inputs(ONE, TWO)
    first, second = inputs.accounts
    numbered = evolve(
        inputs, accounts=(evolve(first, number=2), evolve(second, number=3)), unfit=(WRONG,)
    )
    outside = new_outside(True, False)
    reports = played(outside, numbered)
    assert [report.account_id for report in reports] == [THREE, ONE, TWO]
    assert statuses_of(reports) == [
        AccountStatus.FAILED,
        AccountStatus.DONE,
        AccountStatus.DECLINED,
    ]
    assert reports[0].error == WRONG.why


def test_the_one_question_for_all_names_the_account_whose_file_is_wrong() -> None:
    asking = AskingPolicy(confirm_mode=ConfirmMode.GLOBAL)
    outside = new_outside(True)
    played(outside, evolve(new_inputs(ONE, asking=asking), unfit=(evolve(WRONG, number=2),)))
    assert [each.account_id for each in outside.person.excluded] == [THREE]


def test_before_a_gateway_that_is_not_reached_a_wrong_file_is_still_named() -> None:
    outside = new_outside()
    outside.sessions.faults.append(UNREACHED)
    reports = played(outside, evolve(new_inputs(ONE), unfit=(evolve(WRONG, number=2),)))
    assert statuses_of(reports) == [AccountStatus.FAILED] * 2
    assert "connection refused" in reports[0].error
    assert reports[1].error == WRONG.why
    assert [row.error for row in outside.person.rows] == [each.error for each in reports]
    assert exit_of(reports, unreported=False) is Exit.NO_DATA

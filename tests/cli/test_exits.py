"""Exit codes tell the truth, and the worst truth wins (R 8.4)."""

import pytest
from attrs import evolve

from rebalancer_cli.exits import Exit
from rebalancer_cli.run_exits import detailed_exit_of, exit_of
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.instruments import AccountId

DONE, NOTHING = AccountStatus.DONE, AccountStatus.NOTHING_TO_DO
DECLINED, PREVIEWED = AccountStatus.DECLINED, AccountStatus.PREVIEWED
FAILED, REFUSED = AccountStatus.FAILED, AccountStatus.REFUSED
BLOCKED = AccountStatus.BLOCKED
PARTIAL, UNKNOWN = AccountStatus.PARTIAL, AccountStatus.UNKNOWN
INTERRUPTED = AccountStatus.INTERRUPTED


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((), Exit.DONE),
        ((DONE, NOTHING, DECLINED, PREVIEWED), Exit.DONE),
        ((FAILED,), Exit.NO_DATA),
        ((FAILED, FAILED), Exit.NO_DATA),
        ((REFUSED, REFUSED), Exit.REFUSED),
        ((FAILED, REFUSED), Exit.NO_DATA),
        ((BLOCKED,), Exit.REFUSED),
        ((BLOCKED, REFUSED), Exit.REFUSED),
        ((BLOCKED, FAILED), Exit.NO_DATA),
        ((BLOCKED, DONE), Exit.PARTIAL),
        ((FAILED, DONE), Exit.PARTIAL),
        ((REFUSED, DECLINED), Exit.PARTIAL),
        ((PARTIAL, FAILED), Exit.PARTIAL),
        ((DONE, INTERRUPTED), Exit.INTERRUPTED),
        ((UNKNOWN, DONE), Exit.UNKNOWN_OUTCOME),
        ((UNKNOWN, INTERRUPTED, PARTIAL), Exit.UNKNOWN_OUTCOME),
    ],
)
def test_the_code_says_what_became_of_the_accounts(
    statuses: tuple[AccountStatus, ...], code: Exit
) -> None:
    assert exit_of(_reports(statuses), unreported=False) is code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((BLOCKED,), Exit.DONE),
        ((BLOCKED, PREVIEWED, NOTHING), Exit.DONE),
        ((BLOCKED, REFUSED), Exit.PARTIAL),
        ((BLOCKED, FAILED), Exit.PARTIAL),
        ((REFUSED,), Exit.REFUSED),
    ],
)
def test_a_preview_shows_what_is_blocked_and_has_not_failed(
    statuses: tuple[AccountStatus, ...], code: Exit
) -> None:
    assert exit_of(_reports(statuses), unreported=False, only_previewed=True) is code


@pytest.mark.parametrize(
    ("status", "code"),
    [(DONE, Exit.UNREPORTED), (PARTIAL, Exit.UNREPORTED), (UNKNOWN, Exit.UNKNOWN_OUTCOME)],
)
def test_a_lost_report_is_told_unless_something_worse_is(status: AccountStatus, code: Exit) -> None:
    assert exit_of(_reports((status,)), unreported=True) is code


@pytest.mark.parametrize(
    ("status", "code"),
    [(REFUSED, Exit.REFUSED), (FAILED, Exit.NO_DATA), (NOTHING, Exit.REFUSED)],
)
def test_a_lost_report_is_no_trade(status: AccountStatus, code: Exit) -> None:
    assert exit_of(_reports((status,)), unreported=True) is code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((FAILED,), Exit.BUG),
        ((DONE, FAILED), Exit.BUG),
        ((INTERRUPTED,), Exit.BUG),
        ((UNKNOWN, FAILED), Exit.UNKNOWN_OUTCOME),
    ],
)
def test_a_bug_is_told_unless_an_order_is_open(
    statuses: tuple[AccountStatus, ...], code: Exit
) -> None:
    assert exit_of(_reports(statuses), unreported=True, bug=True) is code


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((), Exit.DONE),
        ((NOTHING,), Exit.DONE),
        ((PREVIEWED,), Exit.TRADES_WANTED),
        ((NOTHING, BLOCKED, PREVIEWED), Exit.TRADES_WANTED),
        ((NOTHING, BLOCKED), Exit.REFUSED),
        ((REFUSED,), Exit.REFUSED),
        ((FAILED,), Exit.NO_DATA),
        ((FAILED, PREVIEWED), Exit.PARTIAL),
        ((INTERRUPTED, PREVIEWED), Exit.INTERRUPTED),
    ],
)
def test_a_detailed_code_says_what_a_preview_wants_unless_something_went_wrong(
    statuses: tuple[AccountStatus, ...], code: Exit
) -> None:
    reports = _reports(statuses)
    plain = exit_of(reports, unreported=False, only_previewed=True)
    assert detailed_exit_of(plain, reports) is code


def test_a_preview_that_a_rule_refuses_wants_nothing_that_could_be_sent() -> None:
    (report,) = _reports((PREVIEWED,))
    refused = evolve(report, breaches=("VTI: an open order",))
    assert detailed_exit_of(Exit.DONE, (refused,)) is Exit.REFUSED
    assert detailed_exit_of(Exit.DONE, (refused, report)) is Exit.TRADES_WANTED
    assert detailed_exit_of(Exit.REFUSED, (report,)) is Exit.REFUSED


def _reports(statuses: tuple[AccountStatus, ...]) -> tuple[AccountReport, ...]:
    return tuple(
        AccountReport(account_id=AccountId(f"DU{number:06d}"), status=status)
        for number, status in enumerate(statuses, start=111111)
    )

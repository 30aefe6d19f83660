"""What the doctor makes of facts, without a gateway and without files."""

import json
import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from rebalancer_cli.exits import Exit, exit_of_findings
from rebalancer_cli.screen.findings import findings_json, render_findings
from rebalancer_core.application.doctor.computer import (
    TESTED_IB_ASYNC,
    TESTED_PYTHONS,
    Versions,
    judge_versions,
)
from rebalancer_core.application.doctor.findings import (
    Check,
    Consequence,
    Finding,
    Level,
    in_order,
    ok,
    problem,
    skipped,
    warning,
)
from rebalancer_core.application.doctor.gateway import TESTED_API_VERSION, Heard, judge_session
from rebalancer_core.messages.doctor.fact import Said
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
from rebalancer_core.values.results import Failed
from tests.support.plan_factory import ACCOUNT, AS_OF

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = Versions(program="1", python="3.12.1", ib_async="2.1.0")
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
MIXED = (
    ok(Check.PROGRAM, Said(said="fine")),
    problem(
        Check.GATEWAY,
        Said(said="nobody listens at 127.0.0.1:4002", helps="start it"),
        Consequence.NO_DATA,
    ),
    warning(
        Check.CLOCK, Said(said="this computer's clock is 90 s behind the broker's", helps="set it")
    ),
    skipped(Check.LEDGER, Said(said="not asked")),
)


def _one(heard: Heard, check: Check) -> Finding:
    (found,) = (each for each in judge_session(heard) if each.check is check)
    return found


def test_the_tested_versions_are_those_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for each in TESTED_PYTHONS:
        assert f"Programming Language :: Python :: {each}" in project["classifiers"]
    assert any(each.startswith(f"ib_async>={TESTED_IB_ASYNC},") for each in project["dependencies"])


def test_an_untested_version_is_a_warning() -> None:
    assert judge_versions(VERSIONS).level is Level.OK
    assert judge_versions(evolve(VERSIONS, python="3.14.0")).level is Level.WARNING
    assert judge_versions(evolve(VERSIONS, python="3.1.5")).level is Level.WARNING
    assert judge_versions(evolve(VERSIONS, ib_async="2.2.0")).level is Level.WARNING


@pytest.mark.parametrize(
    ("consequences", "worst"),
    [
        ((), Exit.DONE),
        ((Consequence.NONE,), Exit.DONE),
        ((Consequence.REFUSED, Consequence.NO_DATA), Exit.NO_DATA),
        (
            (Consequence.NO_DATA, Consequence.INVALID_INPUT, Consequence.REFUSED),
            Exit.INVALID_INPUT,
        ),
        ((Consequence.INVALID_INPUT, Consequence.UNKNOWN_OUTCOME), Exit.UNKNOWN_OUTCOME),
    ],
)
def test_the_worst_problem_decides_the_code(
    consequences: tuple[Consequence, ...], worst: Exit
) -> None:
    found = tuple(
        problem(Check.GATEWAY, Said(said="words", helps="mend"), each) for each in consequences
    )
    assert exit_of_findings(found) is worst


def test_findings_come_in_the_order_in_which_a_run_needs_things() -> None:
    assert in_order(tuple(reversed(MIXED))) == MIXED


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
    assert exit_of_findings(found) is Exit.NO_DATA


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


def test_each_finding_is_a_line_with_its_mend_below_and_the_count_at_the_end() -> None:
    assert render_findings(MIXED, 80) == (
        "ok       program  fine\n"
        "problem  gateway  nobody listens at 127.0.0.1:4002\n"
        "                  -> start it\n"
        "warning  clock    this computer's clock is 90 s behind the broker's\n"
        "                  -> set it\n"
        "skipped  ledger   not asked\n"
        "\n"
        "1 problem, 1 warning, 1 skipped; exit code 4."
    )


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_no_line_is_wider_than_the_window(width: int) -> None:
    long = problem(
        Check.GATEWAY, Said(said="many words " * 20, helps="more words " * 20), Consequence.NO_DATA
    )
    lines = render_findings((*MIXED, long), width).splitlines()
    assert [line for line in lines if len(line) > width] == []


def test_what_a_gateway_says_cannot_steer_the_terminal() -> None:
    nasty = problem(
        Check.GATEWAY, Said(said="\x1b[2Jgone\r\n\u03a9", helps="x\x07"), Consequence.NO_DATA
    )
    text = render_findings((nasty,), 80)
    assert "\x1b" not in text
    assert "gone ?" in text
    assert text.isascii()


def test_a_program_reads_level_mend_and_code_of_each_finding() -> None:
    document = json.loads(findings_json(MIXED))
    assert document["schema"] == 1
    assert document["exit_code"] == 4
    assert document["findings"][1] == {
        "check": "gateway",
        "level": "problem",
        "words": "nobody listens at 127.0.0.1:4002",
        "mend": "start it",
        "exit_code": 4,
    }
    assert document["findings"][0]["exit_code"] is None

"""What a plan wants of its yes: asked of whoever sits there, refused with --yes, foretold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen

from rebalancer_adapters.memory import memory_world
from rebalancer_cli.run_request import Keep, RunRequest
from rebalancer_core.values.account import Snapshot
from tests.adapters.memory.holding import holding
from tests.cli.memory_desk import MemoryDesk, memory_desk
from tests.support import workspace

NAME = "DU111111"
NOW = datetime.now(UTC)
ASKED, UNASKED = RunRequest(), RunRequest(without_prompt=True)
_TARGETS = {"SPY": "60", "IEF": "40"}


@frozen(kw_only=True)
class Case:
    """An account, and what its plan wants of a yes: `question`, `refused`, `foretold`."""

    snapshot: Snapshot
    targets: dict[str, str]
    keys: dict[str, str]
    refused: str
    question: str = ""
    foretold: str = ""

    def desk(self, folder: Path, patch: pytest.MonkeyPatch, **keys: str) -> MemoryDesk:
        patient = {"price_max_age_sec": "3600", **self.keys, **keys}
        space = workspace(folder, 4002, self.targets, keys=patient)
        return memory_desk(space, memory_world(self.snapshot), patch)


TURNOVER = Case(
    snapshot=holding("0", spy="100", at=NOW),
    targets=_TARGETS,
    keys={"max_turnover_pct": "30"},
    refused="turnover 40.0 % is over max_turnover_pct = 30 -> run without --yes and type",
    question="The turnover is over max_turnover_pct = 30.",
    foretold="type the account id in place of y, and --yes will be refused: turnover 40.0 % is over"
    " max_turnover_pct = 30",
)
DEBT = Case(
    snapshot=holding("-1000", spy="10", old="60", at=NOW),
    targets=_TARGETS,
    keys={"max_leverage": "1.2"},
    refused="USD cash is -$1,000 beside holdings that are kept -> run without --yes and type",
    question="USD cash is negative beside holdings that are kept.",
    foretold="type the account id in place of y, and --yes will be refused: USD cash is -$1,000"
    " beside holdings that are kept",
)
# Gross $150,000 of $98,000: leverage 1.53 is over the cap of 1.50; drift 4.1 %, band 5 %.
CAP = Case(
    snapshot=holding("-52000", spy="250", at=NOW),
    targets={"SPY": "150", "CASH": "-50"},
    keys={"per_holding_band_bps": "500"},
    refused="the leverage cap asks to sell SPY inside the band -> run without --yes",
    foretold="--yes will be refused: the leverage cap asks to sell SPY inside the band",
)
ALL = {"turnover": TURNOVER, "debt beside kept": DEBT, "cap inside the band": CAP}


@pytest.mark.parametrize("case", [TURNOVER, DEBT], ids=["turnover", "debt beside kept"])
@pytest.mark.parametrize(
    ("typed", "status"),
    [(NAME, "done"), ("DU222222", "declined"), ("y", "declined"), ("", "declined")],
)
def test_the_account_id_is_typed_in_full_and_a_y_is_a_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case, typed: str, status: str
) -> None:
    desk = case.desk(tmp_path, monkeypatch)
    done = desk.run(ASKED, typed=typed)
    assert done.code == 0, done.text
    assert f"{case.question} Type {NAME} to proceed: {typed}".strip() in done.text
    assert desk.space.summary()[NAME]["status"] == status
    assert bool(desk.sessions.books.tickets) is (status == "done")


def test_sells_inside_the_band_for_the_cap_want_a_plain_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = CAP.desk(tmp_path, monkeypatch)
    assert desk.run(ASKED, typed="n").code == 0
    assert desk.sessions.books.tickets == []
    done = desk.run(ASKED, typed="y")
    assert done.code == 0, done.text
    assert "Proceed? [y/N]: y" in done.text
    assert [str(each.side.value) for each in desk.sessions.books.tickets] == ["SELL"]


@pytest.mark.parametrize("case", ALL.values(), ids=ALL)
def test_yes_is_refused_where_a_person_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    desk = case.desk(tmp_path, monkeypatch)
    done = desk.run(UNASKED)
    assert done.code == 5, done.text
    assert case.refused in done.text
    assert case.refused in desk.space.summary()[NAME]["error"]
    assert desk.sessions.books.tickets == []


@pytest.mark.parametrize("case", ALL.values(), ids=ALL)
@pytest.mark.parametrize("kind", ["dry run", "plan", "snapshot", "read_only = true"])
def test_a_preview_foretells_what_a_run_will_want(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case, kind: str
) -> None:
    request = {
        "dry run": RunRequest(dry_run=True),
        "plan": RunRequest(
            dry_run=True, keep=Keep(path=tmp_path / "plan.json", valid_for=timedelta(hours=1))
        ),
        "snapshot": RunRequest(snapshot=case.snapshot),
        "read_only = true": RunRequest(),
    }[kind]
    desk = case.desk(tmp_path, monkeypatch, read_only=str(kind.startswith("read")).lower())
    done = desk.run(request, json_output=True)
    assert done.code == 0, done.text
    assert f"To trade: {case.foretold}" in " ".join(done.stderr.split())
    (account,) = json.loads(done.stdout)["accounts"]
    assert account["notes"] == f"to trade: {case.foretold}"
    assert desk.space.summary()[NAME]["notes"] == f"to trade: {case.foretold}"


def test_a_preview_foretells_nothing_where_a_y_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = {"price_max_age_sec": "3600"}
    world = memory_world(holding("20000", at=NOW))
    desk = memory_desk(workspace(tmp_path, 4002, _TARGETS, keys=patient), world, monkeypatch)
    done = desk.run(RunRequest(dry_run=True))
    assert done.code == 0, done.text
    assert "to trade:" not in done.text.lower()
    assert desk.space.summary()[NAME]["notes"] == ""


def test_with_yes_a_dry_run_says_the_refusal_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = TURNOVER.desk(tmp_path, monkeypatch)
    done = desk.run(RunRequest(dry_run=True, without_prompt=True))
    assert TURNOVER.refused in done.text
    assert "to trade:" not in done.text.lower()

"""`rebalance doctor --connect-only`: one word, one sentence, one fix, for people and containers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rebalancer_adapters.ib.health import HealthPatience
from rebalancer_cli.exits import Exit
from rebalancer_cli.main import cli
from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_cli.screen.health import health_json, render_health
from rebalancer_core.application.doctor.connection import judge_health, state_of
from rebalancer_core.values.faults import ConnectCause
from rebalancer_core.values.health import Healthy, Unhealthy
from rebalancer_core.values.instruments import AccountId
from tests.cli.conftest import Serve
from tests.support import Workspace, account, market, workspace

TARGETS = {"SPY": "60", "IEF": "40"}
PAPER, LIVE = AccountId("DU111111"), AccountId("U1111111")
WELL = Healthy(
    host="127.0.0.1", port=4002, client_id=44, server_version=178, accounts=(PAPER,), in_use=(43,)
)


def sick(cause: ConnectCause) -> Unhealthy:
    return Unhealthy(
        host="127.0.0.1", port=4002, client_ids=(43, 44), cause=cause, detail="\x1b[2Jwhat came"
    )


def test_healthy_is_the_only_word_that_exits_with_0() -> None:
    assert state_of(WELL) == "healthy"
    assert exit_of_findings((judge_health(WELL),)) is Exit.DONE
    for cause in ConnectCause:
        assert state_of(sick(cause)) == cause.value
        assert exit_of_findings((judge_health(sick(cause)),)) is Exit.NO_DATA


def test_each_state_has_its_own_sentence_and_fix_and_names_the_page() -> None:
    found = [judge_health(sick(cause)) for cause in ConnectCause]
    assert len({each.words for each in found}) == len(found)
    assert len({each.fix for each in found}) == len(found)
    assert all("; see docs/first-connection.md, " in each.fix for each in found)


def test_a_healthy_gateway_says_who_it_is_and_which_id_was_passed_over() -> None:
    assert render_health(WELL) == (
        "healthy: connected to 127.0.0.1:4002 as client 44 (client id 43 in use);"
        " server version 178; 1 paper account: DU111111"
    )


@pytest.mark.parametrize(
    ("accounts", "mode"),
    [((PAPER,), "paper"), ((LIVE,), "live"), ((PAPER, LIVE), "paper and live")],
)
def test_paper_and_live_are_told_by_the_accounts(
    accounts: tuple[AccountId, ...], mode: str
) -> None:
    found = Healthy(host="h", port=1, client_id=2, server_version=178, accounts=accounts)
    assert json.loads(health_json(found))["mode"] == mode


def test_what_a_gateway_says_cannot_steer_the_terminal() -> None:
    shown = render_health(sick(ConnectCause.LOGGED_OUT))
    assert shown.startswith("logged-out: ")
    assert "\x1b" not in shown
    assert "what came" in shown


def test_a_program_reads_one_object_with_the_same_keys_in_every_state() -> None:
    well = json.loads(health_json(WELL))
    lost = json.loads(health_json(sick(ConnectCause.ID_IN_USE)))
    assert list(well) == list(lost)
    assert (well["schema"], well["command"], well["state"]) == (1, "doctor", "healthy")
    assert (well["client_id"], well["server_version"]) == (44, 178)
    assert (lost["state"], lost["exit_code"]) == ("client-id-in-use", 4)
    assert lost["client_ids_tried"] == [43, 44]
    assert lost["accounts"] is None


def test_it_takes_at_most_three_seconds_with_half_a_second_to_start() -> None:
    patience = HealthPatience()
    assert patience.all_ids + patience.server_time <= 2.5
    assert patience.handshake <= patience.all_ids


def test_over_the_wire_it_reads_nothing_and_leaves_the_trading_id_free(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="50000")))
    code, said = asked(workspace(tmp_path, gateway, TARGETS))
    assert code == 0
    assert said["state"] == "healthy"
    assert said["client_id"] == 43
    assert said["accounts"] == ["DU111111"]
    assert {frame.message_id for frame in gateway.record.received()} == {71, 49}
    assert not list(tmp_path.glob("state*")), "a health check leaves nothing behind"


def test_without_a_gateway_the_word_is_connection_refused(tmp_path: Path) -> None:
    code, said = asked(workspace(tmp_path, 1, TARGETS))
    assert code == 4
    assert said["state"] == "connection-refused"
    assert "docs/first-connection.md, 1" in str(said["fix"])


def test_settings_that_are_not_valid_are_told_as_everywhere(tmp_path: Path) -> None:
    space = workspace(tmp_path, 0, TARGETS)
    done = CliRunner().invoke(cli, ["doctor", "--connect-only", "--config", str(space.settings)])
    assert done.exit_code == 3
    assert "port" in done.stderr


def asked(space: Workspace) -> tuple[int, dict[str, object]]:
    command = ["doctor", "--connect-only", "--json", "--config", str(space.settings)]
    done = CliRunner().invoke(cli, command)
    assert isinstance(done.exception, SystemExit | None), done.exception
    found: dict[str, object] = json.loads(done.stdout)
    return done.exit_code, found

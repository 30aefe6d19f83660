"""Who wins: flag, then environment, then file, then default; the account's own before them."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.ground.problems import Kind, sentence
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli import bootstrap, failpoints
from rebalancer_core.values.policy import ConfirmMode

TEXT = """\
[ibkr]
port = 4002
{ibkr}
[accounts]
ids = DU111111, DU222222
{accounts}
[models]
ONE = 1
[account:DU222222]
{own}
"""


def _load(
    folder: Path,
    *,
    ibkr: str = "",
    accounts: str = "",
    own: str = "",
    environment: Mapping[str, str] | None = None,
    flags: Flags | None = None,
) -> Settings:
    path = folder / "settings.ini"
    path.write_text(TEXT.format(ibkr=ibkr, accounts=accounts, own=own), encoding="utf-8")
    return load_settings(path, environment or {}, flags or Flags()).unwrap()


def _origin(settings: Settings, key: str, scope: str = "") -> str:
    return next(
        each.origin
        for each in settings.effective
        if (each.scope, f"{each.section}.{each.key}") == (scope, key)
    )


def test_nobody_spoke_so_the_default_counts(tmp_path: Path) -> None:
    settings = _load(tmp_path)
    assert settings.gateway.client_id == 42
    assert _origin(settings, "ibkr.client_id") == "default"


def test_the_file_wins_over_the_default(tmp_path: Path) -> None:
    settings = _load(tmp_path, ibkr="client_id = 7")
    assert settings.gateway.client_id == 7
    assert _origin(settings, "ibkr.client_id") == f"{tmp_path / 'settings.ini'}:3"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = _load(
        tmp_path, ibkr="client_id = 7", environment={"REBALANCE_IBKR_CLIENT_ID": " 9 "}
    )
    assert settings.gateway.client_id == 9
    assert _origin(settings, "ibkr.client_id") == "environment REBALANCE_IBKR_CLIENT_ID"


def test_a_flag_wins_over_the_environment(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        ibkr="read_only = false",
        accounts="confirm_mode = per_account\nparallel = false",
        environment={
            "REBALANCE_ACCOUNTS_CONFIRM_MODE": "per_account",
            "REBALANCE_IBKR_READ_ONLY": "false",
            "REBALANCE_ACCOUNTS_PARALLEL": "false",
        },
        flags=Flags(confirm_mode=ConfirmMode.GLOBAL, parallel_accounts=True, read_only=True),
    )
    assert settings.asking.confirm_mode is ConfirmMode.GLOBAL
    assert settings.asking.parallel
    assert settings.gateway.read_only
    assert _origin(settings, "accounts.confirm_mode") == "--confirm-mode"
    assert _origin(settings, "accounts.parallel") == "--parallel-accounts"
    assert _origin(settings, "ibkr.read_only") == "--read-only"


def test_a_flag_left_out_never_lifts_read_only(tmp_path: Path) -> None:
    assert _load(tmp_path, ibkr="read_only = true", flags=Flags(read_only=False)).gateway.read_only


def test_an_account_keeps_its_own_limit_whatever_the_environment_says_of_all(
    tmp_path: Path,
) -> None:
    settings = _load(
        tmp_path,
        own="max_leverage = 1.00",
        environment={"REBALANCE_REBALANCE_MAX_LEVERAGE": "3"},
    )
    first, second = settings.accounts
    assert first.rebalance.max_leverage == Decimal(3)
    assert second.rebalance.max_leverage == Decimal(1)
    assert _origin(settings, "rebalance.max_leverage", "DU222222").endswith("settings.ini:10")


def test_the_environment_can_speak_of_one_account(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        own="max_leverage = 1.00",
        environment={"REBALANCE_ACCOUNT_DU222222_MAX_LEVERAGE": "1.2"},
    )
    assert [each.rebalance.max_leverage for each in settings.accounts] == [
        Decimal("1.50"),
        Decimal("1.2"),
    ]


def test_csv_takes_the_place_of_the_shared_file_and_leaves_an_accounts_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = _load(tmp_path, own="path = own/mine.csv", flags=Flags(csv=Path("shared.csv")))
    assert [each.portfolios_path for each in settings.accounts] == [
        elsewhere / "shared.csv",
        tmp_path / "own" / "mine.csv",
    ]


def test_paths_are_relative_to_the_settings_folder_not_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    settings = _load(tmp_path, environment={"REBALANCE_IO_STATE_DIR": "../state"})
    assert settings.io.report_dir == tmp_path / "reports"
    assert settings.io.state_dir == tmp_path.parent / "state"
    assert settings.accounts[0].portfolios_path == tmp_path / "portfolios.csv"
    assert settings.path == tmp_path / "settings.ini"


def test_the_state_folder_is_the_users_own_where_nobody_names_one(tmp_path: Path) -> None:
    settings = _load(tmp_path)
    assert settings.io.state_dir.is_absolute()
    assert settings.io.state_dir.name == "rebalance"


def test_a_subset_of_accounts_keeps_the_order_of_ids(tmp_path: Path) -> None:
    settings = _load(tmp_path, flags=Flags(accounts=("DU222222", "DU111111")))
    assert [each.account_id for each in settings.accounts] == ["DU111111", "DU222222"]
    settings = _load(tmp_path, flags=Flags(accounts=("DU222222",)))
    assert [each.account_id for each in settings.accounts] == ["DU222222"]
    assert _origin(settings, "accounts.ids").startswith("--account")


def test_an_account_that_ids_does_not_list_is_wrong_usage_and_names_the_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(TEXT.format(ibkr="", accounts="", own=""), encoding="utf-8")
    (problem,) = load_settings(path, {}, Flags(accounts=("DU999999",))).failure()
    assert problem.kind is Kind.USAGE
    assert sentence(problem) == (
        "--account DU999999: [accounts] ids does not list this account"
        " -> listed are: DU111111, DU222222"
    )


def test_strict_makes_every_warning_an_error(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(TEXT.format(ibkr="colour = 1", accounts="", own=""), encoding="utf-8")
    lenient, strict = (load_settings(path, {}, Flags(strict=each)) for each in (False, True))
    assert [each.kind for each in lenient.unwrap().warnings] == [Kind.WARNING]
    assert [each.kind for each in strict.failure()] == [Kind.WRONG]


def test_the_hash_is_that_of_the_files_bytes(tmp_path: Path) -> None:
    first = _load(tmp_path).sha256
    assert len(first) == 64
    assert _load(tmp_path, own="# changed").sha256 != first


def test_what_only_tests_set_is_no_unknown_setting(tmp_path: Path) -> None:
    names = (failpoints.VARIABLE, bootstrap.PAUSE_VARIABLE, bootstrap.PATIENCE_VARIABLE)
    path = tmp_path / "settings.ini"
    path.write_text(TEXT.format(ibkr="", accounts="", own=""), encoding="utf-8")
    assert not load_settings(path, dict.fromkeys(names, "1"), Flags()).unwrap().warnings

"""`rebalance init` writes files that are valid as they stand, and touches nothing that is there."""

import socket
import sys
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancer_adapters.portfolios.portfolios_csv import portfolios_from_text
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.beginning import problems_of_files
from rebalancer_cli.demo_files import demo_files
from rebalancer_cli.main import cli
from rebalancer_cli.sample_files import (
    EXAMPLE_ACCOUNT,
    PORTFOLIOS,
    SETTINGS,
    Start,
    starting_files,
)
from rebalancer_core.values.held import HeldModel, HeldWeight
from rebalancer_core.values.instruments import AccountId, Symbol
from rebalancer_core.values.portfolios import Blend, ModelShare
from tests.cli.conftest import Serve
from tests.support import Screen, account, market, rebalance

on_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
ROOT = Path(__file__).resolve().parents[2]


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments], env={"COLUMNS": "120"})


def test_what_is_written_passes_both_checks_and_previews_only(tmp_path: Path) -> None:
    folder = tmp_path / "my money"
    made = _run("init", folder)
    assert made.exit_code == 0, made.output
    assert sorted(path.name for path in folder.iterdir()) == [PORTFOLIOS, SETTINGS]
    settings = folder / SETTINGS
    assert _run("validate-config", "--strict", "--config", settings).exit_code == 0
    assert _run("validate-portfolios", "--offline", "--config", settings).exit_code == 0
    loaded = load_settings(settings, {}, Flags(strict=True)).unwrap()
    assert loaded.gateway.read_only
    assert [each.account_id for each in loaded.accounts] == [EXAMPLE_ACCOUNT]
    assert loaded.io.state_dir == folder / "state", "simulated orders stay out of the real journal"


def test_it_says_what_to_change_and_what_to_run_next(tmp_path: Path) -> None:
    told = _run("init", tmp_path / "my money").stdout
    assert f"in place of {EXAMPLE_ACCOUNT}" in told
    config = f'--config "{tmp_path / "my money" / SETTINGS}"'
    assert f"rebalance doctor {config}" in told
    assert f"rebalance run --dry-run {config}" in told


def test_in_this_folder_no_config_needs_to_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = _run("init").stdout
    assert (tmp_path / SETTINGS).is_file()
    assert "--config" not in told


@pytest.mark.parametrize("there", [SETTINGS, PORTFOLIOS])
def test_a_file_that_is_there_is_named_and_nothing_is_written(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    refused = _run("init", tmp_path)
    assert refused.exit_code == 2, refused.output
    assert str(tmp_path / there) in refused.stderr
    assert " -> " in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert _run("init", tmp_path / "file").exit_code == 2
    refused = _run("init", tmp_path / "file" / "below")
    assert refused.exit_code == 5, refused.output
    assert str(tmp_path / "file" / "below") in refused.stderr


def test_the_wheel_carries_the_samples() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name in (SETTINGS, PORTFOLIOS):
        assert included[f"config/{name}"] == f"rebalancer_cli/sample_data/{name}"
        assert (ROOT / "config" / name).is_file()


def test_the_template_trades_etfs_of_the_demo_market_alone() -> None:
    sample = starting_files(Start())[PORTFOLIOS]
    symbols = {line.split(",")[0] for line in sample.splitlines() if not line.startswith("#")}
    known = tomllib.loads(demo_files().market.read_text(encoding="utf-8"))
    assert symbols - {"ETF", "CASH"} <= {each["symbol"] for each in known["instruments"]}
    assert EXAMPLE_ACCOUNT in {each["id"] for each in known["accounts"]}


def _held(symbol: str, name: str, percent: str, cash: str) -> HeldModel:
    return HeldModel(
        account_id=AccountId("DU111111"),
        weights=(HeldWeight(symbol=Symbol(symbol), name=name, percent=Decimal(percent)),),
        cash_percent=Decimal(cash),
    )


@pytest.mark.parametrize(
    ("models", "column"),
    [(("CORE", "GROWTH"), "Name"), (("NAME", "CORE"), "#Name"), (("name",), "#Name")],
)
def test_names_go_to_a_column_that_the_reader_accepts_beside_a_model_called_name(
    models: tuple[str, ...], column: str
) -> None:
    share = Decimal(100) / len(models)
    start = Start(
        models=tuple((model, share) for model in models),
        holdings=(_held("SPY", 'BEST, "LARGE" \x07; ETF', "99.5", "0.5"),),
    )
    files = starting_files(start)
    assert problems_of_files(files) == ()
    assert f"\nETF, {column}, {', '.join(models)}\n" in files[PORTFOLIOS]
    blend = Blend(shares=tuple(ModelShare(name=m, fraction=share / 100) for m in models))
    read = portfolios_from_text(files[PORTFOLIOS], PORTFOLIOS, blend).unwrap()
    for portfolio in read.portfolios:
        assert [(w.symbol, w.fraction) for w in portfolio.weights] == [("SPY", Decimal("0.995"))]
        assert portfolio.cash == Decimal("0.005")


def test_several_accounts_start_from_a_file_each() -> None:
    accounts = ("DU111111", "DU222222")
    one = _held("SPY", "", "40", "60")
    start = Start(
        accounts=accounts,
        models=(("HOLDINGS", Decimal(100)),),
        holdings=(
            one,
            HeldModel(account_id=AccountId("DU222222"), weights=(), cash_percent=Decimal(100)),
        ),
    )
    files = starting_files(start)
    assert sorted(files) == ["portfolios_DU111111.csv", "portfolios_DU222222.csv", SETTINGS]
    assert problems_of_files(files) == ()
    for each in accounts:
        assert f"[account:{each}]\npath = portfolios_{each}.csv\n" in files[SETTINGS]


@pytest.mark.parametrize(
    ("flags", "wrong"),
    [(("--account", "DU1"), "--account 'DU1'"), (("--host", "a:4002"), "--host 'a:4002'")],
)
def test_a_flag_that_cannot_be_is_named_and_nothing_is_written(
    tmp_path: Path, flags: tuple[str, ...], wrong: str
) -> None:
    refused = _run("init", tmp_path / "new", *flags)
    assert refused.exit_code == 2, refused.output
    assert wrong in refused.stderr
    assert not (tmp_path / "new").exists()


def test_flags_fill_the_files_in(tmp_path: Path) -> None:
    flags = ("--account", "DU222222", "--account", "DU333333", "--host", "gw.example")
    made = _run("init", tmp_path, *flags, "--port", "7497")
    assert made.exit_code == 0, made.output
    assert "not encrypted" in made.stdout
    settings = load_settings(tmp_path / SETTINGS, {}, Flags(strict=True)).unwrap()
    assert [each.account_id for each in settings.accounts] == ["DU222222", "DU333333"]
    assert settings.io.state_dir != tmp_path / "state"
    gateway = settings.gateway
    assert (gateway.host, gateway.port, gateway.allow_remote) == ("gw.example", 7497, True)


def test_the_first_dry_run_from_holdings_finds_nothing_to_do(tmp_path: Path, serve: Serve) -> None:
    gateway = serve(market(account("DU111111", usd="1234.56", SPY=17, IEF=400, GLD=1, XIU=5)))
    folder, env = tmp_path / "new", {"REBALANCE_IBKR_PORT": str(gateway.port)}
    made = rebalance("init", folder, "--from-holdings", env=env)
    assert made.code == 0, made.text
    assert f"port = {gateway.port} " in (folder / SETTINGS).read_text(encoding="utf-8")
    config = ("--config", folder / SETTINGS)
    dry = rebalance("run", "--dry-run", "--detailed-exitcode", *config)
    assert dry.code == 0, dry.text
    assert "nothing to do" in dry.stdout
    assert "left out" not in made.text
    assert gateway.placed == ()


def test_whose_holdings_must_be_named_where_nobody_can_be_asked(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="1"), account("DU222222", usd="1")))
    env = {"REBALANCE_IBKR_PORT": str(gateway.port)}
    refused = rebalance("init", tmp_path / "new", "--from-holdings", env=env)
    assert refused.code == 2, refused.text
    assert "name an account with --account" in refused.stderr
    assert "DU111111, DU222222" in refused.stderr
    stranger = ("--account", "DU333333")
    unknown = rebalance("init", tmp_path / "new", "--from-holdings", *stranger, env=env)
    assert unknown.code == 4, unknown.text
    assert "does not manage DU333333" in unknown.stderr
    assert not (tmp_path / "new").exists()


def test_holdings_behind_a_gateway_that_is_not_there_are_no_files(tmp_path: Path) -> None:
    refused = rebalance("init", tmp_path / "new", "--from-holdings", "--port", _closed_port())
    assert refused.code == 4, refused.text
    assert "connection refused" in refused.stderr
    assert "Nothing was written" in refused.stderr
    assert not (tmp_path / "new").exists()


@on_a_terminal
def test_the_questions_are_asked_again_until_the_answers_can_be_used(
    tmp_path: Path, serve: Serve
) -> None:
    gateway = serve(market(account("DU111111", usd="5000", SPY=10), account("DU222222", usd="1")))
    folder, port = tmp_path / "new", str(gateway.port)
    with Screen("init", folder, "--port", port, columns=80) as screen:
        for prompt, answer, said in (
            ("[127.0.0.1]: ", "a:4002", "is not a host"),
            ("[127.0.0.1]: ", "gw.example", "is another machine"),
            ("[y/N]: ", "", ""),
            ("[127.0.0.1]: ", "", ""),
            (f"[{port}]: ", "70000", "out of range"),
            (f"[{port}]: ", "", "It manages DU111111, DU222222."),
            ("[DU111111, DU222222]: ", "DU333333", "does not manage DU333333"),
            ("[DU111111, DU222222]: ", "DU111111", ""),
            ("[Y/n]: ", "perhaps", "Answer y or n"),
            ("[Y/n]: ", "y", "Reading what DU111111 holds"),
            ("[HOLDINGS 100]: ", "CORE 60, GROWTH 30", "10 short"),
            ("[HOLDINGS 100]: ", "CASH", "cannot name a model"),
            ("[HOLDINGS 100]: ", "NAME 60, CORE 40", f"wrote {folder / SETTINGS}"[:40]),
        ):
            screen.wait_for(prompt)
            screen.type(answer)
            if said:
                screen.wait_for(said)
        assert screen.finish() == 0, screen.text
    settings = load_settings(folder / SETTINGS, {}, Flags(strict=True)).unwrap()
    assert settings.gateway.read_only
    assert not settings.gateway.allow_remote
    assert [each.account_id for each in settings.accounts] == ["DU111111"]
    shares = [(each.name, each.fraction) for each in settings.blend.shares]
    assert shares == [("NAME", Decimal("0.6")), ("CORE", Decimal("0.4"))]
    assert "SPY, " in (folder / PORTFOLIOS).read_text(encoding="utf-8")


@on_a_terminal
def test_without_a_gateway_the_questions_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with Screen("init", folder, "--port", _closed_port()) as screen:
        for prompt, answer in (
            ("[127.0.0.1]: ", ""),
            ("]: ", ""),
            ("separated by commas: ", ""),
            ("separated by commas: ", "DU222222"),
            ("[CORE 60, GROWTH 30, INCOME 10]: ", "SAFE"),
        ):
            screen.wait_for(prompt)
            screen.type(answer)
        assert screen.finish() == 0, screen.text
        assert "connection refused" in screen.text
        assert "no account is named" in screen.text
    settings = load_settings(folder / SETTINGS, {}, Flags(strict=True)).unwrap()
    assert [each.account_id for each in settings.accounts] == ["DU222222"]
    assert [each.name for each in settings.blend.shares] == ["SAFE"]
    assert _run("validate-portfolios", "--offline", "--config", folder / SETTINGS).exit_code == 0


@on_a_terminal
@pytest.mark.parametrize(
    ("leave", "said"),
    [(Screen.interrupt, "interrupted"), (lambda screen: screen.paste("\x04"), "The input ended")],
    ids=["Ctrl+C", "Ctrl+D"],
)
def test_ctrl_c_and_the_end_of_the_input_write_nothing(
    tmp_path: Path, leave: Callable[[Screen], None], said: str
) -> None:
    with Screen("init", tmp_path / "new", "--port", _closed_port()) as screen:
        screen.wait_for("[127.0.0.1]: ")
        screen.type("")
        screen.wait_for("]: ")
        leave(screen)
        screen.wait_for(said)
        assert screen.finish() == 130
    assert not (tmp_path / "new").exists()


@on_a_terminal
def test_a_template_is_written_without_a_question(tmp_path: Path) -> None:
    with Screen("init", tmp_path, "--template") as screen:
        assert screen.finish() == 0, screen.text
    assert (tmp_path / PORTFOLIOS).read_text("utf-8") == starting_files(Start())[PORTFOLIOS]


@on_a_terminal
def test_what_is_there_is_named_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / PORTFOLIOS).write_text("mine", encoding="utf-8")
    with Screen("init", tmp_path) as screen:
        assert screen.finish() == 2, screen.text
        assert "Host of" not in screen.text


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])

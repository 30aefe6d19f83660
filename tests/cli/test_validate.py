"""What validation prints: a line for each problem, a row for each setting with its origin."""

from pathlib import Path

import pytest

from rebalancer_adapters.ground.problems import Kind, Problem
from rebalancer_adapters.settings.settings import Flags
from rebalancer_adapters.settings.settings_ini import load_settings
from rebalancer_cli.leverage_room import leverage_warnings
from rebalancer_cli.problems import render_problems
from rebalancer_cli.screen.effective import render_effective

TEXT = """\
[accounts]
ids = DU111111, DU222222
[account:DU222222]
max_leverage = 1.00
[models]
ONE = 1
"""


def _problem(kind: Kind) -> Problem:
    return Problem(place="a.ini:3", key="ibkr.port", problem="no", fix="1", kind=kind)


def test_each_problem_is_one_line_and_a_warning_says_so() -> None:
    problems = (_problem(Kind.WRONG), _problem(Kind.WARNING))
    assert render_problems(problems).splitlines() == [
        "a.ini:3 ibkr.port: no -> 1",
        "warning: a.ini:3 ibkr.port: no -> 1",
    ]


def test_no_problem_is_no_line() -> None:
    assert render_problems(()) == ""


def test_each_account_shows_its_own_value_and_where_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(TEXT, encoding="utf-8")
    settings = load_settings(path, {"REBALANCE_IBKR_PORT": "7497"}, Flags()).unwrap()
    values = ((e.scope, f"{e.section}.{e.key}", e.value, e.origin) for e in settings.effective)
    rows = [line.split(maxsplit=3) for line in render_effective(values).splitlines()]
    assert ["DU111111", "rebalance.max_leverage", "1.50", "default"] in rows
    assert ["DU222222", "rebalance.max_leverage", "1.00", f"{path}:4"] in rows
    assert ["(all)", "ibkr.port", "7497", "environment REBALANCE_IBKR_PORT"] in rows


@pytest.mark.parametrize(
    ("cash", "told"),
    [
        ("-40", ("DU222222",)),
        ("-41", ("DU111111", "DU222222")),
        ("0", ()),
        ("10", ()),
    ],
)
def test_targets_that_come_within_a_tenth_of_the_cap_are_warned_of(
    tmp_path: Path, cash: str, told: tuple[str, ...]
) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(
        "[accounts]\nids = DU111111, DU222222\n[models]\nONE = 1\n"
        "[account:DU222222]\nmax_leverage = 1.00\n",
        encoding="utf-8",
    )
    rows = f"ETF,ONE\nSPY,{100 - int(cash)}\nCASH,{cash}\n"
    (tmp_path / "portfolios.csv").write_text(rows, encoding="utf-8")
    settings = load_settings(path, {}, Flags()).unwrap()
    found = leverage_warnings(settings)
    assert tuple(each.key.split()[0] for each in found) == told
    assert all(each.is_warning for each in found)
    (tmp_path / "portfolios.csv").unlink()
    assert leverage_warnings(settings) == ()

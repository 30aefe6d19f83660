"""Each good portfolios file: it loads to the weights that the index says, which sum to 1."""

import tomllib
from decimal import Decimal

import pytest

from rebalancer_adapters.portfolios.portfolios_csv import load_portfolios
from rebalancer_core.values.money import plain
from tests.adapters.case_files import FIXTURES
from tests.adapters.portfolios.test_bad_portfolios import BLEND

FOLDER = FIXTURES / "good" / "portfolios"
INDEX = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", INDEX)
def test_a_good_portfolios_file_has_the_weights_of_the_index(name: str) -> None:
    loaded = load_portfolios(FOLDER / name, BLEND).unwrap()
    found = {
        portfolio.name: {
            **{weight.symbol: plain(weight.fraction) for weight in portfolio.weights},
            "CASH": plain(portfolio.cash),
        }
        for portfolio in loaded.portfolios
    }
    assert found == INDEX[name]


@pytest.mark.parametrize("name", INDEX)
def test_the_weights_of_every_model_and_its_cash_sum_to_exactly_one(name: str) -> None:
    loaded = load_portfolios(FOLDER / name, BLEND).unwrap()
    assert [portfolio.name for portfolio in loaded.portfolios] == ["SMURF", "BADASS"]
    for portfolio in loaded.portfolios:
        assets = sum((weight.fraction for weight in portfolio.weights), Decimal(0))
        assert assets + portfolio.cash == Decimal(1)


def test_every_good_portfolios_file_is_in_the_index() -> None:
    assert {path.name for path in FOLDER.glob("*.csv")} == set(INDEX)

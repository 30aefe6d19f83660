"""Each bad portfolios file: every problem named at its line and column, none more."""

from decimal import Decimal

import pytest

from rebalancer_adapters.ground.file_text import shown_path
from rebalancer_adapters.portfolios.portfolios_csv import load_portfolios
from rebalancer_core.values.portfolios import Blend, ModelShare
from tests.adapters.case_files import Case, bad_files, differences, unlisted_files

BLEND = Blend(
    shares=(
        ModelShare(name="SMURF", fraction=Decimal("0.6")),
        ModelShare(name="BADASS", fraction=Decimal("0.4")),
    )
)


@pytest.mark.parametrize("case", bad_files("portfolios"), ids=lambda case: case.path.name)
def test_a_bad_portfolios_file_has_every_problem_named_and_loads_nothing(case: Case) -> None:
    loaded = load_portfolios(case.path, BLEND)
    assert not differences(case, loaded.failure(), shown_path(case.path))


def test_every_bad_portfolios_file_is_in_the_index() -> None:
    assert not unlisted_files("portfolios")

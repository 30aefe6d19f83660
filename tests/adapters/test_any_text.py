"""Whatever a file holds, it loads or a problem with a place is named; nothing is raised."""

import re
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from returns.pipeline import is_successful
from returns.result import Result

from rebalancer_adapters.ground.file_text import FileText, decode
from rebalancer_adapters.ground.problems import Problem
from rebalancer_adapters.portfolios.portfolios_csv import LoadedPortfolios, portfolios_from_text
from rebalancer_adapters.settings.settings import Flags, Settings
from rebalancer_adapters.settings.settings_ini import settings_from_text
from tests.adapters.case_files import FIXTURES
from tests.adapters.portfolios.test_bad_portfolios import BLEND

GOOD = FIXTURES / "good"
SETTINGS = sorted(path.read_bytes() for path in (GOOD / "settings").glob("*.ini"))
PORTFOLIOS = sorted(path.read_bytes() for path in (GOOD / "portfolios").glob("*.csv"))
PLACE = re.compile(r"f:[0-9]+(:[0-9]+)?|environment.*", re.DOTALL)
ODD = '=[];#,"%-.0159 \t\r\n\x00\x0b\xa0\u2212\ufeff\uff11xX'


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> str:
    """A good file in which pieces were cut out, put in, doubled or put in another order."""
    original = decode("f", draw(st.sampled_from(originals)))
    assert isinstance(original, str)
    text = original
    for _ in range(draw(st.integers(min_value=1, max_value=4))):
        start = draw(st.integers(min_value=0, max_value=len(text)))
        end = draw(st.integers(min_value=start, max_value=min(len(text), start + 12)))
        piece = draw(st.text(alphabet=ODD, max_size=4) | st.just(text[start:end] * 2) | st.text())
        text = text[:start] + piece + text[end:]
    return text


@given(damaged(SETTINGS) | st.text() | st.text(alphabet=ODD + "ibkrmodels\n="))
def test_any_settings_text_loads_or_names_a_problem_with_its_place(text: str) -> None:
    _check_settings(_settings(text))


@given(damaged(PORTFOLIOS) | st.text() | st.text(alphabet=ODD + "ETFSMURFBADASS,;\n"))
def test_any_portfolios_text_loads_or_names_a_problem_with_its_place(text: str) -> None:
    loaded = portfolios_from_text(text, "f", BLEND)
    if is_successful(loaded):
        _check_weights(loaded.unwrap())
    else:
        assert loaded.failure()
        _check_places(loaded.failure())


@given(damaged(SETTINGS))
def test_settings_that_load_keep_every_limit_within_its_range(text: str) -> None:
    loaded = _settings(text)
    if not is_successful(loaded):
        return
    settings = loaded.unwrap()
    assert sum((share.fraction for share in settings.blend.shares), Decimal(0)) == Decimal(1)
    assert settings.gateway.client_id >= 1
    assert settings.accounts
    for account in settings.accounts:
        assert 1 <= account.rebalance.max_leverage <= 10
        assert 0 <= account.rebalance.cash_buffer_pct < 1


@given(st.dictionaries(st.from_regex(r"REBALANCE_[A-Z_]{0,20}", fullmatch=True), st.text()))
def test_any_environment_loads_or_names_a_problem(environment: dict[str, str]) -> None:
    text = "[accounts]\nids = DU111111\n[models]\nA = 1\n"
    _check_settings(settings_from_text(_file(text), Path("f"), environment, Flags()))


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_text_or_a_problem_with_line_and_column(content: bytes) -> None:
    decoded = decode("f", content)
    if isinstance(decoded, Problem):
        assert re.fullmatch(r"f:[0-9]+:[0-9]+", decoded.place)


@given(
    st.lists(st.decimals(min_value=0, max_value=100, places=4), min_size=1, max_size=8),
    st.decimals(min_value=-100, max_value=100, places=4),
)
def test_weights_that_sum_to_100_become_fractions_that_sum_to_exactly_1(
    percents: list[Decimal], cash: Decimal
) -> None:
    last = Decimal(100) - sum(percents, cash)
    if last < 0:
        cash, last = cash + last, Decimal(0)
    badass = ["100", *("0" for _ in percents)]
    rows = [
        f"A{n},{percent}%,{other}"
        for n, (percent, other) in enumerate(zip([*percents, last], badass, strict=True))
    ]
    text = "\n".join(["ETF,SMURF,BADASS", *rows, f"CASH,{cash},0"])
    loaded = portfolios_from_text(text, "f", BLEND).unwrap()
    _check_weights(loaded)
    smurf = {str(weight.symbol): weight.fraction for weight in loaded.portfolios[0].weights}
    for n, percent in enumerate([*percents, last]):
        assert abs(smurf[f"A{n}"] - percent / 100) <= Decimal("1e-8")


def _settings(text: str) -> Result[Settings, tuple[Problem, ...]]:
    return settings_from_text(_file(text), Path("f"), {}, Flags())


def _file(text: str) -> FileText:
    return FileText(name="f", text=text, sha256="")


def _check_settings(loaded: Result[Settings, tuple[Problem, ...]]) -> None:
    if is_successful(loaded):
        assert all(problem.is_warning for problem in loaded.unwrap().warnings)
        _check_places(loaded.unwrap().warnings)
    else:
        assert not all(problem.is_warning for problem in loaded.failure())
        _check_places(loaded.failure())


def _check_places(problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        assert PLACE.fullmatch(problem.place), problem
        assert problem.problem
        assert problem.fix


def _check_weights(loaded: LoadedPortfolios) -> None:
    for portfolio in loaded.portfolios:
        assets = [weight.fraction for weight in portfolio.weights]
        assert sum(assets, portfolio.cash) == Decimal(1)
        assert min(assets, default=Decimal(0)) >= 0

"""Market files: the samples load, and a bad file names every problem with its place."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import DataLine, MarketFileError, load_market
from tests.adapters.gateway.clients import MARKETS

_GOOD = """
[[instruments]]
symbol = "SPY"
con_id = 756733
primary_exchange = "ARCA"
last = 600

[[accounts]]
id = "DU111111"
base_currency = "USD"
cash = { USD = "100.10" }
positions = [{ symbol = "SPY", quantity = 3, average_cost = 500 }]
"""


def _problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "market.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MarketFileError) as caught:
        load_market(path)
    return caught.value.problems


@pytest.mark.parametrize("path", sorted(MARKETS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_market_file_of_the_project_loads(path: Path) -> None:
    market = load_market(path)
    assert market.accounts
    assert all(setup.account.startswith("DU") for setup in market.accounts)


def test_the_demo_market_has_three_accounts_one_of_them_canadian() -> None:
    market = load_market(MARKETS / "demo.toml")
    assert [setup.base_currency for setup in market.accounts] == ["USD", "USD", "CAD"]
    assert market.instrument("XIU").currency == "CAD"
    assert market.instrument("SPY").security_type == "STK"
    assert market.instrument("SPY   270115C00680000").multiplier == 100


def test_numbers_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "market.toml"
    path.write_text(_GOOD.replace("last = 600", "last = 600.10\nbid = '600.05'"), encoding="utf-8")
    market = load_market(path)
    quote = market.quote(756733)
    assert (quote.last, quote.bid, quote.ask) == tuple(map(Decimal, ("600.10", "600.05", "600.11")))
    assert market.accounts[0].cash == {"USD": Decimal("100.10")}


def test_what_is_not_given_has_a_sensible_value(tmp_path: Path) -> None:
    path = tmp_path / "market.toml"
    path.write_text(_GOOD, encoding="utf-8")
    market = load_market(path)
    quote = market.quote(756733)
    assert quote.close == quote.last == 600
    assert quote.data is DataLine.LIVE
    assert market.practices.snapshot_end_seconds == 11
    assert market.start is None
    saturday = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert not market.hours.is_trading(saturday)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('symbol = "SPY"\n', "", "instruments[1].symbol: is missing"),
        ("last = 600", "lost = 600\nlast = 1", "lost: is an unknown key -> did you mean last?"),
        ("last = 600", "last = 'much'", "instruments[1].last: 'much' is not a number"),
        ("last = 600", "last = nan", "instruments[1].last: Decimal('NaN') is not a number"),
        ("last = 600", "last = -1", "instruments[1].last: -1 is not a number of at least 0"),
        ("last = 600", "last = true", "instruments[1].last: True is not a number"),
        ("last = 600", "last = 600\nbid = 700", "bid: 700 is above ask 600.01"),
        ("last = 600", "last = 600\ndata = 'dead'", "data: 'dead' is not live or delayed"),
        ("con_id = 756733", "con_id = 'x'", "con_id: 'x' is not a whole number above 0"),
        ('"DU111111"', '"me"', "accounts[1].id: 'me' is not an account id"),
        ('"SPY", quantity', '"QQQ", quantity', "positions[1].symbol: QQQ names 0 instruments"),
        ('USD = "100.10"', 'EUR = "1"', "rates: EUR has no rate -> add EUR"),
        ("[[accounts]]", "[hours]\nliquid = '9-16'\n[[accounts]]", "hours.liquid: '9-16'"),
        ("[[accounts]]", "[hours]\ntime_zone = 'Mars'\n[[accounts]]", "'Mars' is unknown"),
        ("[[accounts]]", "[hours]\nclosed = ['x']\n[[accounts]]", "closed: ['x'] is not a list"),
        ("[[accounts]]", "[clock]\nstart = 2026-01-01\n[[accounts]]", "is not a time with its"),
        ("[[accounts]]", "[rates]\nCAD = 0\n[[accounts]]", "rates.CAD: is not a rate"),
        ("[[accounts]]", "[gateway]\nread_only_api = 1\n[[accounts]]", "1 is not true or false"),
        ("[[accounts]]", "[[accaunts]]", "did you mean accounts?"),
    ],
)
def test_a_wrong_key_is_named_with_place_and_fix(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    found = _problems(tmp_path, _GOOD.replace(old, new, 1))
    assert any(problem in each for each in found), found
    assert all(" -> " in each for each in found)


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    text = _GOOD.replace("last = 600", "last = 'x'").replace('"DU111111"', '"me"')
    found = _problems(tmp_path, text + "positoins = 1\n")
    assert len(found) == 3


def test_symbols_and_accounts_are_not_given_twice(tmp_path: Path) -> None:
    found = _problems(tmp_path, _GOOD + _GOOD)
    assert "con_id: 756733 appears twice -> give each its own" in found
    assert "accounts.id: DU111111 appears twice -> give each its own" in found


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"\xff\xfe", "is not UTF-8"), (b"= 1", "is no TOML file"), (None, "cannot be read")],
)
def test_what_is_no_market_file_is_refused(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "market.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MarketFileError, match=problem):
        load_market(path)

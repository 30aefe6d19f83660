"""Contracts named in the settings: saved quotes are held to them, and a wrong one stops all."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_core.application.read import failed_by_own_targets
from rebalancer_core.application.target_listings import other_contracts
from rebalancer_core.application.types import AccountInputs
from rebalancer_core.values.account import Quote, QuoteKind
from rebalancer_core.values.instruments import AccountId, ConId, Symbol, Unlisted, UnlistedWhy
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets, Weight
from rebalancer_core.values.settings import AccountSettings
from rebalancer_core.values.symbol_rules import NamedContract

SPY = Symbol("SPY")


def _quote(symbol: str, con_id: int) -> Quote:
    return Quote(
        con_id=ConId(con_id),
        symbol=Symbol(symbol),
        price=Decimal(50),
        kind=QuoteKind.LAST,
        as_of=datetime(2026, 1, 2, 17, tzinfo=UTC),
    )


def _named(symbol: str, con_id: int) -> NamedContract:
    return NamedContract(symbol=Symbol(symbol), con_id=ConId(con_id), place="s.ini:3:10")


def test_a_saved_quote_of_another_contract_is_found_and_one_that_is_missing_is_not() -> None:
    quotes = (_quote("SPY", 1), _quote("IEF", 2))
    named = (_named("SPY", 7), _named("IEF", 2), _named("VTI", 3))
    (found,) = other_contracts(quotes, named)
    assert (found.symbol, found.why, found.place, found.candidates) == (
        SPY,
        UnlistedWhy.OTHER_CONTRACT,
        "s.ini:3:10",
        ("con_id 1 in the snapshot",),
    )


def test_a_wrong_contract_stops_every_account_also_those_with_portfolios_of_their_own() -> None:
    account = AccountInputs(
        number=1,
        settings=AccountSettings(account_id=AccountId("DU111111"), rebalance=RebalancePolicy()),
        portfolios=(),
        targets=Targets(weights=(Weight(symbol=SPY, fraction=Decimal(1)),), cash=Decimal(0)),
        portfolios_file="own.csv",
        portfolios_sha256="",
        has_own_portfolios=True,
    )
    plain = Unlisted(symbol=SPY, why=UnlistedWhy.UNKNOWN)
    other = Unlisted(symbol=SPY, why=UnlistedWhy.OTHER_CONTRACT, place="s.ini:3:10")
    assert failed_by_own_targets((account,), (plain,))
    assert failed_by_own_targets((account,), (other,)) == {}

"""A memory world and the inputs of a run, made of plain values without any file."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from rebalancer_adapters.memory.books import MemoryWorld
from rebalancer_core.application.types import AccountInputs, Inputs
from rebalancer_core.planning.targets import blended_targets
from rebalancer_core.values.account import DataType, MarketObservation, Quote, Snapshot
from rebalancer_core.values.instruments import AccountId, Listing, Session
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    RebalancePolicy,
    SafetyPolicy,
)
from rebalancer_core.values.portfolios import Blend, ModelPortfolio
from rebalancer_core.values.settings import AccountSettings, GatewaySettings, RunSettings

_A_WEEK = timedelta(days=7)


def memory_world(snapshot: Snapshot) -> MemoryWorld:
    """The accounts of a snapshot, and a market that trades at its prices around the clock.

    Every price is live, without a spread, and the previous close. `attrs.evolve` adds what shall
    go wrong.
    """
    quotes = tuple(quote for quote in snapshot.quotes if isinstance(quote, Quote))
    week = (Session(opens=snapshot.as_of - _A_WEEK, closes=snapshot.as_of + _A_WEEK),)
    return MemoryWorld(
        accounts=snapshot.accounts,
        listings=tuple(
            Listing(
                con_id=quote.con_id,
                symbol=quote.symbol,
                primary_exchange="ARCA",
                liquid_sessions=week,
                trading_sessions=week,
            )
            for quote in quotes
        ),
        observations=tuple(
            MarketObservation(
                con_id=quote.con_id,
                symbol=quote.symbol,
                observed_at=snapshot.as_of,
                bid=quote.price,
                ask=quote.price,
                last=quote.price,
                last_at=snapshot.as_of,
                close=quote.price,
                data_type=DataType.LIVE,
            )
            for quote in quotes
        ),
    )


def memory_inputs(
    *accounts: AccountId,
    portfolios: tuple[ModelPortfolio, ...],
    blend: Blend,
    rebalance: RebalancePolicy | None = None,
    safety: SafetyPolicy | None = None,
    execution: ExecutionPolicy | None = None,
    asking: AskingPolicy | None = None,
) -> Inputs:
    """What both files say together: these accounts, one blend, and the rules of each section.

    A section that is left out has its defaults. `attrs.evolve` makes anything else of it.
    """
    settings = RunSettings(
        sha256="",
        gateway=GatewaySettings(read_only=False),
        asking=asking or AskingPolicy(),
        blend=blend,
        pricing=PricingPolicy(),
        execution=execution or ExecutionPolicy(),
        safety=safety or SafetyPolicy(),
    )
    first = AccountInputs(
        number=1,
        settings=AccountSettings(account_id=accounts[0], rebalance=rebalance or RebalancePolicy()),
        portfolios=portfolios,
        targets=blended_targets(portfolios, blend),
        portfolios_file="memory",
        portfolios_sha256="",
    )
    return Inputs(
        settings=settings,
        accounts=tuple(
            evolve(first, number=number, settings=evolve(first.settings, account_id=account_id))
            for number, account_id in enumerate(accounts, start=1)
        ),
    )

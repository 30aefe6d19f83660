"""What a new user's files start from: the accounts of a gateway, and what they hold."""

from __future__ import annotations

from attrs import frozen

from rebalancer_core.application.read_market import MarketReader
from rebalancer_core.application.types import Market
from rebalancer_core.ports import BrokerPort, SessionPort
from rebalancer_core.reporting.account_worth import AccountWorth, account_worth
from rebalancer_core.reporting.held_model import held_model
from rebalancer_core.values.account import AccountSnapshot
from rebalancer_core.values.faults import AccountFault, BrokerFault
from rebalancer_core.values.held import HeldModel
from rebalancer_core.values.instruments import AccountId, Listing, Symbol, is_managed
from rebalancer_core.values.money import ONE, ZERO
from rebalancer_core.values.policy import PricingPolicy, RebalancePolicy, SafetyPolicy
from rebalancer_core.values.portfolios import Targets, Weight
from rebalancer_core.values.results import Failed, unwrap_or_failed

Unstarted = BrokerFault | AccountFault


@frozen(kw_only=True)
class Rules:
    """By which an account is priced and valued."""

    pricing: PricingPolicy
    safety: SafetyPolicy
    rebalance: RebalancePolicy


async def managed_accounts(sessions: SessionPort) -> tuple[AccountId, ...] | Failed[BrokerFault]:
    """The accounts that the gateway manages, or why it did not say so."""
    async with sessions.reading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return session
        return unwrap_or_failed(await session.broker.managed_accounts())


async def held_models(
    sessions: SessionPort, accounts: tuple[AccountId, ...], rules: Rules
) -> tuple[HeldModel, ...] | Failed[Unstarted]:
    """A model of what each account holds now, or the first reason why there is none."""
    async with sessions.reading() as opened:
        session = unwrap_or_failed(opened)
        if isinstance(session, Failed):
            return Failed(session.error)
        broker = session.broker
        market = MarketReader(
            broker=broker, pricing=rules.pricing, safety=rules.safety, for_trading=False
        )
        models: list[HeldModel] = []
        for account_id in accounts:
            model = await _held(broker, market, account_id, rules.rebalance)
            if isinstance(model, Failed):
                return model
            models.append(model)
        return tuple(models)


async def _held(
    broker: BrokerPort, market: MarketReader, account_id: AccountId, policy: RebalancePolicy
) -> HeldModel | Failed[Unstarted]:
    snapshot = unwrap_or_failed(await broker.snapshot(account_id))
    if isinstance(snapshot, Failed):
        return Failed(snapshot.error)
    listed = await _listed(broker, snapshot)
    if isinstance(listed, Failed):
        return Failed(listed.error)
    symbols = tuple(listing.symbol for listing in listed)
    read = await market.read(symbols, (snapshot,))
    if isinstance(read, Failed):
        return Failed(read.error)
    quotes = read.quotes if isinstance(read, Market) else ()
    targets = Targets(
        weights=tuple(Weight(symbol=symbol, fraction=ZERO) for symbol in sorted(symbols)), cash=ONE
    )
    worth = account_worth(snapshot, quotes, targets, policy)
    if not isinstance(worth, AccountWorth):
        return Failed(worth)
    left_out = tuple(symbol for symbol in _held_symbols(snapshot) if symbol not in symbols)
    return held_model(account_id, worth, listed, left_out)


async def _listed(
    broker: BrokerPort, snapshot: AccountSnapshot
) -> tuple[Listing, ...] | Failed[BrokerFault]:
    """The holdings that a model can name: the symbol leads back to what is held."""
    held = frozenset(position.con_id for position in snapshot.positions)
    found = unwrap_or_failed(await broker.listings(_held_symbols(snapshot)))
    if isinstance(found, Failed):
        return found
    return tuple(each for each in found if isinstance(each, Listing) and each.con_id in held)


def _held_symbols(snapshot: AccountSnapshot) -> tuple[Symbol, ...]:
    """Symbols of the USD stocks and ETFs of an account, each once."""
    held = {
        position.symbol
        for position in snapshot.positions
        if is_managed(position.security_type, position.currency)
    }
    return tuple(sorted(held))

"""Reads a worked case: `fixtures/cases/<name>/case.toml`.

Each says what it is about, gives an account, quotes, targets and rules, and then the orders, rows,
figures and warnings that a person worked out by hand, or the sentence of the fault. Where it names
no `commission`, orders cost nothing beside their prices.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypeVar

import cattrs
from attrs import field, frozen

from rebalancer_core.values.account import (
    AccountSnapshot,
    CashBalance,
    Position,
    Quote,
    QuoteBlock,
    QuoteKind,
    Unpriced,
)
from rebalancer_core.values.commission import NO_COMMISSION, CommissionRate
from rebalancer_core.values.flow import REBALANCE, BuyOnly, Flow, Invest, Raise, SellOnly
from rebalancer_core.values.instruments import CASH, AccountId, ConId, Symbol
from rebalancer_core.values.policy import RebalancePolicy
from rebalancer_core.values.portfolios import Targets, Weight
from rebalancer_core.values.symbol_rules import SymbolRule

CASES = Path(__file__).parents[3] / "fixtures" / "cases"
NOON = datetime(2026, 1, 2, 17, tzinfo=UTC)


@frozen(kw_only=True)
class Held:
    """A position; USD stock unless it says otherwise."""

    symbol: str
    con_id: int
    quantity: Decimal
    security_type: str = "STK"
    currency: str = "USD"
    average_cost: Decimal | None = None


@frozen(kw_only=True)
class Priced:
    """A quote, or with `missing` the reason why there is none."""

    symbol: str
    con_id: int
    price: Decimal | None = None
    block: QuoteBlock | None = None
    delayed: bool = False
    note: str = ""
    missing: str = ""
    bid: Decimal | None = None
    ask: Decimal | None = None


@frozen(kw_only=True)
class ExpectedRow:
    """What a row must say, to the letter; `cells` are those of its figures that the case names.

    `held` tells rows of the same symbol apart.
    """

    symbol: str
    reason: str | None = None
    note: str = ""
    held: Decimal | None = None
    cells: dict[str, Decimal] = field(factory=dict)


@frozen(kw_only=True)
class Case:
    """One file. `orders` are `SIDE QUANTITY SYMBOL`, in the order they are sent.

    `flow` is `invest 5000`, `invest all`, `raise 5000`, `buy-only` or `sell-only`.
    `table` and `prompt` are what the screen shows of the plan, 120 columns wide, where given.
    """

    about: str
    cash: dict[str, Decimal]
    targets: dict[str, Decimal]
    account_type: str = ""
    positions: list[Held] = field(factory=list)
    quotes: list[Priced] = field(factory=list)
    policy: dict[str, str | bool] = field(factory=dict)
    symbol_rules: list[SymbolRule] = field(factory=list)
    commission: CommissionRate = NO_COMMISSION
    rates: dict[str, Decimal] = field(factory=dict)
    flow: str = ""
    orders: list[str] = field(factory=list)
    rows: list[ExpectedRow] = field(factory=list)
    row_order: list[str] = field(factory=list)
    figures: dict[str, Decimal] = field(factory=dict)
    warnings: list[str] = field(factory=list)
    table: str = ""
    prompt: str = ""
    fault: str = ""


Kind = TypeVar("Kind", bound=Enum)


def load_case(name: str) -> Case:
    """The case of that name; a key that no case knows is an error."""
    text = (CASES / name / "case.toml").read_text(encoding="utf-8")
    return _converter().structure(tomllib.loads(text, parse_float=Decimal), Case)


def snapshot_of(case: Case) -> AccountSnapshot:
    """The account of the case."""
    return AccountSnapshot(
        account_id=AccountId("DU111111"),
        as_of=NOON,
        base_currency="USD",
        cash=tuple(
            CashBalance(currency=currency, amount=amount, usd_rate=case.rates.get(currency))
            for currency, amount in case.cash.items()
        ),
        positions=tuple(
            Position(
                con_id=ConId(p.con_id),
                symbol=Symbol(p.symbol),
                security_type=p.security_type,
                currency=p.currency,
                quantity=p.quantity,
                average_cost=p.average_cost,
            )
            for p in case.positions
        ),
        account_type=case.account_type,
    )


def quotes_of(case: Case) -> tuple[Quote | Unpriced, ...]:
    """The prices of the case."""
    return tuple(_quote(q) for q in case.quotes)


def targets_of(case: Case) -> Targets:
    """The targets of the case, which must sum to 1."""
    assert sum(case.targets.values()) == 1, "the case's targets do not sum to 1"
    weights = (
        Weight(symbol=Symbol(symbol), fraction=fraction)
        for symbol, fraction in case.targets.items()
        if symbol != CASH
    )
    return Targets(weights=tuple(weights), cash=case.targets.get(CASH, Decimal(0)))


def policy_of(case: Case) -> RebalancePolicy:
    """The rules of the case, defaults where it names none."""
    return _converter().structure(case.policy, RebalancePolicy)


def rules_of(case: Case) -> tuple[SymbolRule, ...]:
    """The rules of single symbols."""
    return tuple(case.symbol_rules)


def flow_of(case: Case) -> Flow:
    """The cash flow of the case; a rebalance where it names none."""
    match case.flow.split():
        case []:
            return REBALANCE
        case ["invest", "all"]:
            return Invest()
        case ["invest", amount]:
            return Invest(amount=Decimal(amount))
        case ["raise", amount]:
            return Raise(amount=Decimal(amount))
        case ["buy-only"]:
            return BuyOnly()
        case ["sell-only"]:
            return SellOnly()
        case _:
            raise ValueError(case.flow)


def _quote(priced: Priced) -> Quote | Unpriced:
    con_id, symbol = ConId(priced.con_id), Symbol(priced.symbol)
    if priced.price is None:
        return Unpriced(con_id=con_id, symbol=symbol, detail=priced.missing)
    return Quote(
        con_id=con_id,
        symbol=symbol,
        price=priced.price,
        kind=QuoteKind.LAST,
        as_of=NOON,
        block=priced.block,
        delayed=priced.delayed,
        note=priced.note,
        bid=priced.bid,
        ask=priced.ask,
    )


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    converter.register_structure_hook(str | bool, lambda value, _: value)
    converter.register_structure_hook(bool, lambda value, _: value)
    return converter

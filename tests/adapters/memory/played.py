"""Two accounts in cash, one model, and runs over them that are played in memory."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

from rebalancer_adapters.memory import MemoryOutside, ScriptedPerson, memory_inputs, memory_world
from rebalancer_core.application.types import Inputs, UnknownTargets
from rebalancer_core.reconcile.journal_model import JournalFault
from rebalancer_core.reporting.summary import AccountReport, AccountStatus
from rebalancer_core.values.account import AccountSnapshot, CashBalance, Quote, QuoteKind, Snapshot
from rebalancer_core.values.faults import CannotConnect, ReportFault
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.policy import AskingPolicy, SafetyPolicy
from rebalancer_core.values.portfolios import Blend, ModelPortfolio, ModelShare, Weight

NOON = datetime(2026, 1, 5, 17, tzinfo=UTC)
ONE, TWO = AccountId("DU111111"), AccountId("DU222222")
SPY, IEF = Symbol("SPY"), Symbol("IEF")
UNREACHED = CannotConnect(host="127.0.0.1", port=4002, detail="connection refused")
NO_JOURNAL = JournalFault(path="memory", detail="disk full")
NO_REPORTS = ReportFault(path="memory", detail="disk full")
WITH_ANY_TURNOVER = SafetyPolicy(max_turnover_pct=Decimal(1000))
MODEL = ModelPortfolio(
    name="MODEL",
    weights=(
        Weight(symbol=SPY, fraction=Decimal("0.6")),
        Weight(symbol=IEF, fraction=Decimal("0.4")),
    ),
    cash=Decimal(0),
)
BLEND = Blend(shares=(ModelShare(name="MODEL", fraction=Decimal(1)),))
SAVED = Snapshot(
    as_of=NOON,
    accounts=tuple(
        AccountSnapshot(
            account_id=account_id,
            as_of=NOON,
            base_currency="USD",
            cash=(CashBalance(currency="USD", amount=Decimal(10_000)),),
            positions=(),
        )
        for account_id in (ONE, TWO)
    ),
    quotes=tuple(
        Quote(
            con_id=ConId(number),
            symbol=symbol,
            price=Decimal(price),
            kind=QuoteKind.LAST,
            as_of=NOON,
        )
        for number, symbol, price in ((1, SPY, 600), (2, IEF, 95))
    ),
)


def new_outside(*answers: bool) -> MemoryOutside:
    return MemoryOutside(world=memory_world(SAVED), at=NOON, person=ScriptedPerson(answers=answers))


def new_inputs(*accounts: AccountId, asking: AskingPolicy | None = None) -> Inputs:
    return memory_inputs(
        *accounts, portfolios=(MODEL,), blend=BLEND, safety=WITH_ANY_TURNOVER, asking=asking
    )


def played(
    outside: MemoryOutside, inputs: Inputs, *, may_trade: bool = True
) -> tuple[AccountReport, ...]:
    reports = asyncio.run(outside.play(inputs, may_trade=may_trade))
    assert not isinstance(reports, UnknownTargets)
    return reports


def statuses_of(reports: tuple[AccountReport, ...]) -> list[AccountStatus]:
    return [report.status for report in reports]

"""What-ifs of one share of each target: which are asked, and what the answers say of a run."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from attrs import define, evolve, field

from rebalancer_adapters.memory.memory_clock import MemoryClock
from rebalancer_cli.run_exits import exit_of_findings
from rebalancer_core.application.doctor.findings import Level
from rebalancer_core.application.doctor.targets import AccountTargets
from rebalancer_core.application.doctor.what_ifs import (
    Answers,
    Asked,
    ask_what_ifs,
    judge_what_ifs,
    may_trade,
)
from rebalancer_core.application.types import Market
from rebalancer_core.orders.tickets import OrderStyle
from rebalancer_core.values.account import Quote, QuoteKind
from rebalancer_core.values.instruments import AccountId, ConId, Symbol
from rebalancer_core.values.margin import MarginEffect, WhatIf, WhatIfRefused
from rebalancer_core.values.plan import PlannedOrder
from rebalancer_core.values.policy import (
    AskingPolicy,
    ExecutionPolicy,
    PricingPolicy,
    SafetyPolicy,
    TradingHours,
)
from rebalancer_core.values.portfolios import Blend, Weight
from rebalancer_core.values.settings import GatewaySettings, RunSettings

A1, A2 = AccountId("DU111111"), AccountId("DU222222")
LIVE = AccountId("U1111111")
SPY, IEF = Symbol("SPY"), Symbol("IEF")
TARGETS = {"SPY": "60", "IEF": "40"}
NO_KID = WhatIfRefused(code=201, text="Order rejected - reason:No KID available.")
NO_PERMISSION = WhatIfRefused(code=460, text="No trading permissions.")
NO_FUNDS = WhatIfRefused(code=201, text="YOUR FUNDS ARE NOT SUFFICIENT.")
READ_ONLY = WhatIfRefused(code=321, text="The API interface is in Read-Only mode.")
NOW = datetime(2026, 1, 2, 15, tzinfo=UTC)
SETTINGS = RunSettings(
    sha256="0" * 64,
    gateway=GatewaySettings(read_only=False),
    asking=AskingPolicy(),
    blend=Blend(shares=()),
    pricing=PricingPolicy(),
    execution=ExecutionPolicy(),
    safety=SafetyPolicy(),
)
MARKET = Market(
    as_of=NOW,
    listings=(),
    quotes=tuple(
        Quote(con_id=ConId(n), symbol=s, price=Decimal(10), kind=QuoteKind.LAST, as_of=NOW)
        for n, s in ((1, SPY), (2, IEF))
    ),
)


def targets(account_id: AccountId, **percent: str) -> AccountTargets:
    return AccountTargets(
        account_id=account_id,
        weights=tuple(
            Weight(symbol=Symbol(s), fraction=Decimal(p) / 100) for s, p in percent.items()
        ),
        hours=TradingHours.RTH,
    )


@define
class SlowDesk:
    """Answers every what-if alike, after `seconds` of this clock for each account."""

    clock: MemoryClock
    seconds: float
    asked: list[tuple[AccountId, tuple[str, ...]]] = field(factory=list)

    async def what_if(
        self, account_id: AccountId, orders: tuple[PlannedOrder, ...], style: OrderStyle
    ) -> tuple[WhatIf, ...]:
        assert {order.quantity for order in orders} == {1}
        assert style == OrderStyle()
        self.asked.append((account_id, tuple(order.symbol for order in orders)))
        await self.clock.sleep(self.seconds)
        return tuple(MarginEffect(commission=Decimal(1)) for _ in orders)


def told(answers: Mapping[AccountId, Mapping[Symbol, WhatIf]]) -> list[tuple[Level, str]]:
    found = judge_what_ifs(
        Answers(
            asked=tuple(
                Asked(account_id=each, symbol=symbol, answer=answer)
                for each, of in answers.items()
                for symbol, answer in of.items()
            )
        )
    )
    return [(each.level, f"{each.words} -> {each.fix}") for each in found]


def test_what_is_refused_for_every_target_of_an_account_ends_a_run_with_5() -> None:
    found = told({A1: {SPY: NO_PERMISSION, IEF: NO_PERMISSION}, A2: {SPY: MarginEffect()}})
    assert [level for level, _ in found] == [Level.PROBLEM, Level.OK]
    assert "SPY, IEF for DU111111: error 460: No trading permissions.; nothing else" in found[0][1]
    assert "would end with 5 -> request the permission" in found[0][1]


def test_want_of_funds_for_one_share_ends_no_run() -> None:
    ((level, said),) = told({A1: {SPY: NO_FUNDS, IEF: NO_FUNDS}})
    assert level is Level.WARNING
    assert "a run asks again about its own orders" in said


def test_limits_of_the_presets_name_their_place_in_the_gateway() -> None:
    for code in (383, 451):
        ((level, said),) = told({A1: {SPY: WhatIfRefused(code=code, text="size")}})
        assert level is Level.PROBLEM
        assert "Global Configuration > Presets" in said
        assert "see docs/first-connection.md, 3" in said


def test_a_gateway_that_refuses_what_ifs_as_read_only_would_refuse_orders() -> None:
    ((level, said),) = told({A1: {SPY: READ_ONLY, IEF: READ_ONLY}})
    assert level is Level.PROBLEM
    assert "orders would be, too: a run would end with 5 -> switch off Read-Only API" in said


def test_silence_is_a_warning() -> None:
    ((level, said),) = told({A1: {SPY: None}})
    assert level is Level.WARNING
    assert "look for a dialog" in said


def test_many_accounts_are_asked_for_ten_seconds_and_the_others_are_named() -> None:
    clock = MemoryClock(NOW)
    desk = SlowDesk(clock, seconds=4)
    accounts = tuple(targets(AccountId(f"DU{n}"), SPY="60", IEF="0") for n in range(9))
    found = asyncio.run(ask_what_ifs(SETTINGS, accounts, MARKET, desk, clock))
    assert desk.asked == [(AccountId(f"DU{n}"), ("SPY",)) for n in range(3)], "0 % is only sold"
    assert found.out_of_time == tuple(AccountId(f"DU{n}") for n in range(3, 9))
    findings = judge_what_ifs(found)
    assert [each.level for each in findings] == [Level.OK, Level.SKIPPED]
    assert "6 accounts: DU3, DU4" in findings[1].words
    assert exit_of_findings(findings) == 0


def test_only_accounts_that_may_trade_are_asked_about() -> None:
    accounts = (targets(A1, SPY="60"), targets(A2, SPY="0"), targets(LIVE, SPY="60"))
    assert may_trade(SETTINGS, accounts, (A1, A2, LIVE)) == accounts[:1], "mode = paper"
    assert may_trade(SETTINGS, accounts, (A2, LIVE)) == (), "not managed"
    on_live_port = evolve(SETTINGS, gateway=evolve(SETTINGS.gateway, port=4001))
    assert may_trade(on_live_port, accounts, (A1,)) == ()

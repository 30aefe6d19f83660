"""Sixteen ledgers: cash in the sweep counted twice, figures that contradict, tags with a prefix."""

from decimal import Decimal

from rebalancer_adapters.gateway import (
    Alter,
    Mute,
    Scale,
    Scenario,
    insured_sweep,
    on_messages,
    wrong_ledger,
)
from rebalancer_adapters.gateway.settings import GatewaySettings, LedgerPrefix
from tests.faults.case import DEPOSIT, ORDERS, SHARES, Case, codes

_VALUE = 73
_CASH, _TOTAL_CASH = "CashBalance", "TotalCashBalance"
_NET_LIQUIDATION = "NetLiquidationByCurrency"
_PREFIXED = GatewaySettings(ledger_prefix=LedgerPrefix.ON)
_TEN_TIMES = Decimal("10.9")
# One reading tells each tag twice here: in US dollars and in BASE.
_SECOND_READING = 3


def ledger_cases() -> tuple[Case, ...]:
    """What trades on true cash, then what does not trade at all."""
    return (*_traded(), *_stopped())


def _traded() -> tuple[Case, ...]:
    deposit = {"usd": "60000"}
    little = {"usd": "30000", "SPY": "10"}
    return (
        _trades("the sweep counts the cash twice", insured_sweep()),
        _trades("the sweep makes 654,000 of 60,000", insured_sweep(_TEN_TIMES), holds=deposit),
        _trades("the sweep counts the cash twice beside shares", insured_sweep(), holds=little),
        _trades("every ledger tag has its prefix", Scenario(), prefix=True),
        _trades("every ledger tag has its prefix, with shares", Scenario(), SHARES, prefix=True),
        _trades("the sweep counts twice behind the prefix", insured_sweep(), prefix=True),
    )


def _stopped() -> tuple[Case, ...]:
    cash = (_CASH, _TOTAL_CASH)
    second = on_messages(
        Scale(field=6, by=_TEN_TIMES), message_id=_VALUE, tag=_TOTAL_CASH, first=_SECOND_READING
    )
    return (
        _stops("both cash rows are ten times too high", wrong_ledger(_TEN_TIMES, tags=cash)),
        _stops("both cash rows are half of it", wrong_ledger(Decimal("0.5"), tags=cash)),
        _stops("total cash is ten times too high", wrong_ledger(_TEN_TIMES, tags=(_TOTAL_CASH,))),
        _stops("net liquidation is half", wrong_ledger(Decimal("0.5"), tags=(_NET_LIQUIDATION,))),
        _stops("net liquidation is negative", wrong_ledger(Decimal(-1), tags=(_NET_LIQUIDATION,))),
        _stops("total cash is lost", _values(Mute(), _TOTAL_CASH)),
        _stops("net liquidation is lost", _values(Mute(), _NET_LIQUIDATION)),
        _stops("accrued cash is absurd", _values(Alter(field=6, text="90000"), "AccruedCash")),
        _stops("total cash is ten times too high after the yes", second),
        _stops(
            "both cash rows lie behind the prefix",
            wrong_ledger(_TEN_TIMES, tags=cash),
            prefix=True,
        ),
    )


def _trades(
    name: str,
    scenario: Scenario,
    holds: dict[str, str] = DEPOSIT,
    *,
    prefix: bool = False,
) -> Case:
    return Case(
        family="ledger",
        name=name,
        scenario=scenario,
        holds=holds,
        settings=_PREFIXED if prefix else GatewaySettings(),
        exits=codes(0),
        orders=(ORDERS, ORDERS),
        expects="trades within its true cash",
    )


def _stops(name: str, scenario: Scenario, *, prefix: bool = False) -> Case:
    return Case(
        family="ledger",
        name=name,
        scenario=scenario,
        settings=_PREFIXED if prefix else GatewaySettings(),
        exits=codes(4),
        orders=(0, 0),
        expects="nothing is sent",
    )


def _values(effect: Mute | Alter, tag: str) -> Scenario:
    return on_messages(effect, message_id=_VALUE, tag=tag)

"""Every setting of the gateway with every command: the same plan and book, or a stop and a fix."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from types import MappingProxyType

from attrs import evolve, field, frozen

from rebalancer_adapters.gateway import Fill, Hold, Restart, Scenario, on_orders, on_placed_orders
from rebalancer_adapters.gateway.settings import (
    Advisor,
    GatewaySettings,
    Handshake,
    LedgerPrefix,
    MarketData,
    PresetLimit,
    TimesIn,
)
from tests.faults.case import ACCOUNT, ORDERS, Case, Command, Outcome, Switched, codes
from tests.support import UNTIL_RELEASED
from tests.support.story import Wish
from tests.support.timing import IMPATIENT, TIMING

# More than 10,000 of cash, so that some of it is swept; a sell and a buy of less than 500 shares.
_HOLDS = {"usd": "30000", "SPY": "100"}
_PLAN: Mapping[Wish, Decimal] = MappingProxyType(
    {(ACCOUNT, "SPY", "SELL"): Decimal(25), (ACCOUNT, "IEF", "BUY"): Decimal(464)}
)
_DRY_RUN, _RUN, _APPLY, _RECOVER = Command
_ASKING = {"what_if": "true"}
_DELAYED = {"allow_delayed": "true"}
_UNKNOWN = codes(7)
_NO_PRICE = "has no price now"


@frozen(kw_only=True)
class Told:
    """What must come of a command."""

    outcome: Outcome = Outcome.SAME
    exits: frozenset[int] = codes(0)
    orders: tuple[int, int] | None = None
    says: tuple[str, ...] = ()


@frozen(kw_only=True)
class Setting:
    """A setting, and the commands for which it does not leave everything as it is.

    The scenario is that of commands that trade.
    """

    name: str
    settings: GatewaySettings
    told: Mapping[Command, Told] = field(factory=dict)
    keys: Mapping[str, str] = field(factory=lambda: dict(TIMING.troubled))
    scenario: Scenario = field(factory=Scenario)
    restarts_soon: bool = False


def setting_cases() -> tuple[Case, ...]:
    """Four for each setting, one for each command."""
    settings = (*_about_access(), *_about_accounts(), *_about_orders(), *_about_prices())
    others = (*_about_times(), *_about_sessions(), *_about_the_login(), *_about_handshakes())
    return tuple(_case(each, command) for each in (*settings, *others) for command in Command)


def _about_access() -> tuple[Setting, ...]:
    read_only = "Read-Only API"
    told = {
        _DRY_RUN: Told(says=(f"{read_only} is on",)),
        **_each(_stop(read_only, exits=codes(5)), _RUN, _APPLY),
        _RECOVER: _stop(read_only, exits=codes(7)),
    }
    return (
        Setting(
            name="read_only_api = true", settings=GatewaySettings(read_only_api=True), told=told
        ),
    )


def _about_accounts() -> tuple[Setting, ...]:
    split = GatewaySettings(split_insured_deposit=True)
    return (
        _harmless("ledger_prefix = on", GatewaySettings(ledger_prefix=LedgerPrefix.ON)),
        _harmless("ledger_prefix = both", GatewaySettings(ledger_prefix=LedgerPrefix.BOTH)),
        _harmless("insured_sweep = true", GatewaySettings(insured_sweep=True)),
        _harmless("split_insured_deposit = true", split),
        _harmless("round_account_values = true", GatewaySettings(round_account_values=True)),
    )


def _about_orders() -> tuple[Setting, ...]:
    dialog = Told(
        outcome=Outcome.HELD,
        exits=_UNKNOWN,
        orders=(1, 1),
        says=("look for a dialog in the gateway's window",),
    )
    presets = "Global Configuration > Presets > Stocks"
    money = PresetLimit(number=Decimal(10_000), is_shares=False)
    shares = PresetLimit(number=Decimal(100), is_shares=True)
    return (
        Setting(
            name="bypass_order_precautions = false",
            settings=GatewaySettings(bypass_order_precautions=False),
            told=_each(dialog, _RUN, _APPLY),
            keys=evolve(TIMING, for_acknowledgement="1").troubled,
        ),
        Setting(
            name="precautionary_limits = 10000",
            settings=GatewaySettings(precautionary_limits=money),
            told=_refusing("451", presets),
            keys=_ASKING,
        ),
        Setting(
            name="precautionary_limits = 100 shares",
            settings=GatewaySettings(precautionary_limits=shares),
            told=_refusing("383", presets),
            keys=_ASKING,
        ),
    )


def _about_prices() -> tuple[Setting, ...]:
    return (
        _without_prices("delayed", MarketData.DELAYED, "delayed"),
        _without_prices("none", MarketData.NONE, "354"),
        _without_prices("delayed_with_notices", MarketData.DELAYED_WITH_NOTICES, "10089"),
        _with_delayed_prices("delayed", MarketData.DELAYED),
        _with_delayed_prices("delayed_with_notices", MarketData.DELAYED_WITH_NOTICES),
    )


def _about_times() -> tuple[Setting, ...]:
    login = TimesIn.LOGIN
    tokyo = GatewaySettings(send_instrument_timezone=login, login_timezone="JST")
    paris = GatewaySettings(send_instrument_timezone=login, login_timezone="MET")
    return (
        _harmless("send_instrument_timezone = login, JST", tokyo),
        _harmless("send_instrument_timezone = login, MET", paris),
        _harmless(
            "send_instrument_timezone = utc", GatewaySettings(send_instrument_timezone=TimesIn.UTC)
        ),
    )


def _about_sessions() -> tuple[Setting, ...]:
    held = on_orders(Hold(seconds=UNTIL_RELEASED), last=1)
    restarted = held + on_placed_orders(Restart(seconds=Decimal("0.3")), last=1)
    lost = Told(outcome=Outcome.LOST, exits=_UNKNOWN, orders=(1, 1))
    found = Told(outcome=Outcome.FOUND, exits=codes(0, 7), orders=(1, ORDERS))
    return (
        Setting(
            name="maintain_and_resubmit = true, and a restart before the acknowledgement",
            settings=GatewaySettings(maintain_and_resubmit=True),
            scenario=restarted,
            told=_each(found, _RUN, _APPLY),
        ),
        Setting(
            name="maintain_and_resubmit = false, and a restart before the acknowledgement",
            settings=GatewaySettings(maintain_and_resubmit=False),
            scenario=restarted,
            told=_each(lost, _RUN, _APPLY),
            keys=IMPATIENT.troubled,
        ),
        _harmless("reject_above_max_rate = true", GatewaySettings(reject_above_max_rate=True)),
        _harmless("auto_restart in the night", GatewaySettings(auto_restart=time(3))),
        Setting(
            name="auto_restart while orders are out",
            settings=GatewaySettings(auto_restart=time(3)),
            scenario=on_orders(Fill(after_seconds=Decimal(8)), last=1),
            told=_each(found, _RUN, _APPLY),
            restarts_soon=True,
        ),
    )


def _about_the_login() -> tuple[Setting, ...]:
    return (
        _harmless("master_client_id = own", GatewaySettings(master_client_id=42)),
        _harmless("master_client_id = other", GatewaySettings(master_client_id=7)),
        _harmless("advisor = on", GatewaySettings(advisor=Advisor.ON)),
        _harmless("advisor = over_50", GatewaySettings(advisor=Advisor.OVER_50)),
    )


def _about_handshakes() -> tuple[Setting, ...]:
    return (
        _unmet("silent", Handshake.SILENT, "no answer to the handshake", "restart it"),
        _unmet("outdated", Handshake.OUTDATED, "API version 151", "install a current"),
        _unmet("protobuf", Handshake.PROTOBUF, "protocol buffers", "157 to 178"),
    )


def _harmless(name: str, settings: GatewaySettings) -> Setting:
    return Setting(name=name, settings=settings)


def _without_prices(value: str, data: MarketData, reason: str) -> Setting:
    told = _each(_stop(reason, exits=codes(4, 5)), _DRY_RUN, _RUN)
    return Setting(
        name=f"market_data = {value}",
        settings=GatewaySettings(market_data=data),
        told={**told, _APPLY: _stop(_NO_PRICE, exits=codes(5))},
    )


def _with_delayed_prices(value: str, data: MarketData) -> Setting:
    return Setting(
        name=f"market_data = {value}, which settings.ini allows",
        settings=GatewaySettings(market_data=data),
        keys=_DELAYED,
    )


def _unmet(value: str, handshake: Handshake, *says: str) -> Setting:
    stop = _stop(*says, exits=codes(4))
    return Setting(
        name=f"handshake = {value}",
        settings=GatewaySettings(handshake=handshake),
        told=_each(stop, *Command),
    )


def _refusing(*says: str) -> Mapping[Command, Told]:
    """What-ifs are refused: a preview says so, and nothing is sent."""
    return {
        _DRY_RUN: _stop(*says, exits=codes(0)),
        **_each(_stop(*says, exits=codes(5)), _RUN, _APPLY),
    }


def _stop(*says: str, exits: frozenset[int]) -> Told:
    return Told(outcome=Outcome.STOP, exits=exits, orders=(0, 0), says=says)


def _each(told: Told, *commands: Command) -> Mapping[Command, Told]:
    return dict.fromkeys(commands, told)


def _case(setting: Setting, command: Command) -> Case:
    told = setting.told.get(command, Told())
    trades = command in {_RUN, _APPLY}
    usual = (ORDERS, ORDERS) if trades else (0, 0)
    return Case(
        family="setting",
        name=f"{setting.name}: {command.value}",
        settings=setting.settings,
        scenario=setting.scenario if trades else Scenario(),
        holds=_HOLDS,
        keys=setting.keys,
        exits=told.exits,
        orders=usual if told.orders is None else told.orders,
        expects=told.outcome.value,
        switched=Switched(
            command=command,
            outcome=told.outcome,
            plan=_PLAN,
            says=told.says,
            restarts_soon=setting.restarts_soon and trades,
        ),
    )

"""Every setting of the gateway as a switch: a field with its values, its default, and its line."""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from attrs import Attribute, fields, frozen

from rebalancer_adapters.gateway.settings.grammar import (
    Grammar,
    PresetLimit,
    choice,
    client_id,
    flag,
    one_of,
    preset_limit,
    switch,
    time_of_day,
)
from rebalancer_adapters.gateway.time_zones import JAVA_IDS


class LedgerPrefix(StrEnum):
    """Under which tags the ledger's values come."""

    OFF = "off"
    ON = "on"
    BOTH = "both"


class TimesIn(StrEnum):
    """The zone of the times that are sent."""

    INSTRUMENT = "instrument"
    LOGIN = "login"
    UTC = "utc"


class MarketData(StrEnum):
    """What the login may see of instruments whose own `data` is live."""

    LIVE = "live"
    DELAYED = "delayed"
    NONE = "none"
    DELAYED_WITH_NOTICES = "delayed_with_notices"


class Advisor(StrEnum):
    """Whose login it is."""

    OFF = "off"
    ON = "on"
    OVER_50 = "over_50"


class Handshake(StrEnum):
    """How the gateway answers the hello of a client."""

    USUAL = "usual"
    SILENT = "silent"
    OUTDATED = "outdated"
    PROTOBUF = "protobuf"


@frozen(kw_only=True)
class GatewaySettings:
    """The settings of one gateway; without any it behaves as a usual login that may trade."""

    read_only_api: bool = switch(
        flag(),
        False,
        "Refuse orders, cancels, and requests for open and completed orders with error 321.",
    )
    ledger_prefix: LedgerPrefix = switch(
        choice(LedgerPrefix),
        LedgerPrefix.OFF,
        "Call ledger values `$LEDGER-CashBalance` and so on, as TWS 10.47 does; `both` sends both.",
    )
    insured_sweep: bool = switch(
        flag(),
        False,
        "Count USD cash above 10,000, which is in the insured deposit sweep, twice in CashBalance.",
    )
    split_insured_deposit: bool = switch(
        flag(),
        False,
        "Take the swept cash out of CashBalance and show it as InsuredDeposit.",
    )
    round_account_values: bool = switch(
        flag(), False, "Round account values to whole units of their currency."
    )
    bypass_order_precautions: bool = switch(
        flag(),
        True,
        "Without it a dialog holds the first market order, and 383 refuses more than 500 shares.",
    )
    precautionary_limits: PresetLimit | None = switch(
        preset_limit(),
        None,
        "Refuse larger orders, and what-ifs, with 451 (value) or 383 (size), as presets do.",
    )
    market_data: MarketData = switch(
        choice(MarketData),
        MarketData.LIVE,
        "What the login may see where an instrument's own `data` is live; "
        "`delayed_with_notices` sends 10089 and 10091 before delayed ticks.",
    )
    send_instrument_timezone: TimesIn = switch(
        choice(TimesIn),
        TimesIn.INSTRUMENT,
        "Times of executions, orders and error texts: `20231214 15:57:37 US/Eastern`, in the "
        "login's zone, or `20231214-20:57:37` in UTC.",
    )
    login_timezone: str = switch(
        one_of(tuple(JAVA_IDS)), "JST", "The login's zone, under its short name in Java."
    )
    maintain_and_resubmit: bool = switch(
        flag(),
        True,
        "Orders that wait behind a dialog survive a restart of the gateway: they go out after it.",
    )
    reject_above_max_rate: bool = switch(
        flag(),
        False,
        "Refuse messages above 50 a second with error 100, the third time end the connection; "
        "else slow the client down.",
    )
    master_client_id: int | None = switch(
        client_id(), None, "The client that hears of the orders of all clients."
    )
    advisor: Advisor = switch(
        choice(Advisor),
        Advisor.OFF,
        "An advisor's login: its master account leads the list of accounts, which ends with a "
        "comma; with `over_50` it has 51 clients and reqPositions is refused.",
    )
    auto_restart: time | None = switch(
        time_of_day(),
        None,
        "Restart every day at this time of the market's zone: 1100 two seconds before, "
        "back three seconds after.",
    )
    handshake: Handshake = switch(
        choice(Handshake),
        Handshake.USUAL,
        "How a client is met: `silent` accepts and says nothing, `outdated` answers with server "
        "version 151, `protobuf` with 203 and a binary message, and hears no text.",
    )


_ATTRIBUTES: tuple["Attribute[Any]", ...] = fields(GatewaySettings)
GRAMMARS: Mapping[str, Grammar] = MappingProxyType(
    {each.name: each.metadata["grammar"] for each in _ATTRIBUTES}
)
ABOUT: Mapping[str, str] = MappingProxyType(
    {each.name: each.metadata["about"] for each in _ATTRIBUTES}
)


def written(settings: GatewaySettings) -> dict[str, str]:
    """Every setting by name, as it is written."""
    return {name: grammar.write(getattr(settings, name)) for name, grammar in GRAMMARS.items()}

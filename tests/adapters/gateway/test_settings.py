"""The settings of TWS as switches: how each is written, and what it changes on the wire."""

from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from ib_async import ExecutionFilter

from rebalancer_adapters.gateway import (
    ManualClock,
    MarketFileError,
    load_market,
)
from rebalancer_adapters.gateway.settings import (
    GRAMMARS,
    GatewaySettings,
    LedgerPrefix,
    PresetLimit,
    changed_settings,
    written,
)
from tests.adapters.gateway.clients import (
    MARKETS,
    SPY,
    errors_of,
    filled,
    market_order,
    raw,
    run,
    soon,
    told,
    until,
    with_settings,
)

_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_OTHERS = {
    "read_only_api": "true",
    "ledger_prefix": "both",
    "insured_sweep": "true",
    "split_insured_deposit": "true",
    "round_account_values": "true",
    "bypass_order_precautions": "false",
    "precautionary_limits": "500 shares",
    "market_data": "delayed_with_notices",
    "send_instrument_timezone": "utc",
    "login_timezone": "MET",
    "maintain_and_resubmit": "false",
    "reject_above_max_rate": "true",
    "master_client_id": "7",
    "advisor": "over_50",
    "auto_restart": "23:45:00",
    "handshake": "silent",
}


def test_every_setting_is_written_and_read_in_the_same_way() -> None:
    assert list(_OTHERS) == list(GRAMMARS)
    usual = written(GatewaySettings())
    assert all(usual[name] != text for name, text in _OTHERS.items())
    for texts in (usual, _OTHERS):
        made = changed_settings(GatewaySettings(), [f"{n}={text}" for n, text in texts.items()])
        assert isinstance(made, GatewaySettings)
        assert written(made) == texts


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ledger_prefx=on", "ledger_prefx: unknown setting -> did you mean ledger_prefix? known: "),
        ("market_data=delaied", "'delaied' is not a value of it -> did you mean delayed? write "),
        ("read_only_api", "read_only_api: no value -> write NAME=VALUE"),
        ("auto_restart=24:00", "'24:00' is not a value of it -> write off or a time such as 23:45"),
        ("master_client_id=-1", "master_client_id: '-1' is not a value of it"),
        ("precautionary_limits=0", "precautionary_limits: '0' is not a value of it"),
        ("insured_sweep=", "insured_sweep: '' is not a value of it -> write false or true"),
    ],
)
def test_what_is_no_setting_is_named_with_what_may_be_written(text: str, problem: str) -> None:
    made = changed_settings(GatewaySettings(), [text])
    assert not isinstance(made, GatewaySettings)
    assert [problem in str(each) for each in made] == [True]


def test_a_market_file_has_them_in_a_table_and_two_still_among_the_gateways(tmp_path: Path) -> None:
    small = (MARKETS / "small.toml").read_text(encoding="utf-8")
    path = tmp_path / "market.toml"
    older = small.replace("[gateway]", "[gateway]\nread_only_api = true\nledger_prefix = true")
    table = '[settings]\nledger_prefix = "off"\nauto_restart = 23:45:00\nmaster_client_id = 7\n'
    path.write_text(older.replace("[hours]", f"{table}[hours]"), encoding="utf-8")
    assert load_market(path).settings == GatewaySettings(
        read_only_api=True, auto_restart=time(23, 45), master_client_id=7
    )
    path.write_text(small + "[settings]\nadvisor = [1]\nread_ony_api = true\n", encoding="utf-8")
    with pytest.raises(MarketFileError) as caught:
        load_market(path)
    wrong, unknown = caught.value.problems
    assert wrong.startswith("settings.advisor: '[1]' is not a value of it -> write off or on or")
    assert unknown.startswith("settings.read_ony_api: unknown setting -> did you mean read_only")


def test_read_only_refuses_lists_of_orders_too_with_an_error_of_no_request() -> None:
    async def scene() -> None:
        async with with_settings(GatewaySettings(read_only_api=True)) as (gateway, ib):
            seen = errors_of(ib)
            client = raw(ib)
            for ask in (client.reqOpenOrders, client.reqAllOpenOrders, client.reqGlobalCancel):
                ask()
            client.reqAutoOpenOrders(True)
            client.reqCompletedOrders(False)
            client.cancelOrder(9, "")
            await until(lambda: len(seen) == 6)
            assert seen == [(-1, 321)] * 5 + [(9, 321)]
            assert await soon(ib.reqExecutionsAsync(ExecutionFilter())) == []
            assert not told(gateway, 53)

    run(scene())


def test_ledger_tags_come_in_both_forms_and_rounded() -> None:
    async def scene() -> None:
        settings = GatewaySettings(ledger_prefix=LedgerPrefix.BOTH, round_account_values=True)
        async with with_settings(settings) as (gateway, ib):
            gateway.book.move_cash("DU333333", "USD", Decimal("0.50"))
            raw(ib).reqAccountUpdatesMulti(77, "DU333333", "", False)
            await until(lambda: told(gateway, 74))
            values = {(f[5], f[7]): f[6] for f in told(gateway, 73)}
            for prefix in ("", "$LEDGER-"):
                assert values[f"{prefix}TotalCashBalance", "USD"] == "1001"  # half a dollar goes up
                assert values[f"{prefix}ExchangeRate", "USD"] == "1.4285714"
            assert values["NetLiquidation", "CAD"] == "5144"
            assert values["Leverage-S", ""] == "0.33"

    run(scene())


@pytest.mark.parametrize(
    ("settings", "balance", "deposit"),
    [
        (GatewaySettings(insured_sweep=True), "70000.00", None),
        (GatewaySettings(split_insured_deposit=True), "10000.00", "30000.00"),
        (GatewaySettings(), "40000.00", None),
    ],
)
def test_cash_in_the_sweep_is_counted_twice_or_split_off(
    settings: GatewaySettings, balance: str, deposit: str | None
) -> None:
    async def scene() -> None:
        async with with_settings(settings) as (gateway, ib):
            gateway.book.move_cash("DU111111", "USD", Decimal(30_000))
            raw(ib).reqAccountUpdatesMulti(77, "DU111111", "", False)
            await until(lambda: told(gateway, 74))
            values = {(f[5], f[7]): f[6] for f in told(gateway, 73)}
            assert values["CashBalance", "USD"] == values["CashBalance", "BASE"] == balance
            assert (
                values["TotalCashBalance", "USD"] == values["TotalCashValue", "USD"] == "40000.00"
            )
            assert values["NetLiquidationByCurrency", "USD"] == "47900.00"
            assert values.get(("InsuredDeposit", "USD")) == deposit

    run(scene())


def test_without_the_bypass_a_dialog_holds_the_first_market_order_and_a_size_limit_holds() -> None:
    async def scene() -> None:
        clock = ManualClock(_NOON)
        settings = GatewaySettings(bypass_order_precautions=False)
        async with with_settings(settings, clock=clock) as (gateway, ib):
            seen = errors_of(ib)
            first = ib.placeOrder(SPY, market_order("BUY", 1))
            await filled(ib, market_order("BUY", 2))
            assert [order.quantity for order in gateway.book.orders] == [2]
            assert not [f for f in told(gateway, 3) if f[1] == str(first.order.orderId)]
            ib.placeOrder(SPY, market_order("BUY", 501))
            await until(lambda: [code for _, code in seen] == [383])
            await clock.advance(86_400)
            await until(lambda: first.orderStatus.status == "Filled")

    run(scene())


@pytest.mark.parametrize(
    ("limit", "refused", "code"),
    [
        (PresetLimit(number=Decimal(1800), is_shares=False), 3, 451),
        (PresetLimit(number=Decimal(2), is_shares=True), 3, 383),
    ],
)
def test_the_presets_refuse_a_larger_order_and_its_preview(
    limit: PresetLimit, refused: float, code: int
) -> None:
    async def scene() -> None:
        async with with_settings(GatewaySettings(precautionary_limits=limit)) as (gateway, ib):
            seen = errors_of(ib)
            await filled(ib, market_order("BUY", 2))
            ib.placeOrder(SPY, market_order("BUY", refused))
            ib.placeOrder(SPY, market_order("BUY", refused, whatIf=True))
            await until(lambda: [each for _, each in seen] == [code, code])
            assert (
                "Precautionary Settings of Global Configuration/Presets." in told(gateway, 4)[-1][4]
            )

    run(scene())

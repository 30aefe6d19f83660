"""Scenario files: the samples do what they say, a bad file names every problem with its place."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from rebalancer_adapters.gateway import (
    Fill,
    ForeignOrder,
    Frame,
    Gateway,
    Kind,
    ManualClock,
    MoveCash,
    Phase,
    Scenario,
    ScenarioFileError,
    load_market,
    load_scenario,
)
from rebalancer_adapters.gateway.scenario.fault_tables import EFFECTS
from rebalancer_adapters.gateway.wire import Fields, encode_frame
from tests.adapters.gateway.clients import (
    MARKETS,
    SPY,
    connect,
    disconnect,
    market_order,
    run,
    small_market,
    until,
)
from tests.adapters.gateway.encoder import encoded

SCENARIOS = MARKETS.parent / "scenarios"
SAMPLES = sorted(SCENARIOS.glob("*.toml"))
_NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_GOOD = """
[scenario]
seed = 7

[[faults]]
on = "order"
phase = "orders"
symbol = "SPY"
first = 2
last = 3
chance = 0.25
until_seconds = 60
do = [{ effect = "fill", share = 0.5 }]
"""


def _load(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, small_market())


def _problems(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ScenarioFileError) as caught:
        _load(tmp_path, text)
    return caught.value.problems


@pytest.mark.parametrize("market", ["small", "demo"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_loads_for_the_shipped_markets(path: Path, market: str) -> None:
    assert load_scenario(path, load_market(MARKETS / f"{market}.toml")) != Scenario()
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_the_samples_show_every_effect() -> None:
    shown = {
        type(effect)
        for path in SAMPLES
        for rule in load_scenario(path).rules
        for effect in rule.then
    }
    assert shown == {effect for known in EFFECTS.values() for effect in known.values()}


def test_a_file_says_what_its_rules_meet(tmp_path: Path) -> None:
    scenario = _load(tmp_path, _GOOD)
    (rule,) = scenario.rules
    assert (scenario.seed, rule.first, rule.last, rule.chance) == (7, 2, 3, Decimal("0.25"))
    assert (rule.when.kind, rule.when.phase) == (Kind.ORDER, Phase.ORDERS)
    assert (rule.when.symbol, rule.when.until_seconds) == ("SPY", Decimal(60))
    assert rule.then == (Fill(share=Decimal("0.5")),)


def test_a_seed_from_outside_replaces_the_one_of_the_file() -> None:
    path = SCENARIOS / "rejected_at_random.toml"
    assert load_scenario(path).seed == 20
    assert load_scenario(path, seed=0).seed == 0


def test_messages_have_the_names_of_the_api_or_their_numbers(tmp_path: Path) -> None:
    text = '[[faults]]\non = "{}"\nmessage = {}\ndo = [{{ effect = "delay", seconds = 1 }}]\n'
    for on, name, number in (("request", '"reqPositions"', 61), ("message", '"positionEnd"', 62)):
        assert _load(tmp_path, text.format(on, name)).rules[0].when.message_id == number
    assert _load(tmp_path, text.format("message", "61")).rules[0].when.message_id == 61


def test_other_peoples_orders_are_written_as_tables() -> None:
    rules = load_scenario(SCENARIOS / "foreign_orders.toml").rules
    (sale,) = rules[0].then
    assert sale == ForeignOrder(
        account="DU111111",
        symbol="SPY",
        side="SELL",
        quantity=Decimal(2),
        limit_price=Decimal(900),
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"order"', '"orders"', "faults[1].on: 'orders' is not start or request or order"),
        ('phase = "orders"', 'phase = "night"', "faults[1].phase: 'night' is not start-up"),
        ("chance = 0.25", "chance = 2", "faults[1].chance: 2 is above 1"),
        ("chance = 0.25", "chanse = 1", "faults[1].chanse: is an unknown key -> did you mean"),
        ("last = 3", "last = 1", "faults[1].last: 1 is before first 2"),
        ("last = 3", "last = -1", "faults[1].last: -1 is not a whole number above 0"),
        ('"fill"', '"fil"', "faults[1].do[1].effect: 'fil' is not possible here"),
        ('"fill"', '"mute"', "'mute' is not possible here -> on = 'order' knows reject, remark"),
        ('"SPY"', '"XYZ"', "faults[1].symbol: XYZ is not in the market"),
        ("share = 0.5", "share = 5", "faults[1].do[1].share: 5 is not a part of the order"),
        ("share = 0.5", "shares = 5", "do[1].shares: is an unknown key -> did you mean share?"),
        ("share = 0.5", "after_seconds = 'x'", "do[1].after_seconds: 'x' is not a number"),
        ('do = [{ effect = "fill", share = 0.5 }]', "", "faults[1].do: nothing happens"),
        ("seed = 7", "seed = -7", "scenario.seed: -7 is not a whole number above -1"),
        ("[[faults]]", "[[fault]]", "did you mean faults?"),
        ('"fill", share = 0.5', '"reject", text = "x"', "do[1].code: is missing"),
        ('"fill"', '"cross_cancel", answer = "Gone"', "'Gone' is not an answer to a cancel"),
        (
            "symbol =",
            'message = "position"\nsymbol =',
            "'position' is not a message of on = 'order'",
        ),
        ("symbol =", 'account = "DU999999"\nsymbol =', "account: DU999999 is not in the market"),
    ],
)
def test_a_wrong_key_is_named_with_place_and_fix(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    found = _problems(tmp_path, _GOOD.replace(old, new, 1))
    assert any(problem in each for each in found), found
    assert all(" -> " in each for each in found)


@pytest.mark.parametrize(
    ("on", "effect", "problem"),
    [
        ("start", 'effect = "outage", seconds = 1, back = 5', "back: 5 is not an end of an outage"),
        (
            "message",
            'effect = "garbage", hexadecimal = "0g"',
            "hexadecimal: '0g' is not hexadecimal",
        ),
        (
            "start",
            'effect = "foreign_order", symbol = "SPY", account = "x", side = "HOLD", quantity = 1',
            "side: 'HOLD' is not a side",
        ),
        ("start", 'effect = "move_market", symbol = "QQQ", last = 1', "QQQ is not in the market"),
        ("start", 'effect = "move_cash", account = "DU9", amount = -1', "DU9 is not in the market"),
        ("start", 'effect = "move_market", symbol = "SPY", data = "x"', "data: 'x' is not live"),
        ("start", 'effect = "restart", forget_order_ids = 1', "1 is not true or false"),
    ],
)
def test_an_effect_without_sense_is_refused(
    tmp_path: Path, on: str, effect: str, problem: str
) -> None:
    found = _problems(tmp_path, f'[[faults]]\non = "{on}"\ndo = [{{ {effect} }}]\n')
    assert any(problem in each for each in found), found


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    text = _GOOD.replace("seed = 7", "seed = 'x'").replace('"fill"', '"fil"')
    assert len(_problems(tmp_path, text + "chances = 1\n")) == 3


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"= 1", "is no TOML file"),
        (b"", "there is none"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_scenario_file_is_refused(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "scenario.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioFileError, match=problem):
        load_scenario(path)


def test_the_same_seed_refuses_the_same_orders_and_another_seed_others() -> None:
    drawn = [_refused(20), _refused(20), _refused(21)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert 1 <= len(drawn[0]) <= 20


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_replays_frame_by_frame_and_the_book_stays_true(path: Path) -> None:
    gateway = _played(path)
    assert [_told(frame) for frame in gateway.record.sent()] == [
        _told(frame) for frame in _played(path).record.sent()
    ]
    own = [e for e in gateway.book.executions if (e.account, e.symbol) == ("DU111111", "SPY")]
    signed = sum((e.quantity if e.side == "BOT" else -e.quantity for e in own), Decimal(0))
    assert gateway.book.position("DU111111", "SPY") == 10 + signed
    assert gateway.book.cash("DU111111", "USD") == 10_000 + _moved(path) + sum(
        (e.cash_change for e in gateway.book.executions if e.account == "DU111111"), Decimal(0)
    )


def _moved(path: Path) -> Decimal:
    """The cash that comes or goes without an order, each time once."""
    effects = (effect for rule in load_scenario(path).rules for effect in rule.then)
    return sum((each.amount for each in effects if isinstance(each, MoveCash)), Decimal(0))


def _told(frame: Frame) -> tuple[int, Fields]:
    return frame.client_id, frame.fields


def _played(path: Path) -> Gateway:
    """The gateway after a bare client asked for positions and a price and sent three orders."""
    market = small_market()
    clock = ManualClock(_NOON)
    gateway = Gateway(market, load_scenario(path, market), clock)
    requests = (
        ("71", "2", "7", ""),
        ("61", "1"),
        encoded(178, lambda client: client.reqMktData(9, SPY, "", False, False, [])),
        *map(_order, (1, 2, 3)),
        ("4", "1", "2", ""),
    )

    async def scene() -> None:
        async with gateway.running():
            _reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(b"API\0\0\0\0\x09v157..178")
            for count, fields in enumerate(requests, start=1):
                writer.write(encode_frame(fields))
                await until(partial(_is_taken, gateway, count))
                await clock.advance(Decimal("0.5"))
            for _ in range(3):
                await clock.advance(30)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    run(scene())
    return gateway


def _order(number: int) -> Fields:
    return encoded(178, lambda client: client.placeOrder(number, SPY, market_order("BUY", 2)))


def _is_taken(gateway: Gateway, count: int) -> bool:
    """Whether that many requests have come in, or the connection has ended."""
    is_cut = count > 1 and not gateway.client_ids
    return is_cut or len(gateway.record.received()) >= count


def _refused(seed: int) -> list[int]:
    numbers: list[int] = []

    async def scene() -> None:
        market = small_market()
        scenario = load_scenario(SCENARIOS / "rejected_at_random.toml", market, seed)
        async with Gateway(market, scenario).running() as gateway:
            ib = await connect(gateway, 7)
            trades = [ib.placeOrder(SPY, market_order("BUY", 1)) for _ in range(16)]
            await until(lambda: len(gateway.book.orders) + _count_refused(gateway) == len(trades))
            refused = {int(f.fields[2]) for f in gateway.record.sent(4) if f.fields[3] == "201"}
            numbers.extend(at for at, trade in enumerate(trades) if trade.order.orderId in refused)
            await disconnect(ib)

    run(scene())
    return numbers


def _count_refused(gateway: Gateway) -> int:
    return sum(frame.fields[3] == "201" for frame in gateway.record.sent(4))

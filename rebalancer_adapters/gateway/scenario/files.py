"""Scenario files: TOML in, a `Scenario` out, or every problem of the file at once.

Keys (fixtures/scenarios/ has one sample for each kind of fault; docs/scenarios.md explains them):
  [scenario] seed, messages_per_second
  [[faults]] on = "start", "request", "order" or "message", and then, to say which of them:
             phase, message (number or TWS name), account, symbol, side, status, tag, client_id,
             first, last or only (counted from 1), from_seconds, until_seconds, chance
             do = [{ effect = "reject", code = 201, text = "..." }]
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from attrs import evolve

from rebalancer_adapters.gateway.market import Market
from rebalancer_adapters.gateway.market.toml_table import TomlTable, read_toml
from rebalancer_adapters.gateway.scenario.fault_tables import read_effect
from rebalancer_adapters.gateway.scenario.faults import Effect
from rebalancer_adapters.gateway.scenario.gateway_wide import ForeignOrder, MoveCash, MoveMarket
from rebalancer_adapters.gateway.scenario.message_names import RECEIVED, SENT
from rebalancer_adapters.gateway.scenario.rules import Kind, Phase, Rule, Scenario, When

_KINDS = tuple(kind.value for kind in Kind)
_PHASES = tuple(phase.value for phase in Phase)
_NAMES: Mapping[Kind, Mapping[str, int]] = {
    Kind.START: {},
    Kind.ORDER: {"placeOrder": 3},
    Kind.REQUEST: RECEIVED,
    Kind.MESSAGE: SENT,
}


class ScenarioFileError(Exception):
    """The scenario file cannot be used; `problems` names each place and its fix."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{path.name}: {problem}" for problem in problems))
        self.problems = problems


def load_scenario(path: Path, market: Market | None = None, seed: int | None = None) -> Scenario:
    """The scenario of a file; ScenarioFileError with every problem when it cannot be used.

    With a market, accounts and symbols that it does not have are problems too. A `seed` replaces
    the one of the file: it replays what another run had drawn.
    """
    content = read_toml(path)
    if isinstance(content, str):
        raise ScenarioFileError(path, (content,))
    problems: list[str] = []
    scenario = _read_scenario(TomlTable("", content, problems), market)
    if problems:
        raise ScenarioFileError(path, tuple(problems))
    return scenario if seed is None else evolve(scenario, seed=seed)


def _read_scenario(file: TomlTable, market: Market | None) -> Scenario:
    head = file.table("scenario")
    seed = head.integer("seed", minimum=0) if head.has("seed") else 0
    key = "messages_per_second"
    pace = head.integer(key) if head.has(key) else None
    head.finish()
    rules = tuple(_read_rule(table, market) for table in file.tables("faults"))
    file.finish()
    if not rules and pace is None:
        file.report("faults", "there is none", "add at least one [[faults]]")
    return Scenario(rules=rules, seed=seed, messages_per_second=pace)


def _read_rule(table: TomlTable, market: Market | None) -> Rule:
    kind = Kind(table.choice("on", _KINDS, "message"))
    when = _read_when(table, kind)
    first = table.integer("first") if table.has("first") else 1
    last = table.integer("last") if table.has("last") else None
    if table.has("only"):
        first = last = table.integer("only")
    chance = table.number("chance", Decimal(1))
    read = [read_effect(each, kind) for each in table.tables("do")]
    effects = tuple(each for each in read if each is not None)
    table.finish()
    if not read:
        table.report("do", "nothing happens", 'write do = [{ effect = "..." }]')
    if chance > 1:
        table.report("chance", f"{chance} is above 1", "write 0.2 for one time in five")
    if last is not None and last < first:
        table.report("last", f"{last} is before first {first}", "write first <= last")
    if market is not None:
        _check_market(table, when, effects, market)
    return Rule(when=when, then=effects, first=first, last=last, chance=chance)


def _read_when(table: TomlTable, kind: Kind) -> When:
    until = table.number("until_seconds") if table.has("until_seconds") else None
    return When(
        kind=kind,
        message_id=_read_message(table, kind),
        client_id=table.integer("client_id", minimum=0) if table.has("client_id") else None,
        account=_optional(table, "account"),
        symbol=_optional(table, "symbol"),
        side=_optional(table, "side"),
        algo=_optional(table, "algo"),
        status=_optional(table, "status"),
        tag=_optional(table, "tag"),
        phase=Phase(table.choice("phase", _PHASES, "orders")) if table.has("phase") else None,
        from_seconds=table.number("from_seconds", Decimal(0)),
        until_seconds=until,
    )


def _read_message(table: TomlTable, kind: Kind) -> int | None:
    if not table.has("message"):
        return None
    names = _NAMES[kind]
    if not table.is_text("message"):
        return table.integer("message")
    name = table.text("message")
    if name not in names:
        fix = f"write its number, or one of {', '.join(names)}" if names else "leave it out"
        table.report("message", f"{name!r} is not a message of on = {kind.value!r}", fix)
    return names.get(name)


def _optional(table: TomlTable, key: str) -> str | None:
    return table.text(key) if table.has(key) else None


def _check_market(
    table: TomlTable, when: When, effects: tuple[Effect, ...], market: Market
) -> None:
    accounts = {setup.account for setup in market.accounts}
    symbols = {each.symbol for each in market.instruments}
    symbols |= {each.local_symbol for each in market.instruments}
    placed = [each for each in effects if isinstance(each, ForeignOrder)]
    paid = [each for each in effects if isinstance(each, MoveCash)]
    moved = [each for each in effects if isinstance(each, MoveMarket)]
    named = [when.symbol, *(each.symbol for each in placed), *(each.symbol for each in moved)]
    for account in (when.account, *(e.account for e in placed), *(e.account for e in paid)):
        if account is not None and account not in accounts:
            table.report("account", f"{account} is not in the market", "use one of its accounts")
    for symbol in named:
        if symbol is not None and symbol not in symbols:
            table.report("symbol", f"{symbol} is not in the market", "use one of its instruments")

"""Settings that are each fine and wrong together, or that say less than their line does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from rebalancer_adapters.ground.problems import Kind, Problem, Wrong, place_in
from rebalancer_adapters.settings.accounts import AccountIds
from rebalancer_adapters.settings.grammars import is_loopback
from rebalancer_adapters.settings.keys import (
    ACCOUNT_IDS,
    KEYS,
    LEGACY_ACCOUNT_ID,
    filled,
    key_of,
)
from rebalancer_adapters.settings.sources import Said, Sources, wrong_with
from rebalancer_core.values.instruments import AccountId
from rebalancer_core.values.settings import GatewaySettings

_LIVE_PORTS = frozenset({4001, 7496})
_PAPER_PORTS = frozenset({4002, 7497})
_PAPER_ID = "D"
_PATHS = frozenset(key.name for key in KEYS if key.kind is Path)
_HOST = key_of("ibkr", "host")
_PORT = key_of("ibkr", "port")
_READING_ID = key_of("ibkr", "read_client_id")
_IDS = frozenset({ACCOUNT_IDS[1], LEGACY_ACCOUNT_ID[1]})
_LOOKS_LIKE_A_PATH = re.compile(r"\S|.*[/\\]|.*\.csv\b", re.IGNORECASE)
_NAMES_AN_ACCOUNT = re.compile(r".*\b[A-Z]{1,4}[0-9]{4,10}\b")


def check_together(sources: Sources, accounts: AccountIds) -> Iterable[Problem]:
    """Problems between settings: remote host, port against account, text lost to a comment."""
    gateway = filled(GatewaySettings, sources.value)
    yield from _check_host(sources, gateway)
    yield from _check_port(sources, gateway, accounts)
    yield from _check_reading_id(sources, gateway)
    yield from _check_lost_text(sources)


def _check_host(sources: Sources, gateway: GatewaySettings) -> Iterable[Problem]:
    said = sources.said(_HOST.section, _HOST.name)
    if said and not is_loopback(gateway.host) and not gateway.allow_remote:
        problem = (
            f"{gateway.host} is another machine, and the API is neither encrypted nor authenticated"
        )
        fix = "127.0.0.1, or allow_remote = true if the network between is yours"
        yield said.problem(Wrong(problem=problem, fix=fix))


def _check_reading_id(sources: Sources, gateway: GatewaySettings) -> Iterable[Problem]:
    said = sources.said(_READING_ID.section, _READING_ID.name)
    if said and not wrong_with(_READING_ID, said) and gateway.reading_id == gateway.client_id:
        problem = f"{gateway.reading_id} is client_id too: a preview would keep a run from starting"
        yield said.problem(Wrong(problem=problem, fix="another number, or none for client_id + 1"))


def _check_port(
    sources: Sources, gateway: GatewaySettings, accounts: AccountIds
) -> Iterable[Problem]:
    said = sources.said(_PORT.section, _PORT.name)
    if wrong_with(_PORT, said):
        return
    port = gateway.port
    paper = tuple(each for each in accounts.ids if each.startswith(_PAPER_ID))
    live = tuple(each for each in accounts.ids if each not in paper)
    where = said or accounts.said
    if port in _LIVE_PORTS and paper and where:
        yield _mismatch(where, port, "live", paper, "4002 (Gateway) or 7497 (TWS)")
    if port in _PAPER_PORTS and live and where:
        yield _mismatch(where, port, "paper", live, "4001 (Gateway) or 7496 (TWS)")


def _mismatch(said: Said, port: int, kind: str, ids: tuple[AccountId, ...], fix: str) -> Problem:
    other = "live" if kind == "paper" else "paper"
    problem = f"port {port} is for {kind} trading, {', '.join(ids)} is {other}"
    return said.problem(Wrong(problem=problem, fix=f"port = {fix}"))


def _check_lost_text(sources: Sources) -> Iterable[Problem]:
    for entry in sources.ini.entries:
        lost_path = entry.name[1] in _PATHS and _LOOKS_LIKE_A_PATH.match(entry.comment)
        lost_id = entry.name[1] in _IDS and _NAMES_AN_ACCOUNT.match(entry.comment)
        if lost_path or lost_id:
            yield Problem(
                place=place_in(sources.file, entry.line, entry.value_column),
                key=f"{entry.section}.{entry.key}",
                problem=f"the value ends at {entry.value!r}: the rest of the line is a comment",
                fix="if it belongs to the value, write it without ` ;` and ` #`",
                kind=Kind.WARNING,
            )

"""Contracts are looked up once a session: one US listing in USD, or the reason there is none."""

from __future__ import annotations

import asyncio

from rebalancer_adapters.ib.hours import parse_sessions
from rebalancer_adapters.ib.library import Contract, ContractDescription, ContractDetails
from rebalancer_adapters.ib.link import Link
from rebalancer_adapters.ib.requests import RequestFault, retried
from rebalancer_core.values.faults import BrokerRefused
from rebalancer_core.values.instruments import (
    STOCK,
    USD,
    ConId,
    Listing,
    Symbol,
    Unlisted,
    UnlistedWhy,
)

_US_EXCHANGES = frozenset(
    {
        "AMEX",
        "ARCA",
        "BATS",
        "BYX",
        "CBOE",
        "EDGEA",
        "EDGX",
        "IEX",
        "ISLAND",
        "LTSE",
        "MEMX",
        "NASDAQ",
        "NMS",
        "NYSE",
        "NYSENAT",
        "PEARL",
        "PHLX",
        "PINK",
        "PSX",
    }
)
_SMART = "SMART"
_UNKNOWN = 200
_CANDIDATES = 5
_SAMPLE_SECONDS = 5
# Half of what a second takes, so that a long list of symbols starves nothing else.
_AT_ONCE = 20

Found = Listing | Unlisted


class Contracts:
    """The session's contract book."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._by_symbol: dict[Symbol, Found] = {}
        self._by_con_id: dict[ConId, Found] = {}
        self._lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def of_symbols(self, symbols: tuple[Symbol, ...]) -> tuple[Found, ...] | RequestFault:
        """One entry a symbol, in the order asked; unknown and ambiguous ones all together."""
        async with self._lock:
            missing = [s for s in dict.fromkeys(symbols) if s not in self._by_symbol]
            found = await asyncio.gather(*(self._of_symbol(symbol) for symbol in missing))
            for symbol, entry in zip(missing, found, strict=True):
                if not isinstance(entry, Listing | Unlisted):
                    return entry
                self._by_symbol[symbol] = entry
        return tuple(self._by_symbol[symbol] for symbol in symbols)

    async def of_con_ids(self, con_ids: tuple[ConId, ...]) -> tuple[Found, ...] | RequestFault:
        """One entry a held contract, in the order asked."""
        async with self._lock:
            missing = [c for c in dict.fromkeys(con_ids) if c not in self._by_con_id]
            found = await asyncio.gather(*(self._of_con_id(con_id) for con_id in missing))
            for con_id, entry in zip(missing, found, strict=True):
                if not isinstance(entry, Listing | Unlisted):
                    return entry
                self._by_con_id[con_id] = entry
        return tuple(self._by_con_id[con_id] for con_id in con_ids)

    async def _of_symbol(self, symbol: Symbol) -> Found | RequestFault:
        spelled = to_ib_symbol(symbol)
        asked = Contract(secType=STOCK, symbol=spelled, exchange=_SMART, currency=USD)
        rows = await self._details(asked)
        if not isinstance(rows, tuple):
            return rows
        listed = [row for row in rows if _is_us_listing(row)]
        if len(listed) == 1:
            return to_listing(listed[0], symbol)
        if listed:
            return Unlisted(
                symbol=symbol, why=UnlistedWhy.AMBIGUOUS, candidates=tuple(map(_name, listed))
            )
        elsewhere = rows or await self._details(Contract(secType=STOCK, symbol=spelled))
        if not isinstance(elsewhere, tuple):
            return elsewhere
        if elsewhere:
            candidates = tuple(map(_name, elsewhere[:_CANDIDATES]))
            return Unlisted(symbol=symbol, why=UnlistedWhy.NOT_USD_STOCK, candidates=candidates)
        # BRKB is BRK B there: what begins like it comes close where nothing looks like it.
        like = await self._like(spelled)
        if like == () and len(spelled) > 1:
            like = await self._like(spelled[:-1])
        return Unlisted(symbol=symbol, why=UnlistedWhy.UNKNOWN, candidates=like or ())

    async def _of_con_id(self, con_id: ConId) -> Found | RequestFault:
        # Without an exchange each venue answers with its own trading hours.
        rows = await self._details(Contract(conId=con_id, exchange=_SMART))
        if rows == ():
            rows = await self._details(Contract(conId=con_id))
        if not isinstance(rows, tuple):
            return rows
        for row in rows:
            if _is_us_listing(row) and row.contract is not None:
                return to_listing(row, Symbol(row.contract.symbol))
        symbol = Symbol(_symbol(rows[0]) if rows else str(con_id))
        why = UnlistedWhy.NOT_USD_STOCK if rows else UnlistedWhy.UNKNOWN
        return Unlisted(symbol=symbol, why=why, candidates=tuple(map(_name, rows[:_CANDIDATES])))

    async def _details(self, contract: Contract) -> tuple[ContractDetails, ...] | RequestFault:
        """Every contract that fits, one row a contract id; none where the broker knows none."""
        client, requests = self._link.client, self._link.inbox.contract_details

        def send(request_id: int) -> None:
            client.reqContractDetails(request_id, contract)

        async def ask() -> tuple[ContractDetails, ...] | RequestFault:
            return await requests.ask(name, client, send, self._link.timeout_seconds)

        name = f"contract details of {contract.symbol or contract.conId}"
        async with self._slots:
            rows = await retried(ask, self._link.retry)
        if isinstance(rows, BrokerRefused) and rows.code == _UNKNOWN:
            return ()
        if not isinstance(rows, tuple):
            return rows
        named = [(row.contract, row) for row in rows if row.contract is not None]
        smart_last = sorted(named, key=lambda each: each[0].exchange == _SMART)
        return tuple({contract.conId: row for contract, row in smart_last}.values())

    async def _like(self, symbol: str) -> tuple[str, ...] | None:
        """Symbols that look like it, for people; None without an answer: nothing hangs on it."""
        client, requests = self._link.client, self._link.inbox.symbol_samples

        def send(request_id: int) -> None:
            client.reqMatchingSymbols(request_id, symbol)

        rows = await requests.ask("matching symbols", client, send, _SAMPLE_SECONDS)
        if not isinstance(rows, tuple):
            return None
        return tuple(_described(row) for row in rows if row.contract is not None)[:_CANDIDATES]


def to_ib_symbol(symbol: Symbol) -> str:
    """The symbol as IBKR spells it: share classes after a blank.

    >>> to_ib_symbol(Symbol("BRK.B")), to_ib_symbol(Symbol("BF-A")), to_ib_symbol(Symbol("SPY"))
    ('BRK B', 'BF A', 'SPY')
    """
    return symbol.replace(".", " ").replace("-", " ")


def to_listing(row: ContractDetails, symbol: Symbol) -> Listing:
    """Contract details as a listing, under the name it was asked by.

    `minSize` and `sizeIncrement` are left out: IBKR states 0.0001 for ETFs and refuses fractions
    (10243).
    """
    contract = row.contract or Contract()
    return Listing(
        con_id=ConId(contract.conId),
        symbol=symbol,
        primary_exchange=contract.primaryExchange,
        stock_type=row.stockType,
        name=row.longName,
        liquid_sessions=parse_sessions(row.liquidHours, row.timeZoneId),
        trading_sessions=parse_sessions(row.tradingHours, row.timeZoneId),
    )


def _is_us_listing(row: ContractDetails) -> bool:
    contract = row.contract
    return (
        contract is not None
        and contract.secType == STOCK
        and contract.currency == USD
        and contract.primaryExchange.split(".", maxsplit=1)[0] in _US_EXCHANGES
    )


def _symbol(row: ContractDetails) -> str:
    return row.contract.symbol if row.contract is not None else ""


def _name(row: ContractDetails) -> str:
    contract = row.contract or Contract()
    exchange = contract.primaryExchange or contract.exchange
    kind = row.stockType or contract.secType
    return f"{contract.symbol} {exchange} {contract.currency} {kind} {row.longName}".strip()


def _described(row: ContractDescription) -> str:
    contract = row.contract or Contract()
    return f"{contract.symbol} {contract.primaryExchange} {contract.currency} {contract.secType}"

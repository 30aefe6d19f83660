"""Answers about contracts: details, symbol search, market rules."""

from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages import contracts as say
from rebalancer_adapters.gateway.requests.values import (
    ContractRequest,
    RequestContractDetails,
    RequestMarketRule,
    RequestMatchingSymbols,
)
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.terms import ContractQuery


class ContractHandlers:
    """The contract requests of one client."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection

    def handle(self, request: ContractRequest) -> None:
        match request:
            case RequestContractDetails():
                self._send_details(request)
            case RequestMatchingSymbols():
                self._send_samples(request)
            case RequestMarketRule():
                self._connection.send(say.market_rule(request.rule_id))

    def _send_details(self, request: RequestContractDetails) -> None:
        query = request.contract
        if not query.con_id and not query.security_type:
            text = "Error validating request.-'bZ' : cause - Please enter a valid security type"
            self._connection.send_error(request.req_id, 321, text)
            return
        found = self._shared.market.find(query)
        if not found:
            text = "No security definition has been found for the request"
            self._connection.send_error(request.req_id, 200, text)
            return
        for instrument in found:
            for exchange in _exchanges(query, instrument):
                self._connection.send(
                    say.contract_details(
                        self._connection.version,
                        request.req_id,
                        instrument,
                        exchange=exchange,
                        hours=self._shared.market.hours,
                        now=self._shared.clock.now(),
                    )
                )
        self._connection.send(say.contract_details_end(request.req_id))

    def _send_samples(self, request: RequestMatchingSymbols) -> None:
        pattern = request.pattern.upper()
        found = tuple(
            each
            for each in self._shared.market.instruments
            if each.security_type == "STK"
            and (each.symbol.startswith(pattern) or pattern in each.name.upper())
        )
        self._connection.send(say.symbol_samples(self._connection.version, request.req_id, found))


def _exchanges(query: ContractQuery, instrument: Instrument) -> tuple[str, ...]:
    """Asked without exchange, TWS gives a contract id one row, a symbol one for each exchange."""
    if query.exchange:
        return (query.exchange,)
    return ("SMART",) if query.con_id else ("SMART", instrument.primary_exchange)

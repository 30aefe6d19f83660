"""Answers about contracts: details, symbol search, market rules."""

from rebalancer_adapters.gateway.market import Hours, Instrument
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

_SMART = "SMART"


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
            for exchange, hours in _rows(query, instrument, self._shared.market.hours):
                self._connection.send(
                    say.contract_details(
                        self._connection.version,
                        request.req_id,
                        instrument,
                        exchange=exchange,
                        hours=hours,
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


def _rows(
    query: ContractQuery, instrument: Instrument, hours: Hours
) -> tuple[tuple[str, Hours], ...]:
    """Asked without exchange, TWS gives a contract id one row, a symbol one for each exchange.

    The second one, AMEX for most, has hours of its own.
    """
    if query.exchange:
        return ((query.exchange, hours),)
    if query.con_id:
        return ((_SMART, hours),)
    return (_SMART, hours), (instrument.venues[2], hours.on_another_exchange)

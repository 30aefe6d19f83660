"""Answers about contracts: details, symbol search, market rules."""

from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages import contracts as say
from rebalancer_adapters.gateway.requests.values import (
    ContractRequest,
    RequestContractDetails,
    RequestMarketRule,
    RequestMatchingSymbols,
)
from rebalancer_adapters.gateway.session.floor import Floor
from rebalancer_adapters.gateway.session.line import Line
from rebalancer_adapters.gateway.terms import ContractQuery


class ContractDesk:
    """The contract requests of one client."""

    def __init__(self, floor: Floor, line: Line) -> None:
        self._floor = floor
        self._line = line

    def handle(self, request: ContractRequest) -> None:
        match request:
            case RequestContractDetails():
                self._send_details(request)
            case RequestMatchingSymbols():
                self._send_samples(request)
            case RequestMarketRule():
                self._line.send(say.market_rule(request.rule_id))

    def _send_details(self, request: RequestContractDetails) -> None:
        query = request.contract
        if not query.con_id and not query.security_type:
            text = "Error validating request.-'bZ' : cause - Please enter a valid security type"
            self._line.send_error(request.req_id, 321, text)
            return
        found = self._floor.market.find(query)
        if not found:
            text = "No security definition has been found for the request"
            self._line.send_error(request.req_id, 200, text)
            return
        for instrument in found:
            for exchange in _exchanges(query, instrument):
                self._line.send(
                    say.contract_details(
                        self._line.version,
                        request.req_id,
                        instrument,
                        exchange=exchange,
                        hours=self._floor.market.hours,
                        now=self._floor.clock.now(),
                    )
                )
        self._line.send(say.contract_details_end(request.req_id))

    def _send_samples(self, request: RequestMatchingSymbols) -> None:
        pattern = request.pattern.upper()
        found = tuple(
            each
            for each in self._floor.market.instruments
            if each.security_type == "STK"
            and (each.symbol.startswith(pattern) or pattern in each.name.upper())
        )
        self._line.send(say.symbol_samples(self._line.version, request.req_id, found))


def _exchanges(query: ContractQuery, instrument: Instrument) -> tuple[str, ...]:
    """Asked without exchange, TWS gives a contract id one row, a symbol one for each exchange."""
    if query.exchange:
        return (query.exchange,)
    return ("SMART",) if query.con_id else ("SMART", instrument.primary_exchange)

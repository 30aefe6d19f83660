"""What a scenario can say of a request: its number, and for orders and prices what they name."""

from rebalancer_adapters.gateway.requests import Request
from rebalancer_adapters.gateway.requests.values import (
    CancelOrder,
    PlaceOrder,
    RequestAccountSummary,
    RequestAccountUpdates,
    RequestAccountUpdatesMulti,
    RequestContractDetails,
    RequestExecutions,
    RequestMarketData,
    RequestMatchingSymbols,
    RequestPositionsMulti,
)
from rebalancer_adapters.gateway.scenario import PLACED, PREVIEWED, Event, Kind, Phase


def request_event(request: Request, message_id: int, client_id: int, phase: Phase) -> Event:
    """The event of a request that came in whole."""
    account = symbol = side = algo = tag = ""
    match request:
        case PlaceOrder(contract=contract, terms=terms):
            account, symbol, side = terms.account, contract.symbol, terms.action
            algo = terms.algo
            tag = PREVIEWED if terms.what_if else PLACED
        case RequestContractDetails(contract=contract) | RequestMarketData(contract=contract):
            symbol = contract.symbol
        case RequestAccountUpdates() | RequestAccountUpdatesMulti() | RequestPositionsMulti():
            account = request.account
        case _:
            pass  # nothing more is in it
    return Event(
        kind=Kind.REQUEST,
        message_id=message_id,
        client_id=client_id,
        account=account,
        symbol=symbol,
        side=side,
        algo=algo,
        tag=tag,
        phase=phase,
    )


def request_number(request: Request) -> int:
    """The number under which an error about this request is told; -1 where it has none."""
    match request:
        case PlaceOrder() | CancelOrder():
            return request.order_id
        case (
            RequestAccountUpdatesMulti()
            | RequestPositionsMulti()
            | RequestAccountSummary()
            | RequestContractDetails()
            | RequestMatchingSymbols()
            | RequestMarketData()
            | RequestExecutions()
        ):
            return request.req_id
        case _:
            return -1

"""Requests of clients: text fields in, one frozen value out, anything else is `Unreadable`."""

from collections.abc import Callable

from rebalancer_adapters.gateway.requests.orders import (
    read_cancel_order,
    read_contract,
    read_place_order,
)
from rebalancer_adapters.gateway.requests.reader import FieldError, Reader
from rebalancer_adapters.gateway.requests.values import (
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CancelAllOrders,
    CancelMarketData,
    CancelPositions,
    CancelPositionsMulti,
    Request,
    RequestAccountSummary,
    RequestAccountUpdates,
    RequestAccountUpdatesMulti,
    RequestAdvisorData,
    RequestAllOpenOrders,
    RequestAutoOpenOrders,
    RequestCompletedOrders,
    RequestContractDetails,
    RequestCurrentTime,
    RequestExecutions,
    RequestIds,
    RequestManagedAccounts,
    RequestMarketData,
    RequestMarketDataType,
    RequestMarketRule,
    RequestMatchingSymbols,
    RequestOpenOrders,
    RequestPositions,
    RequestPositionsMulti,
    RequestSmartComponents,
    SetServerLogLevel,
    StartApi,
    Unreadable,
)
from rebalancer_adapters.gateway.terms import ExecutionFilter
from rebalancer_adapters.gateway.wire import Fields

_Read = Callable[[Reader, int], Request]


def parse_request(fields: Fields, version: int) -> Request | Unreadable:
    """The request in a frame of a client that speaks this server version."""
    reader = Reader(fields)
    try:
        message_id = reader.integer()
    except FieldError as problem:
        return Unreadable(message_id=None, problem=str(problem))
    read = _READERS.get(message_id)
    if read is None:
        return Unreadable(message_id=message_id, problem=f"message {message_id} is not supported")
    try:
        return read(reader, version)
    except FieldError as problem:
        return Unreadable(message_id=message_id, problem=str(problem))


def _market_data(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    req_id, contract = reader.integer(), read_contract(reader)
    if contract.security_type == "BAG":
        reader.skip(4 * reader.count())
    if reader.flag():
        reader.skip(3)  # delta neutral contract
    generic_ticks, snapshot = reader.text(), reader.flag()
    reader.skip(2)  # regulatory snapshot, options
    reader.finish()
    return RequestMarketData(
        req_id=req_id, contract=contract, generic_ticks=generic_ticks, snapshot=snapshot
    )


def _contract_details(reader: Reader, version: int) -> Request:
    reader.skip(1)
    req_id, contract = reader.integer(), read_contract(reader)
    reader.skip(3)  # include expired, security id type, security id
    if version >= 176:
        reader.skip(1)  # issuer id
    reader.finish()
    return RequestContractDetails(req_id=req_id, contract=contract)


def _executions(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    req_id = reader.integer()
    wanted = ExecutionFilter(
        client_id=reader.integer(),
        account=reader.text(),
        time=reader.text(),
        symbol=reader.text(),
        security_type=reader.text(),
        exchange=reader.text(),
        side=reader.text(),
    )
    return RequestExecutions(req_id=req_id, filter=wanted)


def _account_updates(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    return RequestAccountUpdates(subscribe=reader.flag(), account=reader.text())


def _account_updates_multi(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    return RequestAccountUpdatesMulti(
        req_id=reader.integer(),
        account=reader.text(),
        model_code=reader.text(),
        ledger_only=reader.flag(),
    )


def _positions_multi(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    return RequestPositionsMulti(
        req_id=reader.integer(), account=reader.text(), model_code=reader.text()
    )


def _account_summary(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    req_id, group, tags = reader.integer(), reader.text(), reader.text()
    names = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
    return RequestAccountSummary(req_id=req_id, group=group, tags=names)


def _start_api(reader: Reader, _version: int) -> Request:
    reader.skip(1)
    return StartApi(client_id=reader.integer())


def _smart_components(reader: Reader, _version: int) -> Request:
    return RequestSmartComponents(req_id=reader.integer(), exchange_map=reader.text())


def _matching_symbols(reader: Reader, _version: int) -> Request:
    return RequestMatchingSymbols(req_id=reader.integer(), pattern=reader.text())


def _market_rule(reader: Reader, _version: int) -> Request:
    return RequestMarketRule(rule_id=reader.integer())


def _completed_orders(reader: Reader, _version: int) -> Request:
    return RequestCompletedOrders(api_only=reader.flag())


def _constant(request: Request) -> _Read:
    def read(_reader: Reader, _version: int) -> Request:
        return request

    return read


def _one_number(build: Callable[[int], Request]) -> _Read:
    def read(reader: Reader, _version: int) -> Request:
        reader.skip(1)
        return build(reader.integer())

    return read


_READERS: dict[int, _Read] = {
    1: _market_data,
    2: _one_number(lambda req_id: CancelMarketData(req_id=req_id)),
    3: read_place_order,
    4: read_cancel_order,
    5: _constant(RequestOpenOrders()),
    6: _account_updates,
    7: _executions,
    8: _constant(RequestIds()),
    9: _contract_details,
    14: _one_number(lambda level: SetServerLogLevel(level=level)),
    15: _one_number(lambda bind: RequestAutoOpenOrders(bind=bool(bind))),
    16: _constant(RequestAllOpenOrders()),
    17: _constant(RequestManagedAccounts()),
    18: _one_number(lambda kind: RequestAdvisorData(kind=kind)),
    49: _constant(RequestCurrentTime()),
    58: _constant(CancelAllOrders()),
    59: _one_number(lambda kind: RequestMarketDataType(kind=kind)),
    61: _constant(RequestPositions()),
    62: _account_summary,
    63: _one_number(lambda req_id: CancelAccountSummary(req_id=req_id)),
    64: _constant(CancelPositions()),
    71: _start_api,
    74: _positions_multi,
    75: _one_number(lambda req_id: CancelPositionsMulti(req_id=req_id)),
    76: _account_updates_multi,
    77: _one_number(lambda req_id: CancelAccountUpdatesMulti(req_id=req_id)),
    81: _matching_symbols,
    83: _smart_components,
    91: _market_rule,
    99: _completed_orders,
}

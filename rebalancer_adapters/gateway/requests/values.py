"""The requests that the gateway understands, one frozen value each."""

from attrs import frozen

from rebalancer_adapters.gateway.terms import ContractQuery, ExecutionFilter, OrderTerms


@frozen(kw_only=True)
class StartApi:
    client_id: int


@frozen
class RequestIds:
    pass


@frozen
class RequestCurrentTime:
    pass


@frozen
class RequestManagedAccounts:
    pass


@frozen(kw_only=True)
class RequestAccountUpdates:
    subscribe: bool
    account: str


@frozen(kw_only=True)
class RequestAccountUpdatesMulti:
    req_id: int
    account: str
    model_code: str
    ledger_only: bool


@frozen(kw_only=True)
class CancelAccountUpdatesMulti:
    req_id: int


@frozen
class RequestPositions:
    pass


@frozen
class CancelPositions:
    pass


@frozen(kw_only=True)
class RequestPositionsMulti:
    req_id: int
    account: str
    model_code: str


@frozen(kw_only=True)
class CancelPositionsMulti:
    req_id: int


@frozen(kw_only=True)
class RequestAccountSummary:
    req_id: int
    group: str
    tags: tuple[str, ...]


@frozen(kw_only=True)
class CancelAccountSummary:
    req_id: int


@frozen
class RequestOpenOrders:
    pass


@frozen
class RequestAllOpenOrders:
    pass


@frozen(kw_only=True)
class RequestAutoOpenOrders:
    bind: bool


@frozen(kw_only=True)
class RequestCompletedOrders:
    api_only: bool


@frozen(kw_only=True)
class RequestExecutions:
    req_id: int
    filter: ExecutionFilter


@frozen(kw_only=True)
class RequestContractDetails:
    req_id: int
    contract: ContractQuery


@frozen(kw_only=True)
class RequestMatchingSymbols:
    req_id: int
    pattern: str


@frozen(kw_only=True)
class RequestMarketData:
    req_id: int
    contract: ContractQuery
    generic_ticks: str
    snapshot: bool


@frozen(kw_only=True)
class CancelMarketData:
    req_id: int


@frozen(kw_only=True)
class RequestMarketDataType:
    kind: int


@frozen(kw_only=True)
class PlaceOrder:
    order_id: int
    contract: ContractQuery
    terms: OrderTerms


@frozen(kw_only=True)
class CancelOrder:
    order_id: int


@frozen
class CancelAllOrders:
    pass


@frozen(kw_only=True)
class RequestAdvisorData:
    """`kind` is 1 for groups, 2 for profiles, 3 for aliases."""

    kind: int


@frozen(kw_only=True)
class SetServerLogLevel:
    level: int


@frozen(kw_only=True)
class RequestMarketRule:
    rule_id: int


@frozen(kw_only=True)
class RequestSmartComponents:
    req_id: int
    exchange_map: str


@frozen(kw_only=True)
class Unreadable:
    """A frame that is not a request of this gateway: unknown number, wrong fields."""

    message_id: int | None
    problem: str


ConnectionRequest = (
    StartApi
    | RequestIds
    | RequestCurrentTime
    | RequestManagedAccounts
    | RequestAdvisorData
    | SetServerLogLevel
)
AccountRequest = (
    RequestAccountUpdates
    | RequestAccountUpdatesMulti
    | CancelAccountUpdatesMulti
    | RequestPositions
    | CancelPositions
    | RequestPositionsMulti
    | CancelPositionsMulti
    | RequestAccountSummary
    | CancelAccountSummary
)
ContractRequest = RequestContractDetails | RequestMatchingSymbols | RequestMarketRule
MarketDataRequest = (
    RequestMarketData | CancelMarketData | RequestMarketDataType | RequestSmartComponents
)
OrderRequest = (
    PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | RequestOpenOrders
    | RequestAllOpenOrders
    | RequestAutoOpenOrders
    | RequestCompletedOrders
    | RequestExecutions
)
Request = ConnectionRequest | AccountRequest | ContractRequest | MarketDataRequest | OrderRequest

"""Every name that this program takes from ib_async; a test holds them to the installed source.

Nothing else imports it. What replaces the library has to bring these, and no more.
"""

from ib_async.client import Client
from ib_async.contract import Contract, ContractDescription, ContractDetails, TagValue
from ib_async.decoder import Decoder
from ib_async.ib import IB
from ib_async.objects import CommissionReport, Execution, ExecutionFilter, PortfolioItem
from ib_async.order import Order, OrderState
from ib_async.wrapper import Wrapper

__all__ = [
    "IB",
    "Client",
    "CommissionReport",
    "Contract",
    "ContractDescription",
    "ContractDetails",
    "Decoder",
    "Execution",
    "ExecutionFilter",
    "Order",
    "OrderState",
    "PortfolioItem",
    "TagValue",
    "Wrapper",
]

# What the client is asked, with the names of its parameters.
REQUESTS: dict[str, tuple[str, ...]] = {
    "cancelAccountUpdatesMulti": ("reqId",),
    "cancelMktData": ("reqId",),
    "cancelOrder": ("orderId", "manualCancelOrderTime"),
    "cancelPositionsMulti": ("reqId",),
    "placeOrder": ("orderId", "contract", "order"),
    "reqAccountUpdates": ("subscribe", "acctCode"),
    "reqAccountUpdatesMulti": ("reqId", "account", "modelCode", "ledgerAndNLV"),
    "reqAllOpenOrders": (),
    "reqCompletedOrders": ("apiOnly",),
    "reqContractDetails": ("reqId", "contract"),
    "reqCurrentTime": (),
    "reqExecutions": ("reqId", "execFilter"),
    "reqMarketDataType": ("marketDataType",),
    "reqMatchingSymbols": ("reqId", "pattern"),
    "reqMktData": (
        "reqId",
        "contract",
        "genericTickList",
        "snapshot",
        "regulatorySnapshot",
        "mktDataOptions",
    ),
    "reqOpenOrders": (),
    "reqPositions": (),
    "reqPositionsMulti": ("reqId", "account", "modelCode"),
}

# What the client calls back, with the names of its parameters.
CALLBACKS: dict[str, tuple[str, ...]] = {
    "accountUpdateMulti": ("reqId", "account", "modelCode", "tag", "val", "currency"),
    "accountUpdateMultiEnd": ("reqId",),
    "bondContractDetails": ("reqId", "contractDetails"),
    "commissionReport": ("commissionReport",),
    "completedOrder": ("contract", "order", "orderState"),
    "completedOrdersEnd": (),
    "connectionClosed": (),
    "contractDetails": ("reqId", "contractDetails"),
    "contractDetailsEnd": ("reqId",),
    "currentTime": ("time",),
    "error": ("reqId", "errorCode", "errorString", "advancedOrderRejectJson"),
    "execDetails": ("reqId", "contract", "execution"),
    "execDetailsEnd": ("reqId",),
    "marketDataType": ("reqId", "marketDataId"),
    "openOrder": ("orderId", "contract", "order", "orderState"),
    "openOrderEnd": (),
    "orderStatus": (
        "orderId",
        "status",
        "filled",
        "remaining",
        "avgFillPrice",
        "permId",
        "parentId",
        "lastFillPrice",
        "clientId",
        "whyHeld",
        "mktCapPrice",
    ),
    "position": ("account", "contract", "posSize", "avgCost"),
    "positionEnd": (),
    "positionMulti": ("reqId", "account", "modelCode", "contract", "pos", "avgCost"),
    "positionMultiEnd": ("reqId",),
    "priceSizeTick": ("reqId", "tickType", "price", "size"),
    "symbolSamples": ("reqId", "contractDescriptions"),
    "tickGeneric": ("reqId", "tickType", "value"),
    "tickReqParams": ("reqId", "minTick", "bboExchange", "snapshotPermissions"),
    "tickSize": ("reqId", "tickType", "size"),
    "tickSnapshotEnd": ("reqId",),
    "tickString": ("reqId", "tickType", "value"),
}

# What is used besides, by the class that has it.
ATTRIBUTES: dict[type, tuple[str, ...]] = {
    Client: (
        "MaxClientVersion",
        "MaxRequests",
        "MinClientVersion",
        "RequestsInterval",
        "apiEnd",
        "conn",
        "connectAsync",
        "decoder",
        "getAccounts",
        "getReqId",
        "isReady",
        "serverVersion",
        "throttleEnd",
        "throttleStart",
        "updateReqId",
        "_timeQ",
    ),
    IB: (
        "client",
        "disconnect",
        "disconnectedEvent",
        "reqAccountUpdatesAsync",
        "updatePortfolioEvent",
        "wrapper",
    ),
    Wrapper: ("clientId", "ib"),
    Decoder: ("execDetails", "handlers", "interpret", "serverVersion"),
}

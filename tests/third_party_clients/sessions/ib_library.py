"""ib_insync, or ib_async, visits the gateway: port and library are its arguments.

Runs in the environment of `make third-party`; see ibapi_client.py.
"""

import importlib
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

ACCOUNT = "DU111111"
Foreign = Any  # a type of the library that is visiting

STEP_SECONDS = 0.05
PATIENCE_STEPS = 400


def until(ib: Foreign, condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_STEPS):
        if condition():
            return
        ib.sleep(STEP_SECONDS)
    raise TimeoutError("what was awaited never came")


def visit(api: Foreign, ib: Foreign) -> dict[str, object]:
    spy = api.Stock("SPY", "SMART", "USD")
    (details,) = ib.reqContractDetails(spy)
    ib.qualifyContracts(spy)
    (ticker,) = ib.reqTickers(spy)
    terms = {"account": ACCOUNT, "tif": "DAY"}
    preview = api.MarketOrder("BUY", 4, **terms)
    margins = []

    wrapper_open_order = ib.wrapper.openOrder

    def open_order(order_id: int, contract: object, order: Foreign, state: Foreign) -> None:
        if order.whatIf:
            margins.append(float(state.initMarginChange))
        wrapper_open_order(order_id, contract, order, state)

    # ib_insync takes the first of the two answers, which has no margins yet: both are heard here.
    ib.wrapper.openOrder = open_order
    ib.whatIfOrder(spy, preview)
    until(ib, lambda: len(margins) == 2)
    params = [api.TagValue("adaptivePriority", "Normal")]
    orders = [
        api.MarketOrder("BUY", 1, orderRef="plain", **terms),
        api.MarketOrder(
            "BUY", 1, orderRef="adaptive", algoStrategy="Adaptive", algoParams=params, **terms
        ),
        api.Order(
            action="BUY", totalQuantity=1, orderType="MIDPRICE", orderRef="midprice", **terms
        ),
        api.LimitOrder("BUY", 1, 500.0, orderRef="cancelled", **terms),
    ]
    trades = [ib.placeOrder(spy, each) for each in orders]
    until(ib, lambda: all(each.orderStatus.status == "Filled" for each in trades[:3]))
    until(ib, lambda: trades[3].orderStatus.status == "Submitted")
    ib.cancelOrder(trades[3].order)
    until(ib, lambda: trades[3].orderStatus.status == "Cancelled")
    ib.reqAllOpenOrders()
    executed = {f.execution.orderRef: f.execution.shares for f in ib.reqExecutions()}
    completed = ib.reqCompletedOrders(False)
    return {
        "server_version": ib.client.serverVersion(),
        "accounts": ",".join(ib.managedAccounts()),
        "positions": {p.contract.symbol: p.position for p in ib.positions(ACCOUNT)},
        "accounts_ready": sorted(v.account for v in ib.accountValues() if v.tag == "AccountReady"),
        "con_ids": [details.contract.conId],
        "last": [ticker.last],
        "margin": margins[-1],
        "statuses": {t.order.orderRef: t.orderStatus.status for t in trades},
        "executed": executed,
        "completed": {t.order.orderRef: t.orderStatus.status for t in completed},
    }


def main() -> None:
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    api = importlib.import_module(sys.argv[2])
    ib = api.IB()
    ib.connect("127.0.0.1", int(sys.argv[1]), clientId=7, timeout=20)
    try:
        sys.stdout.write(json.dumps(visit(api, ib)))
    finally:
        ib.disconnect()


if __name__ == "__main__":
    main()

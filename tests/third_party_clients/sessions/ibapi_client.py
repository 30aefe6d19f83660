"""IBKR's own Python client visits the gateway: its first public text version or the current one.

Runs in the environment of `make third-party`, with the port as its argument; what it saw goes to
standard output as JSON. Every callback is recorded by its name, so both versions fit.
"""

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

from ibapi import wrapper
from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.tag_value import TagValue

ACCOUNTS = ("DU111111", "DU222222", "DU333333")
PATIENCE_SECONDS = 20
Heard = tuple[Any, ...]  # what a callback was given
LIVE_LAST = 4


class Ear:
    """Hears every callback: name and arguments, in their order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Heard]] = []
        self._more = threading.Condition()

    def note(self, name: str, args: Heard) -> None:
        with self._more:
            self.heard.append((name, args))
            self._more.notify_all()

    def all(self, name: str) -> list[Heard]:
        return [args for each, args in self.heard if each == name]

    def wait(self, name: str, fits: Callable[..., bool] = lambda *_: True) -> Heard:
        with self._more:
            if not self._more.wait_for(lambda: self._found(name, fits), PATIENCE_SECONDS):
                raise TimeoutError(f"{name} never came; heard {self.heard[-5:]}")
            return self._found(name, fits)[0]

    def _found(self, name: str, fits: Callable[..., bool]) -> list[Heard]:
        return [args for args in self.all(name) if fits(*args)]


def hearing(ear: Ear) -> wrapper.EWrapper:
    """A wrapper whose every callback ends in the ear."""
    names = [name for name in vars(wrapper.EWrapper) if not name.startswith("_")]

    def recorder(name: str) -> Callable[..., None]:
        return lambda _self, *args: ear.note(name, args)

    return type("Hearing", (wrapper.EWrapper,), {name: recorder(name) for name in names})()


def spy() -> Contract:
    contract = Contract()
    contract.symbol, contract.secType = "SPY", "STK"
    contract.exchange, contract.currency = "SMART", "USD"
    return contract


def order(ref: str, **terms: object) -> Order:
    made = Order()
    made.action, made.totalQuantity, made.orderType, made.tif = "BUY", 1, "MKT", "DAY"
    made.account, made.orderRef = ACCOUNTS[0], ref
    made.eTradeOnly = made.firmQuoteOnly = False
    for name, value in terms.items():
        setattr(made, name, value)
    return made


def cancel(client: EClient, order_id: int) -> None:
    try:
        from ibapi.order_cancel import OrderCancel  # noqa: PLC0415 only the current client has it
    except ImportError:
        client.cancelOrder(order_id)
    else:
        client.cancelOrder(order_id, OrderCancel())


def visit(client: EClient, ear: Ear) -> dict[str, object]:
    number = int(ear.wait("nextValidId")[0])
    client.reqPositions()
    ear.wait("positionEnd")
    for at, account in enumerate(ACCOUNTS):
        client.reqAccountUpdatesMulti(9000 + at, account, "", False)
        ear.wait("accountUpdateMultiEnd", lambda req_id, at=at: req_id == 9000 + at)
    client.reqContractDetails(9100, spy())
    ear.wait("contractDetailsEnd")
    client.reqMktData(9200, spy(), "", True, False, [])
    ear.wait("tickSnapshotEnd")

    client.placeOrder(number, spy(), order("preview", whatIf=True, totalQuantity=4))
    preview = ear.wait(
        "openOrder", lambda _id, _c, o, state: o.whatIf and float(state.initMarginChange) < 1e300
    )
    params = [TagValue("adaptivePriority", "Normal")]
    sent = {
        number + 1: order("plain"),
        number + 2: order("adaptive", algoStrategy="Adaptive", algoParams=params),
        number + 3: order("midprice", orderType="MIDPRICE"),
        number + 4: order("cancelled", orderType="LMT", lmtPrice=500.0),
    }
    for order_id, each in sent.items():
        client.placeOrder(order_id, spy(), each)
    for order_id in list(sent)[:3]:
        ear.wait("orderStatus", lambda at, said, *_, want=order_id: (at, said) == (want, "Filled"))
    last = number + 4
    ear.wait("orderStatus", lambda at, said, *_: (at, said) == (last, "Submitted"))
    cancel(client, last)
    ear.wait("orderStatus", lambda at, said, *_: (at, said) == (last, "Cancelled"))
    client.reqAllOpenOrders()
    ear.wait("openOrderEnd")
    client.reqExecutions(9300, ExecutionFilter())
    ear.wait("execDetailsEnd")
    client.reqCompletedOrders(False)
    ear.wait("completedOrdersEnd")
    asked = [args for args in ear.all("execDetails") if args[0] == 9300]
    return {
        "server_version": client.serverVersion(),
        "accounts": ear.all("managedAccounts")[0][0],
        "positions": {c.symbol: float(q) for a, c, q, _ in ear.all("position") if a == ACCOUNTS[0]},
        "accounts_ready": sorted(
            args[1] for args in ear.all("accountUpdateMulti") if args[3] == "AccountReady"
        ),
        "con_ids": [details.contract.conId for _, details in ear.all("contractDetails")],
        "last": [float(args[2]) for args in ear.all("tickPrice") if args[1] == LIVE_LAST],
        "margin": float(preview[3].initMarginChange),
        "statuses": {each.orderRef: _last_status(ear, at) for at, each in sent.items()},
        "executed": {execution.orderRef: float(execution.shares) for _, _, execution in asked},
        "completed": {o.orderRef: state.status for _, o, state in ear.all("completedOrder")},
    }


def _last_status(ear: Ear, order_id: int) -> object:
    return [args[1] for args in ear.all("orderStatus") if args[0] == order_id][-1]


def main() -> None:
    ear = Ear()
    client = EClient(hearing(ear))
    client.connect("127.0.0.1", int(sys.argv[1]), 7)
    threading.Thread(target=client.run, daemon=True).start()
    try:
        sys.stdout.write(json.dumps(visit(client, ear)))
    finally:
        client.disconnect()


if __name__ == "__main__":
    main()

"""Answers about the connection itself: start, ids, time, the accounts of the login."""

from collections.abc import Callable
from typing import Protocol

from rebalancer_adapters.gateway.messages import Message
from rebalancer_adapters.gateway.messages import connection as say
from rebalancer_adapters.gateway.requests.values import (
    ConnectionRequest,
    RequestAdvisorData,
    RequestCurrentTime,
    RequestIds,
    RequestManagedAccounts,
    SetServerLogLevel,
    StartApi,
)
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.settings import Advisor


class Ids(Protocol):
    """Where order ids come from."""

    def next_order_id(self, client_id: int) -> int: ...


class ConnectionHandlers:
    """What one client asks about its connection; `enter` takes its id, False when it is taken."""

    def __init__(
        self, shared: Shared, connection: Connection, ids: Ids, enter: Callable[[int], bool]
    ) -> None:
        self._shared = shared
        self._connection = connection
        self._ids = ids
        self._enter = enter

    def handle(self, request: ConnectionRequest) -> None:
        match request:
            case StartApi():
                self._start(request.client_id)
            case RequestIds():
                order_id = self._ids.next_order_id(self._connection.client_id)
                self._connection.send(say.next_valid_id(order_id))
            case RequestCurrentTime():
                self._connection.send(say.current_time(self._shared.clock.now()))
            case RequestManagedAccounts():
                self._connection.send(self._accounts())
            case RequestAdvisorData():
                self._send_advisor_data(request)
            case SetServerLogLevel():
                pass  # TWS answers nothing either

    def _start(self, client_id: int) -> None:
        if self._connection.client_id >= 0:
            return
        if not self._enter(client_id):
            text = (
                "Unable to connect as the client id is already in use. "
                "Retry with a unique client id."
            )
            self._connection.send_error(-1, 326, text)
            self._connection.close()
            return
        self._connection.client_id = client_id
        self._connection.send(
            self._accounts(),
            say.next_valid_id(self._ids.next_order_id(client_id)),
            *say.standing(self._connection.version, self._shared.exchange.outage),
        )

    def _accounts(self) -> Message:
        is_advisor = self._shared.market.settings.advisor is not Advisor.OFF
        return say.managed_accounts(self._shared.book.accounts, is_advisor=is_advisor)

    def _send_advisor_data(self, request: RequestAdvisorData) -> None:
        if self._shared.market.settings.advisor is Advisor.OFF:
            text = (
                "Error validating request.-'ce' : cause - "
                "FA data operations ignored for non FA customers."
            )
            self._connection.send_error(-1, 321, text)
            return
        self._connection.send(say.advisor_data(request.kind, self._shared.book.accounts[1:]))

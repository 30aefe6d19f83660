"""Answers about positions: of all accounts together, or of one account, and their live updates."""

from rebalancer_adapters.gateway.exchange.events import AccountMoved
from rebalancer_adapters.gateway.market.accounts import MANY
from rebalancer_adapters.gateway.messages import accounts as say
from rebalancer_adapters.gateway.requests.values import (
    CancelPositions,
    CancelPositionsMulti,
    RequestPositions,
    RequestPositionsMulti,
)
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.settings import Advisor

PositionRequest = RequestPositions | CancelPositions | RequestPositionsMulti | CancelPositionsMulti
_TOO_MANY = (
    f"Error validating request.-'bS' : cause - Positions of more than {MANY} accounts cannot be "
    "requested at once: use reqPositionsMulti"
)


class PositionHandlers:
    """The position subscriptions of one client."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection
        self._wants_all = False
        self._multi: dict[int, RequestPositionsMulti] = {}

    def handle(self, request: PositionRequest) -> None:
        match request:
            case RequestPositions():
                self._start_all()
            case CancelPositions():
                self._wants_all = False
            case RequestPositionsMulti():
                self._start_multi(request)
            case CancelPositionsMulti():
                self._multi.pop(request.req_id, None)

    def account_moved(self, event: AccountMoved) -> None:
        """After an execution: the position as it is now, to who wants it."""
        holding = self._shared.book.holding(event.account, event.con_id)
        instrument = self._shared.market.by_con_id(event.con_id)
        if self._wants_all:
            self._connection.send(say.position(event.account, instrument, holding))
        for request in self._multi.values():
            if request.account in ("", event.account):
                self._connection.send(
                    say.position_multi(request.req_id, event.account, instrument, holding)
                )

    def _start_all(self) -> None:
        settings, book = self._shared.market.settings, self._shared.book
        if settings.advisor is Advisor.OVER_50:
            self._connection.send_error(-1, 321, _TOO_MANY)
            return
        self._wants_all = True
        for account in book.accounts:
            for con_id, holding in book.holdings(account).items():
                instrument = self._shared.market.by_con_id(con_id)
                self._connection.send(say.position(account, instrument, holding))
        self._connection.send(say.position_end())

    def _start_multi(self, request: RequestPositionsMulti) -> None:
        book = self._shared.book
        if request.account and request.account not in book.accounts:
            cause = f"Invalid account code '{request.account}'."
            text = f"Error validating request.-'bM' : cause - {cause}"
            self._connection.send_error(request.req_id, 321, text)
            return
        self._multi[request.req_id] = request
        for account in (request.account,) if request.account else book.accounts:
            for con_id, holding in book.holdings(account).items():
                instrument = self._shared.market.by_con_id(con_id)
                self._connection.send(
                    say.position_multi(request.req_id, account, instrument, holding)
                )
        self._connection.send(say.position_multi_end(request.req_id))

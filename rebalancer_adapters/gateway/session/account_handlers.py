"""Answers about accounts: values, positions, portfolio, summary, and their live updates."""

from collections.abc import Iterable
from decimal import Decimal

from rebalancer_adapters.gateway.book import AccountFigures, account_figures
from rebalancer_adapters.gateway.book.account_rows import (
    BASE,
    Row,
    ledger_rows,
    summary_rows,
)
from rebalancer_adapters.gateway.book.told_rows import told_ledger, told_summary
from rebalancer_adapters.gateway.exchange.events import AccountMoved
from rebalancer_adapters.gateway.messages import accounts as say
from rebalancer_adapters.gateway.requests.values import (
    AccountRequest,
    CancelAccountSummary,
    CancelAccountUpdatesMulti,
    CancelPositions,
    CancelPositionsMulti,
    RequestAccountSummary,
    RequestAccountUpdates,
    RequestAccountUpdatesMulti,
    RequestPositions,
    RequestPositionsMulti,
)
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.position_handlers import PositionHandlers
from rebalancer_adapters.gateway.session.shared import Shared
from rebalancer_adapters.gateway.session.summary import Summaries

_Known = dict[tuple[str, str], str]


class AccountHandlers:
    """The account subscriptions of one client."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection
        self._positions = PositionHandlers(shared, connection)
        self._single = ""
        self._single_known: _Known = {}
        self._multi: dict[int, tuple[RequestAccountUpdatesMulti, _Known]] = {}
        self._summaries = Summaries(shared, connection)

    def handle(self, request: AccountRequest) -> None:
        match request:
            case (
                RequestPositions()
                | CancelPositions()
                | RequestPositionsMulti()
                | CancelPositionsMulti()
            ):
                self._positions.handle(request)
            case RequestAccountUpdates():
                self._start_single(request)
            case RequestAccountUpdatesMulti():
                self._start_multi(request)
            case CancelAccountUpdatesMulti():
                self._multi.pop(request.req_id, None)
            case RequestAccountSummary():
                self._summaries.start(request)
            case CancelAccountSummary():
                self._summaries.cancel(request.req_id)

    def leave(self) -> None:
        """End the subscription of one account, which no other client may disturb."""
        self._single = ""
        self._shared.subscribed_accounts.pop(self._connection.client_id, None)

    def account_moved(self, event: AccountMoved) -> None:
        """After an execution: the position, then every value that is not as it was."""
        self._positions.account_moved(event)
        if self._single == event.account:
            self._send_single_values(event.account)
            self._send_portfolio(event.account, event.con_id)
            self._connection.send(
                say.account_time(self._shared.clock.now(), self._shared.time_zone)
            )
        for request, known in self._multi.values():
            if request.account == event.account:
                self._send_multi(request, known)

    def _start_single(self, request: RequestAccountUpdates) -> None:
        if not request.subscribe:
            self.leave()
            return
        account = request.account or self._shared.book.accounts[0]
        if account not in self._shared.book.accounts:
            self._refuse_account(-1, account)
            return
        others = {
            client_id: name
            for client_id, name in self._shared.subscribed_accounts.items()
            if client_id != self._connection.client_id and name != account
        }
        if others:
            names = ", ".join(map(str, others))
            text = (
                "Unable to subscribe to account as the following clients are subscribed to a "
                f"different account: {names}"
            )
            self._connection.send_error(-1, 2101, text)
            return
        if self._single and self._single != account:
            text = "API client has been unsubscribed from account data."
            self._connection.send_error(-1, 2100, text)
        self._single, self._single_known = account, {}
        self._shared.subscribed_accounts[self._connection.client_id] = account
        self._send_single_values(account)
        now = self._shared.clock.now()
        for con_id in self._shared.book.holdings(account):
            self._send_portfolio(account, con_id)
            self._connection.send(say.account_time(now, self._shared.time_zone))
        self._connection.send(
            say.account_time(now, self._shared.time_zone), say.account_download_end(account)
        )

    def _start_multi(self, request: RequestAccountUpdatesMulti) -> None:
        if request.account not in self._shared.book.accounts:
            self._refuse_account(request.req_id, request.account)
            return
        known: _Known = {}
        self._multi[request.req_id] = (request, known)
        self._send_multi(request, known)

    def _send_multi(self, request: RequestAccountUpdatesMulti, known: _Known) -> None:
        account = request.account
        rows = self._written(ledger_rows(self._figures(account), account))
        if not request.ledger_only:
            rows = self._summary(account) + rows
        for row in _news(rows, known):
            self._connection.send(say.account_update_multi(request.req_id, account, row))
        self._connection.send(say.account_update_multi_end(request.req_id, account))

    def _send_single_values(self, account: str) -> None:
        ledger = [
            Row(row.tag, BASE if row.tag == "RealCurrency" else row.value, row.currency)
            if row.currency == BASE
            else row
            for row in ledger_rows(self._figures(account), account)
            if row.tag != "Cryptocurrency"
        ]
        # AccruedCash is in both.
        rows = dict.fromkeys([*self._summary(account), *self._written(ledger)])
        for row in _news(tuple(sorted(rows, key=_by_tag)), self._single_known):
            self._connection.send(say.account_value(account, row))

    def _send_portfolio(self, account: str, con_id: int) -> None:
        book, market = self._shared.book, self._shared.market
        profits = (
            each.realized_pnl or Decimal(0)
            for each in book.executions
            if (each.account, each.con_id) == (account, con_id)
        )
        self._connection.send(
            say.portfolio_value(
                account,
                market.by_con_id(con_id),
                book.holding(account, con_id),
                price=market.quote(con_id).last,
                realized=sum(profits, Decimal(0)),
            )
        )

    def _summary(self, account: str) -> tuple[Row, ...]:
        is_margin = self._shared.book.is_margin(account)
        rows = summary_rows(self._figures(account), account, is_margin=is_margin)
        return told_summary(rows, self._shared.market.settings)

    def _written(self, ledger: Iterable[Row]) -> tuple[Row, ...]:
        return told_ledger(ledger, self._shared.market.settings)

    def _figures(self, account: str) -> AccountFigures:
        return account_figures(self._shared.book, self._shared.market, account)

    def _refuse_account(self, req_id: int, account: str) -> None:
        text = f"Error validating request.-'bM' : cause - Invalid account code '{account}'."
        self._connection.send_error(req_id, 321, text)


def _news(rows: tuple[Row, ...], known: _Known) -> list[Row]:
    """The rows whose value the client does not know yet; from now on it does."""
    news = [row for row in rows if known.get((row.tag, row.currency)) != row.value]
    known.update({(row.tag, row.currency): row.value for row in news})
    return news


def _by_tag(row: Row) -> tuple[str, bool]:
    return row.tag, row.currency != BASE

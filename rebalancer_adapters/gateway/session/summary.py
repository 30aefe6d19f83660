"""Account summaries: chosen tags of every account, at most two subscriptions at a time."""

from decimal import Decimal

from rebalancer_adapters.gateway.book import account_figures
from rebalancer_adapters.gateway.book.account_rows import BASE, Row, ledger_rows, summary_rows
from rebalancer_adapters.gateway.book.told_rows import told_summary
from rebalancer_adapters.gateway.messages import accounts as say
from rebalancer_adapters.gateway.requests.values import RequestAccountSummary
from rebalancer_adapters.gateway.session.connection import Connection
from rebalancer_adapters.gateway.session.shared import Shared

_LARGEST_COUNT = 2
_EVERYONE = "All"
_LEDGER = "$LEDGER"


class Summaries:
    """The summary subscriptions of one client."""

    def __init__(self, shared: Shared, connection: Connection) -> None:
        self._shared = shared
        self._connection = connection
        self._running: set[int] = set()

    def start(self, request: RequestAccountSummary) -> None:
        """Send the summary; 322 when two already run."""
        if len(self._running) >= _LARGEST_COUNT and request.req_id not in self._running:
            text = (
                "Error processing request.-'cY' : cause - Maximum number of account summary "
                "requests exceeded"
            )
            self._connection.send_error(request.req_id, 322, text)
            return
        self._running.add(request.req_id)
        for account in self._shared.book.accounts:
            for row in self._rows(account):
                if row.tag in request.tags:
                    self._connection.send(say.account_summary(request.req_id, account, row))
        for tag in request.tags:
            if tag.startswith(_LEDGER):
                self._send_ledger(request.req_id, tag.removeprefix(_LEDGER).removeprefix(":"))
        self._connection.send(say.account_summary_end(request.req_id))

    def cancel(self, req_id: int) -> None:
        self._running.discard(req_id)

    def _rows(self, account: str) -> tuple[Row, ...]:
        figures = account_figures(self._shared.book, self._shared.market, account)
        is_margin = self._shared.book.is_margin(account)
        rows = summary_rows(figures, account, is_margin=is_margin)
        return told_summary(rows, self._shared.market.settings)

    def _send_ledger(self, req_id: int, wanted: str) -> None:
        """The ledgers of all accounts together: TWS does not tell them apart here."""
        totals: dict[tuple[str, str], str] = {}
        for account in self._shared.book.accounts:
            figures = account_figures(self._shared.book, self._shared.market, account)
            for row in ledger_rows(figures, _EVERYONE):
                key = (row.currency, row.tag)
                totals[key] = _together(row, totals.get(key))
        rows = [Row(tag, value, currency) for (currency, tag), value in totals.items()]
        for row in told_summary(rows, self._shared.market.settings):
            if wanted == "ALL" or row.currency == (wanted or BASE):
                self._connection.send(say.account_summary(req_id, _EVERYONE, row))


def _together(row: Row, before: str | None) -> str:
    is_amount = row.tag != "ExchangeRate" and row.value.replace(".", "").lstrip("-").isdigit()
    if before is None or not is_amount:
        return row.value
    return f"{Decimal(before) + Decimal(row.value):.2f}"

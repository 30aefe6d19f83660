"""The book of the simulated broker: what every account has, owes, ordered and executed."""

from rebalancer_adapters.gateway.book.book import Book
from rebalancer_adapters.gateway.book.records import ExecutionRecord, Holding, OrderRecord, Status
from rebalancer_adapters.gateway.book.valuation import AccountFigures, account_figures

__all__ = [
    "AccountFigures",
    "Book",
    "ExecutionRecord",
    "Holding",
    "OrderRecord",
    "Status",
    "account_figures",
]

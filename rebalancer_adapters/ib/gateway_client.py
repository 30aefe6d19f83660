"""What this program may ask a gateway, typed: ib_async's own client has no annotations.

Sending an order is not in it; only the order desk can do that.
"""

from __future__ import annotations

from typing import Protocol

from rebalancer_adapters.ib.library import Contract, ExecutionFilter, TagValue


class NumberSource(Protocol):
    """Gives out the numbers of requests and orders."""

    def getReqId(self) -> int:  # noqa: N802 - the library's name
        """A number no request or order of this session has had; ConnectionError when offline."""
        ...


class GatewayClient(NumberSource, Protocol):
    """The questions; answers come back through the raw wrapper."""

    def isReady(self) -> bool:  # noqa: N802 - the library's name
        """Whether requests can be sent."""
        ...

    def serverVersion(self) -> int:  # noqa: N802 - the library's name
        """The version of the wire protocol agreed on with the gateway."""
        ...

    def updateReqId(self, least: int, /) -> None:  # noqa: N802 - the library's name
        """Make later numbers at least this large."""
        ...

    def reqCurrentTime(self) -> None:  # noqa: N802 - the library's name
        """Answered by currentTime."""
        ...

    def reqPositions(self) -> None:  # noqa: N802 - the library's name
        """Answered by position and positionEnd, for all accounts."""
        ...

    def reqPositionsMulti(self, request_id: int, account: str, model: str, /) -> None:  # noqa: N802 - the library's name
        """Answered by positionMulti and positionMultiEnd, for one account."""
        ...

    def cancelPositionsMulti(self, request_id: int, /) -> None:  # noqa: N802 - the library's name
        """Ends the stream of positions."""
        ...

    def reqOpenOrders(self) -> None:  # noqa: N802 - the library's name
        """Answered as `reqAllOpenOrders`, for this client; its orders are reported from then on."""
        ...

    def reqAllOpenOrders(self) -> None:  # noqa: N802 - the library's name
        """Answered by openOrder, orderStatus and openOrderEnd, for all clients."""
        ...

    def reqCompletedOrders(self, api_only: bool, /) -> None:  # noqa: N802, FBT001 - the library's signature
        """Answered by completedOrder and completedOrdersEnd."""
        ...

    def reqExecutions(self, request_id: int, wanted: ExecutionFilter, /) -> None:  # noqa: N802 - the library's name
        """Answered by execDetails, commissionReport and execDetailsEnd."""
        ...

    def reqAccountUpdatesMulti(  # noqa: N802 - the library's name
        self,
        request_id: int,
        account: str,
        model: str,
        ledger_only: bool,  # noqa: FBT001 - the library's signature
        /,
    ) -> None:
        """Answered by accountUpdateMulti and accountUpdateMultiEnd."""
        ...

    def cancelAccountUpdatesMulti(self, request_id: int, /) -> None:  # noqa: N802 - the library's name
        """Ends the stream of account values."""
        ...

    def reqAccountUpdates(self, subscribe: bool, account: str, /) -> None:  # noqa: N802, FBT001 - the library's signature
        """Answered by updateAccountValue, updatePortfolio and accountDownloadEnd, or 2101."""
        ...

    def reqContractDetails(self, request_id: int, contract: Contract, /) -> None:  # noqa: N802 - the library's name
        """Answered by contractDetails and contractDetailsEnd, or error 200."""
        ...

    def reqMatchingSymbols(self, request_id: int, pattern: str, /) -> None:  # noqa: N802 - the library's name
        """Answered by symbolSamples."""
        ...

    def reqMarketDataType(self, kind: int, /) -> None:  # noqa: N802 - the library's name
        """Sets what is sent to this whole connection; no answer."""
        ...

    def reqMktData(  # noqa: N802, PLR0917 - the library's name
        self,
        request_id: int,
        contract: Contract,
        generic_ticks: str,
        snapshot: bool,  # noqa: FBT001 - the library's signature
        regulatory: bool,  # noqa: FBT001 - the library's signature
        options: list[TagValue],
        /,
    ) -> None:
        """Answered by ticks, or by an error."""
        ...

    def cancelMktData(self, request_id: int, /) -> None:  # noqa: N802 - the library's name
        """Ends a stream of ticks."""
        ...

"""What a client can ask for: contract queries, order terms, execution filters, as plain values."""

from decimal import Decimal

from attrs import frozen


@frozen(kw_only=True)
class ContractQuery:
    """A contract as a client describes it; blank fields leave the choice open."""

    con_id: int = 0
    symbol: str = ""
    security_type: str = ""
    last_trade_date: str = ""
    strike: Decimal | None = None
    right: str = ""
    multiplier: str = ""
    exchange: str = ""
    primary_exchange: str = ""
    currency: str = ""
    local_symbol: str = ""
    trading_class: str = ""


@frozen(kw_only=True)
class OrderTerms:
    """An order as its client wrote it; `quantity` and prices are None where the field was blank."""

    action: str
    quantity: Decimal | None
    order_type: str
    limit_price: Decimal | None = None
    aux_price: Decimal | None = None
    tif: str = ""
    account: str = ""
    order_ref: str = ""
    open_close: str = ""
    transmit: bool = True
    parent_id: int = 0
    outside_rth: bool = False
    fa_group: str = ""
    good_till_date: str = ""
    algo_strategy: str = ""
    algo_params: tuple[tuple[str, str], ...] = ()
    what_if: bool = False
    cash_quantity: Decimal | None = None

    @property
    def algo(self) -> str:
        """`Adaptive` or another algorithm, `MIDPRICE` for an order of that type, else blank."""
        return self.algo_strategy or ("MIDPRICE" if self.order_type == "MIDPRICE" else "")


@frozen(kw_only=True)
class ExecutionFilter:
    """Which executions a client wants to see; blank fields let everything pass."""

    client_id: int = 0
    account: str = ""
    time: str = ""
    symbol: str = ""
    security_type: str = ""
    exchange: str = ""
    side: str = ""

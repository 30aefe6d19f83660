"""The layout of placeOrder and cancelOrder, version by version (157..178)."""

from decimal import Decimal

from rebalancer_adapters.gateway.requests.reader import FieldError, Reader
from rebalancer_adapters.gateway.requests.values import CancelOrder, PlaceOrder
from rebalancer_adapters.gateway.terms import ContractQuery, OrderTerms

# fields after the type number of each order condition
_CONDITION_FIELDS = {1: 6, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5}


def read_contract(reader: Reader) -> ContractQuery:
    """The twelve contract fields that most requests share."""
    return ContractQuery(
        con_id=reader.integer(),
        symbol=reader.text(),
        security_type=reader.text(),
        last_trade_date=reader.text(),
        strike=reader.number(),
        right=reader.text(),
        multiplier=reader.text(),
        exchange=reader.text(),
        primary_exchange=reader.text(),
        currency=reader.text(),
        local_symbol=reader.text(),
        trading_class=reader.text(),
    )


def read_place_order(reader: Reader, version: int) -> PlaceOrder:
    """Message 3: read to its last field, so that a shifted field can never pass unseen."""
    order_id = reader.integer()
    contract = read_contract(reader)
    reader.skip(2)  # security id type, security id
    action, quantity, order_type = reader.text(), reader.number(), reader.text()
    limit_price, aux_price = reader.number(), reader.number()
    tif, _oca_group, account = reader.text(), reader.text(), reader.text()
    open_close, _origin, order_ref = reader.text(), reader.text(), reader.text()
    transmit, parent_id = reader.flag(), reader.integer()
    reader.skip(4)  # block order, sweep to fill, display size, trigger method
    outside_rth, _hidden = reader.flag(), reader.text()
    if contract.security_type == "BAG":
        _skip_combo(reader)
    reader.skip(3)  # obsolete shares allocation, discretionary amount, good after time
    good_till_date, fa_group = reader.text(), reader.text()
    reader.skip(2 if version >= 177 else 3)  # method, percentage, before 177 also the profile
    reader.skip(22)  # model code .. volatility type
    _skip_delta_neutral(reader)
    _skip_scale_and_hedge(reader)
    reader.skip(4)  # smart routing opt-out, clearing account and intent, not held
    if reader.flag():
        reader.skip(3)  # delta neutral contract
    algo_strategy = reader.text()
    algo_params = _read_pairs(reader) if algo_strategy else ()
    reader.skip(1)  # algo id
    what_if = reader.flag()
    reader.skip(4)  # misc options, solicited, randomize size, randomize price
    if order_type in ("PEG BENCH", "PEGBENCH"):
        reader.skip(5)
    _skip_conditions(reader)
    reader.skip(10)  # adjusted order type .. soft dollar tier
    cash_quantity = reader.number()
    reader.skip(8)  # mifid fields .. price management algo
    # duration, post to ats, auto cancel parent, advanced error override, manual order time
    reader.skip(sum(version >= since for since in (158, 160, 162, 166, 169)))
    if version >= 170:
        _skip_pegs(reader, order_type, contract.exchange)
    reader.finish()
    return PlaceOrder(
        order_id=order_id,
        contract=contract,
        terms=OrderTerms(
            action=action,
            quantity=quantity,
            order_type=order_type,
            limit_price=limit_price,
            aux_price=aux_price,
            tif=tif,
            account=account,
            order_ref=order_ref,
            open_close=open_close,
            transmit=transmit,
            parent_id=parent_id,
            outside_rth=outside_rth,
            fa_group=fa_group,
            good_till_date=good_till_date,
            algo_strategy=algo_strategy,
            algo_params=algo_params,
            what_if=what_if,
            cash_quantity=cash_quantity,
        ),
    )


def read_cancel_order(reader: Reader, version: int) -> CancelOrder:
    """Message 4; since 169 it also carries the time of a manual cancel."""
    reader.skip(1)  # version of the message
    order_id = reader.integer()
    if version >= 169:
        reader.skip(1)
    return CancelOrder(order_id=order_id)


def _read_pairs(reader: Reader) -> tuple[tuple[str, str], ...]:
    return tuple((reader.text(), reader.text()) for _ in range(reader.count()))


def _skip_combo(reader: Reader) -> None:
    reader.skip(8 * reader.count())  # legs
    reader.skip(reader.count())  # leg prices
    reader.skip(2 * reader.count())  # smart routing parameters


def _skip_delta_neutral(reader: Reader) -> None:
    order_type = reader.text()
    reader.skip(1)  # auxiliary price
    if order_type:
        reader.skip(8)


def _skip_scale_and_hedge(reader: Reader) -> None:
    reader.skip(6)  # continuous update .. subsequent level size
    increment = reader.number()
    if increment is not None and increment > Decimal(0):
        reader.skip(7)
    reader.skip(3)  # scale table, active start, active stop
    if reader.text():
        reader.skip(1)  # hedge parameter


def _skip_conditions(reader: Reader) -> None:
    count = reader.count()
    for _ in range(count):
        kind = reader.integer()
        if kind not in _CONDITION_FIELDS:
            raise FieldError(f"order condition {kind} is unknown")
        reader.skip(_CONDITION_FIELDS[kind])
    if count:
        reader.skip(2)  # ignore regular hours, cancel order


def _skip_pegs(reader: Reader, order_type: str, exchange: str) -> None:
    if exchange == "IBKRATS":
        reader.skip(1)  # minimum trade quantity
    if order_type in ("PEG BEST", "PEGBEST"):
        reader.skip(1)  # minimum compete size
        if reader.text() == "Infinite":  # compete against the best offset "up to mid"
            reader.skip(2)
    elif order_type in ("PEG MID", "PEGMID"):
        reader.skip(2)

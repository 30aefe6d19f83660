"""Message 5, openOrder: the whole order and its margins, in the layout of 157 to 178."""

from decimal import Decimal

from attrs import frozen

from rebalancer_adapters.gateway.book import OrderRecord
from rebalancer_adapters.gateway.market import Instrument
from rebalancer_adapters.gateway.messages.message import (
    UNSET_DOUBLE,
    UNSET_INTEGER,
    Message,
    number_text,
    price_text,
)
from rebalancer_adapters.gateway.messages.orders import algo_fields, contract_fields


@frozen(kw_only=True)
class Margins:
    """IBKR's margin preview in the base currency of the account."""

    margin_before: Decimal
    margin_change: Decimal
    equity_before: Decimal
    equity_change: Decimal
    commission: Decimal
    commission_currency: str


def open_order(
    version: int,
    order: OrderRecord,
    instrument: Instrument,
    *,
    commission: Decimal | None = None,
    margins: Margins | None = None,
    warning: str = "",
) -> Message:
    """The echo of an order; a what-if order echoes client id 0 and may carry margins."""
    what_if = order.terms.what_if
    fields = (
        "5",
        str(order.order_id),
        *contract_fields(instrument, order.exchange),
        order.side,
        number_text(order.quantity),
        order.order_type,
        price_text(order.terms.limit_price),
        price_text(order.terms.aux_price),
        order.terms.tif,
        "",  # OCA group
        order.account,
        "",  # open or close
        "0",  # origin
        order.order_ref,
        "0" if what_if else str(order.client_id),
        str(order.perm_id),
        "1" if order.terms.outside_rth else "0",
        *("0", "0", ""),  # hidden, discretionary amount, good after time
        f"{order.perm_id}.0/{order.account}/100",  # allocation of shares
        *([""] * (3 if version >= 177 else 4)),  # group, method, percentage, before 177 profile
        *("", order.terms.good_till_date, "", "", ""),  # model code .. settling firm
        *("0", "", "-1", "0"),  # short sale slot, location, exempt code, auction strategy
        *([""] * 5),  # starting price .. stock range
        *(UNSET_INTEGER, "0", "0", "0", ""),  # display size, block, sweep, all or none, min
        *("3", "0", "0", ""),  # OCA type, electronic trade only, firm quote only, price cap
        *(str(order.terms.parent_id), "0", "", "0"),  # parent, trigger, volatility and its type
        *("None", "", "0", "", "", "", "?", "0", "0", ""),  # delta neutral
        *("0", "0", "", "", "", "", ""),  # continuous update .. combo legs description
        *("0", "0", "0"),  # combo legs, order combo legs, smart routing parameters
        *(UNSET_INTEGER, UNSET_INTEGER, "", ""),  # scale, hedge type
        *("0", "", "IB", "0", "0"),  # smart routing opt-out .. delta neutral contract
        *algo_fields(order),
        "0",  # solicited
        "1" if what_if else "0",
        order.status.value,
        *_margin_fields(margins),
        *_commission_fields(commission, margins, instrument),
        warning,
        *("0", "0", "0"),  # randomize size, randomize price, conditions
        "None",  # adjusted order type
        *([UNSET_DOUBLE] * 6),  # trigger price .. adjusted trailing amount
        *("0", "", "", ""),  # trailing unit, soft dollar tier
        *("0", "1", "0", "0", "0"),  # cash quantity .. price management algo
        *(("",) if version >= 158 else ()),  # duration
        *(("",) if version >= 160 else ()),  # post to ATS
        *(("0",) if version >= 162 else ()),  # cancel with the parent
        *([""] * 5 if version >= 170 else ()),  # pegs
    )
    return Message(
        fields=fields, account=order.account, symbol=order.symbol, status=order.status.value
    )


def _margin_fields(margins: Margins | None) -> tuple[str, ...]:
    if margins is None:
        return (UNSET_DOUBLE,) * 9
    before, change = margins.margin_before, margins.margin_change
    equity, moved = margins.equity_before, margins.equity_change
    amounts = (
        *(before, before, equity),
        *(change, change, moved),
        *(before + change, before + change, equity + moved),
    )
    return tuple(price_text(round(amount, 6)) for amount in amounts)


def _commission_fields(
    commission: Decimal | None, margins: Margins | None, instrument: Instrument
) -> tuple[str, ...]:
    if margins is not None:
        return (number_text(margins.commission), "", "", margins.commission_currency)
    if commission is not None:
        return (number_text(commission), "", "", instrument.currency)
    return ("", "", "", "")

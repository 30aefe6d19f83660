"""Messages about contracts: details, symbol samples, market rules."""

from datetime import datetime

from rebalancer_adapters.gateway.market import Hours, Instrument
from rebalancer_adapters.gateway.messages.accounts import multiplier_text
from rebalancer_adapters.gateway.messages.message import Message, number_text

_ORDER_TYPES = (
    "ACTIVETIM,AD,ADJUST,ALERT,ALGO,ALLOC,AON,AVGCOST,BASKET,CASHQTY,COND,CONDORDER,DARKONLY,DAY,"
    "GAT,GTC,GTD,HID,IOC,LIT,LMT,LOC,MIDPX,MIT,MKT,MOC,MTL,NGCOMB,NONALGO,OCA,OPG,PEGMID,REL,SCALE,"
    "SMARTSTG,SNAPMID,SNAPMKT,SNAPREL,STP,STPLMT,TRAIL,WHATIF"
)
_MARKET_RULE = "26"  # one cent at every price


def contract_details(
    version: int,
    req_id: int,
    instrument: Instrument,
    *,
    exchange: str,
    hours: Hours,
    now: datetime,
) -> Message:
    """Message 10: a contract on one exchange; size fields differ before 163 and before 164."""
    lead = ("10",) if version >= 164 else ("10", "8")
    old_size = () if version >= 164 else ("100",)
    sizes: tuple[str, ...] = ()
    if version >= 164:
        sizes = ("0.0001", "0.0001", "100")  # US ETFs report fractions that the API refuses
    elif version == 163:
        sizes = ("100",)
    fields = (
        *lead,
        str(req_id),
        instrument.symbol,
        instrument.security_type,
        instrument.last_trade_date,
        number_text(instrument.strike),
        instrument.right,
        exchange,
        instrument.currency,
        instrument.local_symbol,
        instrument.trading_class,  # market name
        instrument.trading_class,
        str(instrument.con_id),
        number_text(instrument.min_tick),
        *old_size,
        multiplier_text(instrument),
        _ORDER_TYPES,
        ",".join(instrument.venues),
        "1",  # price magnifier
        "0",  # contract id of the underlying
        instrument.name,
        instrument.primary_exchange,
        instrument.last_trade_date[:6],
        "",  # industry
        "",  # category
        "",  # subcategory
        hours.time_zone,
        hours.trading_text(now),
        hours.liquid_text(now),
        "",  # economic value rule
        "",  # economic value multiplier
        *_security_ids(instrument),
        "1",  # aggregated group
        "",  # symbol of the underlying
        "",  # type of the underlying
        ",".join(_MARKET_RULE for _ in instrument.venues),
        "",  # real expiration date
        instrument.stock_type if instrument.security_type == "STK" else "",
        *sizes,
    )
    return Message(fields=fields, symbol=instrument.symbol)


def _security_ids(instrument: Instrument) -> tuple[str, ...]:
    """How many, then the kind and the id of each."""
    return ("1", "ISIN", instrument.isin) if instrument.security_type == "STK" else ("0",)


def contract_details_end(req_id: int) -> Message:
    """Message 52: all contracts of the request were sent."""
    return Message(fields=("52", "1", str(req_id)))


def symbol_samples(version: int, req_id: int, instruments: tuple[Instrument, ...]) -> Message:
    """Message 79: what begins with a pattern; since 176 with description and issuer."""
    fields = ["79", str(req_id), str(len(instruments))]
    for each in instruments:
        fields += [
            str(each.con_id),
            each.symbol,
            each.security_type,
            each.primary_exchange,
            each.currency,
            "0",
        ]
        if version >= 176:
            fields += [each.name, ""]
    return Message(fields=tuple(fields))


def market_rule(rule_id: int) -> Message:
    """Message 93: from price 0 on, prices move by one cent."""
    return Message(fields=("93", str(rule_id), "1", "0", "0.01"))


def smart_components(req_id: int) -> Message:
    """Message 82: the exchanges behind the letters of SMART."""
    return Message(fields=("82", str(req_id), "2", "0", "ARCA", "P", "1", "NASDAQ", "Q"))

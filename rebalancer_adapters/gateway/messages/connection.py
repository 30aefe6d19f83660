"""Messages about the connection itself: accounts, ids, time, errors, data farms."""

from datetime import datetime

from rebalancer_adapters.gateway.messages.message import Message

_FARMS = (
    (2104, "Market data farm connection is OK:usfarm.nj"),
    (2104, "Market data farm connection is OK:usfarm"),
    (2106, "HMDS data farm connection is OK:ushmds"),
    (2158, "Sec-def data farm connection is OK:secdefil"),
)


def managed_accounts(accounts: tuple[str, ...]) -> Message:
    """Message 15: the comma list of all accounts of this login."""
    return Message(fields=("15", "1", ",".join(accounts)))


def next_valid_id(order_id: int) -> Message:
    """Message 9: the lowest order id that this client may use."""
    return Message(fields=("9", "1", str(order_id)))


def current_time(now: datetime) -> Message:
    """Message 49: seconds since 1970 in UTC."""
    return Message(fields=("49", "1", str(int(now.timestamp()))))


def error(
    version: int, req_id: int, code: int, text: str, *, account: str = "", symbol: str = ""
) -> Message:
    """Message 4: request or order id (-1 for none), code, text; since 166 also reject details."""
    fields = ("4", "2", str(req_id), str(code), text)
    return Message(
        fields=(*fields, "") if version >= 166 else fields, account=account, symbol=symbol
    )


def standing(version: int, outage: tuple[int, str] | None) -> tuple[Message, ...]:
    """What follows the start: 2104, 2106 and 2158, all is well; in an outage its code as well."""
    heard = _FARMS if outage is None else (*_FARMS, outage)
    return tuple(error(version, -1, code, text) for code, text in heard)

"""Messages about the connection itself: accounts, ids, time, errors, data farms."""

from datetime import datetime

from rebalancer_adapters.gateway.messages.message import Message

_GROUPS, _ALIASES = 1, 3
_FARMS = (
    (2104, "Market data farm connection is OK:usfarm.nj"),
    (2104, "Market data farm connection is OK:usfarm"),
    (2106, "HMDS data farm connection is OK:ushmds"),
    (2158, "Sec-def data farm connection is OK:secdefil"),
)


def managed_accounts(accounts: tuple[str, ...], *, is_advisor: bool = False) -> Message:
    """Message 15: the comma list of all accounts of this login; an advisor's ends with a comma."""
    return Message(fields=("15", "1", ",".join(accounts) + ("," if is_advisor else "")))


def advisor_data(kind: int, clients: tuple[str, ...]) -> Message:
    """Message 16: the advisor's groups (1), no profiles (2), or the aliases of accounts (3)."""
    return Message(fields=("16", "1", str(kind), _advisor_xml(kind, clients)))


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


def _advisor_xml(kind: int, clients: tuple[str, ...]) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if kind == _GROUPS:
        members = "".join(f"<String>{each}</String>" for each in clients)
        accounts = f'<ListOfAccts varName="list">{members}</ListOfAccts>'
        group = f"<Group><name>All_Clients</name>{accounts}<defaultMethod>NetLiq</defaultMethod>"
        return f"{head}<ListOfGroups>{group}</Group></ListOfGroups>"
    if kind == _ALIASES:
        aliases = (f"<account>{each}</account><alias>{each}</alias>" for each in clients)
        rows = "".join(f"<AccountAlias>{each}</AccountAlias>" for each in aliases)
        return f"{head}<ListOfAccountAliases>{rows}</ListOfAccountAliases>"
    return f"{head}<ListOfAllocationProfiles></ListOfAllocationProfiles>"
